//! Whole profiles, good and bad.

use super::*;
use proptest::prelude::*;
use serde_json::json;
use std::collections::HashMap;
use std::time::{Duration, Instant};

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

#[test]
fn what_is_wrong_is_shown_in_its_line() {
    let cases = [
        (
            control("      severty: high\n"),
            "profile.yaml:6:7: unknown key `severty`\n   |\n 6 |       severty: high\n   |       ^^^^^^^ did you mean `severity`?\n",
        ),
        (
            control("      timeout: 30\n"),
            "profile.yaml:6:16: `30` is no duration\n   |\n 6 |       timeout: 30\n   |                ^^ add a unit: `30s`\n",
        ),
        (
            control("      severity: urgent\n"),
            "profile.yaml:6:17: `urgent` is no severity\n   |\n 6 |       severity: urgent\n   |                 ^^^^^^ there are: low, medium, high, critical\n",
        ),
        (
            control("      retries: many\n"),
            "profile.yaml:6:16: `retries` is a number, and this is text\n   |\n 6 |       retries: many\n   |                ^^^^ write a whole number from 0 to 100\n",
        ),
        (
            control(
                "      depends_on: [b]\n    - {id: b, depends_on: [a], observations: [{plugin: file}]}\n",
            ),
            "profile.yaml:7:28: these controls wait for each other: a → b → a\n   |\n 7 |     - {id: b, depends_on: [a], observations: [{plugin: file}]}\n   |                            ^ take one of the dependencies out\n",
        ),
        (
            control(
                "      depends_on: [sshd-presnt]\n    - {id: sshd-present, observations: [{plugin: file}]}\n",
            ),
            "profile.yaml:6:20: there is no control `sshd-presnt`\n   |\n 6 |       depends_on: [sshd-presnt]\n   |                    ^^^^^^^^^^^ did you mean `sshd-present`?\n",
        ),
        (
            control("    - {id: a, observations: [{plugin: file}]}\n"),
            "profile.yaml:6:12: two controls are called `a`, the first in line 4\n   |\n 6 |     - {id: a, observations: [{plugin: file}]}\n   |            ^ give each control an id of its own\n",
        ),
        (
            control("      name: x\n      name: y\n"),
            "profile.yaml:7:7: `name` is here twice, first in line 6\n   |\n 7 |       name: y\n   |       ^^^^\n",
        ),
        (
            observation("      expect: data.mode = \"0600\"\n"),
            "profile.yaml:7:25: `=` is unexpected here\n   |\n 7 |       expect: data.mode = \"0600\"\n   |                         ^\n",
        ),
        (
            observation("      expect: [\"data.mode == '0600' && mode\"]\n"),
            "profile.yaml:7:40: unknown name `mode`: an expectation sees data, status, timestamp, error; text goes in quotes\n   |\n 7 |       expect: [\"data.mode == '0600' && mode\"]\n   |                                        ^^^^\n",
        ),
        (
            observation("      config: {path: \"{{ .vars.dri }}/x\"}\nvars: {dir: /etc}\n"),
            "profile.yaml:7:23: unknown variable `.vars.dri`\n   |\n 7 |       config: {path: \"{{ .vars.dri }}/x\"}\n   |                       ^^^^^^^^^^^^^^^ did you mean `.vars.dir`?\n",
        ),
        (
            observation("    - plugin: fil\n"),
            "profile.yaml:7:15: unknown plugin `fil`\n   |\n 7 |     - plugin: fil\n   |               ^^^ did you mean `file`?\n",
        ),
        (
            observation("      expect: all(data.x, # > 1)\n"),
            "profile.yaml:7:25: a bracket is not closed behind this\n   |\n 7 |       expect: all(data.x, # > 1)\n   |                         ^ to YAML, a comment begins at ` #`: put the expression in quotes\n",
        ),
        (
            observation("      expect: [!data.exists ]\n"),
            "profile.yaml:7:16: `!data.exists` is a YAML tag that has no meaning here\n   |\n 7 |       expect: [!data.exists ]\n   |                ^^^^^^^^^^^^ if this is text, put it in quotes\n",
        ),
        (
            "profile: {name: p}\ncontrols: [\n".into(),
            "profile.yaml:3:1: this is not YAML: while parsing a node, did not find expected node content\n   |\n 3 |\n   | ^\n",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(bad(&text), expected, "{text}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let cases: [(&str, &[&str]); 14] = [
        ("", &["1:1: the profile is empty"]),
        ("# only a comment\n", &["1:1: the profile is empty"]),
        ("- a\n", &["1:1: a profile is a map, and this is a list"]),
        ("just text", &["1:1: a profile is a map, and this is text"]),
        ("controls: {items: []}", &["1:1: the profile has no name", "1:11: the profile has no controls"]),
        ("profile: {name: p}\ncontrols:\n", &["0:0: the profile has no controls"]),
        (
            "profile: p\ncontrols: q",
            &["1:10: `profile` is a map, and this is text", "2:11: `controls` is a map, and this is text"],
        ),
        ("a: 1\n---\nb: 2\n", &["2:1: a second document begins here"]),
        ("profile: {name: *x}", &["1:17: this is not YAML: while parsing node, found unknown anchor"]),
        ("profile: &a [*a]", &["1:14: this alias is part of what it stands for"]),
        ("a: \0", &["1:4: there is a control character here (U+0000)"]),
        (
            "vars: {{ .vars.x }}\nprofile: {name: p}\ncontrols: {items: []}",
            &["1:8: a key has to be text, and this is a map", "3:11: the profile has no controls"],
        ),
        (
            "profile: {name: !!int x}",
            &["1:17: `x` does not fit its tag `!!int`", "0:0: the profile has no controls"],
        ),
        (
            "profile: {name: p, <<: [1]}\ncontrols: {items: [1, {}]}",
            &[
                "1:25: `<<` merges a map or a list of maps, not a number",
                "2:20: a control is a map, and this is a number",
                "2:23: this control has no id",
            ],
        ),
    ];
    for (text, expected) in cases {
        let mut expected: Vec<_> = expected.to_vec();
        expected.sort_by_key(|message| message.split(':').next().and_then(|line| line.parse::<usize>().ok()));
        assert_eq!(messages(text), expected, "{text}");
    }
}

#[test]
fn everything_that_is_wrong_is_reported_at_once() {
    let text = "profile: {nme: p}\nplugins: [fil]\ncontrols:\n  defaults: {retries: 101, retry_backoff: fixed, timeout: 0s}\n  items:\n    - id: a b\n      observations: []\n    - observations: {plugin: file}\n    - id: c\n    - id: d\n      observations:\n        - config: {}\n        - plugin: ./x.wasm\n          config: []\n          expect: {a: b}\n        - plugin: file\n          config: {n: .inf}\n          expect: data ==\n";
    assert_eq!(
        messages(text),
        [
            "1:10: the profile has no name",
            "1:11: unknown key `nme`",
            "2:11: there is no built-in plugin `fil`",
            "4:23: `retries` is out of range",
            "4:43: `fixed` is no backoff",
            "4:59: a timeout of nothing leaves no time",
            "6:11: the id `a b` has a space in it",
            "7:21: this list of observations is empty",
            "8:7: this control has no id",
            "8:21: `observations` is a list, and this is a map",
            "9:7: control `c` observes nothing",
            "12:11: this observation has no plugin",
            "13:19: `./x.wasm` is a path, not a plugin's name",
            "14:19: a configuration is a map, and this is a list",
            "15:19: an expectation is an expression, and this is a map",
            "17:23: `.inf` is a number that JSON has no form for",
            "18:24: the expression ends too early, with this",
        ]
    );
}

#[test]
fn hostile_profiles_end_soon_and_with_a_reason() {
    let laughs: String =
        (1..20).map(|n| format!("x{n}: &x{n} [{}]\n", format!("*x{},", n - 1).repeat(9))).collect();
    let long = "x".repeat(1 << 20);
    let uses = "'{{ .vars.a }}',".repeat(1_000);
    let many: String = (0..50_000).map(|n| format!("k{n}: {n}\n")).collect();
    let cases = [
        (format!("x0: &x0 [lol]\n{laughs}"), "the profile has more than 500000 values"),
        (
            format!("a: &a \"{long}\"\nb: [{}]", "*a,".repeat(1_000)),
            "anchors and aliases repeat more than 16777216 bytes",
        ),
        (
            format!("{}vars: {{a: \"{long}\"}}\n", observation(&format!("      config: {{a: [{uses}]}}\n"))),
            "templates repeat more than",
        ),
        ("[".repeat(100_000), "nested more than 64 deep"),
        ("{a: ".repeat(100_000), "nested more than 64 deep"),
        ("- ".repeat(100_000), "nested more than 64 deep"),
        (
            format!(
                "a0: &a0 [1]\n{}",
                (1..70).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)).collect::<String>()
            ),
            "nested more than 64 deep",
        ),
        (many, "unknown key `k0`"),
        ("a: b\n".repeat(100_000), "`a` is here twice, first in line 1"),
        ("? ".repeat(100_000), "profile.yaml"),
        ("&a ".repeat(100_000), "profile.yaml"),
        ("!".repeat(100_000), "profile.yaml"),
        ("\"".repeat(100_001), "profile.yaml"),
    ];
    for (text, reason) in cases {
        let start = Instant::now();
        let found = bad(&text);
        assert!(found.contains(reason), "{reason}\n{found:.2000}");
        assert!(
            found.len() < 100_000 && start.elapsed() < Duration::from_secs(10),
            "{reason} {:?}",
            start.elapsed()
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = parse(&bytes, Path::new("p"), &BUILTINS, &Limits::default(), &no_files);
    }

    #[test]
    fn any_yaml_like_text_is_read_or_refused_with_a_place_inside_it(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "\n", "\n  ", "\n    ", "- ", "profile: ", "controls: ", "items: ", "id: ", "observations: ", "plugin: ", "config: ",
                "expect: ", "vars: ", "extends: ", "defaults: ", "timeout: ", "a", "{", "}", "[", "]", ",", "\"", "'", "|\n", ">-\n", "&x ",
                "*x", "<<: ", "!!str ", "!t ", "{{ .vars.a }}", "# c", "1", "data.a", "file", "---", "...", "? ", ": ", "%YAML 1.2\n", "\t", "é",
            ]),
            0..40,
        ),
    ) {
        let text = tokens.concat();
        if let Err(found) = parse(text.as_bytes(), Path::new("p"), &BUILTINS, &Limits::default(), &no_files) {
            prop_assert!(found.count() > 0);
            for one in found.iter() {
                prop_assert!(one.line <= text.lines().count() + 1, "{one}");
            }
        }
    }

    #[test]
    fn a_good_profile_with_one_change_is_read_or_refused(at in 0usize..900, with in "[\\PC\n]{0,3}") {
        let mut text: Vec<char> = CONTRACT.chars().collect();
        let at = at.min(text.len() - 1);
        text.splice(at..=at, with.chars());
        let text: String = text.into_iter().collect();
        let _ = read(&[("profile.yaml", &text), ("base.yaml", BASE)]);
    }
}
