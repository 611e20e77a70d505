//! Any arguments at all, to any function, in any order: an errno or a trap, and nothing else.

use super::*;
use proptest::prelude::*;

fn argument() -> impl Strategy<Value = u64> {
    prop_oneof![
        0..12_u64,
        (0..0x1_0010_u64),
        Just(0xffff),
        Just(u64::from(u32::MAX)),
        Just(u64::MAX),
        Just(i64::MIN as u64),
        Just(1 << 63),
        Just(RIGHTS_ALL),
        any::<u64>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_call_panics(
        calls in prop::collection::vec((0..FUNCTIONS.len(), prop::collection::vec(argument(), 9)), 1..60),
        memory in prop::collection::vec(any::<u8>(), 0..512),
        trusted in any::<bool>(),
    ) {
        let tree = Tree::new();
        tree.file("/etc/a", "data");
        tree.link("/b", "etc/a");
        let mut guest =
            if trusted { Guest::command(&tree) } else { Guest::plugin(&tree, &["read:/**", "write:/etc/**"]) };
        // Something to find at small addresses: paths, and lists of parts of memory.
        guest.put(0, b"etc/a/../../b\0etc");
        guest.put(0x20, &[0x40_u32, 8, 0, 0x1_0000].map(u32::to_le_bytes).concat());
        guest.put(0x100, &memory);
        for (function, args) in calls {
            let (name, params) = FUNCTIONS[function];
            if name != "proc_exit" {
                let _ = guest.try_call(name, &args[..params.len()]);
            }
        }
    }
}
