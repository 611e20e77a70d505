//! Frames that come while a node gets its addresses, connects, reads and asks: any bytes, and answers to what it has sent, with
//! other bytes in them.
#![no_main]

use arbitrary::Arbitrary;
use embedded_io::{Read as _, Write as _};
use libfuzzer_sys::fuzz_target;
use quoin_net::link::{Config, Limits, LocalStack, Mac, Options, Platform};
use quoin_net::{Deadline, Error, Instant, Stack};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

#[derive(Debug, Arbitrary)]
struct Input {
    /// DHCP and SLAAC, a tunnel, or given addresses.
    options: u8,
    events: Vec<Event>,
}

#[derive(Debug, Arbitrary)]
enum Event {
    /// Any frame.
    Raw(Vec<u8>),
    /// The last frame that the node sent goes back to it, as if it were answered.
    Answer {
        /// TCP's flags, or the kind of an ICMP message.
        flags: u8,
        /// How far the sequence number is from the one that the node expects.
        sequence: i16,
        window: u16,
        payload: Vec<u8>,
        /// What is written over.
        edits: Vec<(u8, u8)>,
    },
    /// Milliseconds go by.
    Pass(u16),
}

type Queue = Rc<RefCell<VecDeque<Vec<u8>>>>;

struct Wire {
    incoming: Queue,
    last: Rc<RefCell<Vec<u8>>>,
    medium: Medium,
}

struct Received(Vec<u8>);

impl RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, take: F) -> R {
        take(&self.0)
    }
}

struct Sent<'a>(&'a RefCell<Vec<u8>>);

impl TxToken for Sent<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, fill: F) -> R {
        let mut frame = vec![0; length];
        let result = fill(&mut frame);
        *self.0.borrow_mut() = frame;
        result
    }
}

impl Device for Wire {
    type RxToken<'a> = Received;
    type TxToken<'a> = Sent<'a>;

    fn receive(&mut self, _: smoltcp::time::Instant) -> Option<(Received, Sent<'_>)> {
        let frame = self.incoming.borrow_mut().pop_front()?;
        Some((Received(frame), Sent(&self.last)))
    }

    fn transmit(&mut self, _: smoltcp::time::Instant) -> Option<Sent<'_>> {
        Some(Sent(&self.last))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = self.medium;
        capabilities.max_transmission_unit = 1514;
        capabilities
    }
}

struct World {
    clock: Cell<u64>,
    random: Cell<u64>,
    incoming: Queue,
    last: Rc<RefCell<Vec<u8>>>,
    events: RefCell<VecDeque<Event>>,
    medium: Medium,
}

impl Platform for &World {
    fn now(&self) -> Instant {
        Instant::from_nanos(self.clock.get())
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), Error> {
        for byte in bytes {
            let next = self
                .random
                .get()
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            self.random.set(next);
            *byte = next.to_be_bytes()[0];
        }
        Ok(())
    }

    fn idle(&self, until: Instant) {
        let pass = |time: u64| self.clock.set(self.clock.get().saturating_add(time));
        match self.events.borrow_mut().pop_front() {
            None => pass(u64::try_from(until.since(self.now()).as_nanos()).unwrap_or(0).max(1_000_000)),
            Some(Event::Pass(milliseconds)) => pass(u64::from(milliseconds) * 1_000_000),
            Some(Event::Raw(frame)) => self.incoming.borrow_mut().push_back(frame),
            Some(Event::Answer { flags, sequence, window, payload, edits }) => {
                let mut frame = self.last.borrow().clone();
                answer(&mut frame, self.medium, flags, sequence, window, &payload);
                for (at, byte) in edits {
                    if let Some(place) = frame.get_mut(usize::from(at)) {
                        *place = byte;
                    }
                }
                self.incoming.borrow_mut().push_back(frame);
                pass(100_000);
            }
        }
    }
}

/// Makes an answer of what was sent, as far as it is something known. Checksums don't matter: smoltcp doesn't verify them while it is
/// being fuzzed, but for that of IPv4's header, which stays right as addresses change places.
fn answer(frame: &mut Vec<u8>, medium: Medium, flags: u8, sequence: i16, window: u16, payload: &[u8]) {
    let mut at = 0;
    if medium == Medium::Ethernet && frame.len() >= 14 {
        let from: [u8; 6] = frame[6..12].try_into().expect("six bytes");
        frame[..6].copy_from_slice(&from);
        frame[6..12].copy_from_slice(&[2, 0, 0, 0, 0, 9]);
        at = 14;
        if frame[12..14] == [8, 6] && frame.len() >= 42 {
            // ARP: who was asked for answers.
            frame[21] = 2;
            let (asker, target): ([u8; 10], [u8; 4]) =
                (frame[22..32].try_into().expect("ten bytes"), frame[38..42].try_into().expect("four bytes"));
            frame[22..28].copy_from_slice(&[2, 0, 0, 0, 0, 9]);
            frame[28..32].copy_from_slice(&target);
            frame[32..42].copy_from_slice(&asker);
            return;
        }
    }
    let (protocol, transport) = match frame.get(at).map(|first| first >> 4) {
        Some(4) if frame.len() >= at + 20 => {
            let (from, to): ([u8; 4], [u8; 4]) = (
                frame[at + 12..at + 16].try_into().expect("four"),
                frame[at + 16..at + 20].try_into().expect("four"),
            );
            frame[at + 12..at + 16].copy_from_slice(&to);
            frame[at + 16..at + 20].copy_from_slice(&from);
            (frame[at + 9], at + 20)
        }
        Some(6) if frame.len() >= at + 40 => {
            let (from, to): ([u8; 16], [u8; 16]) = (
                frame[at + 8..at + 24].try_into().expect("16"),
                frame[at + 24..at + 40].try_into().expect("16"),
            );
            frame[at + 8..at + 24].copy_from_slice(&to);
            frame[at + 24..at + 40].copy_from_slice(&from);
            (frame[at + 6], at + 40)
        }
        _ => return,
    };
    if frame.len() < transport + 8 {
        return;
    }
    if matches!(protocol, 6 | 17) {
        frame[transport..transport + 4].rotate_left(2);
    }
    if protocol == 6 && frame.len() >= transport + 20 {
        let number = |at: usize| u32::from_be_bytes(frame[at..at + 4].try_into().expect("four"));
        let (sent, acknowledged) = (number(transport + 4), number(transport + 8));
        let syn = u32::from(frame[transport + 13] & 2 != 0);
        let offset = i32::from(sequence).cast_unsigned();
        frame.truncate(transport + 20);
        frame[transport + 4..transport + 8].copy_from_slice(&acknowledged.wrapping_add(offset).to_be_bytes());
        frame[transport + 8..transport + 12].copy_from_slice(&sent.wrapping_add(syn).to_be_bytes());
        frame[transport + 12] = 0x50;
        frame[transport + 13] = flags;
        frame[transport + 14..transport + 16].copy_from_slice(&window.to_be_bytes());
        frame.extend_from_slice(payload);
        lengthen(frame, at);
    } else if protocol == 58 {
        // A solicitation becomes an advertisement of the one that was asked for.
        frame[transport] = if flags == 0 { 136 } else { flags };
        frame.extend_from_slice(payload);
        lengthen(frame, at);
    }
}

/// Puts the length into the IP header, and its checksum.
fn lengthen(frame: &mut [u8], at: usize) {
    let length = frame.len() - at;
    if frame[at] >> 4 == 6 {
        frame[at + 4..at + 6].copy_from_slice(&u16::try_from(length - 40).unwrap_or(u16::MAX).to_be_bytes());
        return;
    }
    frame[at + 2..at + 4].copy_from_slice(&u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
    frame[at + 10..at + 12].fill(0);
    let sum = frame[at..at + 20]
        .chunks(2)
        .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])))
        .sum::<u32>();
    let folded = (sum & 0xffff) + (sum >> 16);
    let folded = u16::try_from((folded & 0xffff) + (folded >> 16)).unwrap_or(u16::MAX);
    frame[at + 10..at + 12].copy_from_slice(&(!folded).to_be_bytes());
}

const SECONDS: u64 = 1_000_000_000;

fuzz_target!(|input: Input| {
    let text = match input.options % 4 {
        0 => "tap:t,dhcp,slaac,mac=02:00:00:00:00:05",
        1 => "tun:t,addr=192.0.2.5/24,addr=2001:db8::5/64",
        2 => "tap:t,dhcp,mac=02:00:00:00:00:05",
        _ => "tap:t,addr=192.0.2.5/24,gw=192.0.2.9,addr=2001:db8::5/64,gw=fe80::9,mac=02:00:00:00:00:05",
    };
    let options: Options = text.parse().expect(text);
    let medium = if text.starts_with("tun") { Medium::Ip } else { Medium::Ethernet };
    let mac =
        (medium == Medium::Ethernet).then(|| "02:00:00:00:00:05".parse::<Mac>().expect("a MAC address"));
    let (incoming, last) = (Queue::default(), Rc::new(RefCell::default()));
    let world = World {
        clock: Cell::new(0),
        random: Cell::new(1),
        incoming: incoming.clone(),
        last: last.clone(),
        events: RefCell::new(input.events.into()),
        medium,
    };
    let limits = Limits { receive: 2048, send: 1024, sockets: 6, closing: 2, ..Limits::default() };
    let config = Config::new(&options, mac, limits);
    let after = |seconds| Deadline::after((&&world).now(), Duration::from_secs(seconds));
    let Ok(stack) = LocalStack::open(Wire { incoming, last, medium }, &config, &world, after(10)) else {
        return;
    };
    for to in ["192.0.2.1:80", "[2001:db8::1]:80", "198.51.100.1:80"] {
        let (to, started) = (to.parse().expect(to), world.clock.get());
        if let Ok(mut stream) = stack.connect(to, after(5)) {
            let _ = stream.write(&[7; 1500]);
            let mut buffer = [0; 700];
            while let Ok(1..) = stream.read(&mut buffer) {}
        }
        let _ = stack.exchange(to, b"question", after(2), &mut |answer| answer == b"answer");
        // An event lets as much as 66 seconds pass.
        assert!(world.clock.get() - started < (7 + 2 * 66) * SECONDS, "longer than its deadline");
        assert!(stack.node(|node| node.sockets()) <= 6);
    }
});
