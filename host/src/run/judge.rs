//! From evidence and expectations to a verdict.

use super::outcome::Outcome;
use crate::expect::Expectation;
use crate::report::{EvidenceReport, ExpectationReport, ObservationStatus};
use quoin_abi::error::{ErrorDetail, ErrorType};
use quoin_abi::evidence::Evidence;

/// Judges what a plugin saw.
///
/// Evidence that carries an error is an error, whatever is expected of it: `!data.exists` is no less true of a
/// file that could not be looked at, and an audit must not pass because of that. Only where an expectation speaks
/// of `error` itself is the error something that was asked for (`error.code == "ECONNREFUSED"`), and then the
/// expectations decide, unless it is a capability that is missing: that is Quoin's answer, not the device's.
///
/// An expectation that cannot be evaluated makes the observation an error too, unless another is plainly false.
#[must_use]
pub fn judge(evidence: Evidence, expect: &[Expectation]) -> Outcome {
    let mut expectations = Vec::with_capacity(expect.len());
    let mut untrue = expect.is_empty() && !evidence.status;
    let mut unclear = None;
    for expectation in expect {
        let (passed, message) = match expectation.evaluate(&evidence) {
            Ok(outcome) => {
                untrue |= !outcome.passed;
                (outcome.passed, outcome.message.unwrap_or_default())
            }
            Err(error) => {
                let message = error.to_string();
                unclear.get_or_insert_with(|| {
                    ErrorDetail::new(ErrorType::Validation, "EEXPECT", message.clone())
                });
                (false, message)
            }
        };
        expectations.push(ExpectationReport { expression: expectation.text().to_owned(), passed, message });
    }
    let asked_for = expect.iter().any(|expectation| speaks_of_error(expectation.text()));
    let own = evidence.error.as_ref();
    let (status, error) = match (own.filter(|own| own.kind == ErrorType::Capability || !asked_for), unclear) {
        (Some(own), _) => (ObservationStatus::Error, Some(own.clone())),
        (None, _) if untrue => (ObservationStatus::Fail, None),
        (None, Some(unclear)) => (ObservationStatus::Error, Some(unclear)),
        (None, None) => (ObservationStatus::Pass, None),
    };
    let Evidence { status: verdict, data, error: own, timestamp, .. } = evidence;
    let evidence = Some(EvidenceReport { status: verdict, data, error: own, timestamp });
    Outcome { status, evidence, error, expectations }
}

/// Whether an expression has the variable `error` in it: the word, not within quotes and not as a field of something.
fn speaks_of_error(expression: &str) -> bool {
    let mut quote = None;
    let mut word = String::new();
    let mut field = false;
    let mut escaped = false;
    for c in expression.chars().chain([' ']) {
        if let Some(end) = quote {
            if c == end && !escaped {
                quote = None;
            }
            escaped = c == '\\' && !escaped && end != '`';
            continue;
        }
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        if word == "error" && !field {
            return true;
        }
        if !word.is_empty() || !c.is_whitespace() {
            field = c == '.';
        }
        word.clear();
        if matches!(c, '"' | '\'' | '`') {
            quote = Some(c);
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use ObservationStatus::{Error, Fail, Pass};
    use serde_json::{Value, json};

    fn evidence(status: bool, data: Value, error: Option<ErrorDetail>) -> Evidence {
        let data = data.as_object().cloned().unwrap_or_default();
        Evidence { status, data, error, ..Evidence::default() }
    }

    fn status(evidence: Evidence, expect: &[&str]) -> ObservationStatus {
        let expect: Vec<_> = expect.iter().map(|text| Expectation::parse(text).unwrap()).collect();
        judge(evidence, &expect).status
    }

    #[test]
    fn without_expectations_the_plugin_decides() {
        assert_eq!(status(evidence(true, json!({}), None), &[]), Pass);
        assert_eq!(status(evidence(false, json!({}), None), &[]), Fail);
    }

    #[test]
    fn all_expectations_have_to_be_true_whatever_the_plugin_thinks() {
        let seen = |status| evidence(status, json!({"mode": "0640"}), None);
        assert_eq!(status(seen(false), &[r#"data.mode == "0640""#, "!status"]), Pass);
        assert_eq!(status(seen(true), &[r#"data.mode == "0640""#, "!status"]), Fail);
        let expect = [Expectation::parse(r#"data.mode == "0600""#).unwrap()];
        let outcome = judge(seen(true), &expect);
        assert_eq!(outcome.expectations[0].expression, r#"data.mode == "0600""#);
        assert!(outcome.expectations[0].message.contains("0640"), "{outcome:?}");
    }

    #[test]
    fn an_error_in_the_evidence_is_an_error_even_if_an_expectation_is_true_of_it() {
        let refused = || ErrorDetail::new(ErrorType::Network, "ECONNREFUSED", "nobody there");
        let outcome = judge(evidence(false, json!({}), Some(refused())), &[]);
        assert_eq!((outcome.status, outcome.error), (Error, Some(refused())));
        assert_eq!(status(evidence(false, json!({}), Some(refused())), &["!status"]), Error);
        let asked = [r#"error.code == "ECONNREFUSED""#];
        assert_eq!(status(evidence(false, json!({}), Some(refused())), &asked), Pass);
        let other = [r#"error.code == "ETIMEDOUT""#];
        assert_eq!(status(evidence(false, json!({}), Some(refused())), &other), Fail);
        let missing =
            ErrorDetail::new(ErrorType::Capability, "ENOTCAPABLE", "fs:read:/etc/shadow is missing");
        assert_eq!(status(evidence(false, json!({}), Some(missing)), &["error != nil"]), Error);
    }

    #[test]
    fn what_cannot_be_evaluated_is_an_error_unless_something_is_false() {
        let seen = || evidence(true, json!({"n": 1}), None);
        assert_eq!(status(seen(), &["data.n"]), Error);
        assert_eq!(status(seen(), &["data.n", "data.n == 2"]), Fail);
    }

    #[test]
    fn the_variable_is_told_from_the_word() {
        for yes in ["error == nil", "!error", "status or error.code == 'x'", "(error?.code) == 1", "error"] {
            assert!(speaks_of_error(yes), "{yes}");
        }
        for no in [
            "data.error == nil",
            r#"data.log contains "error""#,
            r#""\"error" == ''"#,
            "errors",
            "data . error",
        ] {
            assert!(!speaks_of_error(no), "{no}");
        }
    }
}
