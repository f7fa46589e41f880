//! What an attacker would send.

use clap::ValueEnum;
use serde::Serialize;
use siohook_sandbox::{Mechanism, Sample};
use uuid::Uuid;

use crate::Failure;

/// The part of a delivery that is forged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(super) enum Forgery {
    /// A signature that was made with another secret
    Signature,
    /// The name of another event, which the signature does not cover
    Event,
    /// A body that was changed after it was signed
    Body,
    /// Another token
    Token,
}

impl Forgery {
    /// What a receiver takes that accepts it.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Signature => "a signature of another secret",
            Self::Event => "an event that does not fit the body",
            Self::Body => "a body that was changed after it was signed",
            Self::Token => "a wrong token",
        }
    }

    pub(super) fn apply(self, sample: Sample) -> Result<Sample, Failure> {
        let is_account = sample.mechanism() == Mechanism::Account;
        Ok(match self {
            Self::Signature if is_account => sample.signed_with(&Uuid::new_v4().to_string()),
            Self::Event if is_account => {
                let other = if sample.event() == "SALE_NEW" {
                    "CONTACT_TAG_ADDED"
                } else {
                    "SALE_NEW"
                };
                sample.with_event_header(other)
            }
            Self::Body if is_account => {
                let signed = sample.signed_as_is();
                let ids = ["/customer/id", "/contact/id"];
                let other = ids.iter().find_map(|id| signed.clone().try_set(id, 1).ok());
                other.unwrap_or_else(|| signed.clone().with_body("{}"))
            }
            Self::Token if !is_account => sample.token(&Uuid::new_v4().to_string()),
            _ => {
                let (how, forgeable) = if is_account {
                    ("signed", "signature, event and body")
                } else {
                    ("protected by a token", "token")
                };
                let message = format!(
                    "{} is {how}, so {} can be forged",
                    sample.event(),
                    forgeable
                );
                return Err(Failure::usage(message));
            }
        })
    }
}
