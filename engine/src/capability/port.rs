//! [`PortSet`]: ports as a list of numbers and ranges.

use super::error::{CapabilityError, Problem};
use alloc::vec::Vec;
use core::fmt;

/// A set of ports, sorted, with neighbours merged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PortSet(Vec<(u16, u16)>);

impl PortSet {
    /// Every port.
    #[must_use]
    pub fn any() -> Self {
        Self([(0, u16::MAX)].into())
    }

    /// One port.
    #[must_use]
    pub fn one(port: u16) -> Self {
        Self([(port, port)].into())
    }

    /// Reads `80,443,8000-8100` or `*`.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        Self::union(text.split(','))
    }

    /// Reads a list whose items are numbers, ranges or `*`.
    pub(super) fn union<'a>(items: impl Iterator<Item = &'a str>) -> Result<Self, Problem> {
        let mut ranges = items.map(|item| range(item.trim())).collect::<Result<Vec<_>, _>>()?;
        ranges.sort_unstable();
        let mut merged: Vec<(u16, u16)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match merged.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => merged.push((low, high)),
            }
        }
        if merged.is_empty() { Err(Problem::Ports) } else { Ok(Self(merged)) }
    }

    /// Whether the port is one of them.
    #[must_use]
    pub fn contains(&self, port: u16) -> bool {
        self.0.iter().any(|(low, high)| (*low..=*high).contains(&port))
    }
}

fn range(text: &str) -> Result<(u16, u16), Problem> {
    if text == "*" {
        return Ok((0, u16::MAX));
    }
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let (low, high) = (number(low)?, number(high)?);
    if low <= high { Ok((low, high)) } else { Err(Problem::Ports) }
}

/// Reads one port.
pub(super) fn number(text: &str) -> Result<u16, Problem> {
    let text = text.trim();
    // `parse` would take a sign.
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Problem::Ports);
    }
    text.parse().ok().filter(|port| *port != 0).ok_or(Problem::Ports)
}

impl core::str::FromStr for PortSet {
    type Err = CapabilityError;

    fn from_str(text: &str) -> Result<Self, CapabilityError> {
        Self::parse(text).map_err(|problem| CapabilityError::new(text, problem))
    }
}

impl fmt::Display for PortSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == [(0, u16::MAX)] {
            return f.write_str("*");
        }
        for (index, (low, high)) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            if low == high { low.fmt(f)? } else { write!(f, "{low}-{high}")? }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn ports_are_sorted_and_merged() {
        for (text, canonical) in [
            ("443,80", "80,443"),
            ("80, 81,82", "80-82"),
            ("8000-8100,8050-8200", "8000-8200"),
            ("*", "*"),
            ("*,80", "*"),
            ("1-65535", "1-65535"),
            ("22-22", "22"),
        ] {
            assert_eq!(PortSet::parse(text).unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn malformed_ports() {
        for text in
            ["", "0", "65536", "80,", ",80", "90-80", "http", "+80", "-1", "80-", "1-2-3", "8*", "0x50"]
        {
            assert_eq!(PortSet::parse(text), Err(Problem::Ports), "{text}");
        }
    }

    #[test]
    fn contains_only_its_ports() {
        let ports = PortSet::parse("80,8000-8002").unwrap();
        for port in [80, 8000, 8002] {
            assert!(ports.contains(port));
        }
        for port in [0, 79, 81, 7999, 8003, 65535] {
            assert!(!ports.contains(port));
        }
    }
}
