//! What a plugin may cost a small device.

use wasmparser::{Parser, Payload};

/// The longest module. All built-in plugins lie in the binary, and each is validated before it runs.
const MODULE_BYTES: usize = 96 << 10;

/// The most memory (pages of 64 KiB) that an instance starts with.
const START_PAGES: u64 = 4;

/// Holds a module against the limits.
///
/// # Errors
///
/// The limit that it is over, and by how much.
pub(crate) fn check(plugin: &str, module: &[u8]) -> Result<(), String> {
    if module.len() > MODULE_BYTES {
        return Err(format!(
            "plugin {plugin}: the module is {} bytes long, {} over the limit of {MODULE_BYTES}",
            module.len(),
            module.len() - MODULE_BYTES
        ));
    }
    let pages = start_pages(module).map_err(|error| format!("plugin {plugin}: {error}"))?;
    if pages > START_PAGES {
        return Err(format!(
            "plugin {plugin}: its memory starts at {pages} pages; the limit is {START_PAGES}. \
             Large statics and the stack (-zstack-size) count"
        ));
    }
    Ok(())
}

/// The pages that the module's memory starts with.
pub(crate) fn start_pages(module: &[u8]) -> Result<u64, String> {
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::MemorySection(memories) = payload.map_err(|error| error.to_string())?
            && let Some(memory) = memories.into_iter().next()
        {
            return memory.map(|memory| memory.initial).map_err(|error| error.to_string());
        }
    }
    Err("the module has no memory of its own".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{MODULE_BYTES, check};

    /// A module with nothing but a memory of `pages`.
    fn module(pages: u8) -> Vec<u8> {
        [b"\0asm\x01\0\0\0".as_slice(), &[5, 3, 1, 0, pages]].concat()
    }

    #[test]
    fn small_modules_pass() {
        assert_eq!(check("a", &module(4)), Ok(()));
    }

    #[test]
    fn large_memories_and_large_modules_do_not() {
        assert!(check("a", &module(5)).expect_err("memory").contains("starts at 5 pages"));
        // A custom section `x` that fills the module up to one byte more than is allowed.
        let mut large = module(4);
        let content = MODULE_BYTES + 1 - large.len() - 4;
        large.extend([
            0,
            (content & 0x7f) as u8 | 0x80,
            (content >> 7 & 0x7f) as u8 | 0x80,
            (content >> 14) as u8,
        ]);
        large.extend([1, b'x']);
        large.resize(MODULE_BYTES + 1, 0);
        assert!(check("a", &large).expect_err("size").contains("1 over the limit"));
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(check("a", b"\0asm\x01\0\0\0").expect_err("no memory").contains("no memory"));
        assert!(check("a", b"hello").is_err());
        assert!(check("a", &module(1)[..12]).is_err(), "cut short");
    }
}
