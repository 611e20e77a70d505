//! [`open_inside`]: one of Quoin's own reads of the audited machine, such as its `/etc/passwd`, which may be an
//! unpacked image full of links that were meant for another root.

use super::file::LinuxFile;
use super::node::LinuxNode;
use quoin_engine::system::{Kind, Node, OpenOptions};
use quoin_engine::wasi::Errno;

/// As many links as Linux follows (path_resolution(7)).
const MAX_LINKS: usize = 40;

/// Opens the regular file at `path` for reading, as a process would whose root directory is `root`: absolute links start
/// there and `..` never leads above it.
///
/// # Errors
///
/// What the system says; `Loop` after 40 links; `Inval` where it is no regular file.
pub(crate) fn open_inside(root: &LinuxNode, path: &str) -> Result<LinuxFile, Errno> {
    let mut above: Vec<LinuxNode> = Vec::new();
    let mut links = 0;
    // Backwards, so that the next component is the last element and a link's text is put in its place.
    let mut left: Vec<String> = components(path);
    while let Some(name) = left.pop() {
        if name == ".." {
            above.pop();
            continue;
        }
        let here = above.last().unwrap_or(root);
        let node = here.child(&name)?;
        match node.stat()?.kind {
            Kind::Symlink => {
                links += 1;
                if links > MAX_LINKS {
                    return Err(Errno::Loop);
                }
                let text = node.read_link()?;
                if text.starts_with('/') {
                    above.clear();
                }
                left.extend(components(&text));
            }
            Kind::File if left.is_empty() => {
                let read = OpenOptions { read: true, ..OpenOptions::default() };
                return here.open_child(&name, &node, read);
            }
            Kind::Directory => above.push(node),
            _ if left.is_empty() => return Err(Errno::Inval),
            _ => return Err(Errno::Notdir),
        }
    }
    Err(Errno::Inval)
}

/// The path's components, last one first.
fn components(path: &str) -> Vec<String> {
    path.rsplit('/').filter(|name| !matches!(*name, "" | ".")).map(String::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    fn read(root: &tempfile::TempDir, path: &str) -> Result<String, Errno> {
        let node = LinuxNode::open_root(&root.path().join("root")).unwrap();
        let bytes = open_inside(&node, path)?.read_to_limit(100)?;
        Ok(String::from_utf8(bytes).unwrap())
    }

    fn image() -> tempfile::TempDir {
        let outside = tempfile::tempdir().unwrap();
        let root = outside.path().join("root");
        fs::create_dir_all(root.join("etc/deep")).unwrap();
        fs::write(root.join("etc/passwd"), "inside").unwrap();
        fs::write(outside.path().join("passwd"), "outside").unwrap();
        outside
    }

    #[test]
    fn links_and_dots_stay_inside() {
        let outside = image();
        let root = outside.path().join("root");
        symlink("/etc/passwd", root.join("etc/absolute")).unwrap();
        symlink("../../../../etc/passwd", root.join("etc/deep/relative")).unwrap();
        symlink("/etc/deep", root.join("dir")).unwrap();
        symlink("../passwd", root.join("up")).unwrap();
        for path in [
            "/etc/passwd",
            "etc//./passwd",
            "/../../etc/passwd",
            "/etc/deep/../passwd",
            "/etc/absolute",
            "/etc/deep/relative",
            "/dir/relative",
            "/dir/../passwd",
        ] {
            assert_eq!(read(&outside, path).as_deref(), Ok("inside"), "{path}");
        }
        // What lies beside the root is not reached.
        assert_eq!(read(&outside, "/up"), Err(Errno::Noent));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let outside = image();
        let root = outside.path().join("root");
        symlink("loop", root.join("loop")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, root.join("fifo"), rustix::fs::Mode::RUSR).unwrap();
        assert_eq!(read(&outside, "/loop"), Err(Errno::Loop));
        assert_eq!(read(&outside, "/etc"), Err(Errno::Inval));
        assert_eq!(read(&outside, "/"), Err(Errno::Inval));
        assert_eq!(read(&outside, "/fifo"), Err(Errno::Inval));
        assert_eq!(read(&outside, "/etc/passwd/x"), Err(Errno::Notdir));
        assert_eq!(read(&outside, "/nowhere"), Err(Errno::Noent));
    }
}
