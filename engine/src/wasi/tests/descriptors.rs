//! Reading, writing, attributes and numbers of descriptors.

use super::*;

fn with_file() -> (Tree, Guest, u32) {
    let tree = Tree::new();
    tree.file("/f", "0123456789");
    let mut guest = Guest::command(&tree);
    let fd = guest.open_at(3, true, "f", 0, RIGHTS_ALL).unwrap();
    (tree, guest, fd)
}

#[test]
fn data_is_read_and_written_at_the_position_and_at_offsets() {
    let (tree, mut guest, fd) = with_file();
    assert_eq!(guest.read(fd, 4), Ok(b"0123".into()));
    assert_eq!(guest.write(fd, b"ab"), Ok(2));
    guest.ok("fd_tell", &[fd.into(), OUT.into()]);
    assert_eq!(guest.u64(OUT), 6);
    guest.ok("fd_seek", &[fd.into(), (-3_i64) as u64, 2, OUT.into()]);
    assert_eq!(guest.u64(OUT), 7);
    assert_eq!(guest.read(fd, 100), Ok(b"789".into()));
    assert_eq!(guest.read(fd, 100), Ok(vec![]));
    guest.put(TEXT, &[BUF, 3, BUF + 10, 2].map(u32::to_le_bytes).concat());
    guest.ok("fd_pread", &[fd.into(), TEXT.into(), 2, 1, OUT.into()]);
    assert_eq!((guest.u32(OUT), guest.get(BUF, 3), guest.get(BUF + 10, 2)), (5, b"123".into(), b"ab".into()));
    guest.put(BUF, b"xyz");
    guest.ok("fd_pwrite", &[fd.into(), TEXT.into(), 1, 9, OUT.into()]);
    assert_eq!(
        tree.data("/f").unwrap(),
        b"0123ab6789"[..9].iter().chain(b"xyz").copied().collect::<Vec<_>>()
    );
    guest.ok("fd_tell", &[fd.into(), OUT.into()]);
    assert_eq!(guest.u64(OUT), 10, "offsets leave the position alone");
    for (offset, whence) in [(0, 3), ((-1_i64) as u64, 0), (i64::MIN as u64, 1), (0, u64::MAX)] {
        assert_eq!(guest.call("fd_seek", &[fd.into(), offset, whence, OUT.into()]), Errno::Inval);
    }
    assert_eq!(guest.call("fd_seek", &[fd.into(), 0, 0, 0xfffa]), Errno::Fault);
    assert_eq!(guest.call("fd_pread", &[fd.into(), TEXT.into(), 1, u64::MAX, OUT.into()]), Errno::Inval);
    assert_eq!(guest.call("fd_tell", &[99, OUT.into()]), Errno::Badf);
}

#[test]
fn parts_may_overlap_each_other_and_their_own_list() {
    let (_, mut guest, fd) = with_file();
    let list = [TEXT + 8, 8, BUF, 2].map(u32::to_le_bytes).concat();
    guest.put(TEXT, &list);
    guest.ok("fd_read", &[fd.into(), TEXT.into(), 2, OUT.into()]);
    assert_eq!(guest.u32(OUT), 10);
    assert_eq!(guest.get(TEXT + 8, 8), b"01234567", "the first part lies over the second's entry");
    assert_eq!(guest.get(BUF, 2), b"89", "which was read before");
}

#[test]
fn lists_of_parts_are_checked_whole() {
    let (_, mut guest, fd) = with_file();
    let read = |guest: &mut Guest, iovs: u32, count: u64| {
        guest.call("fd_read", &[fd.into(), iovs.into(), count, OUT.into()])
    };
    assert_eq!(read(&mut guest, 0xfff9, 1), Errno::Fault);
    assert_eq!(read(&mut guest, 0, 0x2000_0001), Errno::Fault, "the list's length wraps around");
    assert_eq!(read(&mut guest, 0, u32::MAX.into()), Errno::Fault);
    guest.put(TEXT, &[BUF, 1, 0xffff, 2].map(u32::to_le_bytes).concat());
    assert_eq!(read(&mut guest, TEXT, 2), Errno::Fault);
    guest.put(TEXT, &[BUF, 1, u32::MAX, u32::MAX].map(u32::to_le_bytes).concat());
    assert_eq!(read(&mut guest, TEXT, 2), Errno::Fault);
    guest.put(TEXT, &[BUF, 1].map(u32::to_le_bytes).concat());
    assert_eq!(guest.call("fd_read", &[fd.into(), TEXT.into(), 1, 0xfffe]), Errno::Fault);
    assert_eq!(guest.read(fd, 10), Ok(b"0123456789".into()), "nothing was read by those");
    // 1,500 empty parts and one that is not, all over memory that is there.
    guest.put(0, &[0; 0xf000]);
    guest.put(12_000, &[BUF, 4].map(u32::to_le_bytes).concat());
    guest.ok("fd_seek", &[fd.into(), 0, 0, OUT.into()]);
    assert_eq!(read(&mut guest, 0, 1501), Errno::Success);
    assert_eq!(guest.u32(OUT), 4);
    // More parts than are taken at once.
    let parts: Vec<u8> = (0..2000).flat_map(|_| [[BUF, 1].map(u32::to_le_bytes).concat()].concat()).collect();
    guest.put(0, &parts);
    guest.ok("fd_seek", &[fd.into(), 0, 0, OUT.into()]);
    assert_eq!(guest.call("fd_write", &[fd.into(), 0, 2000, (OUT + 0x1000 * 4).into()]), Errno::Success);
    assert_eq!(guest.u32(OUT + 0x4000), 1024);
}

#[test]
fn rights_and_modes_of_opening_are_enforced() {
    let tree = Tree::new();
    tree.file("/f", "0123456789");
    let mut guest = Guest::command(&tree);
    let reader = guest.open_at(3, true, "f", 0, RIGHT_READ).unwrap();
    let writer = guest.open_at(3, true, "f", 0, RIGHT_WRITE).unwrap();
    let neither = guest.open_at(3, true, "f", 0, 0).unwrap();
    assert_eq!(guest.write(reader, b"x"), Err(Errno::Notcapable));
    assert_eq!(guest.read(writer, 1), Err(Errno::Notcapable));
    assert_eq!(guest.read(neither, 1), Err(Errno::Notcapable));
    assert_eq!(guest.call("fd_tell", &[reader.into(), OUT.into()]), Errno::Notcapable);
    assert_eq!(guest.call("fd_pread", &[reader.into(), TEXT.into(), 0, 0, OUT.into()]), Errno::Notcapable);
    for (name, args) in [
        ("fd_allocate", &[reader.into(), 0, 1][..]),
        ("fd_filestat_set_size", &[reader.into(), 0]),
        ("fd_filestat_get", &[reader.into(), OUT.into()]),
        ("fd_filestat_set_times", &[reader.into(), 0, 0, 0]),
        ("fd_sync", &[reader.into()]),
        ("fd_datasync", &[reader.into()]),
        ("fd_advise", &[reader.into(), 0, 0, 0]),
        ("fd_fdstat_set_flags", &[reader.into(), 0]),
    ] {
        assert_eq!(guest.call(name, args), Errno::Notcapable, "{name}");
    }
    // Asking for the right to cut a file does not open it for writing, and so does not get it.
    let reader = guest.open_at(3, true, "f", 0, RIGHTS_ALL & !RIGHT_WRITE).unwrap();
    assert_eq!(guest.call("fd_filestat_set_size", &[reader.into(), 0]), Errno::Notcapable);
    assert_eq!(tree.data("/f").unwrap(), b"0123456789");
}

#[test]
fn rights_can_only_be_given_up() {
    let (_, mut guest, fd) = with_file();
    guest.ok("fd_fdstat_get", &[fd.into(), OUT.into()]);
    let (base, inheriting) = (guest.u64(OUT + 8), guest.u64(OUT + 16));
    assert_eq!(guest.get(OUT, 4), [4, 0, 0, 0]);
    assert_eq!(base & (RIGHT_READ | RIGHT_WRITE), RIGHT_READ | RIGHT_WRITE);
    let left = base & !RIGHT_WRITE;
    guest.ok("fd_fdstat_set_rights", &[fd.into(), left, inheriting]);
    assert_eq!(guest.write(fd, b"x"), Err(Errno::Notcapable));
    assert_eq!(guest.call("fd_fdstat_set_rights", &[fd.into(), base, inheriting]), Errno::Notcapable);
    assert_eq!(guest.call("fd_fdstat_set_rights", &[99, 0, 0]), Errno::Badf);
    // What a directory does not pass on cannot be had through it.
    guest.ok("fd_fdstat_get", &[3, OUT.into()]);
    let base = guest.u64(OUT + 8) & !(1 << 14);
    guest.ok("fd_fdstat_set_rights", &[3, base, RIGHT_READ]);
    assert_eq!(guest.open_at(3, true, "f", 0, RIGHT_WRITE), Err(Errno::Notcapable));
    assert_eq!(guest.call("fd_readdir", &[3, BUF.into(), 10, 0, OUT.into()]), Errno::Notcapable);
}

/// As Go's `os.Root` has it: the directory is opened without the right to cut what is in it, but passes it on.
#[test]
fn what_a_directory_may_pass_on_it_may_do_unless_that_was_given_up() {
    const CUT: u64 = 1 << 19;
    let tree = Tree::new();
    tree.file("/dir/f", "0123456789");
    let mut guest = Guest::command(&tree);
    let directory = guest.open_at(3, true, "dir", 2, RIGHTS_DIRECTORY & !CUT).unwrap();
    guest.open_at(directory, true, "f", 8, RIGHT_READ | RIGHT_WRITE).unwrap();
    assert_eq!(tree.data("/dir/f").unwrap(), b"");
    guest.ok("fd_fdstat_get", &[directory.into(), OUT.into()]);
    let (base, inheriting) = (guest.u64(OUT + 8), guest.u64(OUT + 16));
    guest.ok("fd_fdstat_set_rights", &[directory.into(), base & !CUT, inheriting]);
    assert_eq!(guest.open_at(directory, true, "f", 8, RIGHT_WRITE), Err(Errno::Notcapable));
    // One that does not pass it on does not get it either.
    let [ptr, len] = guest.text("dir");
    let rights = RIGHTS_DIRECTORY & !CUT;
    guest.ok("path_open", &[3, 1, ptr, len, 2, rights, RIGHTS_ALL & !CUT, 0, OUT.into()]);
    let directory = guest.u32(OUT);
    let [ptr, len] = guest.text("f");
    let arguments = [directory.into(), 1, ptr, len, 8, RIGHT_WRITE, RIGHT_WRITE, 0, OUT.into()];
    assert_eq!(guest.call("path_open", &arguments), Errno::Notcapable);
}

#[test]
fn flags_append_and_stay_what_they_are() {
    let (tree, mut guest, _) = with_file();
    let fd = guest.open_with(3, true, "f", 0, RIGHTS_ALL, 1 | 16).unwrap();
    guest.write(fd, b"ab").unwrap();
    assert_eq!(tree.data("/f").unwrap(), b"0123456789ab");
    guest.ok("fd_fdstat_get", &[fd.into(), OUT.into()]);
    assert_eq!(guest.get(OUT, 4), [4, 0, 17, 0]);
    guest.ok("fd_fdstat_set_flags", &[fd.into(), 16 | 4]);
    guest.ok("fd_seek", &[fd.into(), 0, 0, OUT.into()]);
    guest.write(fd, b"-").unwrap();
    assert_eq!(tree.data("/f").unwrap(), b"-123456789ab");
    assert_eq!(guest.call("fd_fdstat_set_flags", &[fd.into(), 0]), Errno::Notsup);
    assert_eq!(guest.call("fd_fdstat_set_flags", &[fd.into(), 32]), Errno::Inval);
    assert_eq!(guest.call("fd_fdstat_set_flags", &[fd.into(), 1 << 16]), Errno::Inval);
    assert_eq!(guest.open_with(3, true, "f", 0, RIGHTS_ALL, 32), Err(Errno::Inval));
}

#[test]
fn sizes_and_times_change() {
    let (tree, mut guest, fd) = with_file();
    guest.ok("fd_filestat_set_size", &[fd.into(), 4]);
    assert_eq!(tree.data("/f").unwrap(), b"0123");
    guest.ok("fd_allocate", &[fd.into(), 2, 4]);
    assert_eq!(tree.data("/f").unwrap(), b"0123\0\0");
    assert_eq!(guest.call("fd_allocate", &[fd.into(), 2, 0]), Errno::Inval);
    assert_eq!(guest.call("fd_allocate", &[fd.into(), u64::MAX, 2]), Errno::Fbig);
    guest.ok("fd_filestat_set_times", &[fd.into(), 11, 22, 1 | 4]);
    guest.ok("fd_filestat_get", &[fd.into(), OUT.into()]);
    assert_eq!((guest.u64(OUT + 32), guest.u64(OUT + 40), guest.u64(OUT + 48)), (6, 11, 22));
    assert_eq!(guest.get(OUT + 16, 1), [4]);
    guest.ok("fd_filestat_set_times", &[fd.into(), 0, 33, 2]);
    guest.ok("fd_filestat_get", &[fd.into(), OUT.into()]);
    assert_eq!((guest.u64(OUT + 40), guest.u64(OUT + 48)), (1_000_000_000, 22));
    for flags in [3, 12, 16, u64::MAX] {
        assert_eq!(guest.call("fd_filestat_set_times", &[fd.into(), 0, 0, flags]), Errno::Inval);
    }
    guest.ok("fd_sync", &[fd.into()]);
    guest.ok("fd_datasync", &[fd.into()]);
    guest.ok("fd_advise", &[fd.into(), 0, 0, 5]);
    assert_eq!(guest.call("fd_advise", &[fd.into(), 0, 0, 6]), Errno::Inval);
    assert_eq!(guest.call("fd_advise", &[3, 0, 0, 0]), Errno::Badf);
    assert_eq!(guest.call("fd_filestat_get", &[fd.into(), 0xffc8]), Errno::Fault);
}

#[test]
fn a_directory_is_no_file() {
    let (_, mut guest, _) = with_file();
    assert_eq!(guest.read(3, 1), Err(Errno::Isdir));
    assert_eq!(guest.write(3, b"x"), Err(Errno::Isdir));
    for (name, args) in [
        ("fd_pread", &[3, TEXT.into(), 0, 0, OUT.into()][..]),
        ("fd_pwrite", &[3, TEXT.into(), 0, 0, OUT.into()]),
        ("fd_seek", &[3, 0, 0, OUT.into()]),
        ("fd_tell", &[3, OUT.into()]),
        ("fd_allocate", &[3, 0, 1]),
        ("fd_filestat_set_size", &[3, 0]),
    ] {
        assert_eq!(guest.call(name, args), Errno::Isdir, "{name}");
    }
    guest.ok("fd_filestat_get", &[3, OUT.into()]);
    assert_eq!(guest.get(OUT + 16, 1), [3]);
    guest.ok("fd_filestat_set_times", &[3, 5, 6, 1 | 4]);
    guest.ok("fd_sync", &[3]);
    guest.ok("fd_fdstat_get", &[3, OUT.into()]);
    assert_eq!(guest.u64(OUT + 8) & (RIGHT_READ | RIGHT_WRITE | 1 << 2 | 1 << 22), 0);
}

#[test]
fn descriptors_are_closed_moved_and_counted() {
    let (_, mut guest, fd) = with_file();
    assert_eq!(fd, 4);
    let other = guest.open("f").unwrap();
    guest.read(fd, 3).unwrap();
    guest.ok("fd_renumber", &[fd.into(), other.into()]);
    assert_eq!(guest.read(fd, 1), Err(Errno::Badf));
    assert_eq!(guest.read(other, 1), Ok(b"3".into()));
    assert_eq!(guest.call("fd_renumber", &[other.into(), fd.into()]), Errno::Badf);
    assert_eq!(guest.call("fd_renumber", &[77, other.into()]), Errno::Badf);
    guest.ok("fd_renumber", &[other.into(), other.into()]);
    assert_eq!(guest.open("f"), Ok(fd), "the lowest free number");
    guest.limits().open_files = 7;
    assert_eq!(guest.open("f"), Ok(6));
    assert_eq!(guest.open_at(3, true, "new", CREATE, RIGHTS_ALL), Err(Errno::Mfile));
    assert_eq!(guest.stat("new", true), Errno::Noent, "nothing was created in vain");
    guest.ok("fd_close", &[6]);
    assert_eq!(guest.call("fd_close", &[6]), Errno::Badf);
    assert_eq!(guest.call("fd_close", &[u32::MAX.into()]), Errno::Badf);
    guest.ok("fd_close", &[3]);
    assert_eq!(guest.call("fd_prestat_get", &[3, OUT.into()]), Errno::Badf);
}

#[test]
fn preopened_directories_say_what_they_are_called() {
    let (_, mut guest, fd) = with_file();
    guest.ok("fd_prestat_get", &[3, OUT.into()]);
    assert_eq!((guest.u32(OUT), guest.u32(OUT + 4)), (0, 5));
    guest.ok("fd_prestat_dir_name", &[3, BUF.into(), 5]);
    assert_eq!(guest.get(BUF, 6), b"/work\0");
    guest.ok("fd_prestat_dir_name", &[3, BUF.into(), 6]);
    assert_eq!(guest.call("fd_prestat_dir_name", &[3, BUF.into(), 4]), Errno::Nametoolong);
    assert_eq!(guest.call("fd_prestat_dir_name", &[3, 0xfffe, 5]), Errno::Fault);
    assert_eq!(guest.call("fd_prestat_get", &[3, 0xfffe]), Errno::Fault);
    for no_preopen in [0, fd.into(), 99] {
        assert_eq!(guest.call("fd_prestat_get", &[no_preopen, OUT.into()]), Errno::Badf);
        assert_eq!(guest.call("fd_prestat_dir_name", &[no_preopen, BUF.into(), 5]), Errno::Badf);
    }
}
