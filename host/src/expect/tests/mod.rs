//! Expressions, good, bad and hostile.

mod hostile;
mod pattern;

use super::*;
use quoin_abi::error::{ErrorDetail, ErrorType};
use serde_json::json;

fn evidence() -> Evidence {
    let data = json!({
        "exists": true, "mode": "0644", "size": 1024, "load": 0.5, "uid": 0, "big": u64::MAX,
        "content": "PasswordAuthentication no\nPermitRootLogin no\n",
        "groups": ["root", "adm"], "empty": [], "nothing": null, "address": "192.0.2.7",
        "stat": {"nlink": 2, "a-b": "dash", "in": 1},
        "users": [{"name": "root", "uid": 0, "admin": true}, {"name": "joe", "uid": 1000, "admin": false}],
    });
    Evidence {
        status: true,
        data: data.as_object().unwrap().clone(),
        timestamp: "2026-01-02T03:04:05Z".into(),
        ..Evidence::default()
    }
}

fn failed() -> Evidence {
    let error = ErrorDetail::new(ErrorType::Timeout, "ETIMEDOUT", "no answer within 5 s");
    Evidence { error: Some(error), ..Evidence::default() }
}

fn outcome(text: &str) -> Result<Outcome, EvaluationError> {
    Expectation::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).evaluate(&evidence())
}

fn passes(texts: &[&str]) {
    for text in texts {
        assert_eq!(outcome(text), Ok(Outcome { passed: true, message: None }), "{text}");
    }
}

fn fails(text: &str) -> String {
    outcome(text).unwrap().message.unwrap_or_else(|| panic!("{text} passed"))
}

fn errs(text: &str) -> String {
    outcome(text).unwrap_err().message
}

fn refused(text: &str) -> String {
    match Expectation::parse(text) {
        Ok(_) => panic!("{text} was read"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_operators_of_the_language() {
    passes(&[
        "data.exists",
        "data.exists == true and status",
        "!(data.size < 1024) && data.size <= 1024 || false",
        "not (data.mode == '0600')",
        "data.size + 1 == 1025",
        "data.size == 1024.0",
        "2 ** 3 == 8 && 7 % 4 == 3 && 1 / 2 == 0.5 && -data.size < 0",
        "data.size == 0x400 && data.size == 1_024",
        "data.mode in ['0644', '0640']",
        "data.mode not in ['0600']",
        "'adm' in data.groups",
        "'nlink' in data.stat",
        "data.size in 1..65535",
        "data.content contains 'PermitRootLogin no'",
        "data.content not contains 'PermitRootLogin yes'",
        "data.mode not matches '^1' and data.mode not startsWith '1'",
        "data.content startsWith \"Password\" and data.content endsWith \"no\\n\"",
        "data.content matches `(?m)^PermitRootLogin\\s+no$`",
        "data.content matches \"(?m)^PermitRootLogin\\\\s+no$\"",
        "data.size > 1000 ? data.exists : false",
        "data.nothing ?? 'x' == 'x'",
        "data.nothing == nil && data.missing == nil && error == nil",
        "data?.stat?.nlink == 2 && data.nothing?.field == nil",
        "data['mode'] == data.mode && data.stat[\"a-b\"] == 'dash' && data.stat.in == 1",
        "data.groups[0] == 'root' && data.groups[-1] == 'adm' && data.groups[9] == nil",
        "data.groups[1:] == ['adm'] && data.groups[:1] == ['root']",
        "data.groups[data.uid] == 'root'",
        "timestamp startsWith '2026-'",
        "let size = data.size; size > 1000 && size < 2000",
        "if data.exists { data.size > 0 } else { true }",
        "data.size > 0 // a comment",
        "{a: data.size, 'b': {c: [1 + 1]}} == {'b': {c: [2]}, a: 1024}",
        "{a: data.exists ? 1 : 2}.a == 1",
        "data.big > 9223372036854775807",
        "'it\\'s \"`x`\"' == 'it' + \"'s\" + ' \"`x`\"'",
        r#""C:\\new" == `C:\new`"#,
    ]);
}

#[test]
fn the_functions_of_the_language_and_ours() {
    passes(&[
        "len(data.content) > 10 && len(data.groups) == 2 && len(data.empty) == 0",
        "all(data.users, {#.uid >= 0})",
        "all(data.users, #.uid >= 0)",
        "any(data.users, {admin})",
        "any(data.users, .admin) && map(data.users, .status) == [nil, nil] && all(data.users, {.uid >= 0})",
        "none(data.users, {#.name == 'bob'}) && one(data.users, {#.admin})",
        "all(data.empty, {false}) && !any(data.empty, {true})",
        "count(data.users, {#.uid == 0}) == 1 && count([true, false]) == 1",
        "len(filter(data.users, {#.uid > 0})) == 1",
        "map(data.users, {#.name}) == data.groups or map(data.users, {#.name})[1] == 'joe'",
        "map(1..3, {# * #index}) == [0, 2, 6]",
        "find(data.users, {#.uid > 0}).name == 'joe' && findIndex(data.users, {#.uid > 0}) == 1",
        "find(data.users, {#.uid > 9999}) == nil && findIndex(data.users, {#.uid > 9999}) == -1",
        "findLast(1..9, {# < 5}) == 4 && findLastIndex(1..9, {# < 5}) == 3",
        "sum(data.users, {#.uid}) == 1000 && sum([1, 2]) == 3",
        "reduce(1..4, {#acc + #}) == 10 && reduce(1..4, {#acc + #}, 5) == 15",
        "groupBy(data.users, {#.admin})[true][0].name == 'root'",
        "map(sortBy(data.users, {#.name}), {#.name}) == ['joe', 'root']",
        "map(sortBy(data.users, {#.uid}, 'desc'), {#.uid})[0] == 1000",
        "data.groups | filter({# startsWith 'a'}) | len() == 1",
        "upper(data.mode) == '0644' && split('a,b', ',') == ['a', 'b'] && trim(' a ') == 'a'",
        "int('12') == 12 && string(12) == '12' && type(data.size) == 'int'",
        "fromJSON('{\"a\": [1]}').a[0] == 1 && toJSON([1]) == '[1]'",
        "max(1, 2) == 2 && abs(-1) == 1 && replace('aa', 'a', 'b') == 'bb' && repeat('ab', 2) == 'abab'",
        "isIPv4(data.address) && !isIPv4('192.0.2.256') && !isIPv4('::1') && !isIPv4(data.size)",
        "isIPv4('01.2.3.4') == false",
        "data.content.contains('PermitRootLogin no')",
        "!data.content.contains('yes') && data.groups.contains('adm')",
        "upper(data.content).contains('PERMIT') && 'abc'.startsWith('a') && data.users[1].name.endsWith('oe')",
        "data.users[data.uid].name.contains('oo') and (data.mode + 'x').contains('4x')",
        "any(data.groups, {#.contains('dm')})",
        "data.missing?.field == nil",
    ]);
}

#[test]
fn a_false_expectation_shows_what_it_saw() {
    assert_eq!(fails("data.mode == \"0600\""), "expected data.mode == \"0600\" (data.mode = \"0644\")");
    assert_eq!(fails("data.exists == false"), "expected data.exists == false (data.exists = true)");
    assert_eq!(fails("data.missing == 1"), "expected data.missing == 1 (data.missing = nil)");
    assert_eq!(
        fails("data.users[0].uid > 0 || data.stat[\"a-b\"] == nil"),
        "expected data.users[0].uid > 0 || data.stat[\"a-b\"] == nil (data.users[0].uid = 0, data.stat[\"a-b\"] = \"dash\")"
    );
    // What was not looked at is not shown, and what was looked at twice is shown once.
    assert_eq!(
        fails("data.size < 5 && data.mode == ''"),
        "expected data.size < 5 && data.mode == '' (data.size = 1024)"
    );
    assert_eq!(fails("data.size < data.size"), "expected data.size < data.size (data.size = 1024)");
    assert_eq!(fails("1 > 2"), "expected 1 > 2");
    assert_eq!(
        fails("any(data.groups, {# == 'x'})"),
        "expected any(data.groups, {# == 'x'}) (data.groups = [\"root\",\"adm\"])"
    );
}

#[test]
fn long_values_are_shortened_in_messages() {
    let mut evidence = evidence();
    evidence.data.insert("content".into(), "é\n".repeat(50_000).into());
    evidence.data.insert("list".into(), vec![7; 10_000].into());
    let expectation = Expectation::parse("data.content == '' or data.list == [] or data == {}").unwrap();
    let message = expectation.evaluate(&evidence).unwrap().message.unwrap();
    assert!(message.contains("…\" (100000 characters), data.list = [7,7,"), "{message}");
    assert!(message.contains("7… (10000 items), data = {\""), "{message}");
    assert!(message.len() < 500, "{message}");
}

#[test]
fn the_error_of_an_observation_can_be_expected() {
    let passed = |text: &str| Expectation::parse(text).unwrap().evaluate(&failed()).unwrap().passed;
    assert!(passed(
        "error != nil && error.type == 'timeout' && error.code == 'ETIMEDOUT' && error.is_timeout"
    ));
    assert!(passed("!status && error.message contains 'no answer'"));
}

#[test]
fn what_is_neither_true_nor_false_is_an_error_that_says_why() {
    assert_eq!(
        errs("data.missing < 3"),
        "cannot evaluate data.missing < 3: invalid operands for operator < (data.missing = nil)"
    );
    assert_eq!(
        errs("data.size"),
        "cannot evaluate data.size: it is a number, not true or false (data.size = 1024)"
    );
    assert_eq!(
        errs("data.nothing.field == 1"),
        "cannot evaluate data.nothing.field == 1: `data.nothing` is nil, so it has no field `field`; `?.` would give nil"
    );
    assert_eq!(
        errs("data.size.unit == 1"),
        "cannot evaluate data.size.unit == 1: `data.size` is a number, so it has no field `unit`"
    );
    assert_eq!(
        errs("data.mode[0] == '0'"),
        "cannot evaluate data.mode[0] == '0': `data.mode` is text, so it has no item 0"
    );
    for text in [
        "1",
        "nil",
        "'x'",
        "data",
        "data.size + 'x' == 1",
        "data.mode > 1",
        "data.mode && true",
        "!data.mode",
        "1 % 0 == 1",
        "all(data.users, {#.name})",
        "all(data.mode, {true})",
        "all(data.users)",
        "len(1) == 1",
        "len() == 0",
        "len('a', 'b') == 1",
        "isIPv4() == true",
        "int('x') == 1",
        "sortBy([1, 'a'], {#}) == nil",
        "{a: 1}.b.c == 1",
        "groupBy([[1]], {#}) == nil",
        "reduce([], {#acc + #}) == 1",
        "sortBy([1], {#}, 'up') == nil",
        "map(1..3) == nil",
    ] {
        assert!(errs(text).starts_with("cannot evaluate "), "{text}");
    }
}

#[test]
fn what_is_no_expression_is_refused_with_its_place() {
    let cases = [
        ("", "column 1: the expression is empty"),
        ("data.mode ==", "column 11: the expression ends too early, with this"),
        ("data.mode '0600'", "column 11: an operator is missing before this"),
        ("== 1", "column 1: a value is missing before this"),
        ("data.mode, 1", "column 10: `,` is unexpected here"),
        ("data.mode = '0600'", "column 11: `=` is unexpected here"),
        ("data.mode == '0600", "column 14: this text has no end"),
        ("dta.mode == 1", "column 1: unknown name `dta`: did you mean `data`?"),
        (
            "exists",
            "column 1: unknown name `exists`: an expectation sees data, status, timestamp, error; text goes in quotes",
        ),
        ("$env == nil", "column 1: `$` has no meaning here"),
        ("lenn(data.groups) > 1", "column 1: there is no function `lenn`; did you mean `len`?"),
        ("now() > 1", "column 1: there is no function `now`"),
        (
            "data.mode.upper() == ''",
            "column 11: there is no method `upper`, only contains, startsWith, endsWith",
        ),
        ("(data.exists", "column 7: a bracket is not closed behind this"),
        ("data.exists)", "column 12: no bracket is open for this `)`"),
        ("len(data.groups] == 1", "column 16: `)` has to come before this `]`"),
        ("data.content matches '('", "column 22: this is no pattern: unclosed group"),
        (
            "data.content matches data.mode",
            "column 14: `matches` takes a pattern in quotes, and nothing else",
        ),
        (
            "data.size in 1..data.size",
            "column 15: a range is written with two whole numbers, such as 1..1024",
        ),
        ("let data = 1; data == 1", "column 1: `data` has a meaning already; give the variable another name"),
        ("é == 1", "column 1: `é` has no meaning here"),
        (
            "data.a not 1",
            "column 8: behind a value, `not` goes with one of in, contains, startsWith, endsWith, matches",
        ),
        (
            "data.size == 99999999999999999999",
            "column 1: invalid integer literal 99999999999999999999: number too large to fit in target type",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refused(text), expected, "{text}");
    }
}

#[test]
fn an_expression_has_at_most_a_thousand_characters_and_a_hundred_nodes() {
    let sum = |terms: usize| format!("{} > 0", vec!["1"; terms].join("+"));
    assert!(Expectation::parse(&sum(49)).is_ok());
    assert_eq!(
        refused(&sum(50)),
        "column 1: the expression has 101 nodes, and 100 is the most: write it as several"
    );
    let text = |length: usize| format!("'{}' != ''", "é".repeat(length - 8));
    assert!(Expectation::parse(&text(1_000)).is_ok());
    assert_eq!(refused(&text(1_001)), "column 1: the expression is longer than 1000 characters");
}
