//! The configuration of an observation: `schema.json` in Rust.

use alloc::string::String;
use quoin_plugin::{Config, ErrorDetail, Fields};

/// What to ask about.
#[derive(Debug)]
pub struct Request {
    /// A unit's name, which is neither an option nor a pattern.
    pub(crate) unit: String,
}

/// The longest name of a unit (`UNIT_NAME_MAX` of systemd, without the NUL).
const NAME_BYTES: usize = 255;

impl Config for Request {
    fn read(fields: &mut Fields) -> Result<Self, ErrorDetail> {
        let unit = fields.text("unit")?.ok_or_else(|| fields.missing("unit"))?;
        // systemd.unit(5) has these characters. `-.mount` and `-.slice` are the only units that begin with a hyphen, and
        // systemctl takes a leading one for an option's.
        let is_name = |c: u8| c.is_ascii_alphanumeric() || b":_.\\@-".contains(&c);
        let valid =
            (1..=NAME_BYTES).contains(&unit.len()) && unit.bytes().all(is_name) && !unit.starts_with('-');
        if !valid {
            let what = "has to be the name of one unit, such as sshd.service: letters, digits and :_.\\@-";
            return Err(fields.wrong("unit", what));
        }
        Ok(Self { unit })
    }
}
