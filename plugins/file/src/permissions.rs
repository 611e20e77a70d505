//! Permission bits as `ls -l` shows them.

use alloc::string::String;

/// The ten characters for a file of `kind` (as `file_stat` names it) with these permission, set-id and sticky bits.
pub(crate) fn text(kind: &str, mode: u32) -> String {
    let mut text = String::with_capacity(10);
    text.push(match kind {
        "directory" => 'd',
        "symlink" => 'l',
        "fifo" => 'p',
        "socket" => 's',
        "block_device" => 'b',
        "char_device" => 'c',
        _ => '-',
    });
    // For owner, group and others: where their three bits are, the bit that shows in place of `x`, and its letter.
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        text.push(if bits & 4 == 0 { '-' } else { 'r' });
        text.push(if bits & 2 == 0 { '-' } else { 'w' });
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (false, false) => '-',
            (false, true) => 'x',
            (true, false) => letter.to_ascii_uppercase(),
            (true, true) => letter,
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn shows_what_ls_shows() {
        for (kind, mode, expected) in [
            ("file", 0o640, "-rw-r-----"),
            ("file", 0o000, "----------"),
            ("file", 0o777, "-rwxrwxrwx"),
            ("file", 0o4755, "-rwsr-xr-x"),
            ("file", 0o4644, "-rwSr--r--"),
            ("file", 0o2755, "-rwxr-sr-x"),
            ("file", 0o2745, "-rwxr-Sr-x"),
            ("directory", 0o1777, "drwxrwxrwt"),
            ("directory", 0o1776, "drwxrwxrwT"),
            ("symlink", 0o777, "lrwxrwxrwx"),
            ("fifo", 0o600, "prw-------"),
            ("socket", 0o600, "srw-------"),
            ("block_device", 0o660, "brw-rw----"),
            ("char_device", 0o666, "crw-rw-rw-"),
        ] {
            assert_eq!(text(kind, mode), expected);
        }
    }
}
