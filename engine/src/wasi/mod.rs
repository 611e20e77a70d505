//! WASI preview 1: all functions of `wasi_snapshot_preview1`, over the [`System`](crate::system::System),
//! [`Node`](crate::system::Node) and [`File`](crate::system::File) traits.
//!
//! There are two kinds of guest. A **plugin** sees one preopened directory, `/`, and its grants decide about every
//! path once it is resolved; it has no input, and its output becomes log lines. A **command** ([`CommandConfig`])
//! sees the directories, arguments and streams that it is given, with all that preview 1 allows within them.
//!
//! One file per group of functions, named as the specification groups them:
//! `args environ clock fd path poll proc random sched sock`. `walk` finds what a path names, `access` decides
//! whether the guest may use it.

mod access;
mod args;
mod clock;
mod command;
mod descriptor;
mod environ;
mod errno;
mod fd;
mod layout;
mod link;
mod literal;
mod memory;
mod outcome;
mod output;
mod path;
mod place;
mod poll;
mod proc;
mod random;
mod rights;
mod sched;
mod sock;
mod stat_path;
mod strings;
mod wait;
mod walk;

#[cfg(test)]
mod tests;

pub use command::CommandConfig;
pub use errno::Errno;
pub(crate) use link::link;
pub(crate) use stat_path::{StatError, stat_path};

use crate::capability::{Access, Grants};
use crate::guest::state::State;
use crate::host::Host;
use crate::system::Kind;
use alloc::{format, rc::Rc, string::String, vec::Vec};
use descriptor::{Descriptor, Descriptors, Directory, FdFlags, Object};
use output::{Line, Stream};
use place::{Base, Place, Reach};
use rights::Rights;

/// The WASI side of one instance.
#[derive(Default)]
pub(crate) struct Wasi {
    args: Vec<String>,
    /// Each `NAME=value`.
    env: Vec<String>,
    descriptors: Descriptors,
    /// What a plugin sees as `/`, where it has any `fs` grant.
    root: Option<Rc<Base>>,
    /// Where literal paths in the grants lead to that may be let into this process's own `/proc` directory.
    literals: Vec<String>,
    out: Line,
    err: Line,
}

impl Wasi {
    /// For a plugin: no arguments, the environment that it was granted, `/` when it has any `fs` grant. Resolves the
    /// literal paths in the grants and adds to them what those lead to.
    pub(crate) fn for_plugin(host: &dyn Host, grants: &mut Grants) -> Self {
        let granted = |name: &str| grants.decide(Access::Env(name)).is_ok();
        let environment = host.environment().into_iter().filter(|(name, _)| granted(name));
        let mut wasi = Self { env: variables(environment), ..Self::default() };
        wasi.open(Object::Empty, Kind::CharDevice, Rights::STREAM | Rights::FD_READ, Rights::NONE);
        for stream in [Stream::Out, Stream::Err] {
            let rights = Rights::STREAM | Rights::FD_WRITE;
            wasi.open(Object::Log(stream), Kind::CharDevice, rights, Rights::NONE);
        }
        if grants.any_fs()
            && let Some(root) = host.root()
        {
            let base = Base::new(root, Reach::Granted);
            wasi.literals = literal::resolve_literals(host, &base, grants);
            wasi.preopen(&base, "/".into());
            wasi.root = Some(base);
        }
        wasi
    }

    /// For a command.
    pub(crate) fn for_command(config: CommandConfig) -> Self {
        let env = variables(config.env.into_iter());
        let mut wasi = Self { args: config.args, env, ..Self::default() };
        let streams = [
            (config.stdin, Rights::FD_READ),
            (config.stdout, Rights::FD_WRITE),
            (config.stderr, Rights::FD_WRITE),
        ];
        for (file, access) in streams {
            let kind = file.stat().map_or(Kind::Unknown, |stat| stat.kind);
            let rights = match kind {
                Kind::File => Rights::FILE.without(Rights::FILE_WRITE).without(Rights::FD_READ),
                _ => Rights::STREAM,
            };
            let file = descriptor::OpenFile { file, granted_as: None };
            wasi.open(Object::File(file), kind, rights | access, Rights::NONE);
        }
        for (name, node) in config.preopens {
            let reach = if name == "/" { Reach::Root } else { Reach::Within };
            wasi.preopen(&Base::new(node, reach), name);
        }
        wasi
    }

    /// Logs unfinished lines of output; for when the guest has ended.
    ///
    /// # Errors
    ///
    /// A trap where there are too many lines.
    pub(crate) fn flush(state: &mut State) -> Result<(), wasmi::Error> {
        output::flush(state, Stream::Out)?;
        output::flush(state, Stream::Err)
    }

    fn preopen(&mut self, base: &Rc<Base>, name: String) {
        let directory = Directory { place: Place::at(base), file: None, listing: None, preopen: Some(name) };
        self.open(Object::Directory(directory), Kind::Directory, Rights::DIRECTORY, Rights::ALL);
    }

    fn open(&mut self, object: Object, kind: Kind, base: Rights, inheriting: Rights) {
        let descriptor = Descriptor { object, kind, base, inheriting, flags: FdFlags::default() };
        // What a guest starts with does not count: it would otherwise depend on a limit whether it can start.
        let _ = self.descriptors.insert(descriptor, usize::MAX);
    }

    fn line(&mut self, stream: Stream) -> &mut Line {
        match stream {
            Stream::Out => &mut self.out,
            Stream::Err => &mut self.err,
        }
    }
}

fn variables(environment: impl Iterator<Item = (String, String)>) -> Vec<String> {
    environment.map(|(name, value)| format!("{name}={value}")).collect()
}
