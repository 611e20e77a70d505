//! [`Descriptors`]: what a guest has open.

use super::Errno;
use super::output::Stream;
use super::place::Place;
use super::rights::Rights;
use crate::system::{DirEntry, File, Kind};
use alloc::{boxed::Box, string::String, vec::Vec};

/// The flags of a descriptor (type `fdflags` in the witx description).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct FdFlags(u16);

impl FdFlags {
    pub(crate) const APPEND: Self = Self(1);
    pub(crate) const DSYNC: Self = Self(1 << 1);
    pub(crate) const NONBLOCK: Self = Self(1 << 2);
    pub(crate) const RSYNC: Self = Self(1 << 3);
    pub(crate) const SYNC: Self = Self(1 << 4);

    /// From the guest.
    ///
    /// # Errors
    ///
    /// `Inval` for a flag that does not exist.
    pub(crate) fn from_bits(bits: u32) -> Result<Self, Errno> {
        u16::try_from(bits).ok().filter(|bits| *bits < 1 << 5).map(Self).ok_or(Errno::Inval)
    }

    /// For the guest.
    pub(crate) const fn bits(self) -> u16 {
        self.0
    }

    /// Whether any of `other` is in here.
    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// A directory that is open.
pub(crate) struct Directory {
    /// Where it is, and the directory itself.
    pub(crate) place: Place,
    /// Opened for reading its entries, once that is wanted.
    pub(crate) file: Option<Box<dyn File>>,
    /// Its entries as they were when reading them began, so that a cookie means the same in every call.
    pub(crate) listing: Option<Vec<DirEntry>>,
    /// What it is called as a preopened directory.
    pub(crate) preopen: Option<String>,
}

impl Directory {
    /// Opened for reading its entries.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub(crate) fn file(&mut self) -> Result<&dyn File, Errno> {
        if self.file.is_none() {
            self.file = Some(self.place.node().open_directory()?);
        }
        self.file.as_deref().ok_or(Errno::Badf)
    }
}

/// A resolved path that grants have decided about. It is kept instead of a [`Place`], which would hold a directory
/// open for every file.
#[derive(Debug, Clone)]
pub(crate) struct GrantedPath {
    /// The path.
    pub(crate) path: String,
    /// Whether it is in this process's own entry in `/proc`.
    pub(crate) in_own_process: bool,
}

/// A file that is open.
pub(crate) struct OpenFile {
    /// Itself.
    pub(crate) file: Box<dyn File>,
    /// The path that it was opened by, where grants decided about that.
    pub(crate) granted_as: Option<GrantedPath>,
}

/// What a descriptor stands for.
pub(crate) enum Object {
    /// A directory.
    Directory(Directory),
    /// A file, pipe, device…
    File(OpenFile),
    /// Standard input that has nothing in it.
    Empty,
    /// Standard output or error that becomes log lines.
    Log(Stream),
}

/// An open descriptor.
pub(crate) struct Descriptor {
    /// What it stands for.
    pub(crate) object: Object,
    /// What it was when it was opened.
    pub(crate) kind: Kind,
    /// What it may be used for.
    pub(crate) base: Rights,
    /// What descriptors that are opened through it may be used for.
    pub(crate) inheriting: Rights,
    /// Its flags.
    pub(crate) flags: FdFlags,
}

impl Descriptor {
    /// # Errors
    ///
    /// `Notcapable` without the rights.
    pub(crate) fn require(&self, rights: Rights) -> Result<(), Errno> {
        if self.base.contains(rights) { Ok(()) } else { Err(Errno::Notcapable) }
    }
}

/// The descriptors of one guest.
#[derive(Default)]
pub(crate) struct Descriptors {
    slots: Vec<Option<Descriptor>>,
}

impl Descriptors {
    /// # Errors
    ///
    /// `Badf` where nothing is open.
    pub(crate) fn get(&self, fd: u32) -> Result<&Descriptor, Errno> {
        self.slots.get(fd as usize).and_then(Option::as_ref).ok_or(Errno::Badf)
    }

    /// # Errors
    ///
    /// `Badf` where nothing is open.
    pub(crate) fn get_mut(&mut self, fd: u32) -> Result<&mut Descriptor, Errno> {
        self.slots.get_mut(fd as usize).and_then(Option::as_mut).ok_or(Errno::Badf)
    }

    /// Something with data in it.
    ///
    /// # Errors
    ///
    /// `Badf` where nothing is open, `Isdir` for a directory (whose rights would say so less clearly), `Notcapable`
    /// without the rights.
    pub(crate) fn data(&self, fd: u32, rights: Rights) -> Result<&Descriptor, Errno> {
        let descriptor = self.get(fd)?;
        if matches!(descriptor.object, Object::Directory(_)) {
            return Err(Errno::Isdir);
        }
        descriptor.require(rights)?;
        Ok(descriptor)
    }

    /// A directory, and what is inherited from it.
    ///
    /// # Errors
    ///
    /// `Badf` where nothing is open, `Notdir`, `Notcapable` without the rights.
    pub(crate) fn directory(&mut self, fd: u32, rights: Rights) -> Result<(&mut Directory, Rights), Errno> {
        let descriptor = self.get_mut(fd)?;
        if !matches!(descriptor.object, Object::Directory(_)) {
            return Err(Errno::Notdir);
        }
        descriptor.require(rights)?;
        match &mut descriptor.object {
            Object::Directory(directory) => Ok((directory, descriptor.inheriting)),
            _ => Err(Errno::Notdir),
        }
    }

    /// Whether one more may be opened.
    ///
    /// # Errors
    ///
    /// `Mfile` where `limit` are open.
    pub(crate) fn check_room(&self, limit: usize) -> Result<(), Errno> {
        if self.slots.iter().flatten().count() < limit { Ok(()) } else { Err(Errno::Mfile) }
    }

    /// Puts a descriptor at the lowest free number.
    ///
    /// # Errors
    ///
    /// `Mfile` where `limit` are open.
    pub(crate) fn insert(&mut self, descriptor: Descriptor, limit: usize) -> Result<u32, Errno> {
        self.check_room(limit)?;
        let fd = self.slots.iter().position(Option::is_none).unwrap_or(self.slots.len());
        let number = u32::try_from(fd).map_err(|_| Errno::Mfile)?;
        match self.slots.get_mut(fd) {
            Some(slot) => *slot = Some(descriptor),
            None => self.slots.push(Some(descriptor)),
        }
        Ok(number)
    }

    /// Closes a descriptor.
    ///
    /// # Errors
    ///
    /// `Badf` where nothing is open.
    pub(crate) fn remove(&mut self, fd: u32) -> Result<Descriptor, Errno> {
        self.slots.get_mut(fd as usize).and_then(Option::take).ok_or(Errno::Badf)
    }

    /// Moves a descriptor onto another, and answers the one that is closed thereby.
    ///
    /// # Errors
    ///
    /// `Badf` where either is not open.
    pub(crate) fn renumber(&mut self, from: u32, to: u32) -> Result<Option<Descriptor>, Errno> {
        self.get(from)?;
        self.get(to)?;
        if from == to {
            return Ok(None);
        }
        let moved = self.remove(from)?;
        Ok(self.slots.get_mut(to as usize).and_then(|slot| slot.replace(moved)))
    }
}
