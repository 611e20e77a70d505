//! Laying one file over another.
//!
//! Maps are merged key by key, the later file winning. Controls are merged by their id: a later file may change
//! some fields of a control, and adds the controls that are new behind the others. Of the lists, `plugins` and
//! `tags` are joined; any other list, such as `observations`, is replaced as a whole.

use super::source::Sources;
use super::yaml::{Entry, Kind, Node};
use std::collections::HashMap;

/// Where in a profile two nodes meet, which decides how they are merged.
#[derive(Clone, Copy)]
enum Place {
    Root,
    Controls,
    Items,
    /// A control, or the defaults of all.
    Control,
    /// Lists are joined here.
    Joined,
    Elsewhere,
}

impl Place {
    fn below(self, key: &str) -> Self {
        match (self, key) {
            (Self::Root, "controls") => Self::Controls,
            (Self::Root, "plugins") | (Self::Control, "tags") => Self::Joined,
            (Self::Controls, "items") => Self::Items,
            (Self::Controls, "defaults") => Self::Control,
            _ => Self::Elsewhere,
        }
    }
}

/// Lays a whole file over what is there already.
pub(super) fn merge(base: Option<Node>, over: Node) -> Node {
    match base {
        Some(base) => merge_at(base, over, Place::Root),
        None => over,
    }
}

fn merge_at(base: Node, over: Node, place: Place) -> Node {
    let span = over.span;
    let kind = match (base.kind, over.kind, place) {
        (Kind::Map(base), Kind::Map(over), _) => Kind::Map(merge_maps(base, over, place)),
        (Kind::List(base), Kind::List(over), Place::Items) => Kind::List(merge_items(base, over)),
        (Kind::List(mut base), Kind::List(over), Place::Joined) => {
            base.extend(over);
            Kind::List(base)
        }
        (base, over, Place::Items | Place::Joined) if (Node { kind: over.clone(), span }).is_null() => base,
        (_, over, _) => over,
    };
    Node { kind, span }
}

fn merge_maps(base: Vec<Entry>, over: Vec<Entry>, place: Place) -> Vec<Entry> {
    let mut merged: Vec<Option<Entry>> = base.into_iter().map(Some).collect();
    let indices: HashMap<String, usize> =
        merged.iter().flatten().enumerate().map(|(index, entry)| (entry.key.clone(), index)).collect();
    for mut entry in over {
        match indices.get(&entry.key).and_then(|index| merged.get_mut(*index)) {
            Some(slot) => {
                if let Some(under) = slot.take() {
                    entry.value = merge_at(under.value, entry.value, place.below(&entry.key));
                }
                *slot = Some(entry);
            }
            None => merged.push(Some(entry)),
        }
    }
    merged.into_iter().flatten().collect()
}

fn merge_items(base: Vec<Node>, over: Vec<Node>) -> Vec<Node> {
    let mut merged: Vec<Option<Node>> = base.into_iter().map(Some).collect();
    let mut indices = HashMap::new();
    for (index, item) in merged.iter().flatten().enumerate() {
        if let Some(id) = id_of(item) {
            indices.entry(id.to_owned()).or_insert(index);
        }
    }
    for mut item in over {
        match id_of(&item).and_then(|id| indices.get(id)).and_then(|index| merged.get_mut(*index)) {
            Some(slot) => {
                if let Some(under) = slot.take() {
                    item = merge_at(under, item, Place::Control);
                }
                *slot = Some(item);
            }
            None => merged.push(Some(item)),
        }
    }
    merged.into_iter().flatten().collect()
}

fn id_of(item: &Node) -> Option<&str> {
    match &item.get("id")?.kind {
        Kind::Scalar(scalar) => Some(&scalar.text),
        _ => None,
    }
}

/// Takes the controls out of a file whose id another control of the same file has, and says so: merging would
/// make one of the two.
pub(super) fn refuse_twins(root: &mut Node, sources: &mut Sources) {
    let Kind::Map(entries) = &mut root.kind else { return };
    let Some(controls) = entries.iter_mut().find(|entry| entry.key == "controls") else { return };
    let Kind::Map(entries) = &mut controls.value.kind else { return };
    let Some(items) = entries.iter_mut().find(|entry| entry.key == "items") else { return };
    let Kind::List(items) = &mut items.value.kind else { return };
    let mut lines: HashMap<String, usize> = HashMap::new();
    items.retain(|item| {
        let (Some(id), Some(node)) = (id_of(item), item.get("id")) else { return true };
        match lines.get(id) {
            Some(line) => {
                let message = format!("two controls are called `{id}`, the first in line {line}");
                sources.report(node.span, message, "give each control an id of its own");
                false
            }
            None => {
                lines.insert(id.to_owned(), node.span.line);
                true
            }
        }
    });
}
