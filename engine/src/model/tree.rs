//! [`Tree`]: files in memory.

use super::node::ModelNode;
use crate::system::{Kind, Node, Stat};
use crate::wasi::Errno;
use alloc::{borrow::ToOwned, boxed::Box, collections::BTreeMap, rc::Rc, string::String, vec::Vec};
use core::cell::{Cell, RefCell};
use core::fmt;

/// What is at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// A directory.
    Directory,
    /// A symbolic link with this text.
    Link(String),
    /// Anything else.
    Other,
}

pub(super) struct Inode {
    pub(super) stat: Stat,
    pub(super) data: Vec<u8>,
    pub(super) entries: BTreeMap<String, usize>,
    pub(super) target: String,
    /// This process's own entry in `/proc`.
    pub(super) own_process: bool,
    /// Nothing in it can be looked up.
    pub(super) locked: bool,
    /// When a pipe has its data.
    pub(super) ready_at: u64,
}

type Hook = Box<dyn FnOnce(&Tree)>;

#[derive(Default)]
pub(super) struct Inner {
    pub(super) inodes: RefCell<Vec<Inode>>,
    pub(super) clock: Cell<u64>,
    before_open: RefCell<Option<Hook>>,
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inodes = self.0.inodes.borrow();
        let mut left = Vec::from([(String::new(), 0)]);
        let mut list = f.debug_map();
        while let Some((path, ino)) = left.pop() {
            let Some(inode) = inodes.get(ino) else { continue };
            left.extend(inode.entries.iter().map(|(name, ino)| (alloc::format!("{path}/{name}"), *ino)));
            list.entry(&path, &(inode.stat.kind, &inode.target));
        }
        list.finish()
    }
}

/// A file system in memory. Clones are the same one.
#[derive(Clone)]
pub struct Tree(pub(super) Rc<Inner>);

impl Default for Tree {
    fn default() -> Self {
        Self::new()
    }
}

impl Tree {
    /// An empty one, all of whose files will belong to the superuser.
    #[must_use]
    pub fn new() -> Self {
        let tree = Self(Rc::new(Inner::default()));
        tree.0.clock.set(1_000_000_000);
        tree.insert(Kind::Directory);
        tree
    }

    /// Its top directory.
    #[must_use]
    pub fn root(&self) -> Box<dyn Node> {
        Box::new(ModelNode { tree: self.clone(), ino: 0 })
    }

    /// Puts a directory at an absolute path, and those that are missing on the way.
    pub fn directory(&self, path: &str) {
        self.make(path, Kind::Directory);
    }

    /// Puts a file at a path.
    pub fn file(&self, path: &str, data: &str) {
        let ino = self.make(path, Kind::File);
        if let Some(inode) = self.0.inodes.borrow_mut().get_mut(ino) {
            inode.data = data.as_bytes().to_vec();
            inode.stat.size = data.len() as u64;
        }
    }

    /// Puts a symbolic link at a path.
    pub fn link(&self, path: &str, target: &str) {
        let ino = self.make(path, Kind::Symlink);
        self.change(ino, |inode| target.clone_into(&mut inode.target));
    }

    /// Puts a pipe at a path, which has this data from a moment on.
    pub fn pipe(&self, path: &str, data: &str, ready_at: u64) {
        let ino = self.make(path, Kind::Fifo);
        self.change(ino, |inode| {
            inode.data = data.as_bytes().to_vec();
            inode.ready_at = ready_at;
        });
    }

    /// Puts this process's own entry in `/proc` at a path.
    pub fn own_process(&self, path: &str) {
        let ino = self.make(path, Kind::Directory);
        self.change(ino, |inode| inode.own_process = true);
    }

    /// Gives what is at a path to a user.
    pub fn chown(&self, path: &str, uid: u32) {
        if let Some(ino) = self.find(path) {
            self.change(ino, |inode| inode.stat.uid = uid);
        }
    }

    /// Lets nothing more be looked up in the directory at a path.
    pub fn lock(&self, path: &str) {
        if let Some(ino) = self.find(path) {
            self.change(ino, |inode| inode.locked = true);
        }
    }

    /// Does something after a file has been looked up and before it is opened.
    pub fn before_open(&self, hook: impl FnOnce(&Self) + 'static) {
        *self.0.before_open.borrow_mut() = Some(Box::new(hook));
    }

    /// What is at a path without links in it.
    #[must_use]
    pub fn thing(&self, path: &str) -> Option<Thing> {
        let ino = self.find(path)?;
        let inodes = self.0.inodes.borrow();
        let inode = inodes.get(ino)?;
        Some(match inode.stat.kind {
            Kind::Directory => Thing::Directory,
            Kind::Symlink => Thing::Link(inode.target.clone()),
            _ => Thing::Other,
        })
    }

    /// The contents of the file at a path.
    #[must_use]
    pub fn data(&self, path: &str) -> Option<Vec<u8>> {
        let ino = self.find(path)?;
        self.0.inodes.borrow().get(ino).map(|inode| inode.data.clone())
    }

    pub(super) fn run_hook(&self) {
        let hook = self.0.before_open.borrow_mut().take();
        if let Some(hook) = hook {
            hook(self);
        }
    }

    pub(super) fn read<T>(&self, ino: usize, read: impl FnOnce(&Inode) -> T) -> Result<T, Errno> {
        self.0.inodes.borrow().get(ino).map(read).ok_or(Errno::Stale)
    }

    pub(super) fn change(&self, ino: usize, change: impl FnOnce(&mut Inode)) {
        if let Some(inode) = self.0.inodes.borrow_mut().get_mut(ino) {
            change(inode);
        }
    }

    pub(super) fn child(&self, ino: usize, name: &str) -> Result<usize, Errno> {
        self.read(ino, |inode| match inode.stat.kind {
            Kind::Directory if inode.locked => Err(Errno::Acces),
            Kind::Directory => inode.entries.get(name).copied().ok_or(Errno::Noent),
            _ => Err(Errno::Notdir),
        })?
    }

    /// A new inode that is nowhere yet.
    pub(super) fn insert(&self, kind: Kind) -> usize {
        let mut inodes = self.0.inodes.borrow_mut();
        let now = self.0.clock.get();
        let ino = inodes.len();
        inodes.push(Inode {
            stat: Stat {
                dev: 1,
                ino: ino as u64 + 1,
                kind,
                mode: 0o755,
                nlink: 1,
                uid: 0,
                gid: 0,
                size: 0,
                atime: now,
                mtime: now,
                ctime: now,
            },
            data: Vec::new(),
            entries: BTreeMap::new(),
            target: String::new(),
            own_process: false,
            locked: false,
            ready_at: 0,
        });
        ino
    }

    fn find(&self, path: &str) -> Option<usize> {
        let mut ino = 0;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            ino = self.0.inodes.borrow().get(ino)?.entries.get(name).copied()?;
        }
        Some(ino)
    }

    /// Makes what the path ends with, in place of what is there.
    fn make(&self, path: &str, kind: Kind) -> usize {
        let mut ino = 0;
        let mut names = path.split('/').filter(|name| !name.is_empty()).peekable();
        while let Some(name) = names.next() {
            let known = self.0.inodes.borrow().get(ino).and_then(|inode| inode.entries.get(name).copied());
            let last = names.peek().is_none();
            let kept = known.filter(|known| {
                let is_directory = self.read(*known, |inode| inode.stat.kind == Kind::Directory);
                is_directory == Ok(true) && (!last || kind == Kind::Directory)
            });
            let next = kept.unwrap_or_else(|| self.insert(if last { kind } else { Kind::Directory }));
            self.change(ino, |inode| {
                inode.entries.insert(name.to_owned(), next);
            });
            ino = next;
        }
        ino
    }
}
