//! Expressions that would hang, exhaust or crash the evaluator if it were alone.

use super::*;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Reads and evaluates; whatever comes of it has to come soon.
fn survive(text: &str) {
    let start = Instant::now();
    if let Ok(expectation) = Expectation::parse(text) {
        let _ = expectation.evaluate(&evidence());
    }
    let took = start.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}: {text}");
}

#[test]
fn hostile_expressions_neither_hang_nor_panic() {
    let nested = |open: &str, close: &str, n: usize| format!("{}1{}", open.repeat(n), close.repeat(n));
    for n in [1, 5, 15, 16, 17, 33, 300, 490] {
        for (open, close) in [
            ("data[", "]"),
            ("(", ")"),
            ("[", "]"),
            ("{a:", "}"),
            ("len(", ")"),
            ("data.users[len(", ")]"),
            ("if(", ""),
            ("if (", ") {1} else {2}"),
            ("-", ""),
            ("!", ""),
            ("not ", ""),
            ("1?", ""),
            ("1?2:", ""),
            ("1??", ""),
            ("all([1],{", "})"),
            ("[1][", "]"),
            ("data?.[", "]"),
            ("[1][1:", "]"),
            ("1..", ""),
            ("let a=", ";a"),
            ("1|", ""),
            ("1 matches '", "'"),
            ("'a'.contains(", ")"),
            ("1 not in [", "]"),
            ("{", "}"),
            ("map([1],", ")"),
        ] {
            survive(&nested(open, close, n));
        }
    }
    for text in [
        "1..10000000000 == nil",
        "all(1..99999, {# in 1..99999})",
        "all(1..9999, {all(1..9999, {all(1..9999, {# > 0})})})",
        "map(1..99999, {map(1..99999, {1})}) == nil",
        "repeat('a', 9223372036854775807) == ''",
        "repeat('a', -1) == ''",
        "repeat(repeat('aaaaaaaaaa', 1000000), 1000000) == ''",
        "replace(repeat('a', 1000000), '', repeat('b', 1000000)) == ''",
        "join(map(1..99999, {'a'}), repeat('b', 1000000)) == ''",
        "reduce(1..99999, {#acc + #acc}, 'aaaa') == ''",
        "reduce(1..99999, {[#acc]}, 1) == 1",
        "reduce(1..99999, {[#acc, #acc]}, 1) == 1",
        "reduce(1..99999, {{a: #acc}}, 1) == 1",
        "uniq(1..99999) == nil",
        "groupBy(1..99999, {#}) == nil",
        "sortBy(1..99999, {-#}) == nil",
        "let a = repeat('a', 9999); let b = a+a+a+a+a+a+a; let c = b+b+b+b+b+b+b; let d = c+c+c+c+c+c; let e = d+d+d+d+d+d+d; let f = e+e+e+e+e; f == ''",
        "'\"\\\\' | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() | toJSON() == ''",
        "-9223372036854775807 - 2 < 0",
        "9223372036854775807 * 2 > 0",
        "1 / 0 > 1",
        "0 / 0 == 0",
        "1 % 0 == 0",
        "-(-9223372036854775807 - 1) == 0",
        "(-9223372036854775807 - 1) % -1 == 0",
        "abs(-9223372036854775807 - 1) > 0",
        "bitshl(1, 99999999999) == 0",
        "data.groups[-9223372036854775807] == nil",
        "data.groups[9223372036854775807:1] == []",
        "'é'[1:] == ''",
        "data.mode matches '(a{1000}){1000}{1000}'",
        "data.mode matches '(((((((((('",
        "data.mode matches '\\\\pL{900}{9}'",
        "split(repeat('a', 1000000), '') == []",
        "take([1], -1) == []",
        "[1][-2] == nil",
        "fromJSON(repeat('[', 100000)) == nil",
        "float('1e999') > 1",
        "int(1e300) > 1",
        "b'\\xff\\400' == ''",
        "flatten(reduce(1..99, {[#acc]}, [1])) == [1]",
        "string(data) == ''",
        "splitAfter('a,b', ',', 99999999999) == []",
    ] {
        survive(text);
    }
    assert!(
        errs("all(1..9999, {all(1..9999, {# > 0})})").ends_with(": it takes too many steps"),
        "no budget"
    );
}

/// A release build ends at a panic, and `sort_by` panics where it finds that three items are in no one order.
#[test]
fn what_has_no_order_is_refused_and_all_else_is_sorted() {
    let keys =
        "map(1..200, {# % 3 == 0 ? # * 7919 % 1000 : (# % 3 == 1 ? 'x' + string(# * 7919 % 1000) : #acc)})"
            .replace("#acc", "nil");
    for function in ["string", "int", "float"] {
        let message = errs(&format!("{function}(groupBy({keys}, {{#}})) == ''"));
        assert!(
            message.contains("a map whose keys are numbers and something else has no order"),
            "{message}"
        );
        let message = errs(&format!("{function}([{{a: fromPairs([[1, 1], [1.5, 1]])}}]) == ''"));
        assert!(message.contains("has no order"), "{message}");
    }
    passes(&[
        "string(fromPairs([['b', 1], [nil, 2], ['a', 3]])) == 'map[<nil>:2 a:3 b:1]'",
        "string(fromPairs([[10, 1], [9, 2]])) == 'map[9:2 10:1]'",
        // As floats, these are one number.
        "sort([9007199254740993, 9007199254740992.0, 9007199254740992]) == [9007199254740992.0, 9007199254740992, 9007199254740993]",
        "sort([2, 1.5, 10]) == [1.5, 2, 10]",
        "sort(['b', 'a'], 'desc') == ['b', 'a'] and sort([]) == []",
        "len(sort(map(1..9999, {# % 2 == 0 ? 9007199254740000 + # * 7919 % 2000 : 9007199254740000.0 + # * 7919 % 2000}))) == 9999",
    ]);
    for text in
        ["sort([1, 'a'])", "sort([0 / 0, 1])", "sort([1], 'up')", "sort(1)", "sort([1], 'asc', 1)", "sort()"]
    {
        assert!(errs(&format!("{text} == nil")).contains("sort() "), "{text}");
    }
}

#[test]
fn one_evaluation_leaves_nothing_to_the_next() {
    assert!(outcome("all(1..9999, {all(1..9999, {# > 0})})").is_err());
    passes(&["all(1..9999, {# > 0})"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_refused_or_evaluated(text in "\\PC{0,60}") {
        survive(&text);
    }

    #[test]
    fn any_tokens_are_refused_or_evaluated(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "data", "status", ".", "?.", "mode", "users", "[", "]", "(", ")", "{", "}", "1", "0", "'a'", "\"a\\n`\"", ",", ":",
                "?", "??", "==", "<", "+", "-", "!", "not", "in", "contains", "matches", "and", "|", "len", "all", "map", "#",
                "let", "x", "=", ";", "if", "else", "..", "nil", "true", ".contains(", "reduce", "#acc", "b'a'", "1.5",
            ]),
            0..24,
        ),
    ) {
        survive(&tokens.join(" "));
    }
}
