//! Which address is tried first: the precedence of RFC 6724, 2.1, without the sources, which only a stack knows.

use core::net::IpAddr;

/// The most preferred first; equals stay in the order that the server gave them.
pub(super) fn sort(addresses: &mut [IpAddr]) {
    addresses.sort_by_key(|address| core::cmp::Reverse(precedence(address)));
}

/// The precedence of the default policy table. A family that this machine has no route for fails at once where it is tried.
fn precedence(address: &IpAddr) -> u8 {
    let IpAddr::V6(v6) = address else { return 35 };
    match v6.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => 50,
        [0, 0, 0, 0, 0, 0xffff, _, _] => 35,
        [0, 0, 0, 0, 0, 0, _, _] => 1,
        [0x2002, ..] => 30,
        [0x2001, 0, ..] => 5,
        [first, ..] if first & 0xffc0 == 0xfec0 => 1,
        [first, ..] if first & 0xfe00 == 0xfc00 => 3,
        [0x3ffe, ..] => 1,
        _ => 40,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_sorted_as_the_policy_table_says() {
        let mut addresses = [
            "fd00::1",
            "192.0.2.2",
            "2002::1",
            "2001:db8::2",
            "192.0.2.1",
            "2001::1",
            "::1",
            "fec0::1",
            "2001:db8::1",
        ]
        .map(|text| text.parse().unwrap());
        sort(&mut addresses);
        let expected = [
            "::1",
            "2001:db8::2",
            "2001:db8::1",
            "192.0.2.2",
            "192.0.2.1",
            "2002::1",
            "2001::1",
            "fd00::1",
            "fec0::1",
        ];
        assert_eq!(addresses, expected.map(|text| text.parse::<IpAddr>().unwrap()));
    }
}
