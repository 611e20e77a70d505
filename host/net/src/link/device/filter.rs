//! The socket filter of `raw:`: what of an interface's traffic is ours.

use super::super::name::Mac;
use super::sys::Instruction;

/// Where ancillary data begins (`linux/filter.h`): the kind of packet, and whether it had a VLAN tag.
const KIND: u32 = 0xffff_f000 + 4;
const TAGGED: u32 = 0xffff_f000 + 48;
/// The kind of those that this machine sends (packet(7)).
const OUTGOING: u32 = 4;

const LOAD: u16 = 0x20;
const LOAD_HALF: u16 = 0x28;
const JUMP_EQUAL: u16 = 0x15;
const JUMP_SET: u16 = 0x45;
const RIGHT_SHIFT: u16 = 0x74;
const RETURN: u16 = 0x06;

/// Accepts IPv4, ARP and IPv6 for `mac`, for everybody, and for the IPv6 groups that every host is in: all nodes, and those of neighbour
/// discovery. What this machine sends is left out, and what belongs to a VLAN: that has an interface of its own.
pub(super) fn ours(mac: Mac) -> [Instruction; 21] {
    let [a, b, c, d, e, f] = mac.bytes();
    let (high, low) = (u32::from(u16::from_be_bytes([a, b])), u32::from_be_bytes([c, d, e, f]));
    let at = |code, k| Instruction { code, jt: 0, jf: 0, k };
    let to = |code, k, jt, jf| Instruction { code, jt, jf, k };
    [
        at(LOAD, KIND),
        to(JUMP_EQUAL, OUTGOING, 18, 0),
        at(LOAD, TAGGED),
        to(JUMP_EQUAL, 0, 0, 16),
        at(LOAD_HALF, 12),
        to(JUMP_EQUAL, 0x0800, 2, 0),
        to(JUMP_EQUAL, 0x0806, 1, 0),
        to(JUMP_EQUAL, 0x86dd, 0, 12),
        // Who it is for: one station, or many.
        at(LOAD_HALF, 0),
        to(JUMP_SET, 0x0100, 3, 0),
        to(JUMP_EQUAL, high, 0, 9),
        at(LOAD, 2),
        to(JUMP_EQUAL, low, 6, 7),
        to(JUMP_EQUAL, 0xffff, 5, 0),
        to(JUMP_EQUAL, 0x3333, 0, 5),
        at(LOAD, 2),
        to(JUMP_EQUAL, 1, 2, 0),
        at(RIGHT_SHIFT, 24),
        to(JUMP_EQUAL, 0xff, 0, 1),
        at(RETURN, u32::MAX),
        at(RETURN, 0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the kernel does with it.
    fn accepts(kind: u32, tagged: u32, frame: &[u8]) -> bool {
        let program = ours("02:00:5e:10:20:30".parse().unwrap());
        let (mut accumulator, mut next) = (0_u32, 0);
        loop {
            let Instruction { code, jt, jf, k } = program[next];
            next += 1;
            let jump = |taken: bool| usize::from(if taken { jt } else { jf });
            match (code, k) {
                (LOAD, KIND) => accumulator = kind,
                (LOAD, TAGGED) => accumulator = tagged,
                (LOAD, _) => {
                    let at = k as usize;
                    accumulator = u32::from_be_bytes(frame[at..at + 4].try_into().unwrap());
                }
                (LOAD_HALF, _) => {
                    let at = k as usize;
                    accumulator = u16::from_be_bytes(frame[at..at + 2].try_into().unwrap()).into();
                }
                (JUMP_EQUAL, _) => next += jump(accumulator == k),
                (JUMP_SET, _) => next += jump(accumulator & k != 0),
                (RIGHT_SHIFT, _) => accumulator >>= k,
                (RETURN, _) => return k != 0,
                _ => panic!("{code:#x}"),
            }
        }
    }

    fn frame(to: [u8; 6], protocol: u16) -> Vec<u8> {
        [&to[..], &[2, 0, 0, 0, 0, 9], &protocol.to_be_bytes(), &[0; 40]].concat()
    }

    #[test]
    fn only_what_is_ours_passes() {
        const US: [u8; 6] = [0x02, 0x00, 0x5e, 0x10, 0x20, 0x30];
        for protocol in [0x0800, 0x0806, 0x86dd] {
            assert!(accepts(0, 0, &frame(US, protocol)), "{protocol:#x}");
            assert!(accepts(3, 0, &frame(US, protocol)), "for another host than the interface's");
            assert!(accepts(1, 0, &frame([0xff; 6], protocol)));
        }
        assert!(accepts(2, 0, &frame([0x33, 0x33, 0xff, 1, 2, 3], 0x86dd)));
        assert!(accepts(2, 0, &frame([0x33, 0x33, 0, 0, 0, 1], 0x86dd)));

        assert!(!accepts(2, 0, &frame([0x33, 0x33, 0, 0, 0, 0xfb], 0x86dd)), "another group");
        assert!(!accepts(2, 0, &frame([1, 0, 0x5e, 0, 0, 0xfb], 0x0800)), "an IPv4 group");
        assert!(!accepts(3, 0, &frame([0x02, 0x00, 0x5e, 0x10, 0x20, 0x31], 0x0800)));
        assert!(!accepts(3, 0, &frame([0x02, 0x01, 0x5e, 0x10, 0x20, 0x30], 0x0800)));
        assert!(!accepts(OUTGOING, 0, &frame([0xff; 6], 0x0800)), "this machine's own");
        assert!(!accepts(0, 1, &frame(US, 0x0800)), "a VLAN's");
        assert!(!accepts(0, 0, &frame(US, 0x88cc)), "LLDP");
    }
}
