//! Descriptors: `fd_*`.

mod attributes;
mod directory;
mod preopen;
mod read_write;
mod table;

pub(super) use attributes::{
    fd_fdstat_get, fd_fdstat_set_flags, fd_fdstat_set_rights, fd_filestat_get, fd_filestat_set_size,
    fd_filestat_set_times,
};
pub(super) use directory::fd_readdir;
pub(super) use preopen::{fd_prestat_dir_name, fd_prestat_get};
pub(super) use read_write::{
    fd_advise, fd_allocate, fd_datasync, fd_pread, fd_pwrite, fd_read, fd_seek, fd_sync, fd_tell, fd_write,
};
pub(super) use table::{fd_close, fd_renumber};
