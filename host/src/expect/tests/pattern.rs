//! `matches`: what its patterns mean, and what it takes for its left side.

use super::*;

/// What a pattern comes to for each of some texts.
fn matched(pattern: &str, texts: &[&str]) -> Vec<bool> {
    let expectation = Expectation::parse(&format!("data.text matches `{pattern}`")).unwrap();
    let one = |text: &&str| {
        let mut evidence = Evidence::default();
        evidence.data.insert("text".into(), (*text).into());
        expectation.evaluate(&evidence).unwrap().passed
    };
    texts.iter().map(one).collect()
}

#[track_caller]
fn check(pattern: &str, yes: &[&str], no: &[&str]) {
    assert_eq!(matched(pattern, yes), vec![true; yes.len()], "{pattern}: {yes:?}");
    assert_eq!(matched(pattern, no), vec![false; no.len()], "{pattern}: {no:?}");
}

#[test]
fn classes_and_boundaries_are_those_of_ascii() {
    check(r"^\d$", &["0", "9"], &["٣", "a", ""]);
    check(r"^\D$", &["a", "٣", "é"], &["0"]);
    check(r"^\w$", &["a", "Z", "0", "_"], &["é", "-"]);
    check(r"^\W$", &["é", "-", "日"], &["a"]);
    check(r"^\s$", &[" ", "\t", "\n", "\r", "\x0c"], &["\x0b", "\u{a0}", "\u{2003}"]);
    check(r"^\S$", &["a", "\u{a0}"], &[" "]);
    check(r"^[\d\-x]$", &["1", "-", "x"], &["٣", "d"]);
    check(r"^[^\w\s]$", &["-", "é"], &["a", " "]);
    check(r"^[\w&&[^\d]]$", &["a"], &["1", "é"]);
    check(r"^[[:alpha:]]$", &["a"], &["é", "1"]);
    check(r"\bcat\b", &["a cat.", "écaté"], &["cats"]);
    check(r"\Bcat", &["scat"], &["cat", "écat"]);
    check(r"\b{start}no\b{end}", &["no"], &["nope"]);
    // Between the bytes of a character is no place.
    check(r"^.\B.$", &["日本"], &["日", "a本a"]);
}

#[test]
fn a_point_is_a_character() {
    check("^.$", &["a", "é", "日", "🦀"], &["", "\n", "ab"]);
    check("^.{3}$", &["日本語"], &["日"]);
    check("(?s)^a.b$", &["a\nb"], &["a\n\nb"]);
    check("^[à-ÿ]+$", &["é", "àé"], &["e", "日"]);
    check("^[^é]$", &["e", "日"], &["é"]);
    check("日本(語)?$", &["日本", "日本語"], &["日"]);
    check(r"\x{65E5}|\u{1F980}", &["日", "🦀"], &["本"]);
}

#[test]
fn flags_hold_where_they_are_set() {
    check("(?i)^permit-Root[a-c]$", &["PERMIT-rootB", "permit-rootb"], &["permit-rootd"]);
    check("(?i)^[X-a]$", &["x", "z", "A", "_", "Y"], &["b", "B", "w"]);
    check("(?i)^[^k]$", &["j", "\u{212a}"], &["k", "K"]);
    check("(?i)^[[:lower:]_]$", &["a", "A", "_"], &["1"]);
    check("(?i)^[[:^upper:]]$", &["1", "é"], &["a", "A"]);
    check(r"(?i)^\x61$", &["a", "A"], &["b"]);
    // Cases of other letters are not known.
    check("(?i)^é$", &["é"], &["É"]);
    check("^a(?i:b)c$", &["abc", "aBc"], &["ABc", "abC"]);
    check("^a(?i)b|c$", &["aB", "xC"], &["A"]);
    check("^(a(?i)b)c$", &["aBc"], &["aBC"]);
    check("(?i)^a(?-i)b$", &["Ab"], &["aB"]);
    check("(?m)^b$", &["a\nb\nc"], &["ab"]);
    check("(?mi)^b$", &["a\nB"], &["a\nBb"]);
    check("^b$", &["b"], &["a\nb", "b\n"]);
    check("(?x) ^ a b $ # both", &["ab"], &["a b"]);
}

#[test]
fn it_takes_what_it_always_took_for_its_left_side() {
    passes(&[
        "data.mode matches '^06' == true",
        "data.exists and data.mode matches '^06' or false",
        "false || data.mode + '!' matches '^0644!$' && true",
        "not (data.mode matches '^1') && !(data.mode matches '^1')",
        "data.mode not matches '^1' == true",
        "true ? data.mode matches '^0' : false",
        "(data.missing ?? '0644') matches '^0'",
        "data.missing ?? data.mode matches '^0'",
        "data.mode | upper() matches '^0644$'",
        "data.exists and [data.mode matches '^0', 1] == [true, 1]",
        "{a: 'x' matches 'x', b: 'x' matches 'y'} == {a: true, b: false}",
        "let a = data.mode matches '^0'; let b = 'x'; a and b matches 'x'",
        "if data.mode matches '^0' { 'a' matches 'a' } else { false }",
        "if false { 'a' } else if true { 'b' } else { 'c' } matches 'b'",
        "'x' + if data.exists { 'a' } else { 'b' } matches '^xa$'",
        "all(data.users, {#.name matches '^[a-z]+$'}) && any(data.users, .name matches 'oe$')",
        "filter(data.groups, # matches '^a') == ['adm']",
        "len(data.groups[data.mode matches 'x' ? 0 : 1]) == 3",
        "data.users[0].name.contains('r') and data.mode.startsWith('0') == true",
        "'root'.contains('oo') and 'root' matches 'oo$|oot$'",
    ]);
    assert_eq!(fails("data.mode matches '^1'"), "expected data.mode matches '^1' (data.mode = \"0644\")");
}

#[test]
fn it_takes_text() {
    assert_eq!(
        errs("data.missing matches 'x'"),
        "cannot evaluate data.missing matches 'x': `matches` takes text, and this is nil (data.missing = nil)"
    );
    assert!(errs("data.size not matches '1'").contains("`matches` takes text, and this is a number"));
    // A comparison binds as closely, and comes first.
    assert!(errs("true == data.mode matches '^0'").contains("and this is true or false"));
    assert!(errs(&format!("'a'{}", " matches 'a'".repeat(30))).contains("and this is true or false"));
}

#[test]
fn what_is_no_pattern_is_refused_with_its_place() {
    let unicode =
        "this is no pattern: Unicode classes such as \\pL are not in this build; ranges such as [à-ÿ] are";
    let cases = [
        ("'a' matches '('", "column 13: this is no pattern: unclosed group".to_owned()),
        ("'日' not matches '[b-a]'", "column 17: this is no pattern: invalid character class range, the start must be <= the end".to_owned()),
        (r"'a' matches `\p{Greek}+`", format!("column 13: {unicode}")),
        (r"'a' matches `[a\PL]`", format!("column 13: {unicode}")),
        (r"'a' matches 'a' || 'b' matches `(?i:a|(\pN)*)`", format!("column 32: {unicode}")),
        ("'a' matches '(a{1000}){1000}'", "column 13: this is no pattern: it is too large; repeat less".to_owned()),
        (r"'a' matches `(?-u)\xff`", "column 13: this is no pattern: pattern can match invalid UTF-8".to_owned()),
        ("matches 'a'", "column 1: unknown name `matches`: an expectation sees data, status, timestamp, error; text goes in quotes".to_owned()),
        ("(if true)", "column 9: `{` has to come before this `)`".to_owned()),
    ];
    for (text, expected) in cases {
        assert_eq!(refused(text), expected, "{text}");
    }
    let long = |repeat: usize| format!("data.mode matches '.{{{repeat}}}'");
    assert!(Expectation::parse(&long(1000)).is_ok());
    assert!(refused(&long(100_000)).contains("it is too large"));
}
