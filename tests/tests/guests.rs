//! One plugin in four languages, each in its own way with memory and with JSON, held to one table: what it says of
//! itself, what it finds, what it makes of a refusal and of a bad configuration, and that no block is lost. Every guest
//! logs after each `deallocate` how many blocks are left, and complains of one that is not its own or has another size.
#![allow(clippy::unwrap_used, reason = "this is test code, though not inside a test function")]

use quoin_abi::error::ErrorType;
use quoin_abi::evidence::Evidence;
use quoin_engine::capability::Grants;
use quoin_engine::{Engine, Generation, Limits, Observation, Plugin};
use quoin_tests::build::root;
use quoin_tests::guests;
use quoin_tests::machine::{Bench, grants};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

const TIME: Duration = Duration::from_secs(120);
const PAGE: usize = 1 << 16;

struct Guest {
    name: &'static str,
    build: fn() -> PathBuf,
    /// At most this long.
    module_bytes: usize,
    /// Memory after five hundred answers and one observation.
    pages: usize,
    /// Memory after an observation with a megabyte of configuration.
    pages_with_a_megabyte: usize,
    built: OnceLock<Vec<u8>>,
    loaded: OnceLock<Plugin>,
}

const fn guest(
    name: &'static str,
    build: fn() -> PathBuf,
    module_bytes: usize,
    pages: usize,
    pages_with_a_megabyte: usize,
) -> Guest {
    Guest {
        name,
        build,
        module_bytes,
        pages,
        pages_with_a_megabyte,
        built: OnceLock::new(),
        loaded: OnceLock::new(),
    }
}

static GUESTS: [Guest; 4] = [
    guest("c", guests::c, 8_000, 6, 48),
    guest("zig", guests::zig, 80_000, 7, 120),
    guest("assemblyscript", guests::assemblyscript, 20_000, 2, 120),
    guest("go-module", guests::go_module, 5_000_000, 160, 256),
];

impl Guest {
    /// Building is once, too: two compilers would write to one file.
    fn bytes(&self) -> &[u8] {
        self.built.get_or_init(|| std::fs::read((self.build)()).unwrap())
    }

    /// Loading is once, for all observations on all threads.
    fn plugin(&self) -> &Plugin {
        self.loaded.get_or_init(|| {
            let limits = Limits { log_lines: 10_000, ..Limits::default() };
            Engine::new(limits).load(self.bytes()).unwrap_or_else(|error| panic!("{}: {error}", self.name))
        })
    }

    /// One observation, after which every block has come back, with its exact size.
    fn observe(&self, bench: &Bench, granted: Grants, config: &Value) -> Observation {
        let observation = bench.observe(self.plugin(), granted, TIME, config);
        assert_balanced(self.name, &bench.lines());
        observation
    }
}

fn assert_balanced(name: &str, lines: &[String]) {
    let complaints: Vec<_> = lines.iter().filter(|line| line.starts_with("Error")).collect();
    assert!(complaints.is_empty(), "{name}: {complaints:?}");
    assert_eq!(lines.last().map(String::as_str), Some("Debug deallocate left=0"), "{name}: {lines:?}");
}

fn evidence(name: &str, observation: Observation) -> Evidence {
    observation.evidence.unwrap_or_else(|failure| panic!("{name}: {failure}"))
}

/// A file of twelve bytes that only its owner may write, with a name that is awkward in JSON, and a grant for its directory.
fn file(directory: &Path) -> (PathBuf, String) {
    let directory = directory.canonicalize().unwrap();
    let path = directory.join("Grüße \"an\" alle \\ 😀");
    std::fs::write(&path, "Grüß Gott\n").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    (path, format!("fs:read:{}/**", directory.display()))
}

#[test]
fn each_says_what_it_is_without_any_grant() {
    for guest in &GUESTS {
        let name = guest.name;
        assert_eq!(guest.plugin().generation(), Generation::Pointer, "{name}");
        let bench = Bench::new();
        let mut instance = guest.plugin().instantiate(bench.session(Grants::none(), TIME)).unwrap();
        let metadata = instance.describe().unwrap();
        assert_eq!((metadata.name.as_str(), metadata.version.as_str()), (name, "0.1.0"));
        assert_eq!(metadata.description, "Are a file's permissions as they should be", "{name}");
        let declared = json!([{"kind": "fs", "pattern": "read:/**"}, {"kind": "exec", "pattern": "**"}]);
        assert_eq!(metadata.capabilities, serde_json::from_value(declared).unwrap(), "{name}");
        assert_balanced(name, &bench.lines());
        let schema = instance.schema().unwrap();
        assert_eq!(schema["required"], json!(["path"]), "{name}");
        let properties = &schema["properties"];
        assert_eq!(properties["path"]["x-capability"], json!("fs:read:{value}"), "{name}");
        assert_eq!(properties["mode"]["type"], json!("string"), "{name}");
        assert_eq!(properties["command"]["x-capability"], json!("exec:{value}"), "{name}");
        assert_balanced(name, &bench.lines());
    }
}

#[test]
fn each_imports_the_host_functions_that_it_calls_and_no_other() {
    let expected = ["quoin_host.file_stat", "reglet_host.exec_command", "reglet_host.log_message"];
    for guest in &GUESTS {
        let bytes = guest.bytes();
        assert!(bytes.len() <= guest.module_bytes, "{}: {} bytes", guest.name, bytes.len());
        let module = wasmi::Module::new(&wasmi::Engine::default(), bytes).unwrap();
        let mut imports: Vec<_> =
            module.imports().map(|import| format!("{}.{}", import.module(), import.name())).collect();
        imports.sort();
        if guest.name == "go-module" {
            imports.retain(|import| !import.starts_with("wasi_snapshot_preview1."));
        }
        assert_eq!(imports, expected, "{}", guest.name);
    }
}

#[test]
fn each_finds_what_there_is() {
    let directory = tempfile::tempdir().unwrap();
    let (path, read) = file(directory.path());
    let seen = json!({"path": path, "kind": "file", "mode": "0640", "size": 12});
    let with = |more: Value| {
        let mut all = seen.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all
    };
    let expectations = [
        (json!({"path": path}), true, seen.clone()),
        (json!({"path": path, "mode": "0640"}), true, seen.clone()),
        (json!({"path": path, "mode": "0600"}), false, seen.clone()),
        (json!({"path": path, "command": "uname"}), true, with(json!({"stdout": "Linux\n", "exit_code": 0}))),
        (json!({"command": "false", "path": path}), false, with(json!({"stdout": "", "exit_code": 1}))),
    ];
    for guest in &GUESTS {
        let bench = Bench::new();
        for (config, status, data) in &expectations {
            let granted = grants(&[&read, "exec:uname", "exec:false"]);
            let observation = bench.observe(guest.plugin(), granted, TIME, config);
            let lines = bench.lines();
            assert_eq!(lines[0], format!("Info looking path={}", path.display()), "{}", guest.name);
            assert_balanced(guest.name, &lines);
            assert!(observation.refusals.is_empty(), "{}: {:?}", guest.name, observation.refusals);
            let found = evidence(guest.name, observation);
            assert_eq!(found.error, None, "{}: {config}", guest.name);
            assert_eq!(
                (found.status, &Value::Object(found.data)),
                (*status, data),
                "{}: {config}",
                guest.name
            );
        }
    }
}

#[test]
fn an_error_of_the_host_arrives_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let (path, read) = file(directory.path());
    for guest in &GUESTS {
        let bench = Bench::new();
        let missing = path.with_file_name("missing");
        let observation = guest.observe(&bench, grants(&[&read]), &json!({"path": missing}));
        let found = evidence(guest.name, observation);
        let error = found.error.unwrap();
        assert!(!found.status && found.data.is_empty(), "{}", guest.name);
        assert_eq!(error.code, "ENOENT", "{}: {error:?}", guest.name);
        assert!(error.is_not_found && error.message.contains("missing"), "{}: {error:?}", guest.name);
    }
}

#[test]
fn what_is_not_granted_is_an_error_that_names_the_capability() {
    let directory = tempfile::tempdir().unwrap();
    let (path, read) = file(directory.path());
    for guest in &GUESTS {
        let bench = Bench::new();
        for (granted, config, capability) in [
            (grants(&["fs:read:/opt/**"]), json!({"path": "/etc/passwd"}), "fs:read:/etc/passwd"),
            (Grants::none(), json!({"path": "/etc/passwd"}), "fs:read:/etc/passwd"),
            (grants(&[&read, "exec:true"]), json!({"path": path, "command": "uname"}), "exec:"),
        ] {
            let observation = guest.observe(&bench, granted, &config);
            assert_eq!(observation.refusals.len(), 1, "{}: {config}", guest.name);
            let refused = evidence(guest.name, observation);
            let error = refused.error.unwrap();
            assert!(!refused.status, "{}: {config}", guest.name);
            assert_eq!((error.kind, error.code.as_str()), (ErrorType::Capability, "ENOTCAPABLE"));
            assert!(error.message.contains(capability), "{}: {}", guest.name, error.message);
        }
    }
}

#[test]
fn a_bad_configuration_is_an_error_that_names_the_field() {
    for guest in &GUESTS {
        let bench = Bench::new();
        for (config, field) in [
            (json!({}), "`path`"),
            (json!({"mode": "0640"}), "`path`"),
            (json!({"path": null}), "`path`"),
            (json!({"path": 7}), "`path`"),
            (json!({"path": ["/etc/passwd"]}), "`path`"),
            (json!({"path": {"path": "/etc/passwd"}}), "`path`"),
            (json!({"path": "/etc/passwd", "mode": 640}), "`mode`"),
            (json!({"path": "/etc/passwd", "command": {}}), "`command`"),
        ] {
            let observation = guest.observe(&bench, Grants::none(), &config);
            assert!(observation.refusals.is_empty(), "{}: {config}", guest.name);
            let rejected = evidence(guest.name, observation);
            let message = rejected.error.unwrap().message;
            assert!(!rejected.status && rejected.data.is_empty(), "{}: {config}", guest.name);
            assert!(message.contains(field), "{}: {config}: {message}", guest.name);
        }
    }
}

#[test]
fn memory_is_used_again() {
    let directory = tempfile::tempdir().unwrap();
    let (path, read) = file(directory.path());
    for guest in &GUESTS {
        let bench = Bench::new();
        let mut instance = guest.plugin().instantiate(bench.session(grants(&[&read]), TIME)).unwrap();
        // More results than any of them would hold if they were never given back.
        for _ in 0..250 {
            instance.describe().unwrap();
            instance.schema().unwrap();
        }
        let observation = instance.observe(json!({"path": path}).as_object().unwrap());
        assert_balanced(guest.name, &bench.lines());
        let pages = observation.memory_bytes / PAGE;
        assert!(pages <= guest.pages, "{}: {pages} pages", guest.name);
        let fuel = guest.observe(&bench, grants(&[&read]), &json!({"path": path})).fuel;
        println!("{}: {} bytes, {pages} pages, {fuel} units of fuel", guest.name, guest.bytes().len());

        let long = json!({"path": path, "mode": "m".repeat(1 << 20)});
        let observation = guest.observe(&bench, grants(&[&read]), &long);
        let pages = observation.memory_bytes / PAGE;
        assert!(pages <= guest.pages_with_a_megabyte, "{}: {pages} pages", guest.name);
        println!("{}: {pages} pages with a megabyte of configuration", guest.name);
        let found = evidence(guest.name, observation);
        assert!(!found.status && found.error.is_none(), "{}: {:?}", guest.name, found.error);
    }
}

#[test]
fn the_page_builds_go_as_the_tests_do() {
    let page = std::fs::read_to_string(root().join("docs/plugin-languages.md")).unwrap();
    assert!(page.contains("    GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o go-module.wasm .\n"));
}

#[test]
fn the_go_module_works_as_a_copy() {
    let module = Engine::new(Limits::default()).load(&std::fs::read(guests::go_copy()).unwrap()).unwrap();
    let bench = Bench::new();
    let metadata = module.instantiate(bench.session(Grants::none(), TIME)).unwrap().describe().unwrap();
    assert_eq!(metadata.name, "go-module");
    assert_balanced("a copy", &bench.lines());
}

#[test]
fn a_panic_in_go_is_an_error_of_that_type() {
    let guest = GUESTS.iter().find(|guest| guest.name == "go-module").unwrap();
    let observation =
        guest.observe(&Bench::new(), Grants::none(), &json!({"path": "/etc/passwd", "panic": true}));
    let error = evidence(guest.name, observation).error.unwrap();
    assert_eq!((error.kind, error.message.as_str()), (ErrorType::Panic, "panic: a bug"));
}
