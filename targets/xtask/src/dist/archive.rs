//! Files of a package, and the archives that they are put into: the same bytes whoever packs them, and when.

use flate2::Compression;
use flate2::write::GzEncoder;
use lzma_rust2::{LzmaOptions, LzmaWriter};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

/// A file as it will lie on the device. The path has no slash at its beginning.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) bytes: Vec<u8>,
    /// Permission bits.
    pub(crate) mode: u32,
}

/// Files by their paths.
pub(crate) type Files = BTreeMap<String, Entry>;

/// A compressed tar of `files` below `prefix` (`./` or `name/`), all of them root's, with the folders that lead to them.
///
/// # Errors
///
/// Where a path is too long for the format.
pub(crate) fn tar_gz(prefix: &str, files: &Files, seconds: u64) -> Result<Vec<u8>, String> {
    // The file name and the time, which gzip would note, are left out.
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    let folders: BTreeSet<String> = files
        .keys()
        .flat_map(|path| path.match_indices('/').map(|(end, _)| path[..=end].to_owned()))
        .chain([String::new()])
        .collect();
    let mut append = |path: &str, mode: u32, kind: tar::EntryType, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(seconds);
        header.set_size(bytes.len() as u64);
        header.set_username("root").and_then(|()| header.set_groupname("root"))?;
        // `tar::Header::set_path` would drop the leading `./`, which package managers expect.
        let path = format!("{prefix}{path}");
        let name = &mut header.as_old_mut().name;
        let field =
            name.get_mut(..path.len()).ok_or_else(|| std::io::Error::other("the path is too long"))?;
        field.copy_from_slice(path.as_bytes());
        header.set_cksum();
        tar.append(&header, bytes)
    };
    for folder in &folders {
        append(folder, 0o755, tar::EntryType::Directory, &[])
            .map_err(|error| format!("{folder}: {error}"))?;
    }
    for (path, entry) in files {
        append(path, entry.mode, tar::EntryType::Regular, &entry.bytes)
            .map_err(|error| format!("{path}: {error}"))?;
    }
    tar.into_inner().and_then(GzEncoder::finish).map_err(|error| error.to_string())
}

/// `bytes` as `gzip -9` leaves them.
pub(crate) fn gzip(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(|error| error.to_string())
}

/// How many bytes of flash these take in a squashfs as OpenWrt makes it: blocks of 256 KiB, each compressed by itself, with the
/// parameters of LZMA that suit instructions of four bytes.
pub(crate) fn squashed(bytes: &[u8]) -> Result<usize, String> {
    const BLOCK: usize = 256 << 10;
    let mut options = LzmaOptions::with_preset(9);
    (options.lc, options.lp, options.pb) = (0, 2, 2);
    options.nice_len = LzmaOptions::NICE_LEN_MAX;
    options.dict_size = BLOCK as u32;
    let lengths = bytes.chunks(BLOCK).map(|block| {
        let mut writer = LzmaWriter::new_no_header(Vec::new(), &options, false)?;
        writer.write_all(block)?;
        Ok(writer.finish()?.len().min(block.len()))
    });
    lengths.sum::<Result<usize, std::io::Error>>().map_err(|error| error.to_string())
}

/// The archive of ar(5) that a `.deb` is. Members are in the order that is given.
pub(crate) fn ar(members: &[(&str, Vec<u8>)], seconds: u64) -> Vec<u8> {
    let mut archive = b"!<arch>\n".to_vec();
    for (name, bytes) in members {
        // Name, time, user, group, mode, size, each in its columns (deb(5)).
        let header = format!("{name:<16}{seconds:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, "100644", bytes.len());
        archive.extend_from_slice(header.as_bytes());
        archive.extend_from_slice(bytes);
        // Members begin at even places.
        if bytes.len() % 2 == 1 {
            archive.push(b'\n');
        }
    }
    archive
}

#[cfg(test)]
mod tests {
    use super::{Entry, Files, ar, squashed, tar_gz};
    use std::process::{Command, Stdio};

    fn files() -> Files {
        let entry = |text: &str, mode| Entry { bytes: text.as_bytes().to_vec(), mode };
        [("usr/bin/a".to_owned(), entry("program", 0o755)), ("etc/a.conf".to_owned(), entry("x", 0o644))]
            .into()
    }

    #[test]
    fn other_programs_read_what_is_packed() {
        let folder = tempfile::tempdir().expect("a folder");
        let packed = tar_gz("./", &files(), 86_400).expect("packs");
        assert_eq!(packed, tar_gz("./", &files(), 86_400).expect("packs"), "the same bytes");
        std::fs::write(folder.path().join("a.tar.gz"), packed).expect("writes");
        let listed = Command::new("tar")
            .args(["--list", "--verbose", "--utc", "--file", "a.tar.gz"])
            .current_dir(folder.path())
            .stderr(Stdio::inherit())
            .output()
            .expect("tar runs");
        let listed = String::from_utf8(listed.stdout).expect("text");
        let lines: Vec<Vec<&str>> = listed.lines().map(|line| line.split_whitespace().collect()).collect();
        let brief: Vec<String> = lines
            .iter()
            .map(|words| format!("{} {} {} {}", words[0], words[1], words[3], words[5]))
            .collect();
        assert_eq!(
            brief,
            [
                "drwxr-xr-x root/root 1970-01-02 ./",
                "drwxr-xr-x root/root 1970-01-02 ./etc/",
                "drwxr-xr-x root/root 1970-01-02 ./usr/",
                "drwxr-xr-x root/root 1970-01-02 ./usr/bin/",
                "-rw-r--r-- root/root 1970-01-02 ./etc/a.conf",
                "-rwxr-xr-x root/root 1970-01-02 ./usr/bin/a",
            ]
        );
    }

    #[test]
    fn what_repeats_takes_little_flash_and_noise_no_more_than_it_is_long() {
        let mut state = 1_u32;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .take(300_000)
        .collect();
        let flash = squashed(&noise).expect("compresses");
        assert!((290_000..=300_000).contains(&flash), "{flash}");
        assert!(squashed(&[7; 300_000]).expect("compresses") < 1000);
        // A block knows nothing of the one before.
        let twice: Vec<u8> = noise.iter().chain(&noise).copied().collect();
        assert!(squashed(&twice).expect("compresses") > 550_000);
    }

    #[test]
    fn an_archive_has_its_members_at_even_places() {
        let archive = ar(&[("a", b"x".to_vec()), ("b", b"yz".to_vec())], 7);
        let text = String::from_utf8(archive).expect("text");
        assert_eq!(
            text,
            "!<arch>\n\
             a               7           0     0     100644  1         `\nx\n\
             b               7           0     0     100644  2         `\nyz"
        );
    }
}
