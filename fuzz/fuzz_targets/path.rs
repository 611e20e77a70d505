//! Path resolution as a plugin gets it, held against what a path means by the book (`quoin_engine::model::naive`): on
//! small file systems with many links, nothing is reached but what is granted.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use quoin_engine::capability::{Access, Capability, CapabilitySet, Grants};
use quoin_engine::model::{Tree, naive, resolve};
use quoin_engine::wasi::Errno;
use std::sync::OnceLock;

#[derive(Arbitrary, Debug)]
struct Input {
    things: Vec<Thing>,
    /// A bit for each pattern of [`GRANTS`].
    grants: u8,
    path: Path,
    follow: bool,
}

#[derive(Arbitrary, Debug)]
struct Thing {
    place: [Option<Name>; 3],
    kind: Kind,
}

#[derive(Arbitrary, Debug)]
enum Kind {
    Directory,
    File,
    Link(Path),
}

/// Few, so that a path often leads somewhere.
#[derive(Arbitrary, Debug, Clone, Copy)]
enum Name {
    A,
    B,
    C,
}

#[derive(Arbitrary, Debug)]
struct Path {
    absolute: bool,
    steps: Vec<Step>,
    slash: bool,
}

#[derive(Arbitrary, Debug, Clone, Copy)]
enum Step {
    Down(Name),
    Missing,
    Up,
    Here,
    Slash,
}

const GRANTS: [&str; 6] = ["read:/a/**", "read:/b/*", "read:/c", "read:/a/b/c", "read:/**/c", "read:/**"];
/// The last of them.
const EVERYTHING: u8 = 1 << 5;

impl Name {
    const fn text(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
        }
    }
}

impl Path {
    fn text(&self) -> String {
        let steps = self.steps.iter().take(8).map(|step| match step {
            Step::Down(name) => name.text(),
            Step::Missing => "d",
            Step::Up => "..",
            Step::Here => ".",
            Step::Slash => "",
        });
        let (start, end) = (if self.absolute { "/" } else { "" }, if self.slash { "/" } else { "" });
        format!("{start}{}{end}", steps.collect::<Vec<_>>().join("/"))
    }
}

fn tree(things: &[Thing]) -> Tree {
    let tree = Tree::new();
    for thing in things.iter().take(16) {
        let place: String = thing.place.iter().flatten().map(|name| format!("/{}", name.text())).collect();
        if place.is_empty() {
            continue;
        }
        match &thing.kind {
            Kind::Directory => tree.directory(&place),
            Kind::File => tree.file(&place, ""),
            Kind::Link(target) => tree.link(&place, &target.text()),
        }
    }
    tree
}

/// For each choice of patterns what it grants, made once: making them takes longer than all the rest.
fn grants(chosen: u8) -> &'static Grants {
    static MADE: OnceLock<Vec<Grants>> = OnceLock::new();
    let make = |chosen: u8| {
        let patterns = GRANTS.iter().enumerate().filter(|(bit, _)| chosen & 1 << bit != 0);
        let capabilities = patterns.map(|(_, pattern)| Capability::parse("fs", pattern).expect("it is one"));
        let set = CapabilitySet::new(capabilities).expect("they fit");
        Grants::new(set.clone(), set, [])
    };
    &MADE.get_or_init(|| (0..1 << GRANTS.len()).map(make).collect())
        [usize::from(chosen % (1 << GRANTS.len()))]
}

fuzz_target!(|input: Input| {
    let (tree, path, follow) = (tree(&input.things), input.path.text(), input.follow);
    let book = naive::resolve(&tree, &path, follow);

    let all = resolve(&tree, grants(EVERYTHING), &path, follow);
    match (&all, &book) {
        // The book takes it for the top of the tree; the specification has it lead nowhere.
        _ if path.is_empty() => assert_eq!(all, Err(Errno::Noent)),
        // By the book, the last name need not exist.
        (Err(Errno::Noent), Ok(resolved)) => assert!(tree.thing(resolved).is_none(), "{resolved} is there"),
        _ => assert_eq!(all, book, "{path} in {tree:?}"),
    }

    let grants = grants(input.grants);
    let may = |path: &str| grants.decide(Access::FsRead(path)).is_ok();
    let ours = resolve(&tree, grants, &path, follow);
    if let Ok(resolved) = &ours {
        assert!(tree.thing(resolved).is_some() && may(resolved), "{path} reached {resolved} in {tree:?}");
    }
    match book {
        Ok(resolved) if may(&resolved) && !path.is_empty() => {
            let there = tree.thing(&resolved).is_some();
            assert_eq!(ours, if there { Ok(resolved) } else { Err(Errno::Noent) }, "{path} in {tree:?}");
        }
        Ok(_) => assert!(ours.is_err(), "{path} is not granted in {tree:?}"),
        Err(_) => {}
    }
});
