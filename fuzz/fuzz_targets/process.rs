//! What `/proc` says of a process, which chooses its own name and its own command line: any bytes are read or are none of
//! their kind, and what is read agrees with what was written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quoin_plugin_process::proc::{Stat, boot_time, command_line, resident_bytes, thread_group, whole_name};

fuzz_target!(|bytes: &[u8]| {
    if let Some(stat) = Stat::parse(bytes) {
        assert!(!stat.state_word().is_empty());
        assert!(bytes.contains(&b'(') && bytes.contains(&b')'));
        // Read again from what it was read as, it is the same.
        let Stat { pid, name, state, ppid, kernel, threads, started } = &stat;
        let flags = if *kernel { 0x0020_0000 } else { 0 };
        let zeros = "0 ".repeat(10);
        let text = format!("{pid} ({name}) {state} {ppid} 0 0 0 0 {flags} {zeros}{threads} 0 {started} 0");
        // A state that is no ASCII takes more than a byte when it is written.
        if state.is_ascii() {
            assert_eq!(Stat::parse(text.as_bytes()).as_ref(), Some(&stat), "{text:?}");
        }
        let whole = whole_name(name, bytes);
        assert!(whole.starts_with(name.as_str()));
    }
    let line = command_line(bytes);
    assert!(!line.contains('\0'));
    if let Ok(text) = str::from_utf8(bytes) {
        assert_eq!(line, text.trim_end_matches('\0').replace('\0', " "));
    }
    if let Some(resident) = resident_bytes(bytes) {
        assert_eq!(resident % 1024, 0);
    }
    if let Some(group) = thread_group(bytes) {
        assert_eq!(thread_group(format!("Tgid:\t{group}\n").as_bytes()), Some(group));
    }
    if let Some(seconds) = boot_time(bytes) {
        let line = format!("btime {seconds}\n");
        assert_eq!(boot_time(line.as_bytes()), Some(seconds));
    }
});
