//! The plugins that are part of the binary.

/// A plugin that needs no file.
#[derive(Debug, Clone, Copy)]
pub struct Builtin {
    /// The name that profiles call it by.
    pub name: &'static str,
    /// The module.
    pub wasm: &'static [u8],
}

/// All of them.
pub const BUILTINS: &[Builtin] =
    &[Builtin { name: "file", wasm: include_bytes!("../../plugins/dist/file.wasm") }];

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
