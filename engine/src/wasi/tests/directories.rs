//! Reading directories.

use super::*;

/// Reads with a buffer of `len` bytes, and answers the names of whole entries with the cookies behind them, and
/// whether there are more.
fn read(guest: &mut Guest, fd: u32, len: u32, cookie: u64) -> (Vec<(String, u64)>, bool) {
    guest.ok("fd_readdir", &[fd.into(), BUF.into(), len.into(), cookie, OUT.into()]);
    let used = guest.u32(OUT);
    assert!(used <= len);
    let bytes = guest.get(BUF, used);
    let (mut entries, mut rest) = (vec![], &bytes[..]);
    while let Some((head, names)) = rest.split_first_chunk::<24>() {
        let name = u32::from_le_bytes(head[16..20].try_into().unwrap()) as usize;
        if name > names.len() {
            break;
        }
        let next = u64::from_le_bytes(head[..8].try_into().unwrap());
        entries.push((String::from_utf8(names[..name].to_vec()).unwrap(), next));
        rest = &names[name..];
    }
    (entries, used == len)
}

fn names(guest: &mut Guest, fd: u32, len: u32) -> Vec<String> {
    let (mut names, mut cookie) = (vec![], 0);
    loop {
        let (entries, more) = read(guest, fd, len, cookie);
        cookie = entries.last().map_or(cookie, |(_, next)| *next);
        assert!(!entries.is_empty() || !more, "a buffer that no entry fits in");
        names.extend(entries.into_iter().map(|(name, _)| name));
        if !more {
            return names;
        }
    }
}

#[test]
fn every_entry_comes_once_however_small_the_buffer_is() {
    let tree = Tree::new();
    let mut expected = vec![String::from("."), String::from("..")];
    for index in 10..60 {
        tree.file(&format!("/d/file{index}"), "");
        expected.push(format!("file{index}"));
    }
    let mut guest = Guest::command(&tree);
    let fd = guest.open_at(3, true, "d", DIRECTORY, RIGHTS_DIRECTORY).unwrap();
    for len in 30..200 {
        assert_eq!(names(&mut guest, fd, len), expected, "{len}");
    }
}

#[test]
fn an_entry_is_cut_where_the_buffer_ends() {
    let tree = Tree::new();
    tree.file("/d/a", "");
    let mut guest = Guest::command(&tree);
    let fd = guest.open_at(3, true, "d", DIRECTORY, RIGHTS_DIRECTORY).unwrap();
    let (all, more) = read(&mut guest, fd, 200, 0);
    assert_eq!((all.len(), more), (3, false));
    let whole = guest.get(BUF, 25 + 26 + 25);
    assert_eq!(whole[20], 3);
    assert_eq!(whole[25 + 26 + 20], 4);
    for len in 0..whole.len() as u32 {
        guest.put(BUF, &[0xaa; 100]);
        assert!(read(&mut guest, fd, len, 0).1);
        assert_eq!(guest.get(BUF, len), whole[..len as usize]);
        assert_eq!(guest.get(BUF + len, 1), [0xaa]);
    }
    for cookie in [3, 4, u64::MAX] {
        assert_eq!(read(&mut guest, fd, 100, cookie), (vec![], false));
    }
}

#[test]
fn cookies_outlive_changes_until_reading_begins_anew() {
    let tree = Tree::new();
    for name in ["a", "b", "c"] {
        tree.file(&format!("/d/{name}"), "");
    }
    let mut guest = Guest::command(&tree);
    let fd = guest.open_at(3, true, "d", DIRECTORY, RIGHTS_DIRECTORY).unwrap();
    let (first, _) = read(&mut guest, fd, 25 + 26 + 25, 0);
    let cookie = first.last().unwrap().1;
    guest.ok_at("path_unlink_file", "d/a");
    tree.file("/d/0", "");
    let (rest, more) = read(&mut guest, fd, 100, cookie);
    assert_eq!((rest.iter().map(|(name, _)| &name[..]).collect::<Vec<_>>(), more), (vec!["b", "c"], false));
    assert_eq!(names(&mut guest, fd, 100), [".", "..", "0", "b", "c"]);
}

#[test]
fn only_directories_within_memory_can_be_read() {
    let tree = Tree::new();
    tree.file("/f", "");
    let mut guest = Guest::command(&tree);
    let fd = guest.open("f").unwrap();
    assert_eq!(guest.call("fd_readdir", &[fd.into(), BUF.into(), 10, 0, OUT.into()]), Errno::Notdir);
    assert_eq!(guest.call("fd_readdir", &[99, BUF.into(), 10, 0, OUT.into()]), Errno::Badf);
    assert_eq!(guest.call("fd_readdir", &[3, 0xfff0, 17, 0, OUT.into()]), Errno::Fault);
    assert_eq!(guest.call("fd_readdir", &[3, BUF.into(), 10, 0, 0xfffd]), Errno::Fault);
    tree.directory("/locked");
    tree.lock("/locked");
    assert_eq!(guest.open_at(3, true, "locked", DIRECTORY, RIGHTS_DIRECTORY), Err(Errno::Acces));
}

impl Guest {
    #[track_caller]
    fn ok_at(&mut self, name: &str, path: &str) {
        assert_eq!(self.at(name, path), Errno::Success, "{name} {path}");
    }
}

#[test]
fn this_process_is_left_out_of_proc() {
    let tree = Tree::new();
    tree.own_process("/proc/7");
    tree.file("/proc/8/stat", "");
    tree.file("/other/7", "");
    let mut guest = Guest::plugin(&tree, &["read:/proc", "read:/other"]);
    for (path, expected) in [("proc", &[".", "..", "8"]), ("other", &[".", "..", "7"])] {
        let fd = guest.open(path).unwrap();
        assert_eq!(names(&mut guest, fd, 100), expected, "{path}");
    }
}
