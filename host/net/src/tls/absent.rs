//! The same functions for a build without TLS: they say so.

use super::{Evidence, Verify};
use crate::{Code, Error, Stream};
use alloc::boxed::Box;

fn absent() -> Error {
    Error::new(Code::Unsupported, "this build of Quoin has no TLS")
}

/// The certificate authorities that are believed: none, in a build without TLS.
#[derive(Debug, Clone)]
pub struct Trust(());

impl Trust {
    /// None.
    #[must_use]
    pub fn embedded() -> Self {
        Self(())
    }

    /// There is nothing to read them for.
    ///
    /// # Errors
    ///
    /// [`Code::Unsupported`], always.
    pub fn from_pem(_: &[u8]) -> Result<Self, Error> {
        Err(absent())
    }

    /// None. A file that somebody names is an error, since it would not be heeded.
    ///
    /// # Errors
    ///
    /// [`Code::Unsupported`] if there is a `ca_file`.
    #[cfg(feature = "std")]
    pub fn system(ca_file: Option<&std::path::Path>) -> Result<Self, Error> {
        match ca_file {
            Some(_) => Err(absent()),
            None => Ok(Self(())),
        }
    }
}

/// Says that this build has no TLS.
///
/// # Errors
///
/// [`Code::Unsupported`], always.
pub fn connect<'a>(
    _: Box<dyn Stream + 'a>,
    _: &str,
    _: &Trust,
    _: u64,
    _: Verify,
) -> Result<(Box<dyn Stream + 'a>, Evidence), Error> {
    Err(absent())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::ScriptStack;
    use crate::{Deadline, Stack as _};
    use core::time::Duration;
    use std::vec::Vec;

    #[test]
    fn what_this_build_has_not_it_says() {
        let stack = ScriptStack::new();
        let at = ([192, 0, 2, 1], 443).into();
        stack.serve(at, Vec::new);
        let stream = stack.connect(at, Deadline::after(stack.now(), Duration::from_secs(1))).unwrap();
        let error = connect(stream, "www.example", &Trust::embedded(), 0, Verify::Report).err().unwrap();
        assert_eq!((error.code(), error.message()), (Code::Unsupported, "this build of Quoin has no TLS"));
        assert_eq!(Trust::from_pem(b"").err().unwrap().code(), Code::Unsupported);
    }
}
