//! The host as the engine sees it: this machine, or an unpacked image.

use quoin::linux::{Machine, SEARCH_PATH};
use quoin_abi::error::ErrorType;
use quoin_abi::host::ExecRequest;
use quoin_engine::Deadline;
use quoin_engine::host::{Host, LogLevel, LogLine};
use quoin_engine::system::OpenOptions;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[test]
fn this_machine_has_its_root_names_and_programs() {
    let machine = Machine::open(None, None, Arc::new(|_, _| {})).unwrap();
    let host = machine.host("file");
    let root = host.root().unwrap();
    assert_eq!(root.stat().unwrap().ino, std::os::unix::fs::MetadataExt::ino(&fs::metadata("/").unwrap()));
    assert!(root.lookup("etc").is_ok());
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let mut first = passwd.lines().next().unwrap().split(':');
    let (name, uid) = (first.next().unwrap(), first.nth(1).unwrap().parse().unwrap());
    assert_eq!(host.user_name(uid).as_deref(), Some(name));
    assert_eq!(host.user_name(4_000_000_000), None);
    let own = fs::metadata("/proc/self").unwrap();
    assert_eq!(host.own_uid(), std::os::unix::fs::MetadataExt::uid(&own));
    assert!(host.find_program("sh").is_ok());
    let missing = host.find_program("no-such-program-here").unwrap_err();
    assert!(missing.is_not_found && missing.message.contains(SEARCH_PATH[0]), "{missing}");
    let path = host.environment().into_iter().find(|(name, _)| name == "PATH").map(|(_, value)| value);
    assert_eq!(path, std::env::var("PATH").ok());
}

#[test]
fn an_image_has_its_own_names_and_runs_no_commands() {
    let image = tempfile::tempdir().unwrap();
    fs::create_dir_all(image.path().join("etc")).unwrap();
    fs::create_dir_all(image.path().join("data")).unwrap();
    fs::write(image.path().join("data/passwd"), "admin:x:0:0:::/bin/sh\n").unwrap();
    fs::write(image.path().join("etc/group"), "adm:x:0:\n").unwrap();
    // Absolute, as the machine that the image was made for needs it.
    symlink("/data/passwd", image.path().join("etc/passwd")).unwrap();
    let machine = Machine::open(Some(image.path()), None, Arc::new(|_, _| {})).unwrap();
    let host = machine.host("file");
    assert_eq!(host.user_name(0).as_deref(), Some("admin"));
    assert_eq!(host.group_name(0).as_deref(), Some("adm"));
    let root = host.root().unwrap();
    let etc = root.lookup("etc").unwrap();
    let group = etc.lookup("group").unwrap();
    let read = OpenOptions { read: true, ..OpenOptions::default() };
    let mut buffer = [0; 100];
    assert_eq!(etc.open("group", group.as_ref(), read).unwrap().read(&mut buffer), Ok(9));

    let refused = host.find_program("sh").unwrap_err();
    assert_eq!((refused.kind, refused.code.as_str()), (ErrorType::Execution, "ENOTSUP"));
    assert!(refused.message.contains("--root"), "{refused}");
    let deadline = Deadline::after(host.system().monotonic(), Duration::from_secs(5));
    let response = host.exec("/bin/sh", &ExecRequest::default(), deadline, 10);
    assert_eq!((response.exit_code, response.error), (-1, Some(refused)));
}

#[test]
fn a_root_that_cannot_be_is_explained() {
    let image = tempfile::tempdir().unwrap();
    fs::write(image.path().join("file"), "").unwrap();
    for name in ["file", "missing"] {
        let path = image.path().join(name);
        let error = Machine::open(Some(&path), None, Arc::new(|_, _| {})).unwrap_err();
        let text = error.to_string();
        assert!(text.contains(name) && text.contains("unpacked image"), "{text}");
        assert_eq!(error.path, path);
    }
}

#[test]
fn log_lines_arrive_with_the_plugin_s_name() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let machine = Machine::open(
        Some(Path::new("/")),
        None,
        Arc::new(move |plugin: &str, line: &LogLine<'_>| {
            sink.lock().unwrap().push((plugin.to_owned(), line.level, line.message.to_owned()));
        }),
    )
    .unwrap();
    std::thread::scope(|scope| {
        for plugin in ["a", "b"] {
            let host = machine.host(plugin);
            scope.spawn(move || host.log(&LogLine { level: LogLevel::Warn, message: "odd", attrs: &[] }));
        }
    });
    let mut lines = lines.lock().unwrap();
    lines.sort();
    let expected = ["a", "b"].map(|plugin| (plugin.to_owned(), LogLevel::Warn, "odd".to_owned()));
    assert_eq!(*lines, expected);
}
