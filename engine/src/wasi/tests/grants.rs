//! Paths of a plugin: grants decide, on the resolved file.

use super::*;
use crate::wasi::{StatError, stat_path};

fn tree() -> Tree {
    let tree = Tree::new();
    tree.file("/etc/hosts", "hosts");
    tree.file("/etc/shadow", "secret");
    tree.file("/etc/ssh/sshd_config", "ssh");
    tree.file("/usr/lib/os-release", "os");
    tree.file("/home/bob/notes", "private");
    tree.link("/etc/os-release", "../usr/lib/os-release");
    tree.link("/etc/ssh/escape", "/etc/shadow");
    tree.link("/etc/ssh/home", "../../home");
    tree.link("/tmp/hosts", "../../../../etc/hosts");
    tree.link("/tmp/ssh", "/etc/ssh");
    tree
}

#[test]
fn without_an_fs_grant_there_is_no_preopened_directory() {
    let mut guest = Guest::plugin(&tree(), &[]);
    assert_eq!(guest.call("fd_prestat_get", &[3, OUT.into()]), Errno::Badf);
    assert_eq!(guest.open("etc/hosts"), Err(Errno::Badf));
    let refused = stat_path(guest.store.data_mut(), "/etc/hosts", true).unwrap_err();
    assert!(matches!(refused, StatError::Refused(refusal) if refusal.capability == "fs:read:/etc/hosts"));
}

#[test]
fn the_resolved_file_decides() {
    let mut guest = Guest::plugin(&tree(), &["read:/etc/ssh/**", "read:/etc/hosts"]);
    guest.ok("fd_prestat_get", &[3, OUT.into()]);
    assert_eq!(guest.u32(OUT + 4), 1);
    for path in [
        "etc/hosts",
        "/etc/hosts",
        "../../etc/hosts",
        "etc/ssh",
        "etc/ssh/sshd_config",
        "etc/ssh/../ssh/sshd_config",
        "tmp/hosts",
        "tmp/ssh/sshd_config",
        "home/bob/../../etc/hosts",
    ] {
        assert!(guest.open(path).is_ok(), "{path}");
    }
    assert!(guest.refusals().is_empty());
    for (path, resolved) in [
        ("etc/shadow", "/etc/shadow"),
        ("etc/ssh/escape", "/etc/shadow"),
        ("etc/ssh/../shadow", "/etc/shadow"),
        ("etc/ssh/home/bob/notes", "/home/bob/notes"),
        ("etc/os-release", "/usr/lib/os-release"),
        ("etc", "/etc"),
        ("/", "/"),
        (".", "/"),
        ("etc/ssh/../..", "/"),
    ] {
        assert_eq!(guest.open(path), Err(Errno::Notcapable), "{path}");
        assert_eq!(guest.refusals().last().unwrap(), &format!("fs:read:{resolved}"), "{path}");
        guest.store.data_mut().refusals.clear();
    }
    assert_eq!(guest.stat("etc/ssh/escape", false), Errno::Success, "the link itself is granted");
    assert_eq!(guest.stat("etc/ssh/escape", true), Errno::Notcapable);
    assert_eq!(guest.stat("tmp/hosts", false), Errno::Notcapable, "this one is not");
    assert_eq!(guest.call("fd_filestat_get", &[3, OUT.into()]), Errno::Notcapable);
    assert_eq!(guest.call("fd_readdir", &[3, BUF.into(), 100, 0, OUT.into()]), Errno::Notcapable);
}

#[test]
fn what_is_not_granted_does_not_tell_whether_it_exists() {
    let tree = tree();
    tree.directory("/root");
    tree.lock("/root");
    let mut guest = Guest::plugin(&tree, &["read:/etc/hosts", "read:/opt/app/**"]);
    for path in [
        "home/bob/notes",
        "home/bob/none",
        "home/none/none",
        "home/bob/notes/x",
        "root/x",
        "none",
        "etc/none/",
        "etc/os-release/x",
    ] {
        assert_eq!(guest.open(path), Err(Errno::Notcapable), "{path}");
        assert_eq!(guest.stat(path, false), Errno::Notcapable, "{path}");
        assert_eq!(guest.open_at(3, true, path, CREATE, RIGHTS_ALL), Err(Errno::Notcapable), "{path}");
        assert_eq!(guest.at("path_unlink_file", path), Errno::Notcapable, "{path}");
    }
    // A detour leads there no matter whether it exists.
    for detour in ["home/bob", "home/nobody", "home/bob/notes", "root/x", "root/x/y/..", "none/./none"] {
        let up = "../".repeat(detour.split('/').filter(|name| !matches!(*name, "." | "..")).count());
        assert!(guest.open(&format!("{detour}/{up}etc/hosts")).is_ok() || detour.ends_with(".."), "{detour}");
    }
    assert!(guest.open("root/x/y/../../../etc/hosts").is_ok());
    // Of what is granted it may know that it is not there, even when what is above it is not there either.
    assert_eq!(guest.open("opt/app/config"), Err(Errno::Noent));
    assert_eq!(guest.open("etc/hosts/x"), Err(Errno::Notcapable));
    // So a detour through that leads nowhere, whether or not what is above it, and not granted, is there.
    for _ in 0..2 {
        assert_eq!(guest.open("opt/app/config/../../../etc/hosts"), Err(Errno::Noent));
        assert!(guest.open("opt/none/../../etc/hosts").is_ok());
        tree.directory("/opt");
    }
}

#[test]
fn refusals_are_remembered_up_to_a_limit() {
    let mut guest = Guest::plugin(&tree(), &["read:/etc/hosts"]);
    for index in 0..200 {
        assert_eq!(guest.open(&format!("x{}", index % 100)), Err(Errno::Notcapable));
    }
    assert_eq!(guest.refusals().len(), 64);
    assert_eq!(guest.refusals()[1], "fs:read:/x1");
}

#[test]
fn changes_need_a_grant_for_writing() {
    let tree = tree();
    tree.file("/tmp/app/f", "old");
    tree.file("/tmp/app/read-only", "old");
    let mut guest = Guest::plugin(&tree, &["read:/**", "write:/tmp/app/f*"]);
    assert_eq!(guest.open_at(3, true, "etc/hosts", 0, RIGHTS_ALL), Err(Errno::Notcapable));
    assert_eq!(guest.refusals(), ["fs:write:/etc/hosts"]);
    assert_eq!(guest.open_at(3, true, "etc/hosts", TRUNCATE, RIGHT_READ), Err(Errno::Notcapable));
    assert_eq!(guest.open_at(3, true, "etc/new", CREATE, RIGHT_READ), Err(Errno::Notcapable));
    assert!(guest.open_at(3, true, "etc/hosts", CREATE, RIGHT_READ).is_ok(), "it is there already");
    assert!(guest.open_at(3, true, "tmp/app/f", TRUNCATE, RIGHTS_ALL).is_ok());
    assert_eq!(tree.data("/tmp/app/f").unwrap(), b"");
    for name in ["path_create_directory", "path_remove_directory", "path_unlink_file"] {
        assert_eq!(guest.at(name, "etc/hosts"), Errno::Notcapable, "{name}");
    }
    assert_eq!(guest.at("path_create_directory", "tmp/app/f-dir"), Errno::Success);
    assert_eq!(guest.symlink("/etc/shadow", "tmp/link"), Errno::Notcapable);
    assert_eq!(guest.symlink("/etc/shadow", "tmp/app/f-link"), Errno::Success);
    assert_eq!(guest.open_at(3, true, "tmp/app/f-link", 0, RIGHTS_ALL), Err(Errno::Notcapable));
    assert_eq!(guest.rename("tmp/app/f", "tmp/app/other"), Errno::Notcapable);
    assert_eq!(guest.rename("etc/hosts", "tmp/app/f1"), Errno::Notcapable);
    assert_eq!(guest.rename("tmp/app/f", "tmp/app/f1"), Errno::Success);
    assert_eq!(guest.rename("tmp/app/f-dir", "tmp/app/f2"), Errno::Xdev);
    assert_eq!(guest.link("etc/hosts", 0, "tmp/app/f3"), Errno::Notcapable);
    assert_eq!(guest.link("tmp/app/f1", 0, "etc/f"), Errno::Notcapable);
    assert_eq!(guest.link("tmp/app/f1", 0, "tmp/app/f3"), Errno::Success);
    let [ptr, len] = guest.text("etc/hosts");
    assert_eq!(guest.call("path_filestat_set_times", &[3, 1, ptr, len, 1, 1, 4]), Errno::Notcapable);
    // A descriptor for reading is not enough for changing a file either.
    let fd = guest.open_at(3, true, "etc/hosts", 0, RIGHTS_ALL & !RIGHT_WRITE).unwrap();
    assert_eq!(guest.call("fd_filestat_set_times", &[fd.into(), 1, 1, 4]), Errno::Notcapable);
    assert_eq!(guest.call("fd_filestat_set_size", &[fd.into(), 0]), Errno::Notcapable);
    let fd = guest.open_at(3, true, "etc", DIRECTORY, RIGHTS_DIRECTORY).unwrap();
    assert_eq!(guest.call("fd_filestat_set_times", &[fd.into(), 1, 1, 4]), Errno::Notcapable);
    let fd = guest.open_at(3, true, "tmp/app/f1", 0, RIGHTS_ALL & !RIGHT_WRITE).unwrap();
    guest.ok("fd_filestat_set_times", &[fd.into(), 1, 1, 4]);
}

#[test]
fn what_may_only_be_written_cannot_be_read_by_another_name() {
    let tree = tree();
    tree.file("/log/secret", "secret");
    let mut guest = Guest::plugin(&tree, &["write:/log/**", "read:/tmp/**", "write:/tmp/**"]);
    assert!(guest.open_at(3, true, "log/secret", 0, RIGHT_WRITE).is_ok());
    assert_eq!(guest.open("log/secret"), Err(Errno::Notcapable));
    assert_eq!(guest.rename("log/secret", "tmp/x"), Errno::Notcapable);
    assert_eq!(guest.link("log/secret", 0, "tmp/x"), Errno::Notcapable);
}

#[test]
fn a_file_that_is_swapped_before_it_is_opened_is_not_opened() {
    let tree = tree();
    let mut guest = Guest::plugin(&tree, &["read:/etc/ssh/**"]);
    tree.before_open(|tree| tree.link("/etc/ssh/sshd_config", "/etc/shadow"));
    assert_eq!(guest.open("etc/ssh/sshd_config"), Err(Errno::Notcapable));
    tree.file("/etc/ssh/other", "");
    tree.before_open(|tree| tree.file("/etc/ssh/other", "another file"));
    assert_eq!(guest.open("etc/ssh/other"), Err(Errno::Notcapable));
}

#[test]
fn a_literal_path_is_followed_through_trusted_links() {
    let tree = tree();
    tree.link("/etc/mine", "os-release");
    tree.chown("/etc/mine", 1000);
    tree.link("/etc/strange", "shadow");
    tree.chown("/etc/strange", 4711);
    tree.link("/etc/stranger", "strange");
    tree.link("/etc/gone", "../var/none/gone");
    let literals = ["/etc/mine", "/etc/stranger", "/etc/gone", "/etc/not-there", "+/etc/hosts"];
    let mut guest = Guest::new(plugin(ModelHost::new(&tree), fs(&[], &literals)));
    assert!(guest.open("etc/mine").is_ok());
    assert!(guest.open("usr/lib/os-release").is_ok());
    for link in ["etc/mine", "etc/os-release", "etc/stranger"] {
        assert_eq!(guest.stat(link, false), Errno::Success, "{link}");
    }
    assert_eq!(guest.open("etc/stranger"), Err(Errno::Notcapable));
    assert_eq!(guest.stat("etc/strange", false), Errno::Notcapable);
    assert_eq!(guest.open("etc/gone"), Err(Errno::Noent));
    assert_eq!(guest.open("etc/not-there"), Err(Errno::Noent));
    assert_eq!(guest.open("etc/hosts"), Err(Errno::Notcapable), "it was named for writing");
    assert!(guest.open_at(3, true, "etc/hosts", 0, RIGHT_WRITE).is_ok());
    assert_eq!(guest.open("etc"), Err(Errno::Notcapable));
}

#[test]
fn this_process_is_hidden_from_patterns() {
    let tree = tree();
    tree.own_process("/proc/7");
    tree.file("/proc/7/status", "me");
    tree.file("/proc/7/mem", "all of it");
    tree.file("/proc/8/status", "another");
    tree.link("/proc/self", "7");
    let mut guest = Guest::plugin(&tree, &["read:/proc/**"]);
    assert!(guest.open("proc/8/status").is_ok());
    assert!(guest.open("proc").is_ok());
    for path in
        ["proc/7/mem", "proc/self/mem", "proc/self/../7/mem", "proc/7", "proc/7/none", "proc/self/x/y"]
    {
        assert_eq!(guest.open(path), Err(Errno::Notcapable), "{path}");
    }
    assert_eq!(guest.refusals()[0], "fs:read:/proc/7/mem");
    assert!(guest.open("proc/self/../8/status").is_ok());

    // A literal path leads to what there tells of the system, and to nothing else.
    tree.file("/proc/7/mounts", "/");
    tree.file("/proc/7/net/tcp", "none");
    tree.link("/proc/mounts", "self/mounts");
    tree.link("/proc/net", "self/net");
    let literals = ["/proc/mounts", "/proc/net/tcp", "/proc/self/status", "/proc/7/mem"];
    let mut guest = Guest::new(plugin(ModelHost::new(&tree), fs(&["read:/proc/**"], &literals)));
    assert!(guest.open("proc/mounts").is_ok());
    assert!(guest.open("proc/net/tcp").is_ok());
    assert_eq!(guest.open("proc/self/status"), Err(Errno::Notcapable));
    assert_eq!(guest.open("proc/self/mem"), Err(Errno::Notcapable));
}

#[test]
fn stat_path_tells_what_is_there() {
    let mut guest = Guest::plugin(&tree(), &["read:/etc/**", "read:/usr/**"]);
    let state = guest.store.data_mut();
    let info = stat_path(state, "/etc/os-release", true).unwrap();
    assert_eq!(
        (&info.resolved_path[..], info.symlink_target, info.stat.size),
        ("/usr/lib/os-release", None, 2)
    );
    let info = stat_path(state, "/etc/os-release", false).unwrap();
    assert_eq!(
        (&info.resolved_path[..], info.symlink_target.as_deref()),
        ("/etc/os-release", Some("../usr/lib/os-release"))
    );
    assert_eq!(stat_path(state, "/etc/none", true), Err(StatError::Errno(Errno::Noent)));
    assert_eq!(stat_path(state, "/etc/hosts/", true), Err(StatError::Errno(Errno::Notdir)));
    assert_eq!(stat_path(state, "", true), Err(StatError::Errno(Errno::Noent)));
    assert_eq!(stat_path(state, "a\0", true), Err(StatError::Errno(Errno::Inval)));
    assert!(matches!(stat_path(state, "/home", true), Err(StatError::Refused(_))));
}
