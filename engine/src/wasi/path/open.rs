//! Opening: `path_open`.

use super::links;
use crate::guest::state::State;
use crate::system::{File, Kind, OpenOptions};
use crate::wasi::Errno;
use crate::wasi::access::{Need, permit_found, resolve};
use crate::wasi::descriptor::{Descriptor, Directory, FdFlags, GrantedPath, Object, OpenFile};
use crate::wasi::memory::Memory;
use crate::wasi::outcome::Outcome;
use crate::wasi::place::Place;
use crate::wasi::rights::Rights;
use crate::wasi::walk::{End, Entry, Found, Links};
use alloc::boxed::Box;

/// How a path is to be opened.
struct Wanted {
    create: bool,
    directory: bool,
    exclusive: bool,
    options: OpenOptions,
    base: Rights,
    inheriting: Rights,
    flags: FdFlags,
}

impl Wanted {
    fn new(oflags: u32, base: Rights, inheriting: Rights, flags: FdFlags) -> Result<Self, Errno> {
        if oflags >= 1 << 4 {
            return Err(Errno::Inval);
        }
        let [create, directory, exclusive, truncate] = [0, 1, 2, 3].map(|bit| oflags & (1 << bit) != 0);
        if create && directory {
            return Err(Errno::Inval);
        }
        let write = truncate || base.contains(Rights::FD_WRITE);
        let options = OpenOptions {
            // The system knows no file that is opened for nothing.
            read: base.contains(Rights::FD_READ) || !write,
            write,
            append: flags.has(FdFlags::APPEND),
            nonblock: flags.has(FdFlags::NONBLOCK),
            truncate,
            dsync: flags.has(FdFlags::DSYNC),
            sync: flags.has(FdFlags::SYNC) || flags.has(FdFlags::RSYNC),
        };
        Ok(Self { create, directory, exclusive, options, base, inheriting, flags })
    }

    /// What the directory's descriptor must be good for.
    fn rights(&self) -> Rights {
        let mut rights = Rights::PATH_OPEN;
        if self.create {
            rights = rights | Rights::PATH_CREATE_FILE;
        }
        if self.options.truncate {
            rights = rights | Rights::PATH_FILESTAT_SET_SIZE;
        }
        rights
    }

    fn needs(&self) -> &'static [Need] {
        match (self.options.read, self.options.write) {
            (true, true) => &[Need::Read, Need::Write],
            (false, true) => &[Need::Write],
            (_, false) => &[Need::Read],
        }
    }

    fn open_directory(&self, mut place: Place, entry: Option<Entry>) -> Result<Descriptor, Errno> {
        if self.create && self.exclusive {
            return Err(Errno::Exist);
        }
        if self.create || self.options.write {
            return Err(Errno::Isdir);
        }
        if let Some(entry) = entry {
            place.enter(entry.name, entry.node)?;
        }
        let mut base = self.base & Rights::DIRECTORY;
        // Go opens directories without the right to cut files below them, and then cuts them (`os.Root.Create`), as
        // runtimes without rights let it. Who may pass on that right together with writing could have taken it.
        if self.inheriting.contains(Rights::PATH_FILESTAT_SET_SIZE | Rights::FD_WRITE) {
            base = base | Rights::PATH_FILESTAT_SET_SIZE;
        }
        let mut directory = Directory { place: place.settle(), file: None, listing: None, preopen: None };
        if base.contains(Rights::FD_READDIR) {
            // So that a directory that cannot be read is not opened in vain.
            directory.file()?;
        }
        let object = Object::Directory(directory);
        let flags = self.flags;
        Ok(Descriptor { object, kind: Kind::Directory, base, inheriting: self.inheriting, flags })
    }

    fn open_file(
        &self,
        found: &Found,
        entry: &Entry,
        granted_as: Option<GrantedPath>,
    ) -> Result<Descriptor, Errno> {
        if self.create && self.exclusive {
            return Err(Errno::Exist);
        }
        if entry.stat.kind == Kind::Symlink {
            return Err(Errno::Loop);
        }
        if self.directory || found.slash {
            return Err(Errno::Notdir);
        }
        let file = found.place.node().open(&entry.name, &*entry.node, self.options)?;
        Ok(self.descriptor(file, granted_as, entry.stat.kind))
    }

    fn create_file(
        &self,
        found: &Found,
        name: &str,
        granted_as: Option<GrantedPath>,
    ) -> Result<Descriptor, Errno> {
        if found.slash {
            return Err(Errno::Isdir);
        }
        let file = found.place.node().create(name, self.options)?;
        Ok(self.descriptor(file, granted_as, Kind::File))
    }

    fn descriptor(&self, file: Box<dyn File>, granted_as: Option<GrantedPath>, kind: Kind) -> Descriptor {
        let mut base = self.base & Rights::FILE;
        if !self.base.contains(Rights::FD_WRITE) {
            base = base.without(Rights::FILE_WRITE);
        }
        let object = Object::File(OpenFile { file, granted_as });
        Descriptor { object, kind, base, inheriting: self.inheriting, flags: self.flags }
    }
}

/// Opens a file or directory.
///
/// A plugin may open what is granted for reading, or for writing when it asks for `FD_WRITE` or `TRUNC`; to create a
/// file it must be granted for writing too. That is decided on the resolved path, before anything is opened.
///
/// - `fd`: a directory;
/// - `flags`: `lookupflags`, 1 to follow a link that the path ends with;
/// - `path`, `len`: the path, from that directory;
/// - `oflags`: 1 to create a file, 2 to open nothing but a directory, 4 to create a file that is not there yet, 8
///   to cut the file to nothing;
/// - `base`: the rights that the new descriptor is to have; those that mean nothing for what is opened are left out;
/// - `inheriting`: the rights that may be had through the new descriptor;
/// - `fd_flags`: `fdflags` of the new descriptor;
/// - `out`: where the new descriptor goes.
///
/// # Errors
///
/// - `Badf`: `fd` is not open. `Notdir`: it, or something on the way, is no directory; or the path is none and
///   should be.
/// - `Notcapable`: `fd` has no right to `PATH_OPEN`, to `PATH_CREATE_FILE` for creating, to
///   `PATH_FILESTAT_SET_SIZE` for cutting, or the rights asked for are not among those that it passes on; or the
///   file is not granted; or something else has taken the place of what was found.
/// - `Perm`: the path leads out of a command's directory.
/// - `Inval`: there is no such flag, a directory is to be created, or the path has a NUL in it. `Ilseq`: the path
///   is no UTF-8.
/// - `Noent`: there is no such file. `Exist`: there is, and should not be.
/// - `Isdir`: a directory is to be created, written or cut.
/// - `Loop`: the path ends with a link that is not followed, or there are too many. `Nametoolong`: the path is too
///   long.
/// - `Mfile`: too many descriptors are open.
/// - `Fault`: an address is not in memory.
/// - `Acces`, `Nfile`, `Io`, …: what the system says.
#[expect(clippy::too_many_arguments, reason = "the specification has as many")]
pub(crate) fn path_open(
    memory: &mut Memory<'_>,
    state: &mut State,
    fd: u32,
    flags: u32,
    path: u32,
    len: u32,
    oflags: u32,
    base: u64,
    inheriting: u64,
    fd_flags: u32,
    out: u32,
) -> Outcome {
    let (base, inheriting) = (Rights::from_bits(base), Rights::from_bits(inheriting));
    let wanted = Wanted::new(oflags, base, inheriting, FdFlags::from_bits(fd_flags)?)?;
    let links = match links(flags)? {
        Links::Follow if wanted.create && wanted.exclusive => Links::Never,
        links => links,
    };
    let (directory, inherited) = state.wasi.descriptors.directory(fd, wanted.rights())?;
    let from = directory.place.clone();
    if !inherited.contains(base | inheriting) {
        return Err(Errno::Notcapable.into());
    }
    memory.check(out, 1, 4)?;
    let path = memory.path(path, len)?;
    state.wasi.descriptors.check_room(state.limits.open_files)?;
    let found = resolve(state, &from, path, links, wanted.needs())?;
    let granted_as = from
        .base()
        .granted()
        .then(|| GrantedPath { path: found.path(), in_own_process: found.in_own_process() });
    let descriptor = match &found.end {
        End::Here => wanted.open_directory(found.place, None)?,
        End::Entry(entry) if entry.stat.kind == Kind::Directory => {
            let entry = entry.clone();
            wanted.open_directory(found.place, Some(entry))?
        }
        End::Entry(entry) => wanted.open_file(&found, entry, granted_as)?,
        End::Missing(name) if wanted.create => {
            permit_found(state, &found, Need::Write)?;
            wanted.create_file(&found, name, granted_as)?
        }
        End::Missing(_) => return Err(Errno::Noent.into()),
    };
    let opened = state.wasi.descriptors.insert(descriptor, state.limits.open_files)?;
    Ok(memory.put_u32(out, opened)?)
}
