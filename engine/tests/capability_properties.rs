//! What has to hold for any capability text and any access: against a naive matcher that knows nothing of the real
//! one, and of the text against itself.

use proptest::prelude::*;
use quoin_engine::capability::{
    Access, Capability, CapabilitySet, Grants, Literal, LiteralPath, Remedy, escape,
};

/// The reference: a glob as the documentation states it, by trying everything. Braces are not in it.
fn naive(pattern: &[char], path: &[char]) -> bool {
    let Some(first) = pattern.first() else { return path.is_empty() };
    match first {
        '*' => (0..=path.len())
            .take_while(|taken| !path[..*taken].contains(&'/'))
            .any(|taken| naive(&pattern[1..], &path[taken..])),
        '?' => path.first().is_some_and(|c| c.is_ascii() && *c != '/') && naive(&pattern[1..], &path[1..]),
        '[' => {
            let end = pattern.iter().position(|c| *c == ']').expect("classes are closed");
            let inside = &pattern[1..end];
            let (negated, members) = match inside.split_first() {
                Some(('!', members)) => (true, members),
                _ => (false, inside),
            };
            let holds = |c: char| match members {
                [low, '-', high] => (*low..=*high).contains(&c),
                members => members.contains(&c),
            };
            path.first().is_some_and(|c| c.is_ascii() && *c != '/' && holds(*c) != negated)
                && naive(&pattern[end + 1..], &path[1..])
        }
        c => path.first() == Some(c) && naive(&pattern[1..], &path[1..]),
    }
}

/// The reference for whole paths: `**` as a name stands for any number of names.
fn naive_path(pattern: &[&str], path: &[&str]) -> bool {
    match pattern.split_first() {
        None => path.is_empty(),
        Some((&"**", rest)) => (0..=path.len()).any(|taken| naive_path(rest, &path[taken..])),
        Some((first, rest)) => path.split_first().is_some_and(|(name, names)| {
            naive(&first.chars().collect::<Vec<_>>(), &name.chars().collect::<Vec<_>>())
                && naive_path(rest, names)
        }),
    }
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ab.]{1,3}".prop_filter("resolved", |name| name != "." && name != ".."),
        "[abA-Zé\n*!/-]{1,3}".prop_map(|name| name.replace('/', "+")),
    ]
}

fn path() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(name(), 0..4)
}

/// A pattern of one name.
fn pattern() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            Just("a"),
            Just("b"),
            Just("."),
            Just("é"),
            Just("A"),
            Just("*"),
            Just("?"),
            Just("[ab]"),
            Just("[!a]"),
            Just("[+-9]"),
            Just("[!+-9]"),
            Just("[A-Z]"),
            Just("[*?]"),
            Just("[!!]"),
        ],
        1..4,
    )
    .prop_map(|parts| parts.concat())
    .prop_filter("neither `..` nor what reads as `**`", |c| c != "." && c != ".." && !c.contains("**"))
}

/// One, or any number of names.
fn component() -> impl Strategy<Value = String> {
    prop_oneof![1 => Just("**".to_owned()), 2 => pattern()]
}

fn allows(capability: &str, access: Access<'_>) -> bool {
    let capability = capability.parse().expect("well-formed");
    CapabilitySet::new([capability]).expect("within limits").allows(&access)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn globs_match_what_they_say(pattern in prop::collection::vec(component(), 1..4), path in path()) {
        let text = format!("/{}", path.join("/"));
        let names: Vec<_> = path.iter().map(String::as_str).collect();
        let components: Vec<_> = pattern.iter().map(String::as_str).collect();
        let granted = allows(&format!("fs:read:/{}", pattern.join("/")), Access::FsRead(&text));
        prop_assert_eq!(granted, naive_path(&components, &names));
    }

    #[test]
    fn programs_match_what_they_say(pattern in pattern(), asked in name(), path in path()) {
        let (program, resolved) = (format!("/{}", path.join("/")), path.iter().map(String::as_str).collect::<Vec<_>>());
        let word = allows(&format!("exec:{pattern}"), Access::Exec { program: &program, asked: &asked });
        let characters: Vec<_> = pattern.chars().collect();
        prop_assert_eq!(word, naive(&characters, &asked.chars().collect::<Vec<_>>()));
        let below = allows(&format!("exec:/{pattern}/**"), Access::Exec { program: &program, asked: &asked });
        prop_assert_eq!(below, naive_path(&[&pattern, "**"], &resolved));
    }

    #[test]
    fn braces_are_their_alternatives(
        before in component(), a in component(), b in component(), after in component(), path in path(),
    ) {
        let text = format!("/{}", path.join("/"));
        let either = allows(&format!("fs:read:/{before}/{{{a},{b}}}/{after}"), Access::FsRead(&text));
        let apart = [a, b].iter().any(|one| allows(&format!("fs:read:/{before}/{one}/{after}"), Access::FsRead(&text)));
        prop_assert_eq!(either, apart);
    }

    #[test]
    fn an_escaped_path_matches_itself_alone(path in path(), other in path()) {
        let (path, other) = (format!("/{}", path.join("/")), format!("/{}", other.join("/")));
        let capability = format!("fs:write:{}", escape(&path));
        prop_assert!(allows(&capability, Access::FsWrite(&path)));
        prop_assert_eq!(allows(&capability, Access::FsWrite(&other)), path == other);
    }

    #[test]
    fn a_refusal_names_what_helps(path in path(), command in "[a-z*,{} é'\\\\\\[]{1,6}", port in 1_u16..) {
        let path = format!("/{}", path.join("/"));
        let everything = || CapabilitySet::new(
            ["fs:read:**", "exec:**", "network:outbound:*"].map(|text| text.parse().unwrap()),
        ).unwrap();
        let program = format!("/bin/{command}");
        for access in [
            Access::FsRead(&path),
            Access::Exec { program: &program, asked: &command },
            Access::Exec { program: &program, asked: &program },
            Access::ExecCode { program: &program, asked: &command },
            Access::ExecCode { program: &program, asked: &program },
            Access::Connect { host: &command, port },
            Access::Connect { host: "a.example", port },
            Access::Connect { host: "::1", port },
        ] {
            let refusal = Grants::new(everything(), CapabilitySet::default(), []).decide(access).unwrap_err();
            prop_assert_eq!(refusal.remedy, Remedy::Grant);
            let granted = CapabilitySet::new([refusal.capability.parse().unwrap()]).unwrap();
            prop_assert!(Grants::new(everything(), granted, []).decide(access).is_ok(), "{}", refusal);
        }
    }

    #[test]
    fn text_never_panics_and_normalises_once(
        kind in prop_oneof![
            Just(""), Just("fs:read:"), Just("fs:write:/"), Just("exec:"), Just("env:"), Just("network:outbound:"),
            Just("network:outbound:http://"), Just("network:outbound:10."),
        ],
        pattern in prop_oneof![any::<String>(), "[a-c/.*?{},\\[\\]!^\\\\:0-9-]{0,24}"],
        probe in "[a-c/.*,0-9:-]{0,12}",
    ) {
        let Ok(capability) = format!("{kind}{pattern}").parse::<Capability>() else { return Ok(()) };
        let canonical = capability.to_string();
        let again: Capability = canonical.parse().unwrap();
        prop_assert_eq!(&again, &capability);
        prop_assert_eq!(again.to_string(), canonical);
        let set = CapabilitySet::new([capability]).unwrap();
        let path = format!("/{probe}");
        for access in [Access::FsRead(&path), Access::Exec { program: &path, asked: &probe }, Access::Env(&probe),
            Access::Connect { host: &probe, port: 80 }]
        {
            let _ = set.allows(&access);
        }
    }

    #[test]
    fn hosts_match_what_they_say(rule in "([*]\\.)?[ab]\\.(a|B|c)(\\.)?", host in "([ab]\\.){0,2}[abAB]\\.[abc]\\.?") {
        let granted = allows(&format!("network:outbound:{rule}:443"), Access::Connect { host: &host, port: 443 });
        let (rule, host) = (rule.to_lowercase(), host.to_lowercase());
        let (rule, host) = (rule.trim_end_matches('.'), host.trim_end_matches('.'));
        let said = match rule.strip_prefix("*.") {
            Some(parent) => host.ends_with(&format!(".{parent}")),
            None => host == rule,
        };
        prop_assert_eq!(granted, said);
    }

    #[test]
    fn grants_are_an_intersection(
        declared in component(), granted in component(), literal in path(), path in path(),
    ) {
        let set = |name: &str| CapabilitySet::new([format!("fs:read:/{name}/**").parse().unwrap()]).unwrap();
        let (declared, granted) = (set(&declared), set(&granted));
        let (path, literal) = (format!("/{}", path.join("/")), format!("/{}", literal.join("/")));
        let access = Access::FsRead(&path);
        let literals = [Literal { path: LiteralPath::new(&literal).unwrap(), write: false }];
        let grants = Grants::new(declared.clone(), granted.clone(), literals);
        let expected = declared.allows(&access) && (granted.allows(&access) || path == literal);
        prop_assert_eq!(grants.decide(access).is_ok(), expected);
        prop_assert!(grants.decide(Access::FsWrite(&path)).is_err());
    }
}
