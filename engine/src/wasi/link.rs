//! [`link`]: defines the functions that a module imports.

use super::memory::Memory;
use super::outcome::{Failure, Outcome};
use super::{args, clock, environ, fd, path, poll, proc, random, sched, sock};
use crate::guest::generation::describe_func;
use crate::guest::state::State;
use crate::plugin::LinkProblem;
use wasmi::{Caller, Extern, FuncType, Linker, ValType, errors::LinkerError};

/// The import module of preview 1.
pub(crate) const MODULE: &str = "wasi_snapshot_preview1";

/// A parameter's type in WebAssembly.
trait Param {
    const TYPE: ValType;
}

impl Param for u32 {
    const TYPE: ValType = ValType::I32;
}

impl Param for u64 {
    const TYPE: ValType = ValType::I64;
}

impl Param for i64 {
    const TYPE: ValType = ValType::I64;
}

macro_rules! functions {
    ($($group:ident::$name:ident($($param:ident: $type:ty),*);)*) => {
        /// The functions that answer an errno, which is all but `proc_exit`.
        #[cfg(test)]
        pub(crate) const NAMES: &[&str] = &[$(stringify!($name)),*];

        /// Defines the function `name`, which a module imports with the type `ty`. Defining one again changes
        /// nothing.
        ///
        /// # Errors
        ///
        /// [`LinkProblem`].
        pub(crate) fn link(linker: &mut Linker<State>, name: &str, ty: &FuncType) -> Result<(), LinkProblem> {
            let defined = match name {
                $(stringify!($name) => {
                    check(ty, &[$(<$type as Param>::TYPE),*], &[ValType::I32])?;
                    linker.func_wrap(MODULE, name, |caller: Caller<'_, State>, $($param: $type),*| {
                        call(caller, |memory, state| $group::$name(memory, state, $($param),*))
                    })
                })*
                "proc_exit" => {
                    check(ty, &[ValType::I32], &[])?;
                    linker.func_wrap(MODULE, name, proc::proc_exit)
                }
                _ => return Err(LinkProblem::Unknown),
            };
            match defined {
                // The linker is lent out, so that a definition can only be missing because there is one.
                Ok(_) | Err(LinkerError::DuplicateDefinition { .. }) => Ok(()),
                Err(_) => Err(LinkProblem::Unknown),
            }
        }
    };
}

functions! {
    args::args_get(argv: u32, argv_buf: u32);
    args::args_sizes_get(count: u32, size: u32);
    environ::environ_get(environ: u32, environ_buf: u32);
    environ::environ_sizes_get(count: u32, size: u32);
    clock::clock_res_get(id: u32, out: u32);
    clock::clock_time_get(id: u32, precision: u64, out: u32);
    fd::fd_advise(fd: u32, offset: u64, len: u64, advice: u32);
    fd::fd_allocate(fd: u32, offset: u64, len: u64);
    fd::fd_close(fd: u32);
    fd::fd_datasync(fd: u32);
    fd::fd_fdstat_get(fd: u32, out: u32);
    fd::fd_fdstat_set_flags(fd: u32, flags: u32);
    fd::fd_fdstat_set_rights(fd: u32, base: u64, inheriting: u64);
    fd::fd_filestat_get(fd: u32, out: u32);
    fd::fd_filestat_set_size(fd: u32, size: u64);
    fd::fd_filestat_set_times(fd: u32, atim: u64, mtim: u64, flags: u32);
    fd::fd_pread(fd: u32, iovs: u32, count: u32, offset: u64, out: u32);
    fd::fd_prestat_get(fd: u32, out: u32);
    fd::fd_prestat_dir_name(fd: u32, buf: u32, len: u32);
    fd::fd_pwrite(fd: u32, iovs: u32, count: u32, offset: u64, out: u32);
    fd::fd_read(fd: u32, iovs: u32, count: u32, out: u32);
    fd::fd_readdir(fd: u32, buf: u32, len: u32, cookie: u64, out: u32);
    fd::fd_renumber(from: u32, to: u32);
    fd::fd_seek(fd: u32, offset: i64, whence: u32, out: u32);
    fd::fd_sync(fd: u32);
    fd::fd_tell(fd: u32, out: u32);
    fd::fd_write(fd: u32, iovs: u32, count: u32, out: u32);
    path::path_create_directory(fd: u32, path: u32, len: u32);
    path::path_filestat_get(fd: u32, flags: u32, path: u32, len: u32, out: u32);
    path::path_filestat_set_times(
        fd: u32, flags: u32, path: u32, len: u32, atim: u64, mtim: u64, fst_flags: u32
    );
    path::path_link(
        old_fd: u32, flags: u32, old: u32, old_len: u32, new_fd: u32, new: u32, new_len: u32
    );
    path::path_open(
        fd: u32, flags: u32, path: u32, len: u32, oflags: u32, base: u64, inheriting: u64, fd_flags: u32, out: u32
    );
    path::path_readlink(fd: u32, path: u32, len: u32, buf: u32, buf_len: u32, out: u32);
    path::path_remove_directory(fd: u32, path: u32, len: u32);
    path::path_rename(fd: u32, old: u32, old_len: u32, new_fd: u32, new: u32, new_len: u32);
    path::path_symlink(text: u32, text_len: u32, fd: u32, path: u32, len: u32);
    path::path_unlink_file(fd: u32, path: u32, len: u32);
    poll::poll_oneoff(subscriptions: u32, events: u32, count: u32, out: u32);
    proc::proc_raise(signal: u32);
    random::random_get(buf: u32, len: u32);
    sched::sched_yield();
    sock::sock_accept(fd: u32, flags: u32, out: u32);
    sock::sock_recv(fd: u32, iovs: u32, count: u32, flags: u32, size: u32, out_flags: u32);
    sock::sock_send(fd: u32, iovs: u32, count: u32, flags: u32, size: u32);
    sock::sock_shutdown(fd: u32, how: u32);
}

/// Calls a function and turns its outcome into the errno that the guest gets. Looks at the clock first, because a
/// guest that does nothing but call the host burns hardly any fuel.
fn call(
    mut caller: Caller<'_, State>,
    function: impl FnOnce(&mut Memory<'_>, &mut State) -> Outcome,
) -> Result<i32, wasmi::Error> {
    caller.data().check_deadline()?;
    // A module's start function runs before its memory is known.
    let memory = caller.data().memory.or_else(|| caller.get_export("memory").and_then(Extern::into_memory));
    let outcome = match memory {
        Some(memory) => {
            let (bytes, state) = memory.data_and_store_mut(&mut caller);
            function(&mut Memory::new(bytes), state)
        }
        None => function(&mut Memory::new(&mut []), caller.data_mut()),
    };
    match outcome {
        Ok(()) => Ok(super::Errno::Success.code()),
        Err(Failure::Errno(errno)) => Ok(errno.code()),
        Err(Failure::Trap(error)) => Err(error),
    }
}

fn check(ty: &FuncType, params: &[ValType], results: &[ValType]) -> Result<(), LinkProblem> {
    if ty.params() == params && ty.results() == results {
        return Ok(());
    }
    Err(LinkProblem::Type(describe_func(&FuncType::new(params.iter().copied(), results.iter().copied()))))
}
