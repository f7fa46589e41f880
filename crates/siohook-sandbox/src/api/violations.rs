//! The values of a request that are refused, all at once.

use super::problem::Problem;
use super::violation::{BLANK, NOT_FOUND, Rule, TOO_LONG, Violation};

/// All values of a request that are refused.
#[derive(Default)]
pub(super) struct Violations(Vec<Violation>);

impl Violations {
    pub(super) fn add(&mut self, path: impl Into<String>, Rule(message, code): Rule) {
        self.0.push(Violation {
            property_path: path.into(),
            message: message.to_owned(),
            code,
        });
    }

    /// Adds that there is no object of this kind with this id.
    pub(super) fn add_unknown(&mut self, path: &str, kind: &str, id: i64) {
        self.0.push(Violation {
            property_path: path.to_owned(),
            message: format!("{kind} with ID {id} not found."),
            code: NOT_FOUND,
        });
    }

    /// Checks that a text is there and has at most this many characters.
    pub(super) fn check_text(&mut self, path: &str, text: Option<&str>, longest: usize) {
        let text = text.unwrap_or_default();
        if text.trim().is_empty() {
            self.add(path, BLANK);
        } else if text.chars().count() > longest {
            let count = format!("It should have {longest} characters or less.");
            self.0.push(Violation {
                property_path: path.to_owned(),
                message: format!("This value is too long. {count}"),
                code: TOO_LONG,
            });
        }
    }

    /// Ends the checks.
    pub(super) fn check(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Problem::Invalid(self.0))
    }
}

/// The problem of a single value.
pub(super) fn refused(path: &str, rule: Rule) -> Problem {
    let mut violations = Violations::default();
    violations.add(path, rule);
    Problem::Invalid(violations.0)
}
