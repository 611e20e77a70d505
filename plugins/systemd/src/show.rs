//! What `systemctl show` prints: a line `Name=value` for each property that the unit has.

/// The properties that are asked for, in one argument.
pub(crate) const PROPERTIES: &str =
    "--property=LoadState,ActiveState,SubState,UnitFileState,MainPID,NRestarts";

/// A unit's state; empty or 0 where that sort of unit has no such property.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Unit<'a> {
    pub(crate) load_state: &'a str,
    pub(crate) active_state: &'a str,
    pub(crate) sub_state: &'a str,
    pub(crate) unit_file_state: &'a str,
    pub(crate) main_pid: u32,
    pub(crate) restarts: u32,
}

impl<'a> Unit<'a> {
    /// Reads it; `None` where what every unit has is missing.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut unit = Self::default();
        for line in text.lines() {
            let Some((name, value)) = line.split_once('=') else { continue };
            match name {
                "LoadState" => unit.load_state = value,
                "ActiveState" => unit.active_state = value,
                "SubState" => unit.sub_state = value,
                "UnitFileState" => unit.unit_file_state = value,
                "MainPID" => unit.main_pid = value.parse().ok()?,
                "NRestarts" => unit.restarts = value.parse().ok()?,
                _ => {}
            }
        }
        (!unit.load_state.is_empty() && !unit.active_state.is_empty()).then_some(unit)
    }

    /// Whether it is up: for a service, that its program runs; one that has done its work and is `exited` does not.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.active_state, "active" | "reloading") && self.sub_state != "exited"
    }

    /// Whether it is started with the system, or with what it belongs to.
    pub(crate) fn is_enabled(&self) -> bool {
        matches!(self.unit_file_state, "enabled" | "enabled-runtime" | "alias")
    }
}

#[cfg(test)]
mod tests {
    use super::Unit;

    #[test]
    fn only_an_answer_is_read() {
        for text in ["", "LoadState=\nActiveState=\n", "ActiveState=active", "LoadState=loaded", "garbage"] {
            assert_eq!(Unit::parse(text), None, "{text}");
        }
        assert_eq!(Unit::parse("LoadState=loaded\nActiveState=active\nMainPID=many\n"), None);
    }

    #[test]
    fn up_and_enabled() {
        let running =
            |active_state, sub_state| Unit { active_state, sub_state, ..Unit::default() }.is_running();
        assert!(
            running("active", "running") && running("active", "mounted") && running("reloading", "reload")
        );
        assert!(
            !running("active", "exited") && !running("failed", "failed") && !running("activating", "start")
        );
        let enabled = |unit_file_state| Unit { unit_file_state, ..Unit::default() }.is_enabled();
        assert!(enabled("enabled") && enabled("enabled-runtime"));
        assert!(!enabled("disabled") && !enabled("static") && !enabled("masked") && !enabled(""));
    }
}
