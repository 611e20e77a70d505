//! Open files of a [`Tree`].

use super::tree::{Inode, Tree};
use crate::system::{DirEntry, File, Kind, OpenOptions, SetTime, Stat, Whence};
use crate::wasi::Errno;
use alloc::vec::Vec;
use core::cell::Cell;

/// Nothing in the model grows beyond this.
const SIZE_MAX: u64 = 1 << 20;

pub(super) struct ModelFile {
    tree: Tree,
    pub(super) ino: usize,
    options: OpenOptions,
    position: Cell<u64>,
    append: Cell<bool>,
}

impl ModelFile {
    pub(super) fn open(tree: &Tree, ino: usize, options: OpenOptions) -> Self {
        if options.truncate {
            tree.change(ino, |inode| resize(inode, 0));
        }
        let append = Cell::new(options.append);
        Self { tree: tree.clone(), ino, options, position: Cell::new(0), append }
    }

    /// When it can be read.
    pub(super) fn ready_at(&self) -> u64 {
        self.tree.read(self.ino, |inode| inode.ready_at).unwrap_or(0)
    }

    fn seekable(&self) -> Result<(), Errno> {
        match self.stat()?.kind {
            Kind::Fifo => Err(Errno::Spipe),
            Kind::Directory => Err(Errno::Isdir),
            _ => Ok(()),
        }
    }

    fn need_write(&self) -> Result<(), Errno> {
        if self.options.write { Ok(()) } else { Err(Errno::Badf) }
    }
}

fn resize(inode: &mut Inode, size: u64) {
    inode.data.resize(usize::try_from(size.min(SIZE_MAX)).unwrap_or(0), 0);
    inode.stat.size = inode.data.len() as u64;
}

impl File for ModelFile {
    fn stat(&self) -> Result<Stat, Errno> {
        self.tree.read(self.ino, |inode| inode.stat)
    }

    fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        if self.ready_at() > self.tree.0.clock.get() {
            return Err(Errno::Again);
        }
        let count = match self.read_at(buffer, self.position.get()) {
            Err(Errno::Spipe) => {
                let mut count = 0;
                self.tree.change(self.ino, |inode| {
                    count = buffer.len().min(inode.data.len());
                    buffer[..count].copy_from_slice(&inode.data[..count]);
                    inode.data.drain(..count);
                });
                count
            }
            read => read?,
        };
        self.position.set(self.position.get() + count as u64);
        Ok(count)
    }

    fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        let at = if self.append.get() { self.stat()?.size } else { self.position.get() };
        let count = self.write_at(bytes, at)?;
        self.position.set(at + count as u64);
        Ok(count)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
        self.seekable()?;
        if !self.options.read {
            return Err(Errno::Badf);
        }
        self.tree.read(self.ino, |inode| {
            let rest = inode.data.get(usize::try_from(offset).unwrap_or(usize::MAX)..).unwrap_or_default();
            let count = buffer.len().min(rest.len());
            buffer[..count].copy_from_slice(&rest[..count]);
            count
        })
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize, Errno> {
        self.seekable()?;
        self.need_write()?;
        let end = offset.checked_add(bytes.len() as u64).filter(|end| *end <= SIZE_MAX).ok_or(Errno::Fbig)?;
        self.tree.change(self.ino, |inode| {
            if end > inode.stat.size {
                resize(inode, end);
            }
            // Both fit: they are at most `SIZE_MAX`.
            inode.data[offset as usize..end as usize].copy_from_slice(bytes);
        });
        Ok(bytes.len())
    }

    fn seek(&self, offset: i64, whence: Whence) -> Result<u64, Errno> {
        self.seekable()?;
        let from = match whence {
            Whence::Set => 0,
            Whence::Cur => self.position.get(),
            Whence::End => self.stat()?.size,
        };
        let position = from.checked_add_signed(offset).filter(|position| i64::try_from(*position).is_ok());
        self.position.set(position.ok_or(Errno::Inval)?);
        Ok(self.position.get())
    }

    fn set_size(&self, size: u64) -> Result<(), Errno> {
        self.need_write()?;
        if size > SIZE_MAX {
            return Err(Errno::Fbig);
        }
        self.tree.change(self.ino, |inode| resize(inode, size));
        Ok(())
    }

    fn allocate(&self, offset: u64, length: u64) -> Result<(), Errno> {
        self.need_write()?;
        let end = offset.checked_add(length).ok_or(Errno::Fbig)?;
        if end > self.stat()?.size { self.set_size(end) } else { Ok(()) }
    }

    fn set_times(&self, atime: SetTime, mtime: SetTime) -> Result<(), Errno> {
        let now = self.tree.0.clock.get();
        let set = |time: &mut u64, to| match to {
            SetTime::Keep => {}
            SetTime::Now => *time = now,
            SetTime::At(at) => *time = at,
        };
        self.tree.change(self.ino, |inode| {
            set(&mut inode.stat.atime, atime);
            set(&mut inode.stat.mtime, mtime);
        });
        Ok(())
    }

    fn set_flags(&self, append: bool, _nonblock: bool) -> Result<(), Errno> {
        self.append.set(append);
        Ok(())
    }

    fn sync(&self, _data_only: bool) -> Result<(), Errno> {
        Ok(())
    }

    fn entries(&self) -> Result<Vec<DirEntry>, Errno> {
        let entries = self.tree.read(self.ino, |inode| {
            (inode.stat.kind == Kind::Directory).then(|| inode.entries.clone()).ok_or(Errno::Notdir)
        })??;
        entries
            .into_iter()
            .map(|(name, ino)| {
                self.tree.read(ino, |inode| DirEntry { name, ino: inode.stat.ino, kind: inode.stat.kind })
            })
            .collect()
    }

    fn as_any(&self) -> &dyn core::any::Any {
        self
    }
}
