//! Paths of a command, which may use all that is in its directory.

use super::*;

fn tree() -> Tree {
    let tree = Tree::new();
    tree.file("/dir/nested/file", "contents");
    tree.file("/file", "top");
    tree.link("/to-file", "dir/nested/file");
    tree.link("/to-dir", "dir/nested/");
    tree.link("/dangling", "dir/missing");
    tree.link("/up", "../file");
    tree.link("/absolute", "/file");
    tree.link("/loop", "loop");
    tree.link("/dir/up", "../file");
    tree
}

#[test]
fn paths_lead_where_they_say() {
    let mut guest = Guest::command(&tree());
    for (path, errno) in [
        ("dir/nested/file", Errno::Success),
        ("./dir//nested/.././nested/file", Errno::Success),
        ("dir/nested", Errno::Success),
        ("dir/nested/", Errno::Success),
        ("dir/nested/.", Errno::Success),
        (".", Errno::Success),
        ("dir/..", Errno::Success),
        ("to-file", Errno::Success),
        ("to-dir/file", Errno::Success),
        ("to-dir/../nested/file", Errno::Success),
        ("dir/up", Errno::Success),
        ("dir/nested/file/", Errno::Notdir),
        ("dir/nested/file/.", Errno::Notdir),
        ("dir/nested/file/..", Errno::Notdir),
        ("to-file/", Errno::Notdir),
        ("dir/none", Errno::Noent),
        ("dir/none/", Errno::Noent),
        ("none/file", Errno::Noent),
        ("dangling", Errno::Noent),
        ("loop", Errno::Loop),
        ("loop/x", Errno::Loop),
        ("..", Errno::Perm),
        ("dir/../../file", Errno::Perm),
        ("up", Errno::Perm),
        ("absolute", Errno::Perm),
        ("/file", Errno::Perm),
        ("", Errno::Noent),
        ("fi\0le", Errno::Inval),
    ] {
        assert_eq!(guest.stat(path, true), errno, "{path}");
        assert_eq!(guest.open_at(3, true, path, 0, 0).err().unwrap_or(Errno::Success), errno, "{path}");
    }
    guest.put(TEXT, b"\xff");
    assert_eq!(guest.call("path_filestat_get", &[3, 0, TEXT.into(), 1, OUT.into()]), Errno::Ilseq);
    assert_eq!(guest.call("path_filestat_get", &[3, 0, 0, 5000, OUT.into()]), Errno::Nametoolong);
    assert_eq!(guest.call("path_filestat_get", &[3, 0, 0xfff0, 17, OUT.into()]), Errno::Fault);
    assert_eq!(guest.call("path_filestat_get", &[3, 0, TEXT.into(), 1, 0xffc1]), Errno::Fault);
    guest.put(TEXT, b".");
    assert_eq!(guest.call("path_filestat_get", &[3, 2, TEXT.into(), 1, OUT.into()]), Errno::Inval);
    assert_eq!(guest.call("path_filestat_get", &[0, 0, TEXT.into(), 1, OUT.into()]), Errno::Notdir);
    assert_eq!(guest.call("path_filestat_get", &[99, 0, TEXT.into(), 1, OUT.into()]), Errno::Badf);
}

#[test]
fn absolute_links_begin_at_a_directory_known_as_the_root() {
    let tree = tree();
    tree.link("/dir/absolute", "/dir/nested/file");
    tree.link("/dir/above", "/../file");
    let mut guest = Guest::command_at(&tree, "/");
    for (path, errno) in [
        ("absolute", Errno::Success),
        ("dir/absolute", Errno::Success),
        ("dir/above", Errno::Perm),
        ("up", Errno::Perm),
        ("..", Errno::Perm),
        ("/file", Errno::Perm),
    ] {
        assert_eq!(guest.stat(path, true), errno, "{path}");
    }
    assert_eq!(guest.symlink("/dir", "made"), Errno::Success);
    assert_eq!(guest.stat("made/nested/file", true), Errno::Success);
    // The same where it is known by another name.
    let mut guest = Guest::command_at(&tree, "/work");
    assert_eq!(guest.stat("made/nested/file", true), Errno::Perm);
    assert_eq!(guest.symlink("/dir", "another"), Errno::Perm);
}

#[test]
fn forty_links_are_followed_and_no_more() {
    let tree = Tree::new();
    tree.file("/l0", "end");
    for index in 1..=41 {
        tree.link(&format!("/l{index}"), &format!("l{}", index - 1));
    }
    let mut guest = Guest::command(&tree);
    assert_eq!(guest.stat("l40", true), Errno::Success);
    assert_eq!(guest.stat("l41", true), Errno::Loop);
    assert_eq!(guest.stat("l41", false), Errno::Success);
}

#[test]
fn a_link_with_what_follows_it_is_a_path_of_at_most_4096_bytes() {
    let tree = tree();
    tree.link("/long", &format!("{}dir", "./".repeat(1500)));
    let mut guest = Guest::command(&tree);
    for (count, errno) in [(540, Errno::Success), (545, Errno::Nametoolong)] {
        assert_eq!(guest.stat(&format!("long/{}nested/file", "./".repeat(count)), true), errno, "{count}");
    }
}

#[test]
fn links_at_the_end_are_followed_on_request() {
    let mut guest = Guest::command(&tree());
    for path in ["to-file", "to-dir", "dangling", "loop", "absolute", "up"] {
        assert_eq!(guest.open_at(3, false, path, 0, RIGHT_READ), Err(Errno::Loop), "{path}");
        assert_eq!(guest.open_at(3, false, path, DIRECTORY, 0), Err(Errno::Loop), "{path}");
        assert_eq!(guest.stat(path, false), Errno::Success, "{path}");
        assert_eq!(guest.get(OUT + 16, 1), [7], "{path}");
    }
    assert!(guest.open_at(3, false, "to-dir/", 0, 0).is_ok(), "a slash follows");
    assert!(guest.open_at(3, true, "to-dir", DIRECTORY, 0).is_ok());
    assert_eq!(guest.open_at(3, true, "to-file", DIRECTORY, 0), Err(Errno::Notdir));
}

#[test]
fn opening_creates_and_cuts() {
    let tree = tree();
    let mut guest = Guest::command(&tree);
    let fd = guest.open_at(3, true, "new", CREATE, RIGHTS_ALL).unwrap();
    guest.write(fd, b"data").unwrap();
    assert_eq!(tree.data("/new").unwrap(), b"data");
    assert_eq!(guest.open_at(3, true, "new", CREATE | EXCLUSIVE, RIGHTS_ALL), Err(Errno::Exist));
    assert_eq!(guest.open_at(3, true, "dangling", CREATE | EXCLUSIVE, RIGHTS_ALL), Err(Errno::Exist));
    assert!(guest.open_at(3, true, "dangling", CREATE, RIGHTS_ALL).is_ok(), "through the link");
    assert_eq!(tree.data("/dir/missing").unwrap(), b"");
    assert!(guest.open_at(3, true, "new", CREATE | TRUNCATE, 0).is_ok());
    assert_eq!(tree.data("/new").unwrap(), b"");
    for (path, oflags, rights, errno) in [
        ("dir", CREATE, 0, Errno::Isdir),
        ("dir", TRUNCATE, 0, Errno::Isdir),
        ("dir", 0, RIGHT_WRITE, Errno::Isdir),
        ("dir", CREATE | EXCLUSIVE, 0, Errno::Exist),
        (".", DIRECTORY, RIGHT_READ | RIGHT_WRITE, Errno::Isdir),
        ("other/", CREATE, 0, Errno::Isdir),
        ("none/other", CREATE, 0, Errno::Noent),
        ("x", CREATE | DIRECTORY, 0, Errno::Inval),
        ("file", 16, 0, Errno::Inval),
        ("file", DIRECTORY, 0, Errno::Notdir),
    ] {
        assert_eq!(guest.open_at(3, true, path, oflags, rights), Err(errno), "{path} {oflags}");
    }
    let [ptr, len] = guest.text("file");
    assert_eq!(guest.call("path_open", &[3, 1, ptr, len, TRUNCATE, 0, 0, 0, 0xfffd]), Errno::Fault);
    assert_eq!(tree.data("/file").unwrap(), b"top", "nothing is cut in vain");
    guest.ok("fd_fdstat_get", &[3, OUT.into()]);
    let base = guest.u64(OUT + 8) & !(1 << 10) & !(1 << 19);
    guest.ok("fd_fdstat_set_rights", &[3, base, RIGHTS_ALL]);
    let mut open = |oflags| guest.open_with_inheriting("file", oflags);
    assert_eq!(open(CREATE), Errno::Notcapable);
    assert_eq!(open(TRUNCATE), Errno::Notcapable);
    assert_eq!(open(0), Errno::Success);
}

impl Guest {
    fn open_with_inheriting(&mut self, path: &str, oflags: u64) -> Errno {
        let [ptr, len] = self.text(path);
        self.call("path_open", &[3, 1, ptr, len, oflags, 0, 0, 0, OUT.into()])
    }
}

#[test]
fn an_open_directory_knows_where_it_is() {
    let mut guest = Guest::command(&tree());
    let fd = guest.open_at(3, true, "to-dir", DIRECTORY, RIGHTS_DIRECTORY).unwrap();
    for (path, errno) in [
        ("file", Errno::Success),
        ("..", Errno::Success),
        ("../../file", Errno::Success),
        ("../up", Errno::Success),
        ("../../..", Errno::Perm),
        ("/file", Errno::Perm),
    ] {
        let opened = guest.open_at(fd, true, path, 0, 0).err().unwrap_or(Errno::Success);
        assert_eq!(opened, errno, "{path}");
    }
}

#[test]
fn dot_dot_works_from_deeper_than_is_held_open() {
    let tree = Tree::new();
    let deep = "/d".repeat(60);
    tree.file(&format!("{deep}/file"), "deep");
    tree.file("/top", "");
    let mut guest = Guest::command(&tree);
    let fd = guest.open_at(3, true, &deep[1..], DIRECTORY, RIGHTS_DIRECTORY).unwrap();
    let up = "../".repeat(60);
    assert!(guest.open_at(fd, true, &format!("{up}top"), 0, 0).is_ok());
    assert!(guest.open_at(fd, true, &format!("{}file", "../d/".repeat(100)), 0, 0).is_ok());
    assert_eq!(guest.open_at(fd, true, &format!("{up}../top"), 0, 0), Err(Errno::Perm));
}

#[test]
fn directories_are_made_and_removed() {
    let tree = tree();
    let mut guest = Guest::command(&tree);
    for (name, path, errno) in [
        ("path_create_directory", "made", Errno::Success),
        ("path_create_directory", "made/", Errno::Exist),
        ("path_create_directory", "made/inner/", Errno::Success),
        ("path_create_directory", "file", Errno::Exist),
        ("path_create_directory", "dangling", Errno::Exist),
        ("path_create_directory", ".", Errno::Exist),
        ("path_create_directory", "none/x", Errno::Noent),
        ("path_create_directory", "../x", Errno::Perm),
        ("path_create_directory", "file/x", Errno::Notdir),
        ("path_remove_directory", "made", Errno::Notempty),
        ("path_remove_directory", "made/inner/", Errno::Success),
        ("path_remove_directory", "made/.", Errno::Inval),
        ("path_remove_directory", "made", Errno::Success),
        ("path_remove_directory", "made", Errno::Noent),
        ("path_remove_directory", "file", Errno::Notdir),
        ("path_remove_directory", "file/", Errno::Notdir),
        ("path_remove_directory", "to-dir", Errno::Notdir),
        ("path_remove_directory", "to-dir/", Errno::Notdir),
        ("path_unlink_file", "dir", Errno::Isdir),
        ("path_unlink_file", "dir/", Errno::Isdir),
        ("path_unlink_file", ".", Errno::Isdir),
        ("path_unlink_file", "file/", Errno::Notdir),
        ("path_unlink_file", "to-dir/", Errno::Notdir),
        ("path_unlink_file", "to-dir", Errno::Success),
        ("path_unlink_file", "file", Errno::Success),
        ("path_unlink_file", "file", Errno::Noent),
        ("path_unlink_file", "loop", Errno::Success),
    ] {
        assert_eq!(guest.at(name, path), errno, "{name} {path}");
    }
    assert!(tree.thing("/dir/nested/file").is_some(), "links were removed, not what they lead to");
}

#[test]
fn files_are_renamed() {
    let tree = tree();
    tree.directory("/empty");
    let mut guest = Guest::command(&tree);
    for (old, new, errno) in [
        ("file", "dir", Errno::Isdir),
        ("dir", "file", Errno::Notdir),
        ("empty", "dir", Errno::Notempty),
        ("dir/", "empty/", Errno::Success),
        ("empty", "dir", Errno::Success),
        ("file", "renamed/", Errno::Notdir),
        ("file/", "renamed", Errno::Notdir),
        ("file", "renamed", Errno::Success),
        ("file", "x", Errno::Noent),
        ("dir", "brand-new/", Errno::Success),
        ("brand-new", ".", Errno::Busy),
        (".", "x", Errno::Busy),
        ("renamed", "../x", Errno::Perm),
        ("to-dir/", "x", Errno::Notdir),
        ("to-dir", "dangling", Errno::Success),
    ] {
        assert_eq!(guest.rename(old, new), errno, "{old} {new}");
    }
    assert_eq!(tree.data("/brand-new/nested/file").unwrap(), b"contents");
    assert_eq!(guest.call("path_rename", &[3, TEXT.into(), 1, 99, TEXT2.into(), 1]), Errno::Badf);
    assert_eq!(guest.call("path_rename", &[3, TEXT.into(), 1, 3, 0xfff0, 100]), Errno::Fault);
}

#[test]
fn links_are_made_and_read() {
    let tree = tree();
    let mut guest = Guest::command(&tree);
    for (old, flags, new, errno) in [
        ("file", 0, "hard", Errno::Success),
        ("file", 0, "hard", Errno::Exist),
        ("file", 0, "dir", Errno::Exist),
        ("file", 0, "dangling", Errno::Exist),
        ("file", 0, "slash/", Errno::Noent),
        ("file/", 0, "x", Errno::Notdir),
        ("dir", 0, "x", Errno::Perm),
        (".", 0, "x", Errno::Perm),
        ("none", 0, "x", Errno::Noent),
        ("dangling", 0, "hard-link", Errno::Success),
        ("dangling", 1, "x", Errno::Noent),
        ("to-file", 1, "through", Errno::Success),
        ("file", 2, "x", Errno::Inval),
    ] {
        assert_eq!(guest.link(old, flags, new), errno, "{old} {new}");
    }
    assert_eq!(tree.data("/through").unwrap(), b"contents");
    assert_eq!(tree.thing("/hard-link"), Some(crate::model::Thing::Link("dir/missing".into())));
    for (text, path, errno) in [
        ("anything/../at all", "soft", Errno::Success),
        ("x", "soft", Errno::Exist),
        ("x", "dir/", Errno::Exist),
        ("x", "file/", Errno::Notdir),
        ("x", "slash/", Errno::Noent),
        ("", "y", Errno::Noent),
        ("/etc", "y", Errno::Perm),
    ] {
        assert_eq!(guest.symlink(text, path), errno, "{text} {path}");
    }
    let read = |guest: &mut Guest, path: &str, len: u32| {
        let [ptr, path_len] = guest.text(path);
        match guest.call("path_readlink", &[3, ptr, path_len, BUF.into(), len.into(), OUT.into()]) {
            Errno::Success => Ok(guest.get(BUF, guest.u32(OUT))),
            errno => Err(errno),
        }
    };
    assert_eq!(read(&mut guest, "soft", 100), Ok(b"anything/../at all".into()));
    assert_eq!(read(&mut guest, "soft", 4), Ok(b"anyt".into()));
    assert_eq!(read(&mut guest, "soft", 0), Ok(vec![]));
    assert_eq!(read(&mut guest, "file", 10), Err(Errno::Inval));
    assert_eq!(read(&mut guest, "to-dir/", 10), Err(Errno::Inval));
    assert_eq!(read(&mut guest, "none", 10), Err(Errno::Noent));
    let [ptr, len] = guest.text("soft");
    assert_eq!(guest.call("path_readlink", &[3, ptr, len, 0xfff0, 17, OUT.into()]), Errno::Fault);
}

#[test]
fn times_are_set_of_links_and_of_what_they_lead_to() {
    let mut guest = Guest::command(&tree());
    let set = |guest: &mut Guest, path: &str, follow, mtime, flags| {
        let [ptr, len] = guest.text(path);
        guest.call("path_filestat_set_times", &[3, follow, ptr, len, 1, mtime, flags])
    };
    let mtime = |guest: &mut Guest, path: &str| {
        assert_eq!(guest.stat(path, false), Errno::Success);
        guest.u64(OUT + 48)
    };
    assert_eq!(set(&mut guest, "to-file", 0, 7, 4), Errno::Success);
    assert_eq!((mtime(&mut guest, "to-file"), mtime(&mut guest, "dir/nested/file")), (7, 1_000_000_000));
    assert_eq!(set(&mut guest, "to-file", 1, 8, 4), Errno::Success);
    assert_eq!((mtime(&mut guest, "to-file"), mtime(&mut guest, "dir/nested/file")), (7, 8));
    assert_eq!(set(&mut guest, ".", 1, 9, 4), Errno::Success);
    assert_eq!(mtime(&mut guest, "."), 9);
    assert_eq!(set(&mut guest, "file", 1, 9, 12), Errno::Inval);
    assert_eq!(set(&mut guest, "file/", 1, 9, 4), Errno::Notdir);
    assert_eq!(set(&mut guest, "none", 1, 9, 4), Errno::Noent);
}
