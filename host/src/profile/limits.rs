//! How large a profile may be.

/// What a profile may take up while it is read. A profile comes from outside, so everything in it that grows has
/// an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The size of one file, in bytes.
    pub file_bytes: usize,
    /// How many files a profile may be made of, itself included.
    pub files: usize,
    /// How many values there may be, what aliases and templates repeat included.
    pub nodes: usize,
    /// How much text aliases and templates may repeat, in bytes.
    pub repeated_bytes: usize,
    /// How deep lists and maps may be nested.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 4 << 20, files: 64, nodes: 500_000, repeated_bytes: 16 << 20, depth: 64 }
    }
}
