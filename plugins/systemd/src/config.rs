//! The configuration of an observation.

use alloc::string::String;
use quoin_plugin::{Config, Schema, Setting, Value, Wrong};

/// What to ask about.
#[derive(Debug, Config)]
pub struct Request {
    /// Name of the unit; `.service` is added where it has no other ending.
    #[config(capability = "exec:systemctl")]
    pub(crate) unit: UnitName,
}

/// A unit's name, which is neither an option nor a pattern.
#[derive(Debug)]
pub(crate) struct UnitName(pub(crate) String);

/// The longest name of a unit (`UNIT_NAME_MAX` of systemd, without the NUL).
const NAME_BYTES: usize = 255;

impl Setting for UnitName {
    const SCHEMA: Schema = Schema::Text(
        r#""type":"string","pattern":"^[A-Za-z0-9:_.\\\\@][A-Za-z0-9:_.\\\\@-]*$","maxLength":255"#,
    );

    fn read(value: Value) -> Result<Self, Wrong> {
        let unit = String::read(value)?;
        // systemd.unit(5) has these characters. `-.mount` and `-.slice` are the only units that begin with a hyphen, and
        // systemctl takes a leading one for an option's.
        let is_name = |c: u8| c.is_ascii_alphanumeric() || b":_.\\@-".contains(&c);
        let valid =
            (1..=NAME_BYTES).contains(&unit.len()) && unit.bytes().all(is_name) && !unit.starts_with('-');
        if !valid {
            return Err(
                "has to be the name of one unit, such as sshd.service: letters, digits and :_.\\@-".into()
            );
        }
        Ok(Self(unit))
    }
}
