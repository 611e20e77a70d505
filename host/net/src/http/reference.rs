//! [`Url::join`]: what a `Location` means (RFC 3986 section 5).

use super::Url;
use crate::{Code, Error};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

impl Url {
    /// What `reference`, found at this URL, refers to (RFC 3986 section 5.2), without its fragment.
    ///
    /// # Errors
    ///
    /// As of [`parse`](Self::parse), and where it has another scheme.
    pub fn join(&self, reference: &str) -> Result<Self, Error> {
        let reference = reference.split('#').next().unwrap_or_default();
        let front = &reference[..reference.find(['/', '?']).unwrap_or(reference.len())];
        if let Some((scheme, _)) = front.split_once(':') {
            if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
                let message = "it has neither the scheme `http` nor `https`, and no other is followed";
                return Err(Error::new(Code::Unsupported, message));
            }
            return Self::parse(reference).map(Self::without_dots);
        }
        let scheme = self.scheme().as_str();
        if reference.starts_with("//") {
            return Self::parse(&format!("{scheme}:{reference}")).map(Self::without_dots);
        }
        if reference.is_empty() {
            return Ok(self.clone());
        }
        let path = self.target().split('?').next().unwrap_or_default();
        let front = match reference.as_bytes()[0] {
            b'/' => "",
            b'?' => path,
            _ => &path[..=path.rfind('/').unwrap_or_default()],
        };
        // The host has been read once; only the target is new.
        let read = Self::parse(&format!("{scheme}://h{front}{reference}"))?.without_dots();
        Ok(self.with_target(read.target().into()))
    }

    fn without_dots(self) -> Self {
        let (path, query) = match self.target().find('?') {
            Some(at) => self.target().split_at(at),
            None => (self.target(), ""),
        };
        let target = remove_dot_segments(path) + query;
        self.with_target(target)
    }
}

/// RFC 3986 section 5.2.4, for a path that starts with `/`.
fn remove_dot_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if last {
                    kept.push("");
                }
            }
            segment => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn the_examples_of_rfc_3986_section_5_4() {
        let base = Url::parse("http://a/b/c/d;p?q").unwrap();
        for (reference, target) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g/"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q"),
            ("g#s", "http://a/b/c/g"),
            ("g?y#s", "http://a/b/c/g?y"),
            (";x", "http://a/b/c/;x"),
            ("g;x", "http://a/b/c/g;x"),
            ("g;x?y#s", "http://a/b/c/g;x?y"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../", "http://a/"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("../../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            (".g", "http://a/b/c/.g"),
            ("g..", "http://a/b/c/g.."),
            ("..g", "http://a/b/c/..g"),
            ("./../g", "http://a/b/g"),
            ("./g/.", "http://a/b/c/g/"),
            ("g/./h", "http://a/b/c/g/h"),
            ("g/../h", "http://a/b/c/h"),
            ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("g?y/./x", "http://a/b/c/g?y/./x"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("g#s/./x", "http://a/b/c/g"),
        ] {
            assert_eq!(base.join(reference).unwrap().to_string(), target, "{reference}");
        }
    }

    #[test]
    fn other_places() {
        let base = Url::parse("https://a:8443/b?q").unwrap();
        for (reference, target) in [
            ("HTTP://B.example:80/x", "http://b.example/x"),
            ("http://b/../x?/..", "http://b/x?/.."),
            ("//[::1]:1/x", "https://[::1]:1/x"),
            ("//b:8443", "https://b:8443/"),
            ("/x", "https://a:8443/x"),
            ("x//y/..//é", "https://a:8443/x///%C3%A9"),
            ("x?a:b", "https://a:8443/x?a:b"),
            ("./a:b", "https://a:8443/a:b"),
            ("", "https://a:8443/b?q"),
        ] {
            assert_eq!(base.join(reference).unwrap().to_string(), target, "{reference}");
        }
        for (reference, code) in [
            ("ftp://a/", Code::Unsupported),
            ("javascript:alert(1)", Code::Unsupported),
            ("a:b", Code::Unsupported),
            ("http:x", Code::Invalid),
            ("http:///x", Code::Invalid),
            ("///x", Code::Invalid),
            ("//b@c/", Code::Invalid),
            ("/a b", Code::Invalid),
            ("\\\\b\\x", Code::Invalid),
            ("/\\b", Code::Invalid),
            ("\thttp://b/", Code::Unsupported),
            ("%zz", Code::Invalid),
        ] {
            assert_eq!(base.join(reference).unwrap_err().code(), code, "{reference}");
        }
    }
}
