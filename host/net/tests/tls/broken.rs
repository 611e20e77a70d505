//! Whatever a peer does ends in an answer.

use super::server::*;
use embedded_io::Write as _;
use quoin_net::Code;
use quoin_net::script::{Event, Peer};
use quoin_net::tls::Verify;
use std::cell::RefCell;
use std::rc::Rc;

#[test]
fn who_does_not_have_the_key_fails_also_where_the_certificate_does_not_matter() {
    for version in [TLS12, TLS13] {
        for certificate in ["below", "v1"] {
            let site = Site::new(&[certificate], "ec.key", version);
            let stack = stack(move || site.server());
            let error = connect(&stack, "good.example", &root(), Verify::Report).err().unwrap();
            assert_eq!(error.code(), Code::Tls);
            assert!(error.message().contains("does not prove that it has its certificate's key"), "{error}");
        }
    }
}

#[test]
fn a_name_that_cannot_be_asked_for_is_invalid() {
    for name in ["", "a b", "ü.example", "-", "a..b", "[::1", "1.2.3.4.5"] {
        let stack = stack(Vec::new);
        let error = connect(&stack, name, &root(), Verify::Report).err().unwrap();
        assert_eq!(error.code(), Code::Invalid, "{name}");
    }
}

#[test]
fn an_end_without_close_notify_is_not_a_proper_end() {
    for version in [TLS12, TLS13] {
        let mut site = Site::new(&["good"], "ec.key", version);
        site.end = End::Cut;
        let stack = stack(move || site.server());
        assert_eq!(talk(&stack, "good.example", Verify::Require).unwrap_err().code(), Code::UnexpectedEnd);
    }
}

/// Lets so many bytes of a server through, and then does something else.
struct Through {
    server: Server,
    left: usize,
    then: Event,
    passed: Rc<RefCell<usize>>,
}

impl Peer for Through {
    fn hear(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for event in self.server.hear(bytes) {
            match event {
                Event::Send(mut bytes) => {
                    if bytes.len() >= self.left {
                        bytes.truncate(self.left);
                        events.extend([Event::Send(bytes), self.then.clone()]);
                        self.left = 0;
                        return events;
                    }
                    self.left -= bytes.len();
                    *self.passed.borrow_mut() += bytes.len();
                    events.push(Event::Send(bytes));
                }
                other => events.push(other),
            }
        }
        events
    }
}

/// How many bytes a server sends in all.
fn length(site: &Site) -> usize {
    let passed = Rc::new(RefCell::new(0));
    let (counted, site) = (passed.clone(), site.clone());
    let stack = stack(move || Through {
        server: site.server(),
        left: usize::MAX,
        then: Event::Close,
        passed: counted.clone(),
    });
    talk(&stack, "good.example", Verify::Report).unwrap();
    *passed.borrow()
}

#[test]
fn cut_off_reset_or_silent_at_any_byte_is_an_error() {
    for version in [TLS12, TLS13] {
        let site = Site::new(&["good"], "ec.key", version);
        for (then, code) in [
            (Event::Close, Code::UnexpectedEnd),
            (Event::Reset, Code::ConnectionReset),
            (Event::Stall, Code::TimedOut),
        ] {
            // Signatures are not always of the same length; what follows the last bytes is the end anyway.
            for left in (0..length(&site) - 8).step_by(3) {
                let (site, then) = (site.clone(), then.clone());
                let stack = stack(move || Through {
                    server: site.server(),
                    left,
                    then: then.clone(),
                    passed: Rc::default(),
                });
                let error = talk(&stack, "good.example", Verify::Report).unwrap_err();
                assert_eq!(error.code(), code, "after {left} bytes: {error}");
            }
        }
    }
}

/// Changes one byte of what a server sends.
struct Flip {
    server: Server,
    at: usize,
}

impl Peer for Flip {
    fn hear(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = self.server.hear(bytes);
        for event in &mut events {
            if let Event::Send(bytes) = event {
                if let Some(byte) = bytes.get_mut(self.at) {
                    *byte ^= 0x11;
                }
                self.at = self.at.wrapping_sub(bytes.len());
            }
        }
        events.push(Event::Close);
        events
    }
}

#[test]
fn a_byte_that_was_changed_on_the_way_is_an_error() {
    for version in [TLS12, TLS13] {
        let site = Site::new(&["good"], "ec.key", version);
        let mut passed = 0;
        for at in 0..length(&site) - 8 {
            let site = site.clone();
            let stack = stack(move || Flip { server: site.server(), at });
            let outcome =
                connect(&stack, "good.example", &root(), Verify::Report).and_then(|(mut stream, _)| {
                    stream.write_all(b"hello")?;
                    read_all(&mut *stream)
                });
            match outcome {
                Err(error) => assert!(
                    matches!(error.code(), Code::Protocol | Code::Tls | Code::UnexpectedEnd),
                    "byte {at}: {error}"
                ),
                Ok(_) => passed += 1,
            }
        }
        // The low byte of a record's version is not looked at (RFC 8446, 5.1), and there are less than twenty records.
        assert!(passed < 20, "{passed} bytes may be changed");
    }
}

#[test]
fn what_is_not_tls_is_told_from_what_refuses() {
    let alert = |description| vec![21, 3, 3, 0, 2, 2, description];
    let hello = |version: u8, suite: u8| {
        [&[22, 3, 3, 0, 42, 2, 0, 0, 38, 3, version][..], &[7; 32], &[0, 0, suite, 0]].concat()
    };
    for (answer, code, message) in [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), Code::Protocol, "does not speak TLS"),
        (b"SSH-2.0-dropbear\r\n".to_vec(), Code::Protocol, "does not speak TLS"),
        (vec![0; 100_000], Code::Protocol, "does not speak TLS"),
        (vec![0xff; 100_000], Code::Protocol, "does not speak TLS"),
        ([&[22, 3, 3, 0x40, 0][..], &[0; 0x4000]].concat(), Code::Protocol, "TLS"),
        ([21, 3, 3, 0, 2, 1, 90].repeat(10_000), Code::Protocol, "rules"),
        (hello(1, 0x2f), Code::Tls, "Quoin has TLS 1.2 with ECDHE"),
        (hello(3, 0x2f), Code::Tls, "Quoin has TLS 1.2 with ECDHE"),
        (alert(40), Code::Tls, "handshake_failure (Quoin has TLS 1.2 with ECDHE"),
        (alert(70), Code::Tls, "protocol_version"),
        (alert(112), Code::Tls, "does not know the server name"),
        (alert(80), Code::Tls, "internal_error"),
        (alert(200), Code::Tls, "of another kind"),
    ] {
        let stack = stack(move || vec![Event::Send(answer.clone()), Event::Close]);
        let error = connect(&stack, "good.example", &root(), Verify::Report).err().unwrap();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.message().contains(message), "{error}");
    }
}
