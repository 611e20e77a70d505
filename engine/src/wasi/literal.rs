//! Literal paths: what a path that the profile names leads to when the observation starts.

use super::Errno;
use super::place::{Base, Place};
use super::walk::{Links, Rules, walk};
use crate::capability::Grants;
use crate::host::Host;
use crate::system::Stat;
use alloc::{borrow::ToOwned, rc::Rc, string::String, vec::Vec};

/// Follows only links of the superuser and of the user that Quoin runs as; anyone else's could have been put there to
/// make Quoin read what its owner may not.
struct TrustedLinks {
    own_uid: u32,
    followed: Vec<String>,
}

impl Rules for TrustedLinks {
    fn may_follow(&mut self, link: &str, stat: &Stat) -> bool {
        let trusted = stat.uid == 0 || stat.uid == self.own_uid;
        if trusted {
            self.followed.push(link.to_owned());
        }
        trusted
    }
}

/// Covers what each literal path in the grants leads to, and every link on the way (readable only). For a file that
/// does not exist, the place is covered where it would be. A stranger's link is not followed, and nothing after it
/// covered. Answers those of the places that may lie in this process's own `/proc` directory.
pub(crate) fn resolve_literals(host: &dyn Host, root: &Rc<Base>, grants: &mut Grants) -> Vec<String> {
    let literals: Vec<(String, bool)> =
        grants.literals().map(|(path, write)| (path.to_owned(), write)).collect();
    let mut places = Vec::new();
    for (path, write) in literals {
        let mut rules = TrustedLinks { own_uid: host.own_uid(), followed: Vec::new() };
        let resolved = match walk(&Place::at(root), &path, Links::Follow, &mut rules) {
            Ok(found) => Some(found.path()),
            Err(lost) if lost.errno == Errno::Notcapable => None,
            Err(lost) => Some(lost.path),
        };
        for link in rules.followed {
            grants.cover(link, false);
        }
        if let Some(resolved) = resolved {
            grants.cover(resolved.clone(), write);
            if is_of_the_system(&resolved) {
                places.push(resolved);
            }
        }
    }
    places
}

/// Whether a path that lies in a process's `/proc` directory tells of the system rather than of that process:
/// `/proc/mounts` and `/proc/net` are links into `/proc/self`. All else there is the engine's own memory, descriptors and
/// environment, which no path leads to, whoever names it.
fn is_of_the_system(path: &str) -> bool {
    let mut names =
        path.split('/').skip_while(|name| !name.bytes().all(|byte| byte.is_ascii_digit()) || name.is_empty());
    matches!(names.nth(1), Some("mounts" | "mountinfo" | "net"))
}
