//! [`Place`]: a directory together with the way to it, so that `..` needs no help from the system.

use super::Errno;
use crate::system::{Kind, Node};
use alloc::{boxed::Box, collections::VecDeque, rc::Rc, string::String, vec::Vec};

/// How many nodes of a way are kept open. Each may be a descriptor of the process, of which there are few, while a
/// guest decides how deep it goes; the others are looked up again when `..` comes to them.
const HELD: usize = 8;

/// The longest way, in bytes.
const WAY_MAX: usize = 16 << 10;

/// What decides about the files below a [`Base`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The grants, on each resolved path; `/` is the base.
    Granted,
    /// Nothing: all that is within the base may be used, and nothing leads out of it.
    Within,
    /// As `Within`, and the guest knows the base as `/`, which is therefore where absolute links begin.
    Root,
}

/// The directory that a preopened directory stands for.
pub(crate) struct Base {
    root: Rc<dyn Node>,
    reach: Reach,
}

impl Base {
    /// A base.
    pub(crate) fn new(root: Box<dyn Node>, reach: Reach) -> Rc<Self> {
        Rc::new(Self { root: Rc::from(root), reach })
    }

    /// Whether grants decide.
    pub(crate) fn granted(&self) -> bool {
        self.reach == Reach::Granted
    }

    /// Whether the guest knows it as `/`.
    pub(crate) fn is_root(&self) -> bool {
        self.reach != Reach::Within
    }
}

/// A directory below a [`Base`], reached without following a link: the names on the way are its resolved path.
#[derive(Clone)]
pub(crate) struct Place {
    base: Rc<Base>,
    names: Vec<String>,
    /// The nodes of the last names, the directory itself at the end; empty only at the base.
    held: VecDeque<Rc<dyn Node>>,
    /// How many names lead to this process's own entry in `/proc`, when the way goes through it.
    own: Option<usize>,
}

impl Place {
    /// The base itself.
    pub(crate) fn at(base: &Rc<Base>) -> Self {
        Self { base: Rc::clone(base), names: Vec::new(), held: VecDeque::new(), own: None }
    }

    /// The base below which it is.
    pub(crate) fn base(&self) -> &Rc<Base> {
        &self.base
    }

    /// The directory.
    pub(crate) fn node(&self) -> &dyn Node {
        &**self.held.back().unwrap_or(&self.base.root)
    }

    /// Whether the way goes through this process's own entry in `/proc`.
    pub(crate) fn in_own_process(&self) -> bool {
        self.own.is_some()
    }

    /// Whether entry `name` is this process's own entry in `/proc`, which only matters where grants decide.
    pub(crate) fn is_own_process(&self, name: &str) -> bool {
        self.base.granted() && self.node().is_own_process(name)
    }

    /// The names on the way.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The resolved path.
    pub(crate) fn path(&self) -> String {
        absolute(self.names())
    }

    /// The resolved path of an entry.
    pub(crate) fn path_of(&self, name: &str) -> String {
        absolute(self.names().chain([name]))
    }

    /// Goes down to a directory that was looked up here as `name`.
    ///
    /// # Errors
    ///
    /// `Nametoolong` where the way gets too long.
    pub(crate) fn enter(&mut self, name: String, node: Rc<dyn Node>) -> Result<(), Errno> {
        if self.names.iter().map(|name| name.len() + 1).sum::<usize>() + name.len() > WAY_MAX {
            return Err(Errno::Nametoolong);
        }
        if self.own.is_none() && self.is_own_process(&name) {
            self.own = Some(self.names.len() + 1);
        }
        self.names.push(name);
        self.hold(node);
        Ok(())
    }

    /// Goes up, and answers whether that was possible; the base has nothing above it.
    ///
    /// # Errors
    ///
    /// What the system says where a directory has to be looked up again.
    pub(crate) fn leave(&mut self) -> Result<bool, Errno> {
        if self.names.pop().is_none() {
            return Ok(false);
        }
        self.held.pop_back();
        if self.own.is_some_and(|own| self.names.len() < own) {
            self.own = None;
        }
        if self.held.is_empty() {
            let mut node = Rc::clone(&self.base.root);
            for name in self.names.clone() {
                node = Rc::from(node.lookup(&name)?);
                if node.stat()?.kind != Kind::Directory {
                    return Err(Errno::Notdir);
                }
                self.hold(Rc::clone(&node));
            }
        }
        Ok(true)
    }

    /// Keeps nothing open but the directory itself, for a place that is kept for long.
    pub(crate) fn settle(mut self) -> Self {
        self.held.drain(..self.held.len().saturating_sub(1));
        self
    }

    fn hold(&mut self, node: Rc<dyn Node>) {
        if self.held.len() == HELD {
            self.held.pop_front();
        }
        self.held.push_back(node);
    }
}

/// An absolute path of names.
pub(crate) fn absolute<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut path = String::new();
    for name in names {
        path.push('/');
        path.push_str(name);
    }
    if path.is_empty() {
        path.push('/');
    }
    path
}
