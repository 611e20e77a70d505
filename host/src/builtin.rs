//! The plugins that are part of the binary.

use crate::unpack::unpack;
use std::sync::OnceLock;

/// A plugin that needs no file.
#[derive(Debug, Clone, Copy)]
pub struct Builtin {
    /// The name that profiles call it by.
    pub name: &'static str,
    /// The module, as `build.rs` has packed it, with [`BASE`]'s for a dictionary.
    packed: &'static [u8],
}

/// The plugin whose module the others' are packed with: half of each is the same.
const BASE: &str = "file";

impl Builtin {
    /// The module. Each call unpacks it, in a millisecond or less.
    ///
    /// ```
    /// let file = quoin::builtin::find("file").unwrap();
    /// assert!(file.wasm().starts_with(b"\0asm"));
    /// ```
    #[must_use]
    pub fn wasm(&self) -> Vec<u8> {
        // Whatever needs one plugin will need others.
        static UNPACKED: OnceLock<Vec<u8>> = OnceLock::new();
        // `build.rs` has made sure that what it wrote can be unpacked.
        let base =
            UNPACKED.get_or_init(|| find(BASE).and_then(|base| unpack(base.packed, &[])).unwrap_or_default());
        if self.name == BASE { base.clone() } else { unpack(self.packed, base).unwrap_or_default() }
    }
}

macro_rules! builtins {
    ($($name:literal)*) => {
        /// All of them.
        pub const BUILTINS: &[Builtin] = &[$(Builtin {
            name: $name,
            packed: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".lzma")),
        }),*];
    };
}

builtins!["command" "dns" "file" "http" "process" "smtp" "systemd" "tcp"];

/// Their names.
#[must_use]
pub fn names() -> Vec<&'static str> {
    BUILTINS.iter().map(|builtin| builtin.name).collect()
}

/// The one of that name.
#[must_use]
pub fn find(name: &str) -> Option<Builtin> {
    BUILTINS.iter().copied().find(|builtin| builtin.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    /// What they may take of the binary together.
    const BYTES: usize = 112 << 10;

    #[test]
    fn they_are_the_modules_that_were_built() {
        let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/dist");
        let files = fs::read_dir(&dist).unwrap().map(|entry| entry.unwrap().path());
        let modules: BTreeSet<_> =
            files.filter(|path| path.extension().is_some_and(|it| it == "wasm")).collect();
        let expected: BTreeSet<_> =
            names().iter().map(|name| dist.join(name).with_extension("wasm")).collect();
        assert_eq!(modules, expected);
        for builtin in BUILTINS {
            let module = fs::read(dist.join(builtin.name).with_extension("wasm")).unwrap();
            assert!(builtin.wasm() == module, "{}", builtin.name);
        }
    }

    #[test]
    fn they_are_small() {
        let bytes: usize = BUILTINS.iter().map(|builtin| builtin.packed.len()).sum();
        assert!(bytes <= BYTES, "{bytes} bytes");
    }
}
