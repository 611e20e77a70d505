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
/// covered. Answers the places that the paths lead to.
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
            places.push(resolved);
        }
    }
    places
}
