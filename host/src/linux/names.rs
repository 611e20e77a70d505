//! [`Names`]: users and groups of the machine that is audited.

use super::node::LinuxNode;
use super::resolve::open_inside;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Bytes of either file that are looked at.
const MAX_BYTES: usize = 4 << 20;

/// Bytes of a name; longer ones are none (useradd(8) allows 32, Linux 256).
const MAX_NAME: usize = 256;

/// The names in `etc/passwd` and `etc/group`, each file read when it is first asked about and then kept.
///
/// The files and not the name service are what is read: they belong to the image under `--root`, and a static binary
/// has no name service.
#[derive(Debug, Default)]
pub(crate) struct Names {
    users: OnceLock<BTreeMap<u32, String>>,
    groups: OnceLock<BTreeMap<u32, String>>,
}

impl Names {
    /// The name of a user.
    pub(crate) fn user(&self, root: &LinuxNode, uid: u32) -> Option<String> {
        self.users.get_or_init(|| read(root, "/etc/passwd")).get(&uid).cloned()
    }

    /// The name of a group.
    pub(crate) fn group(&self, root: &LinuxNode, gid: u32) -> Option<String> {
        self.groups.get_or_init(|| read(root, "/etc/group")).get(&gid).cloned()
    }
}

/// A machine whose file is missing or unreadable has numbers only, which is an answer.
fn read(root: &LinuxNode, path: &str) -> BTreeMap<u32, String> {
    open_inside(root, path)
        .and_then(|file| file.read_to_limit(MAX_BYTES))
        .map(|bytes| parse(&bytes))
        .unwrap_or_default()
}

/// `name:password:number:…`, the same in passwd(5) and group(5). The first line about a number counts, as it does for
/// getpwuid(3).
fn parse(text: &[u8]) -> BTreeMap<u32, String> {
    let mut names = BTreeMap::new();
    for line in text.split(|b| *b == b'\n').filter_map(|line| str::from_utf8(line).ok()) {
        let mut fields = line.split(':');
        let (Some(name), Some(_), Some(number)) = (fields.next(), fields.next(), fields.next()) else {
            continue;
        };
        // `+` and `-` begin the lines that once merged in other sources.
        let is_name = !name.is_empty() && name.len() <= MAX_NAME && !name.starts_with(['+', '-', '#']);
        if let (true, Ok(number)) = (is_name, number.parse()) {
            names.entry(number).or_insert_with(|| name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_are_read_once_and_the_first_name_counts() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("etc")).unwrap();
        std::fs::write(
            root.path().join("etc/passwd"),
            "root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:\nadmin:x:1000:1000:::\n",
        )
        .unwrap();
        std::fs::write(root.path().join("etc/group"), "wheel:x:0:\n").unwrap();
        let node = LinuxNode::open_root(root.path()).unwrap();
        let names = Names::default();
        assert_eq!(names.user(&node, 0).as_deref(), Some("root"));
        assert_eq!(names.user(&node, 1000).as_deref(), Some("admin"));
        assert_eq!(names.user(&node, 7), None);
        assert_eq!(names.group(&node, 0).as_deref(), Some("wheel"));
        std::fs::remove_file(root.path().join("etc/passwd")).unwrap();
        assert_eq!(names.user(&node, 0).as_deref(), Some("root"));
    }

    #[test]
    fn a_machine_without_the_files_has_no_names() {
        let root = tempfile::tempdir().unwrap();
        let node = LinuxNode::open_root(root.path()).unwrap();
        assert_eq!(Names::default().user(&node, 0), None);
        assert_eq!(Names::default().group(&node, 0), None);
    }

    #[test]
    fn odd_lines_are_passed_over() {
        let long = "n".repeat(MAX_NAME + 1);
        let text = format!(
            "# note:x:1:\n+nis:x:2:\n-:x:3\n:x:4:\nshort:x\nneg:x:-5:\nbig:x:4294967296:\n{long}:x:6:\n\nok:x:7"
        );
        assert_eq!(parse(text.as_bytes()), BTreeMap::from([(7, "ok".to_owned())]));
        assert_eq!(parse(b"bad\xff:x:1:\ngood:x:2:\n"), BTreeMap::from([(2, "good".to_owned())]));
        assert_eq!(
            parse(b"nobody:x:65534:\nmax:x:4294967295:"),
            BTreeMap::from([(65_534, "nobody".to_owned()), (u32::MAX, "max".to_owned())])
        );
    }
}
