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
pub const BUILTINS: &[Builtin] = &[
    Builtin { name: "dns", wasm: include_bytes!("../../plugins/dist/dns.wasm") },
    Builtin { name: "file", wasm: include_bytes!("../../plugins/dist/file.wasm") },
    Builtin { name: "http", wasm: include_bytes!("../../plugins/dist/http.wasm") },
    Builtin { name: "smtp", wasm: include_bytes!("../../plugins/dist/smtp.wasm") },
    Builtin { name: "tcp", wasm: include_bytes!("../../plugins/dist/tcp.wasm") },
];

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
