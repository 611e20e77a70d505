//! Whole profiles, good and bad.

mod bad;

use super::*;
use serde_json::json;
use std::collections::HashMap;
use std::time::Duration;

const BUILTINS: [&str; 2] = ["file", "http"];

/// Reads `profile.yaml` of some files that are not on any disk.
fn read(files: &[(&str, &str)]) -> Result<Profile, Diagnostics> {
    let files: HashMap<&str, &str> = files.iter().copied().collect();
    let give = |path: &Path| {
        let text = path.to_str().and_then(|path| files.get(path));
        text.map(|text| text.as_bytes().to_vec()).ok_or_else(|| io::Error::other("No such file"))
    };
    parse(files["profile.yaml"].as_bytes(), Path::new("profile.yaml"), &BUILTINS, &Limits::default(), &give)
}

fn good(text: &str) -> Profile {
    read(&[("profile.yaml", text)]).unwrap_or_else(|found| panic!("{found}"))
}

fn bad(text: &str) -> String {
    read(&[("profile.yaml", text)]).unwrap_err().to_string()
}

/// The messages alone, with their places.
fn messages(text: &str) -> Vec<String> {
    let found = read(&[("profile.yaml", text)]).unwrap_err();
    found.iter().map(|one| format!("{}:{}: {}", one.line, one.column, one.message)).collect()
}

/// A profile with one control, whose further keys are given.
fn control(keys: &str) -> String {
    format!(
        "profile: {{name: p}}\ncontrols:\n  items:\n    - id: a\n      observations: [{{plugin: file}}]\n{keys}"
    )
}

/// A profile with one observation, whose further keys are given.
fn observation(keys: &str) -> String {
    format!(
        "profile: {{name: p}}\ncontrols:\n  items:\n  - id: a\n    observations:\n    - plugin: file\n{keys}"
    )
}

const CONTRACT: &str = r#"
profile: {name: SSH baseline, version: 1.0.0, description: optional}
extends: [base.yaml]            # merged left to right, this file last
plugins: [file, ./custom.wasm]
vars: {config_dir: /etc}
controls:
  defaults: {severity: medium, owner: platform, tags: [baseline], timeout: 30s, retries: 2, retry_delay: 1s, retry_backoff: exponential, retry_max_delay: 10s}
  items:
    - id: sshd-no-passwords
      name: Password logins are off
      description: …
      severity: critical
      owner: security
      tags: [ssh]
      depends_on: [sshd-present]
      timeout: 5s
      observations:
        - plugin: file
          config: {path: "{{ .vars.config_dir }}/ssh/sshd_config", read_content: true}
          expect:
            - data.exists
            - data.content contains "PasswordAuthentication no"
"#;

const BASE: &str = "
vars: {config_dir: /elsewhere}
controls:
  items:
    - id: sshd-present
      observations: [{plugin: file, config: {path: /usr/sbin/sshd}, expect: data.exists}]
";

#[test]
fn the_contract_s_example_means_what_it_says() {
    let profile = read(&[("profile.yaml", CONTRACT), ("base.yaml", BASE)]).unwrap();
    assert_eq!((profile.name.as_str(), profile.version.as_str()), ("SSH baseline", "1.0.0"));
    assert_eq!(profile.description.as_deref(), Some("optional"));
    let plugins: Vec<_> =
        profile.plugins.iter().map(|plugin| (plugin.name.as_str(), &plugin.source)).collect();
    assert_eq!(
        plugins,
        [("file", &PluginSource::BuiltIn), ("custom", &PluginSource::File("custom.wasm".into()))]
    );

    let [present, passwords] = profile.controls.as_slice() else { panic!("two controls") };
    assert_eq!((present.id.as_str(), present.name.as_str()), ("sshd-present", "sshd-present"));
    assert_eq!((present.severity, present.owner.as_deref()), (Some(Severity::Medium), Some("platform")));
    assert_eq!((present.timeout, present.location.file.as_ref()), (Duration::from_secs(30), "base.yaml"));

    assert_eq!(passwords.name, "Password logins are off");
    assert_eq!(
        (passwords.severity, passwords.owner.as_deref()),
        (Some(Severity::Critical), Some("security"))
    );
    assert_eq!(passwords.tags, ["baseline", "ssh"]);
    assert_eq!((&passwords.depends_on, passwords.timeout), (&vec![0], Duration::from_secs(5)));
    let seconds = Duration::from_secs;
    let retry =
        Retry { retries: 2, delay: seconds(1), backoff: Backoff::Exponential, max_delay: seconds(10) };
    assert_eq!(passwords.retry, retry);
    let observation = &passwords.observations[0];
    assert_eq!(json!(observation.config), json!({"path": "/etc/ssh/sshd_config", "read_content": true}));
    assert_eq!(observation.expect[1].text(), "data.content contains \"PasswordAuthentication no\"");
    assert_eq!(profile.plugin(&observation.plugin).unwrap().location.to_string(), "profile.yaml:4:11");
    assert_eq!(observation.location.to_string(), "profile.yaml:18:11");
}

#[test]
fn a_control_may_say_little() {
    let control = &good(&control("")).controls[0];
    assert_eq!((control.severity, &control.owner, control.timeout), (None, &None, Duration::from_secs(30)));
    assert_eq!(control.retry, Retry::default());
    assert!(control.tags.is_empty() && control.observations[0].expect.is_empty());
    assert!(control.observations[0].config.is_empty());
}

#[test]
fn yaml_values_become_json_values_with_their_places() {
    let text = observation(
        "      config:\n        a: [1, -2.5, 0x1F, yes, 'true', true, ~, 18446744073709551615]\n        b/c: {d~: |\n            two\n            lines\n          }\n",
    );
    let text =
        text.replace("{d~: |\n            two\n            lines\n          }", "{d~: \"two\\nlines\"}");
    let observation = &good(&text).controls[0].observations[0];
    assert_eq!(
        json!(observation.config),
        json!({"a": [1, -2.5, 31, "yes", "true", true, null, u64::MAX], "b/c": {"d~": "two\nlines"}})
    );
    let line = |pointer: &str| {
        let location = observation.config_location(pointer);
        (location.line, location.column)
    };
    assert_eq!(line("/a/1"), (8, 16));
    assert_eq!(line("/b~1c/d~0"), (9, 19));
    // What is not there is where it would have been.
    assert_eq!(line("/b~1c/missing/deep"), line("/b~1c"));
    assert_eq!(line("/missing"), line(""));
}

#[test]
fn anchors_and_merge_keys_are_followed() {
    let text = observation(
        "      config: &one {path: /a, deep: {x: 1}}\n    - plugin: file\n      config: {<<: *one, path: /b}\n    - plugin: file\n      config: {<<: [{y: 1}, *one], z: *one}\n",
    );
    let observations = &good(&text).controls[0].observations;
    assert_eq!(json!(observations[1].config), json!({"path": "/b", "deep": {"x": 1}}));
    assert_eq!(
        json!(observations[2].config),
        json!({"z": {"path": "/a", "deep": {"x": 1}}, "y": 1, "path": "/a", "deep": {"x": 1}})
    );
}

#[test]
fn json_crlf_a_byte_order_mark_and_tabs_between_are_read() {
    let text = "\u{feff}{\r\n\t\"profile\": {\"name\": \"p\"},\r\n\t\"controls\": {\"items\": [{\"id\": \"a\",\r\n\t\t\"observations\": [{\"plugin\": \"file\", \"expect\": \"data.mode == \\\"0600\\\"\"}]}]}\r\n}\r\n";
    assert_eq!(good(text).controls[0].observations[0].expect[0].text(), "data.mode == \"0600\"");
    assert_eq!(good(&control("").replace('\n', "\r\n")).controls.len(), 1);
}

#[test]
fn variables_keep_their_type_where_they_stand_alone() {
    let text = observation(
        "      config: {a: \"{{ .vars.n }}\", b: \"{{.vars.n}}s\", c: \"{{ .vars.deep.list }}\", d: '{{.State}}'}\n      expect: \"data.size == {{ .vars.n }}\"\n    timeout: \"{{ .vars.n }}s\"\n    name: \"{{ .vars.deep.name }}!\"\nvars: {n: 0x10, deep: {list: [1, a], name: é}}\n",
    )
    .replace("0x10", "16");
    let control = &good(&text).controls[0];
    let observation = &control.observations[0];
    assert_eq!(json!(observation.config), json!({"a": 16, "b": "16s", "c": [1, "a"], "d": "{{.State}}"}));
    assert_eq!(observation.expect[0].text(), "data.size == 16");
    assert_eq!((control.timeout, control.name.as_str()), (Duration::from_secs(16), "é!"));
}

#[test]
fn files_are_laid_over_each_other() {
    let profile = read(&[
        (
            "profile.yaml",
            "
extends: [sub/one.yaml, two.yaml]
profile: {version: 2}
plugins: [./own.wasm]
vars: {a: {y: 3}}
controls:
  defaults: {tags: [top], owner: me}
  items:
    - {id: b, severity: high, tags: [more]}
    - {id: c, observations: [{plugin: own}]}
",
        ),
        (
            "sub/one.yaml",
            "
profile: {name: One, version: 1, description: d}
plugins: [file, ./own2.wasm]
vars: {a: {x: 1, y: 1}}
controls:
  defaults: {tags: [one], timeout: 1s}
  items:
    - {id: a, observations: [{plugin: file, config: {v: '{{ .vars.a }}'}}]}
    - {id: b, severity: low, owner: them, tags: [less], observations: [{plugin: own2}]}
",
        ),
        (
            "two.yaml",
            "extends: sub/none.yaml\nvars: {a: {y: 2, z: 2}}\ncontrols: {defaults: {timeout: 2s}}\n",
        ),
        ("sub/none.yaml", "plugins:\n"),
    ])
    .unwrap_or_else(|found| panic!("{found}"));
    assert_eq!((profile.name.as_str(), profile.version.as_str()), ("One", "2"));
    let plugins: Vec<_> = profile.plugins.iter().map(|plugin| plugin.name.as_str()).collect();
    assert_eq!(plugins, ["file", "own2", "own"]);
    assert_eq!(profile.plugins[1].source, PluginSource::File("sub/own2.wasm".into()));
    let ids: Vec<_> = profile.controls.iter().map(|control| control.id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(json!(profile.controls[0].observations[0].config), json!({"v": {"x": 1, "y": 3, "z": 2}}));
    let b = &profile.controls[1];
    assert_eq!((b.severity, b.owner.as_deref()), (Some(Severity::High), Some("them")));
    assert_eq!((b.tags.join(" "), b.timeout), ("one top less more".into(), Duration::from_secs(2)));
    assert_eq!(b.observations.len(), 1);
}

#[test]
fn files_that_extend_each_other_or_are_not_there_are_reported() {
    let found = read(&[
        ("profile.yaml", "extends: [a.yaml, none.yaml, [x]]\nprofile: {name: p}\n"),
        ("a.yaml", "extends: [./b.yaml]\n"),
        ("b.yaml", "extends: [x/../a.yaml, profile.yaml]\n"),
    ])
    .unwrap_err()
    .to_string();
    for part in [
        "b.yaml:1:11: these files extend each other: a.yaml → b.yaml → a.yaml\n",
        "b.yaml:1:24: these files extend each other: profile.yaml → a.yaml → b.yaml → profile.yaml\n",
        "profile.yaml:1:19: none.yaml cannot be read: No such file\n",
        "profile.yaml:1:30: `extends` lists files, and this is a list\n",
        "profile.yaml: the profile has no controls\n",
    ] {
        assert!(found.contains(part), "{part}\n{found}");
    }
    let endless = |path: &Path| Ok(format!("extends: [{0}x, {0}y]", path.display()).into_bytes());
    let text = b"extends: [x]";
    let found = parse(text, Path::new("p"), &BUILTINS, &Limits::default(), &endless).unwrap_err().to_string();
    assert!(found.contains("the profile is made of more than 64 files"), "{found}");
}

#[test]
fn a_file_is_named_by_its_plugin_or_shadows_one_that_is_built_in() {
    let profile = good(&format!("plugins: [./my/file.wasm]\n{}", control("")));
    assert_eq!(profile.plugins[0].source, PluginSource::File("my/file.wasm".into()));
    assert_eq!(profile.plugins.len(), 1);
    assert_eq!(
        messages(&format!("plugins: [file, my/file.wasm, 'a b.wasm', ..//]\n{}", control(""))),
        [
            "1:17: two plugins are called `file`, the first at profile.yaml:1:11",
            "1:31: the plugin's name `a b` has a space in it",
            "1:43: `..//` names no file",
        ]
    );
}

#[test]
fn a_profile_that_is_not_there_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.yaml");
    let found = load(&path, &BUILTINS).unwrap_err().to_string();
    assert!(found.starts_with(&format!("{}: the profile cannot be read: ", path.display())), "{found}");
    assert!(found.ends_with("   check the path\n"), "{found}");
    assert!(load(folder.path(), &BUILTINS).is_err());

    std::fs::write(folder.path().join("base.yaml"), BASE).unwrap();
    std::fs::write(&path, "extends: [base.yaml]\nprofile: {name: p}\n").unwrap();
    assert_eq!(load(&path, &BUILTINS).unwrap().controls.len(), 1);
    std::fs::write(&path, vec![b' '; Limits::default().file_bytes + 1]).unwrap();
    assert!(
        load(&path, &BUILTINS).unwrap_err().to_string().contains("the file is larger than 4194304 bytes")
    );
}
