//! [`walk`]: finds what a path names, one component at a time.
//!
//! The system is only ever asked for one name in a directory that is held open, and never follows anything. Symbolic
//! links are read and walked here, `..` goes back along the way that was come, so the names on the way are the
//! resolved path of what is found, whatever others do to the file system meanwhile.

use super::Errno;
use super::memory::PATH_MAX;
use super::place::{Place, absolute};
use crate::system::{Kind, Node, Stat};
use alloc::{rc::Rc, string::String, vec::Vec};

/// The most links that are followed on one walk, as on Linux.
const LINKS_MAX: usize = 40;

/// What becomes of a symbolic link that the path ends with. Links before the end are always followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    /// It is followed.
    Follow,
    /// It is what is found, unless a slash follows it.
    Keep,
    /// It is what is found, even before a slash: for what removes or renames.
    Never,
}

/// What a walk has to ask about.
pub(crate) trait Rules {
    /// Whether the link at this resolved path may be followed.
    fn may_follow(&mut self, link: &str, stat: &Stat) -> bool {
        let _ = (link, stat);
        true
    }

    /// Whether the guest may learn what is, or is not, at this resolved path.
    fn shows(&self, path: &str) -> bool {
        let _ = path;
        true
    }
}

/// Something that exists.
#[derive(Clone)]
pub(crate) struct Entry {
    /// What it is called in its directory.
    pub(crate) name: String,
    /// Itself.
    pub(crate) node: Rc<dyn Node>,
    /// Its attributes when it was found.
    pub(crate) stat: Stat,
}

/// How a path ends.
pub(crate) enum End {
    /// At the directory where the walk arrived (`.`, `..`, `/`), so that there is no entry to speak of.
    Here,
    /// At an entry of that directory.
    Entry(Entry),
    /// At a name that does not exist.
    Missing(String),
}

/// Where a walk arrived.
pub(crate) struct Found {
    /// The directory.
    pub(crate) place: Place,
    /// What is meant in it.
    pub(crate) end: End,
    /// Whether a slash says that it is a directory.
    pub(crate) slash: bool,
}

impl Found {
    /// The resolved path.
    pub(crate) fn path(&self) -> String {
        match &self.end {
            End::Here => self.place.path(),
            End::Entry(Entry { name, .. }) | End::Missing(name) => self.place.path_of(name),
        }
    }

    /// Whether this is in this process's own entry in `/proc`.
    pub(crate) fn in_own_process(&self) -> bool {
        self.place.in_own_process()
            || match &self.end {
                End::Here => false,
                End::Entry(Entry { name, .. }) | End::Missing(name) => self.place.is_own_process(name),
            }
    }

    /// The attributes of what was found.
    ///
    /// # Errors
    ///
    /// `Noent` where there is nothing, `Notdir` where a slash follows what is no directory.
    pub(crate) fn stat(&self) -> Result<Stat, Errno> {
        match &self.end {
            End::Here => self.place.node().stat(),
            End::Entry(entry) if self.slash && entry.stat.kind != Kind::Directory => Err(Errno::Notdir),
            End::Entry(entry) => Ok(entry.stat),
            End::Missing(_) => Err(Errno::Noent),
        }
    }
}

/// Where a walk failed.
pub(crate) struct Lost {
    /// Why.
    pub(crate) errno: Errno,
    /// The resolved path, if the rest of the way were there and had no links.
    pub(crate) path: String,
    /// Whether this is in this process's own entry in `/proc`.
    pub(crate) own_process: bool,
}

/// Walks `path` from a directory.
///
/// Absolute paths begin at the base where grants decide, and are refused (`Perm`) elsewhere; absolute links begin at a
/// base that the guest knows as `/`, and are refused likewise elsewhere. `..` at the base stays there where grants decide,
/// and is refused elsewhere.
///
/// # Errors
///
/// [`Lost`], with `Noent`, `Notdir`, `Loop` (more than 40 links), `Nametoolong` (a link's text and what follows it have more
/// than 4096 bytes, which POSIX allows to refuse), or what else the system says. A last name that does not exist is no
/// error.
pub(crate) fn walk(from: &Place, path: &str, links: Links, rules: &mut dyn Rules) -> Result<Found, Lost> {
    let mut walker = Walker { place: from.clone(), rest: Vec::new(), slash: false, followed: 0 };
    walker.take(path, from.base().granted())?;
    while let Some(part) = walker.rest.pop() {
        match part.as_str() {
            "." => {}
            ".." => walker.up()?,
            _ => {
                if let Some(end) = walker.down(part, links, rules)? {
                    return Ok(Found { place: walker.place, end, slash: walker.slash });
                }
            }
        }
    }
    Ok(Found { place: walker.place, end: End::Here, slash: walker.slash })
}

struct Walker {
    place: Place,
    /// What is still to be walked, the next part last.
    rest: Vec<String>,
    slash: bool,
    followed: usize,
}

impl Walker {
    /// Puts a path or the text of a link, which may be absolute or not, before the rest.
    fn take(&mut self, text: &str, may_be_absolute: bool) -> Result<(), Lost> {
        if text.starts_with('/') {
            if !may_be_absolute {
                return Err(self.lost(Errno::Perm, None));
            }
            self.place = Place::at(self.place.base());
        }
        if self.rest.is_empty() && text.ends_with('/') {
            self.slash = true;
        }
        self.rest.extend(text.rsplit('/').filter(|part| !part.is_empty()).map(String::from));
        Ok(())
    }

    fn up(&mut self) -> Result<(), Lost> {
        match self.place.leave() {
            Ok(left) if left || self.place.base().granted() => Ok(()),
            Ok(_) => Err(self.lost(Errno::Perm, None)),
            Err(errno) => Err(self.lost(errno, None)),
        }
    }

    fn down(&mut self, name: String, links: Links, rules: &mut dyn Rules) -> Result<Option<End>, Lost> {
        let last = self.rest.is_empty();
        let found = self.place.node().lookup(&name).and_then(|node| Ok((node.stat()?, node)));
        let errno = match found {
            Ok((stat, node)) => match stat.kind {
                Kind::Symlink if !last || links == Links::Follow || (links == Links::Keep && self.slash) => {
                    self.follow(&name, &*node, &stat, rules)?;
                    return Ok(None);
                }
                _ if last => return Ok(Some(End::Entry(Entry { name, node: Rc::from(node), stat }))),
                Kind::Directory => {
                    return match self.place.enter(name, Rc::from(node)) {
                        Ok(()) => Ok(None),
                        Err(errno) => Err(self.lost(errno, None)),
                    };
                }
                _ => Errno::Notdir,
            },
            Err(Errno::Noent) if last => return Ok(Some(End::Missing(name))),
            Err(errno) => errno,
        };
        if self.pass_over(&name, rules) { Ok(None) } else { Err(self.lost(errno, Some(&name))) }
    }

    fn follow(
        &mut self,
        name: &str,
        node: &dyn Node,
        stat: &Stat,
        rules: &mut dyn Rules,
    ) -> Result<(), Lost> {
        let text = node.read_link().map_err(|errno| self.lost(errno, Some(name)))?;
        self.followed += 1;
        let errno = if self.followed > LINKS_MAX {
            Errno::Loop
        } else if text.is_empty() {
            Errno::Noent
        } else if self.rest.iter().fold(text.len(), |bytes, part| bytes + 1 + part.len()) > PATH_MAX {
            Errno::Nametoolong
        } else if !rules.may_follow(&self.place.path_of(name), stat) {
            Errno::Notcapable
        } else {
            return self.take(&text, self.place.base().is_root());
        };
        self.rest.clear();
        Err(self.lost(errno, Some(name)))
    }

    /// Where a name cannot be entered, and its `..` comes later, and the guest may not know about it: goes on as if
    /// it could have been, because `/home/x/../../etc/hosts` would otherwise tell whether `/home/x` is there. What it may
    /// know about on that way is not there, as it would not be if the way were.
    fn pass_over(&mut self, name: &str, rules: &dyn Rules) -> bool {
        let mut names: Vec<&str> = self.place.names().collect();
        let depth = names.len();
        names.push(name);
        if !self.place.base().granted() || rules.shows(&absolute(names.iter().copied())) {
            return false;
        }
        for (walked, part) in self.rest.iter().rev().enumerate() {
            match part.as_str() {
                "." => continue,
                ".." => drop(names.pop()),
                _ => {
                    names.push(part);
                    if rules.shows(&absolute(names.iter().copied())) {
                        return false;
                    }
                }
            }
            if names.len() == depth {
                self.rest.truncate(self.rest.len() - walked - 1);
                return true;
            }
        }
        false
    }

    fn lost(&self, errno: Errno, name: Option<&str>) -> Lost {
        let mut names: Vec<&str> = self.place.names().collect();
        for part in name.into_iter().chain(self.rest.iter().rev().map(String::as_str)) {
            match part {
                "." => {}
                ".." => drop(names.pop()),
                _ => names.push(part),
            }
        }
        let own_process =
            self.place.in_own_process() || name.is_some_and(|name| self.place.is_own_process(name));
        Lost { errno, path: absolute(names.into_iter()), own_process }
    }
}
