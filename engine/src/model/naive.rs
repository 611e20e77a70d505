//! What a path means, by the book: text in, text out, and no thought of grants or races.

use super::tree::{Thing, Tree};
use crate::wasi::Errno;
use alloc::{format, string::String};

/// The path, without links, `.` and `..`, that `path` leads to from the top of the tree; through a link at its end
/// only with `follow` or a slash. The last name need not exist.
///
/// # Errors
///
/// `Noent`, `Notdir`, or `Loop` after 40 links.
pub fn resolve(tree: &Tree, path: &str, follow: bool) -> Result<String, Errno> {
    let mut links = 0;
    let mut resolved = String::new();
    let mut rest = String::from(path);
    while !rest.is_empty() {
        let (name, after) = match rest.trim_start_matches('/').split_once('/') {
            Some((name, after)) => (name, format!("/{after}")),
            None => (rest.trim_start_matches('/'), String::new()),
        };
        let last = after.trim_matches('/').is_empty();
        match name {
            "" | "." => {}
            ".." => resolved.truncate(resolved.rfind('/').unwrap_or(0)),
            name => {
                let next = format!("{resolved}/{name}");
                match tree.thing(&next) {
                    Some(Thing::Link(text)) if follow || !after.is_empty() => {
                        links += 1;
                        if links > 40 {
                            return Err(Errno::Loop);
                        }
                        if text.is_empty() {
                            return Err(Errno::Noent);
                        }
                        if text.starts_with('/') {
                            resolved.clear();
                        }
                        rest = format!("{text}{after}");
                        continue;
                    }
                    Some(Thing::Directory) => resolved = next,
                    Some(_) if !after.is_empty() => return Err(Errno::Notdir),
                    None if !last => return Err(Errno::Noent),
                    _ => resolved = next,
                }
            }
        }
        rest = after;
    }
    Ok(if resolved.is_empty() { String::from("/") } else { resolved })
}
