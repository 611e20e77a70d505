//! The walk, held against what a path means by the book, on small file systems with many links.

use super::fs;
use crate::capability::{Access, Grants};
use crate::model::{Tree, naive, resolve};
use crate::wasi::Errno;
use alloc::{format, string::String, vec::Vec};
use proptest::prelude::*;

/// A path of few names, so that it often leads somewhere.
fn path() -> impl Strategy<Value = String> {
    let name = prop::sample::select(&["a", "b", "c", "..", ".", "d"][..]);
    let join = |(names, absolute, slash): (Vec<&str>, bool, bool)| {
        let (start, end) = (if absolute { "/" } else { "" }, if slash { "/" } else { "" });
        format!("{start}{}{end}", names.join("/"))
    };
    (prop::collection::vec(name, 1..6), any::<bool>(), any::<bool>()).prop_map(join)
}

/// A tree of directories, files and links, whichever comes last at a path.
fn tree() -> impl Strategy<Value = Tree> {
    let name = || prop::sample::select(&["a", "b", "c"][..]);
    let place = prop::collection::vec(name(), 1..4).prop_map(|names| format!("/{}", names.join("/")));
    prop::collection::vec((place, 0..4, path()), 0..10).prop_map(|things| {
        let tree = Tree::new();
        for (place, kind, text) in things {
            match kind {
                0 => tree.directory(&place),
                1 => tree.file(&place, ""),
                _ => tree.link(&place, &text),
            }
        }
        tree
    })
}

fn grants() -> impl Strategy<Value = Grants> {
    let patterns = ["read:/a/**", "read:/b/*", "read:/c", "read:/a/b/c", "read:/**/c"];
    prop::sample::subsequence(patterns.to_vec(), 1..4).prop_map(|patterns| fs(&patterns, &[]))
}

fn may(grants: &Grants, path: &str) -> bool {
    grants.decide(Access::FsRead(path)).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_granted_is_by_the_book(tree in tree(), path in path(), follow in any::<bool>()) {
        let ours = resolve(&tree, &fs(&["read:/**"], &[]), &path, follow);
        let book = naive::resolve(&tree, &path, follow);
        match (&ours, &book) {
            (Err(Errno::Noent), Ok(resolved)) => prop_assert!(tree.thing(resolved).is_none()),
            _ => prop_assert_eq!(&ours, &book),
        }
    }

    #[test]
    fn nothing_is_reached_but_what_is_granted(
        tree in tree(), grants in grants(), path in path(), follow in any::<bool>(),
    ) {
        let ours = resolve(&tree, &grants, &path, follow);
        match naive::resolve(&tree, &path, follow) {
            Ok(resolved) if may(&grants, &resolved) => {
                let there = tree.thing(&resolved).is_some();
                prop_assert_eq!(ours, if there { Ok(resolved) } else { Err(Errno::Noent) });
            }
            Ok(_) => prop_assert_eq!(ours, Err(Errno::Notcapable)),
            Err(_) => {
                if let Ok(resolved) = ours {
                    // Only by a detour that might have been there for all that the guest may know.
                    prop_assert!(tree.thing(&resolved).is_some() && may(&grants, &resolved));
                }
            }
        }
    }

    /// Removing something that a guest may not see changes nothing that it sees, unless that was a link or led to
    /// one.
    #[test]
    fn what_is_not_granted_is_not_seen(grants in grants(), path in path(), hidden in path(), follow in any::<bool>()) {
        let hidden = naive::resolve(&Tree::new(), &hidden.replace("..", "b").replace('/', ""), true).unwrap_or_default();
        prop_assume!(hidden.len() > 1 && !may(&grants, &hidden));
        let without = Tree::new();
        without.directory("/a/b");
        without.file("/c", "");
        let with = Tree::new();
        with.directory("/a/b");
        with.file("/c", "");
        prop_assume!(with.thing(&hidden).is_none());
        with.directory(&hidden);
        prop_assert_eq!(resolve(&with, &grants, &path, follow), resolve(&without, &grants, &path, follow));
    }
}
