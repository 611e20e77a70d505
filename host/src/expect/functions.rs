//! The functions of the language, each charged for what it takes and makes.

use super::budget::charge;
use super::pattern;
use super::predicates::{self, Ask, PREDICATES};
use super::value::{cost, has_order, text_cost};
use expr::{Environment, Error, Value};
use std::net::Ipv4Addr;
use std::sync::LazyLock;

/// What the crate brings along, as it is.
pub(super) static PLAIN: LazyLock<Environment<'static>> = LazyLock::new(Environment::new);

/// What expectations are evaluated with.
pub(super) static LANGUAGE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut language = Environment::new();
    for name in FUNCTIONS {
        language.add_function(name, move |call| {
            charge(forecast(name, &call.args)?)?;
            let result = PLAIN.eval_func(call.ctx, name, call.args, None)?;
            charge(paid(&result)?)?;
            Ok(result)
        });
    }
    for name in PREDICATES {
        language.add_function(name, move |call| {
            let ask = Ask { name, predicate: call.predicate, around: call.ctx, language: call.env };
            predicates::apply(&ask, call.args)
        });
    }
    language.add_function("isIPv4", |call| match call.args.as_slice() {
        [Value::String(text)] => Ok(text.parse::<Ipv4Addr>().is_ok().into()),
        [_] => Ok(false.into()),
        _ => Err(Error::ExprError("isIPv4() takes one argument".into())),
    });
    language.add_function("sort", |call| {
        for argument in &call.args {
            charge(paid(argument)?)?;
        }
        let mut arguments = call.args.into_iter();
        match (arguments.next(), arguments.next(), arguments.next()) {
            (Some(Value::Array(items)), order, None) => {
                predicates::sorted("sort", items.clone(), items, order.as_ref())
            }
            _ => Err(Error::ExprError("sort() takes a list, and \"asc\" or \"desc\"".into())),
        }
    });
    // `let`, maps and `matches` are written as calls of these by the rewriter.
    language.add_function(MATCHES, |call| pattern::matches(&call.args));
    language.add_function(LET, |mut call| {
        let value = call.args.pop().unwrap_or_default();
        charge(paid(&value)?)?;
        Ok(value)
    });
    language.add_function(MAP, |call| {
        let mut arguments = call.args.into_iter();
        let mut entries = Vec::new();
        while let Some(key) = arguments.next() {
            let (Value::String(key), Some(value)) = (key, arguments.next()) else {
                return Err(Error::ExprError("a map's keys are texts, and each has a value".into()));
            };
            charge(paid(&value)?)?;
            entries.push((key, value));
        }
        Ok(Value::from_iter(entries))
    });
    language
});

/// No one can write these names: `$` is refused.
pub(super) const LET: &str = "$let";
pub(super) const MAP: &str = "$map";
pub(super) const MATCHES: &str = "$matches";

/// The crate's functions without a predicate, but for those that need dates or are written anew.
const FUNCTIONS: [&str; 51] = [
    "trim",
    "trimPrefix",
    "trimSuffix",
    "upper",
    "lower",
    "split",
    "splitAfter",
    "replace",
    "repeat",
    "indexOf",
    "lastIndexOf",
    "hasPrefix",
    "hasSuffix",
    "bitand",
    "bitor",
    "bitxor",
    "bitnand",
    "bitnot",
    "bitshl",
    "bitshr",
    "bitushr",
    "join",
    "first",
    "last",
    "take",
    "reverse",
    "uniq",
    "concat",
    "flatten",
    "int",
    "float",
    "string",
    "fromJSON",
    "toJSON",
    "keys",
    "values",
    "len",
    "type",
    "get",
    "toBase64",
    "fromBase64",
    "toPairs",
    "fromPairs",
    "abs",
    "ceil",
    "floor",
    "round",
    "max",
    "min",
    "mean",
    "median",
];

/// Every name that can be called.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.into_iter().chain(PREDICATES).chain(["isIPv4", "sort"])
}

/// What a value costs.
pub(super) fn paid(value: &Value) -> expr::Result<u64> {
    cost(value).ok_or_else(|| Error::ExprError("a list or a map is nested too deep".into()))
}

/// What a call costs before it is made: its arguments, and what it would multiply them to.
fn forecast(name: &str, arguments: &[Value]) -> expr::Result<u64> {
    let mut sum = 0u64;
    for argument in arguments {
        sum = sum.saturating_add(paid(argument)?);
    }
    // The crate sorts a map's keys to write it, and to say that it can't be read, by what would make that panic.
    if matches!(name, "string" | "int" | "float") && !arguments.iter().all(has_order) {
        let why = "a map whose keys are numbers and something else has no order";
        return Err(Error::ExprError(format!("{name}(): {why}")));
    }
    let more = match (name, arguments) {
        ("repeat", [Value::String(text), Value::Integer(count)]) => {
            text_cost(text.len().saturating_mul(usize::try_from(*count).unwrap_or(0)))
        }
        ("replace", [Value::String(text), Value::String(from), Value::String(to), ..]) => {
            text_cost(text.matches(from.as_str()).count().saturating_mul(to.len()))
        }
        ("join", [Value::Array(items), Value::String(separator)]) => {
            text_cost(items.len().saturating_mul(separator.len()))
        }
        ("split" | "splitAfter", [Value::String(text), ..]) => u64::try_from(text.len()).unwrap_or(u64::MAX),
        // These compare each item with each other.
        ("uniq" | "fromPairs", [Value::Array(items)]) => {
            let items = u64::try_from(items.len()).unwrap_or(u64::MAX);
            items.saturating_mul(items) / 16
        }
        _ => 0,
    };
    Ok(sum.saturating_add(more))
}
