//! A value that is refused, with the texts and codes of Symfony's validator.

use std::fmt;

use serde::Serialize;

/// A text and its code.
#[derive(Clone, Copy)]
pub(super) struct Rule(pub(super) &'static str, pub(super) &'static str);

pub(super) const BLANK: Rule = Rule(
    "This value should not be blank.",
    "c1051bb4-d103-4f74-8988-acbcafc7fdc3",
);
pub(super) const USED: Rule = Rule(
    "This value is already used.",
    "23bd9dbf-6b9b-41cd-a99e-4844bcf3077f",
);
pub(super) const NO_EMAIL: Rule = Rule(
    "This value is not a valid email address.",
    "bd79c0ab-ddba-46cc-a703-a7a4b08de310",
);
pub(super) const NO_CHOICE: Rule = Rule(
    "The value you selected is not a valid choice.",
    "8e179f1b-97aa-4560-a02f-2a8b42e49df7",
);
pub(super) const NOT_POSITIVE: Rule = Rule(
    "This value should be positive.",
    "778b7ae0-84d3-481a-9dec-35fdb64b1d78",
);
pub(super) const NOT_VALID: Rule = Rule(
    "This value is not valid.",
    "de1e3db3-5ed4-4941-aae4-59f3667cc3a3",
);
pub(super) const NO_URL: Rule = Rule(
    "This value is not a valid URL.",
    "57c2f299-1154-4870-89bb-ef3b1f5ad229",
);
pub(super) const NO_COUNTRY: Rule = Rule(
    "This value is not a valid country.",
    "8f900c12-61bd-455d-9398-996cd040f7f0",
);
pub(super) const NOT_UNIQUE: Rule = Rule(
    "This collection should contain only unique elements.",
    "7911c98d-b845-4da0-94b7-a8dac36bc55a",
);
pub(super) const WRONG_LIMIT: Rule = Rule(
    "Wrong value of pagination limit parameter",
    "04b91c99-a946-4221-afc5-e65ebac401eb",
);
pub(super) const CANCELLED: Rule = Rule(
    "Subscription is already cancelled",
    "de1e3db3-5ed4-4941-aae4-59f3667cc3a3",
);

pub(super) const TOO_LONG: &str = "d94b19cc-114f-4f44-9cc4-4138e80a87b9";
/// An object that does not exist. The code is ours.
pub(super) const NOT_FOUND: &str = "6e3212bc-1bc8-4d33-8b46-2f4a7ef3a2e8";

/// A value that is refused.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Violation {
    pub(super) property_path: String,
    pub(super) message: String,
    pub(super) code: &'static str,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.property_path {
            "" => f.write_str(&self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}
