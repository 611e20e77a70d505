//! Nodes of a [`Tree`].

use super::file::ModelFile;
use super::tree::Tree;
use crate::system::{File, Kind, Node, OpenOptions, SetTime, Stat};
use crate::wasi::Errno;
use alloc::{borrow::ToOwned, boxed::Box, string::String};

pub(super) struct ModelNode {
    pub(super) tree: Tree,
    pub(super) ino: usize,
}

impl ModelNode {
    fn check_new(&self, name: &str) -> Result<(), Errno> {
        match self.tree.child(self.ino, name) {
            Err(Errno::Noent) => Ok(()),
            Err(errno) => Err(errno),
            Ok(_) => Err(Errno::Exist),
        }
    }

    fn add(&self, name: &str, kind: Kind) -> Result<usize, Errno> {
        self.check_new(name)?;
        let ino = self.tree.insert(kind);
        self.put(name, ino);
        Ok(ino)
    }

    fn put(&self, name: &str, ino: usize) {
        self.tree.change(self.ino, |inode| {
            inode.entries.insert(name.to_owned(), ino);
        });
    }

    fn take(&self, name: &str) {
        self.tree.change(self.ino, |inode| {
            inode.entries.remove(name);
        });
    }

    fn other(node: &dyn Node) -> Result<&Self, Errno> {
        node.as_any().downcast_ref().ok_or(Errno::Xdev)
    }

    fn kind(&self, ino: usize) -> Result<Kind, Errno> {
        self.tree.read(ino, |inode| inode.stat.kind)
    }

    fn check_empty(&self, ino: usize) -> Result<(), Errno> {
        if self.tree.read(ino, |inode| inode.entries.is_empty())? { Ok(()) } else { Err(Errno::Notempty) }
    }
}

impl Node for ModelNode {
    fn stat(&self) -> Result<Stat, Errno> {
        self.tree.read(self.ino, |inode| inode.stat)
    }

    fn lookup(&self, name: &str) -> Result<Box<dyn Node>, Errno> {
        assert!(!matches!(name, "" | "." | "..") && !name.contains('/'), "not one name: {name:?}");
        Ok(Box::new(Self { tree: self.tree.clone(), ino: self.tree.child(self.ino, name)? }))
    }

    fn read_link(&self) -> Result<String, Errno> {
        self.tree.read(self.ino, |inode| match inode.stat.kind {
            Kind::Symlink => Ok(inode.target.clone()),
            _ => Err(Errno::Inval),
        })?
    }

    fn is_own_process(&self, name: &str) -> bool {
        let child = self.tree.child(self.ino, name);
        child.and_then(|ino| self.tree.read(ino, |inode| inode.own_process)) == Ok(true)
    }

    fn open(&self, name: &str, expected: &dyn Node, options: OpenOptions) -> Result<Box<dyn File>, Errno> {
        self.tree.run_hook();
        let ino = self.tree.child(self.ino, name)?;
        if ino != Self::other(expected)?.ino {
            return Err(Errno::Notcapable);
        }
        if self.kind(ino)? == Kind::Symlink {
            return Err(Errno::Loop);
        }
        Ok(Box::new(ModelFile::open(&self.tree, ino, options)))
    }

    fn open_directory(&self) -> Result<Box<dyn File>, Errno> {
        if self.tree.read(self.ino, |inode| inode.locked)? {
            return Err(Errno::Acces);
        }
        let options = OpenOptions { read: true, ..OpenOptions::default() };
        Ok(Box::new(ModelFile::open(&self.tree, self.ino, options)))
    }

    fn duplicate(&self) -> Result<Box<dyn Node>, Errno> {
        Ok(Box::new(Self { tree: self.tree.clone(), ino: self.ino }))
    }

    fn create(&self, name: &str, options: OpenOptions) -> Result<Box<dyn File>, Errno> {
        let ino = self.add(name, Kind::File)?;
        Ok(Box::new(ModelFile::open(&self.tree, ino, options)))
    }

    fn create_directory(&self, name: &str) -> Result<(), Errno> {
        self.add(name, Kind::Directory).map(|_| ())
    }

    fn remove_directory(&self, name: &str) -> Result<(), Errno> {
        let ino = self.tree.child(self.ino, name)?;
        if self.kind(ino)? != Kind::Directory {
            return Err(Errno::Notdir);
        }
        self.check_empty(ino)?;
        self.take(name);
        Ok(())
    }

    fn unlink(&self, name: &str) -> Result<(), Errno> {
        let ino = self.tree.child(self.ino, name)?;
        if self.kind(ino)? == Kind::Directory {
            return Err(Errno::Isdir);
        }
        self.tree.change(ino, |inode| inode.stat.nlink -= 1);
        self.take(name);
        Ok(())
    }

    fn rename(&self, name: &str, new_parent: &dyn Node, new_name: &str) -> Result<(), Errno> {
        let ino = self.tree.child(self.ino, name)?;
        let parent = Self::other(new_parent)?;
        let directory = self.kind(ino)? == Kind::Directory;
        match self.tree.child(parent.ino, new_name) {
            Ok(old) if self.kind(old)? == Kind::Directory => {
                if !directory {
                    return Err(Errno::Isdir);
                }
                self.check_empty(old)?;
            }
            Ok(_) if directory => return Err(Errno::Notdir),
            Ok(_) | Err(Errno::Noent) => {}
            Err(errno) => return Err(errno),
        }
        self.take(name);
        parent.put(new_name, ino);
        Ok(())
    }

    fn link(&self, name: &str, new_parent: &dyn Node, new_name: &str) -> Result<(), Errno> {
        let ino = self.tree.child(self.ino, name)?;
        let parent = Self::other(new_parent)?;
        parent.check_new(new_name)?;
        self.tree.change(ino, |inode| inode.stat.nlink += 1);
        parent.put(new_name, ino);
        Ok(())
    }

    fn symlink(&self, target: &str, name: &str) -> Result<(), Errno> {
        let ino = self.add(name, Kind::Symlink)?;
        self.tree.change(ino, |inode| target.clone_into(&mut inode.target));
        Ok(())
    }

    fn set_times(&self, name: &str, atime: SetTime, mtime: SetTime) -> Result<(), Errno> {
        let ino = self.tree.child(self.ino, name)?;
        ModelFile::open(&self.tree, ino, OpenOptions::default()).set_times(atime, mtime)
    }

    fn as_any(&self) -> &dyn core::any::Any {
        self
    }
}
