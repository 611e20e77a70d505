//! [`Filter`]: which controls of a profile a run looks at.

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
            return Err(FilterError::UnknownControl { id: id.clone(), near: nearest(id, profile) });
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

/// The known id that begins or ends like `id` for the longest stretch, if that is at least half of it.
fn nearest(id: &str, profile: &Profile) -> Option<String> {
    let alike = |other: &str| {
        let same = |pairs: &mut dyn Iterator<Item = (char, char)>| pairs.take_while(|(a, b)| a == b).count();
        let start = same(&mut id.chars().zip(other.chars()));
        start.max(same(&mut id.chars().rev().zip(other.chars().rev())))
    };
    let ids = profile.controls.iter().map(|control| control.id.as_str());
    let best = ids.max_by_key(|other| alike(other))?;
    (alike(best) * 2 >= id.chars().count()).then(|| best.to_owned())
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
