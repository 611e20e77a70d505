//! Profiles with something wrong, and what is said about it.

use super::*;
use proptest::prelude::*;
use rustix::time::{ClockId, clock_gettime};

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
    let cases: [(&str, &[&str]); 15] = [
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
        (
            "profile: {name: x",
            &["1:18: this is not YAML: while parsing a flow mapping, did not find expected ',' or '}'"],
        ),
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
        // What it takes of the processor, as the machine may have other things to do.
        let spent = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap();
        let before = spent();
        let found = bad(&text);
        let took = spent() - before;
        assert!(found.contains(reason), "{reason}\n{found:.2000}");
        assert!(found.len() < 100_000 && took < Duration::from_secs(10), "{reason} {took:?}");
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
