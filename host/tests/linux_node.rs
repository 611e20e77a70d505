//! Nodes on a real file system: what is held is what is opened, whatever others do to the names meanwhile.

use quoin::linux::LinuxNode;
use quoin_engine::system::{File, Kind, Node, OpenOptions, SetTime};
use quoin_engine::wasi::Errno;
use rustix::fs::{CWD, Mode, mkfifoat};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const READ: OpenOptions = OpenOptions {
    read: true,
    write: false,
    append: false,
    nonblock: false,
    truncate: false,
    dsync: false,
    sync: false,
};
const WRITE: OpenOptions = OpenOptions { read: false, write: true, ..READ };

fn node(path: &Path) -> LinuxNode {
    LinuxNode::open_root(path).expect("it is a directory")
}

fn open(parent: &dyn Node, name: &str, options: OpenOptions) -> Result<Box<dyn File>, Errno> {
    let held = parent.lookup(name)?;
    parent.open(name, held.as_ref(), options)
}

fn read(file: &dyn File) -> String {
    let mut buffer = [0; 100];
    let n = file.read(&mut buffer).expect("it can be read");
    String::from_utf8_lossy(&buffer[..n]).into_owned()
}

#[test]
fn a_file_is_held_looked_at_and_opened() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("f");
    fs::write(&path, "text").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o4640)).unwrap();
    let root = node(directory.path());
    let held = root.lookup("f").unwrap();
    let (stat, std) = (held.stat().unwrap(), fs::metadata(&path).unwrap());
    assert_eq!((stat.kind, stat.mode, stat.size, stat.nlink), (Kind::File, 0o4640, 4, 1));
    assert_eq!((stat.uid, stat.gid, stat.ino, stat.dev), (std.uid(), std.gid(), std.ino(), std.dev()));
    assert_eq!(stat.mtime, u64::try_from(std.mtime() * 1_000_000_000 + std.mtime_nsec()).unwrap());
    let file = root.open("f", held.as_ref(), READ).unwrap();
    assert_eq!(file.stat().unwrap(), held.stat().unwrap());
    assert_eq!(read(file.as_ref()), "text");
    assert_eq!(file.write(b"x"), Err(Errno::Badf));
    assert_eq!(root.lookup("missing").err(), Some(Errno::Noent));
    assert_eq!(held.lookup("x").err(), Some(Errno::Notdir));
    for bad in ["", ".", "..", "a/b", "/etc"] {
        assert_eq!(root.lookup(bad).err(), Some(Errno::Inval), "{bad:?}");
    }
}

#[test]
fn times_before_1970_are_the_oldest_there_are() {
    let directory = tempfile::tempdir().unwrap();
    let file = fs::File::create(directory.path().join("old")).unwrap();
    let before = std::time::UNIX_EPOCH - Duration::from_millis(1_500);
    file.set_times(fs::FileTimes::new().set_modified(before)).unwrap();
    assert_eq!(node(directory.path()).lookup("old").unwrap().stat().unwrap().mtime, 0);
}

#[test]
fn a_file_swapped_after_it_was_decided_on_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("granted"), "granted").unwrap();
    fs::write(at("secret"), "secret").unwrap();
    let root = node(directory.path());
    let held = root.lookup("granted").unwrap();

    // By another file under its name, which also is not truncated.
    fs::rename(at("secret"), at("granted")).unwrap();
    let truncate = OpenOptions { truncate: true, ..WRITE };
    for options in [READ, WRITE, truncate] {
        assert_eq!(root.open("granted", held.as_ref(), options).err(), Some(Errno::Notcapable));
    }
    assert_eq!(fs::read_to_string(at("granted")).unwrap(), "secret");

    // By a link to another file, and by one to itself under another name.
    fs::rename(at("granted"), at("secret")).unwrap();
    symlink("secret", at("granted")).unwrap();
    assert_eq!(root.open("granted", held.as_ref(), READ).err(), Some(Errno::Notcapable));

    // By a pipe that nobody writes to, which is not waited for.
    fs::remove_file(at("granted")).unwrap();
    mkfifoat(CWD, at("granted"), Mode::from_raw_mode(0o600)).unwrap();
    assert_eq!(root.open("granted", held.as_ref(), READ).err(), Some(Errno::Notcapable));

    // By a directory, and by nothing.
    fs::remove_file(at("granted")).unwrap();
    fs::create_dir(at("granted")).unwrap();
    assert_eq!(root.open("granted", held.as_ref(), READ).err(), Some(Errno::Notcapable));
    fs::remove_dir(at("granted")).unwrap();
    assert_eq!(root.open("granted", held.as_ref(), READ).err(), Some(Errno::Noent));
}

#[test]
fn a_link_that_is_swapped_all_the_time_never_leads_out() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("good"), "good").unwrap();
    fs::write(at("secret"), "secret").unwrap();
    fs::hard_link(at("good"), at("name")).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                symlink("secret", at("new")).unwrap();
                fs::rename(at("new"), at("name")).unwrap();
                fs::hard_link(at("secret"), at("new")).unwrap();
                fs::rename(at("new"), at("name")).unwrap();
                fs::hard_link(at("good"), at("new")).unwrap();
                fs::rename(at("new"), at("name")).unwrap();
            }
        });
        let root = node(directory.path());
        let good = fs::metadata(at("good")).unwrap().ino();
        let (mut opened, mut refused) = (0, 0);
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) && (opened < 100 || refused < 100) {
            let held = root.lookup("name").unwrap();
            if held.stat().unwrap().ino != good {
                continue;
            }
            // The decision has fallen: only this file may be opened.
            match root.open("name", held.as_ref(), READ) {
                Ok(file) => {
                    assert_eq!(read(file.as_ref()), "good");
                    opened += 1;
                }
                Err(error) => {
                    assert_eq!(error, Errno::Notcapable);
                    refused += 1;
                }
            }
        }
        stop.store(true, Ordering::Relaxed);
        assert!(opened > 0, "{opened} opened, {refused} refused");
    });
}

#[test]
fn a_refused_file_leaves_no_descriptor_behind() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("a"), "").unwrap();
    fs::write(directory.path().join("b"), "").unwrap();
    let root = node(directory.path());
    let a = root.lookup("a").unwrap();
    // Descriptors on this directory's own files; other tests of this process have theirs.
    let open = || {
        fs::read_dir("/proc/self/fd")
            .unwrap()
            .filter_map(|e| fs::read_link(e.ok()?.path()).ok())
            .filter(|target| target.starts_with(directory.path()))
            .count()
    };
    let before = open();
    for _ in 0..50 {
        assert_eq!(root.open("b", a.as_ref(), READ).err(), Some(Errno::Notcapable));
    }
    assert_eq!(open(), before);
}

#[test]
fn links_are_held_themselves_and_read_but_not_opened() {
    let directory = tempfile::tempdir().unwrap();
    symlink("/etc/../somewhere", directory.path().join("link")).unwrap();
    symlink(OsStr::from_bytes(b"bad\xff"), directory.path().join("bad")).unwrap();
    fs::write(directory.path().join("file"), "").unwrap();
    let long = "x/".repeat(2_000);
    symlink(&long, directory.path().join("long")).unwrap();
    let root = node(directory.path());
    let link = root.lookup("link").unwrap();
    assert_eq!(link.stat().unwrap().kind, Kind::Symlink);
    assert_eq!(link.read_link().as_deref(), Ok("/etc/../somewhere"));
    assert_eq!(root.lookup("long").unwrap().read_link(), Ok(long));
    assert_eq!(root.lookup("bad").unwrap().read_link(), Err(Errno::Ilseq));
    assert_eq!(root.lookup("file").unwrap().read_link(), Err(Errno::Inval));
    assert_eq!(root.read_link(), Err(Errno::Inval));
    assert_eq!(open(&root, "link", READ).err(), Some(Errno::Loop));
    assert_eq!(link.open_directory().err(), Some(Errno::Notdir));
}

#[test]
fn pipes_and_sockets_never_wait() {
    let directory = tempfile::tempdir().unwrap();
    mkfifoat(CWD, directory.path().join("fifo"), Mode::from_raw_mode(0o600)).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(directory.path().join("socket")).unwrap();
    let root = node(directory.path());
    assert_eq!(root.lookup("fifo").unwrap().stat().unwrap().kind, Kind::Fifo);
    assert_eq!(root.lookup("socket").unwrap().stat().unwrap().kind, Kind::Socket);
    assert_eq!(open(&root, "fifo", WRITE).err(), Some(Errno::Nxio));
    assert_eq!(open(&root, "socket", READ).err(), Some(Errno::Nxio));
    let reader = open(&root, "fifo", READ).unwrap();
    // Nobody has ever written: the end of file.
    assert_eq!(reader.read(&mut [0; 4]), Ok(0));
    let writer = open(&root, "fifo", WRITE).unwrap();
    assert_eq!(reader.read(&mut [0; 4]), Err(Errno::Again));
    // Even when the guest said that it wants to wait: the engine does that.
    reader.set_flags(false, false).unwrap();
    assert_eq!(reader.read(&mut [0; 4]), Err(Errno::Again));
    assert_eq!(writer.write(b"hey"), Ok(3));
    assert_eq!(reader.read(&mut [0; 4]), Ok(3));
    assert_eq!(open(&root, "fifo", OpenOptions { truncate: true, ..WRITE }).err(), None);
}

#[test]
fn devices_are_opened_as_files() {
    let dev = node(Path::new("/dev"));
    assert_eq!(dev.lookup("null").unwrap().stat().unwrap().kind, Kind::CharDevice);
    let null = open(&dev, "null", OpenOptions { truncate: true, write: true, ..READ }).unwrap();
    assert_eq!(null.read(&mut [0; 4]), Ok(0));
    assert_eq!(null.write(b"gone"), Ok(4));
}

#[test]
fn truncating_and_appending() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("f"), "long text").unwrap();
    let root = node(directory.path());
    // Without the wish to write, as a guest may ask for it.
    let file = open(&root, "f", OpenOptions { truncate: true, ..READ }).unwrap();
    assert_eq!(file.stat().unwrap().size, 0);
    let file = open(&root, "f", OpenOptions { append: true, ..WRITE }).unwrap();
    file.write(b"one").unwrap();
    fs::write(directory.path().join("f"), "replaced").unwrap();
    file.write(b"two").unwrap();
    assert_eq!(fs::read_to_string(directory.path().join("f")).unwrap(), "replacedtwo");
    for sync in [OpenOptions { dsync: true, ..WRITE }, OpenOptions { sync: true, ..WRITE }] {
        assert_eq!(open(&root, "f", sync).unwrap().write(b"x"), Ok(1));
    }
}

#[test]
fn directories_are_made_read_and_removed() {
    let directory = tempfile::tempdir().unwrap();
    let root = node(directory.path());
    root.create_directory("sub").unwrap();
    assert_eq!(root.create_directory("sub"), Err(Errno::Exist));
    let sub = root.lookup("sub").unwrap();
    let file = sub.create("f", WRITE).unwrap();
    file.write(b"new").unwrap();
    assert_eq!(sub.create("f", WRITE).err(), Some(Errno::Exist));
    symlink("nowhere", directory.path().join("sub/link")).unwrap();
    assert_eq!(sub.create("link", WRITE).err(), Some(Errno::Exist));
    assert_eq!(root.remove_directory("sub"), Err(Errno::Notempty));
    assert_eq!(sub.remove_directory("f"), Err(Errno::Notdir));
    assert_eq!(root.unlink("sub"), Err(Errno::Isdir));
    assert_eq!(open(&root, "sub", WRITE).err(), Some(Errno::Isdir));
    let listing = sub.open_directory().unwrap();
    let mut names: Vec<_> = listing.entries().unwrap().into_iter().map(|e| e.name).collect();
    names.sort();
    assert_eq!(names, ["f", "link"]);
    assert_eq!(listing.read(&mut [0; 1]), Err(Errno::Isdir));
    assert_eq!(listing.read_at(&mut [0; 1], 0), Err(Errno::Isdir));
    assert_eq!(file.entries().err(), Some(Errno::Notdir));
    sub.unlink("link").unwrap();
    sub.unlink("f").unwrap();
    assert_eq!(sub.unlink("f"), Err(Errno::Noent));
    root.remove_directory("sub").unwrap();
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn names_move_and_links_are_made() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("sub")).unwrap();
    fs::write(directory.path().join("a"), "a").unwrap();
    let root = node(directory.path());
    let sub = root.lookup("sub").unwrap();
    root.rename("a", sub.as_ref(), "b").unwrap();
    assert_eq!(fs::read_to_string(directory.path().join("sub/b")).unwrap(), "a");
    sub.link("b", &root, "hard").unwrap();
    assert_eq!(root.lookup("hard").unwrap().stat().unwrap().nlink, 2);
    root.symlink("sub/b", "soft").unwrap();
    assert_eq!(root.lookup("soft").unwrap().read_link().as_deref(), Ok("sub/b"));
    assert_eq!(root.symlink("x", "soft"), Err(Errno::Exist));
    // A hard link to a symbolic link is one to the link itself.
    root.link("soft", &root, "soft2").unwrap();
    assert_eq!(root.lookup("soft2").unwrap().stat().unwrap().kind, Kind::Symlink);
    root.set_times("soft", SetTime::At(7), SetTime::At(1_000_000_009)).unwrap();
    let stat = root.lookup("soft").unwrap().stat().unwrap();
    assert_eq!((stat.kind, stat.mtime), (Kind::Symlink, 1_000_000_009));
    assert_ne!(root.lookup("hard").unwrap().stat().unwrap().mtime, 1_000_000_009);
    assert_eq!(root.rename("missing", &root, "x"), Err(Errno::Noent));
    assert_eq!(root.rename("hard", &root, "../x"), Err(Errno::Inval));
}

#[test]
fn a_copy_holds_the_same_place_though_its_name_is_gone() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("sub")).unwrap();
    let held = node(directory.path()).lookup("sub").unwrap();
    let copy = held.duplicate().unwrap();
    fs::rename(directory.path().join("sub"), directory.path().join("moved")).unwrap();
    fs::write(directory.path().join("moved/f"), "").unwrap();
    drop(held);
    assert!(copy.lookup("f").is_ok());
}

#[test]
fn our_own_process_is_recognised_under_proc_only() {
    let proc = node(Path::new("/proc"));
    let pid = std::process::id().to_string();
    assert!(proc.is_own_process(&pid));
    assert!(!node(Path::new("/")).is_own_process(&pid));
    // `self` is a link, which the engine follows by its text to the name that is recognised.
    let text = proc.lookup("self").unwrap().read_link().unwrap();
    assert!(proc.is_own_process(&text));
    // A process of another one: our parent.
    let parent = std::os::unix::process::parent_id().to_string();
    assert!(!proc.is_own_process(&parent));
}

#[test]
fn a_root_is_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("f"), "").unwrap();
    symlink(".", directory.path().join("here")).unwrap();
    assert_eq!(LinuxNode::open_root(&directory.path().join("f")).err(), Some(Errno::Notdir));
    assert_eq!(LinuxNode::open_root(&directory.path().join("x")).err(), Some(Errno::Noent));
    assert!(LinuxNode::open_root(&directory.path().join("here")).is_ok());
}
