//! The functions that ask something of each item of a list.
//!
//! They are the crate's, written anew: its own would run without a budget, and take a predicate that is neither true
//! nor false for true.

use super::budget::charge;
use super::functions::{PLAIN, paid};
use super::value::describe;
use expr::{Context, ContextProvider, Environment, Error, Program, Value};
use std::cmp::Ordering;

pub(super) const PREDICATES: [&str; 15] = [
    "all",
    "any",
    "one",
    "none",
    "count",
    "filter",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "map",
    "sum",
    "reduce",
    "groupBy",
    "sortBy",
];

/// What one round costs, whatever it does.
const ROUND: u64 = 10;

/// A function and what it asks of each item.
pub(super) struct Ask<'a, 'b> {
    pub name: &'static str,
    pub predicate: Option<&'a Program>,
    pub around: &'a dyn ContextProvider,
    pub language: &'a Environment<'b>,
}

/// What a predicate sees: the item as `#` and the names around it.
struct Scope<'a> {
    around: &'a dyn ContextProvider,
    item: Value,
    index: Value,
    accumulator: Option<Value>,
}

impl ContextProvider for Scope<'_> {
    fn get(&self, key: &str) -> Option<&Value> {
        match key {
            "#" => Some(&self.item),
            "#index" => Some(&self.index),
            "#acc" if self.accumulator.is_some() => self.accumulator.as_ref(),
            _ => self.around.get(key),
        }
    }

    fn to_context(&self) -> Context {
        self.around.to_context()
    }
}

impl Ask<'_, '_> {
    /// What the predicate makes of one item.
    fn of(&self, index: usize, item: &Value, accumulator: Option<Value>) -> expr::Result<Value> {
        charge(ROUND.saturating_add(paid(item)?))?;
        let Some(predicate) = self.predicate else {
            return self.fail("needs a predicate, such as `{# > 1}`");
        };
        let scope = Scope { around: self.around, item: item.clone(), index: index.into(), accumulator };
        let value = self.language.run(predicate, &scope)?;
        charge(paid(&value)?)?;
        Ok(value)
    }

    /// Whether the predicate is true of one item.
    fn is_true(&self, index: usize, item: &Value) -> expr::Result<bool> {
        match self.of(index, item, None)? {
            Value::Bool(value) => Ok(value),
            other => self.fail(&format!("has a predicate that is {}, not true or false", describe(&other))),
        }
    }

    /// The items that the predicate is true of, as far as one looks.
    fn matches<'i>(
        &'i self,
        items: &'i [Value],
    ) -> impl DoubleEndedIterator<Item = expr::Result<usize>> + 'i {
        let rounds = items.iter().enumerate();
        rounds.filter_map(|(index, item)| match self.is_true(index, item) {
            Ok(true) => Some(Ok(index)),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        })
    }

    fn fail<T>(&self, why: &str) -> expr::Result<T> {
        Err(Error::ExprError(format!("{}() {why}", self.name)))
    }
}

/// Calls one of the functions.
pub(super) fn apply(ask: &Ask<'_, '_>, arguments: Vec<Value>) -> expr::Result<Value> {
    if ask.predicate.is_none() && matches!(ask.name, "count" | "sum") {
        for argument in &arguments {
            charge(paid(argument)?)?;
        }
        return PLAIN.eval_func(ask.around, ask.name, arguments, None);
    }
    let most = if matches!(ask.name, "reduce" | "sortBy") { 2 } else { 1 };
    let mut arguments = arguments.into_iter();
    let (list, second, rest) = (arguments.next(), arguments.next(), arguments.next());
    let items = match list {
        Some(Value::Array(items)) if rest.is_none() && (second.is_none() || most == 2) => items,
        Some(Value::Array(_)) => return ask.fail("has too many arguments"),
        Some(other) => return ask.fail(&format!("takes a list, and this is {}", describe(&other))),
        None => return ask.fail("takes a list and a predicate"),
    };
    let item = |index: Option<usize>| index.and_then(|index| items.get(index)).cloned().unwrap_or_default();
    let place = |index: Option<usize>| {
        Value::Integer(index.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1))
    };
    Ok(match ask.name {
        "all" => {
            for (index, item) in items.iter().enumerate() {
                if !ask.is_true(index, item)? {
                    return Ok(false.into());
                }
            }
            true.into()
        }
        "any" => ask.matches(&items).next().transpose()?.is_some().into(),
        "none" => ask.matches(&items).next().transpose()?.is_none().into(),
        "one" => (ask.matches(&items).take(2).collect::<expr::Result<Vec<_>>>()?.len() == 1).into(),
        "count" => place(Some(ask.matches(&items).collect::<expr::Result<Vec<_>>>()?.len())),
        "filter" => {
            let found = ask.matches(&items).collect::<expr::Result<Vec<_>>>()?;
            Value::Array(found.into_iter().map(|index| item(Some(index))).collect())
        }
        "find" => item(ask.matches(&items).next().transpose()?),
        "findIndex" => place(ask.matches(&items).next().transpose()?),
        "findLast" => item(ask.matches(&items).next_back().transpose()?),
        "findLastIndex" => place(ask.matches(&items).next_back().transpose()?),
        "map" => Value::Array(each(ask, &items)?),
        "sum" => PLAIN.eval_func(ask.around, "sum", vec![Value::Array(each(ask, &items)?)], None)?,
        "reduce" => reduce(ask, &items, second)?,
        "groupBy" => group(ask, items)?,
        _ => sort(ask, items, second.as_ref())?,
    })
}

fn each(ask: &Ask<'_, '_>, items: &[Value]) -> expr::Result<Vec<Value>> {
    items.iter().enumerate().map(|(index, item)| ask.of(index, item, None)).collect()
}

fn reduce(ask: &Ask<'_, '_>, items: &[Value], initial: Option<Value>) -> expr::Result<Value> {
    let (mut accumulator, skipped) = match (initial, items.first()) {
        (Some(initial), _) => (initial, 0),
        (None, Some(first)) => (first.clone(), 1),
        (None, None) => return ask.fail("of an empty list needs an initial value"),
    };
    for (index, item) in items.iter().enumerate().skip(skipped) {
        accumulator = ask.of(index, item, Some(accumulator))?;
    }
    Ok(accumulator)
}

fn group(ask: &Ask<'_, '_>, items: Vec<Value>) -> expr::Result<Value> {
    let mut groups: Vec<(Value, Value)> = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let key = ask.of(index, &item, None)?;
        if matches!(key, Value::Array(_) | Value::Bytes(_) | Value::Map(_) | Value::KeyedMap(_)) {
            return ask.fail(&format!("has a predicate that is {}, which can't be a key", describe(&key)));
        }
        charge(u64::try_from(groups.len() / 16).unwrap_or(u64::MAX))?;
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, Value::Array(group))) => group.push(item),
            _ => groups.push((key, Value::Array(vec![item]))),
        }
    }
    Ok(Value::KeyedMap(groups))
}

fn sort(ask: &Ask<'_, '_>, items: Vec<Value>, order: Option<&Value>) -> expr::Result<Value> {
    sorted(ask.name, each(ask, &items)?, items, order)
}

/// The items in the order of their keys, as the function of that name.
pub(super) fn sorted(
    name: &str,
    keys: Vec<Value>,
    items: Vec<Value>,
    order: Option<&Value>,
) -> expr::Result<Value> {
    let fail = |why: &str| Err(Error::ExprError(format!("{name}() {why}")));
    let descending = match order {
        None => false,
        Some(Value::String(word)) if word == "asc" => false,
        Some(Value::String(word)) if word == "desc" => true,
        Some(_) => return fail("sorts \"asc\" or \"desc\""),
    };
    // One that fits none of the others shows when each is compared with the first.
    if let Some(first) = keys.first()
        && let Some(odd) = keys.iter().find(|key| compare(first, key).is_none())
    {
        return fail(&format!("can't compare {} with {}", describe(first), describe(odd)));
    }
    let mut pairs: Vec<(Value, Value)> = keys.into_iter().zip(items).collect();
    pairs.sort_by(|(left, _), (right, _)| {
        let order = compare(left, right).unwrap_or(Ordering::Equal);
        if descending { order.reverse() } else { order }
    });
    Ok(Value::Array(pairs.into_iter().map(|(_, item)| item).collect()))
}

fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => number(left)?.partial_cmp(&number(right)?),
    }
}

/// As a float, and exactly where that is not exact: `sort_by` may panic where three numbers are in no one order, as
/// large integers and floats between them would be.
fn number(value: &Value) -> Option<(f64, i64)> {
    match value {
        Value::Integer(value) => Some((*value as f64, *value)),
        Value::Float(value) => Some((*value, *value as i64)),
        _ => None,
    }
}
