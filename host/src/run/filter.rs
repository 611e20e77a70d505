//! [`Filter`]: which controls of a profile a run looks at.

use crate::nearest::nearest;
use crate::profile::{Control, Profile, Severity};
use std::fmt;

/// What a control has to be to be looked at. Everything that is set has to hold; the dependencies of what is selected
/// are looked at too, since without them it could only be skipped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Its id is one of these, unless there are none.
    pub ids: Vec<String>,
    /// It has one of these tags, unless there are none.
    pub tags: Vec<String>,
    /// It is at least this severe; a control without a severity never is.
    pub severity: Option<Severity>,
}

impl Filter {
    /// For each control of `profile`, whether it is looked at.
    ///
    /// # Errors
    ///
    /// When an id is unknown, or nothing is left: a run that checks nothing would look like success.
    pub fn select(&self, profile: &Profile) -> Result<Vec<bool>, FilterError> {
        let known = |id: &String| profile.controls.iter().any(|control| control.id.as_str() == *id);
        if let Some(id) = self.ids.iter().find(|id| !known(id)) {
            let ids = profile.controls.iter().map(|control| control.id.as_str());
            let near = nearest(id, ids).map(str::to_owned);
            return Err(FilterError::UnknownControl { id: id.clone(), near });
        }
        let mut selected: Vec<_> = profile.controls.iter().map(|control| self.matches(control)).collect();
        if !selected.contains(&true) && !profile.controls.is_empty() {
            return Err(FilterError::Nothing(self.clone()));
        }
        let mut open: Vec<_> = (0..selected.len()).filter(|index| selected[*index]).collect();
        while let Some(index) = open.pop() {
            for dependency in &profile.controls[index].depends_on {
                if !std::mem::replace(&mut selected[*dependency], true) {
                    open.push(*dependency);
                }
            }
        }
        Ok(selected)
    }

    fn matches(&self, control: &Control) -> bool {
        (self.ids.is_empty() || self.ids.iter().any(|id| id == control.id.as_str()))
            && (self.tags.is_empty() || self.tags.iter().any(|tag| control.tags.contains(tag)))
            && self.severity.is_none_or(|least| control.severity.is_some_and(|severity| severity >= least))
    }
}

/// Why a filter cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilterError {
    /// There is no such control.
    UnknownControl {
        /// What was asked for.
        id: String,
        /// What it may have been.
        near: Option<String>,
    },
    /// No control is left.
    Nothing(Filter),
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownControl { id, near } => {
                write!(f, "--control {id}: the profile has no such control")?;
                match near {
                    Some(near) => write!(f, "; did you mean `{near}`?"),
                    None => Ok(()),
                }
            }
            Self::Nothing(filter) => {
                f.write_str("no control of the profile is selected by")?;
                for (flag, values) in [(" --control ", &filter.ids), (" --tag ", &filter.tags)] {
                    for value in values {
                        write!(f, "{flag}{value}")?;
                    }
                }
                match filter.severity {
                    Some(severity) => write!(f, " --severity {severity}"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl std::error::Error for FilterError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::sample::profile;

    fn ids(filter: &Filter) -> Vec<String> {
        let profile = profile(
            "- {id: base, severity: low, observations: [{plugin: file, config: {path: /a}}]}\n\
             - {id: ssh, severity: high, tags: [net, ssh], depends_on: [base], observations: [{plugin: file}]}\n\
             - {id: ssh-keys, severity: critical, tags: [ssh], depends_on: [ssh], observations: [{plugin: file}]}\n\
             - {id: other, tags: [net], observations: [{plugin: file}]}\n",
        );
        let selected = filter.select(&profile).unwrap();
        let controls = profile.controls.iter().zip(selected);
        controls.filter(|(_, selected)| *selected).map(|(control, _)| control.id.to_string()).collect()
    }

    #[test]
    fn everything_that_is_set_has_to_hold_and_dependencies_come_along() {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(ids(&Filter::default()), ["base", "ssh", "ssh-keys", "other"]);
        assert_eq!(
            ids(&Filter { ids: words(&["ssh-keys"]), ..Filter::default() }),
            ["base", "ssh", "ssh-keys"]
        );
        assert_eq!(ids(&Filter { ids: words(&["base", "other"]), ..Filter::default() }), ["base", "other"]);
        assert_eq!(ids(&Filter { tags: words(&["net"]), ..Filter::default() }), ["base", "ssh", "other"]);
        let severe = Some(Severity::High);
        assert_eq!(ids(&Filter { severity: severe, ..Filter::default() }), ["base", "ssh", "ssh-keys"]);
        let both = Filter { tags: words(&["net"]), severity: severe, ..Filter::default() };
        assert_eq!(ids(&both), ["base", "ssh"]);
    }

    #[test]
    fn a_filter_that_leaves_nothing_is_refused() {
        let profile = profile("- {id: sshd, observations: [{plugin: file}]}");
        let unknown = Filter { ids: vec!["ssdh".into()], ..Filter::default() };
        assert_eq!(
            unknown.select(&profile).unwrap_err().to_string(),
            "--control ssdh: the profile has no such control; did you mean `sshd`?"
        );
        let nothing = Filter { tags: vec!["x".into()], severity: Some(Severity::Low), ..Filter::default() };
        assert_eq!(
            nothing.select(&profile).unwrap_err().to_string(),
            "no control of the profile is selected by --tag x --severity low"
        );
    }
}
