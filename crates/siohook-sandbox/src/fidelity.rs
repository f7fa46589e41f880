//! How true the sandbox is to systeme.io.

mod account;
mod api;
mod delivery;
#[cfg(test)]
mod tests;

use serde::Serialize;

/// Behaviour of the sandbox, and from where it is known.
///
/// [`fidelity`] returns all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Fidelity {
    /// What the behaviour is about.
    pub behaviour: &'static str,
    /// What the sandbox does by default.
    pub value: String,
    /// From where it is known.
    pub known: Known,
    /// Option of `siohook sandbox` that changes it.
    pub setting: Option<&'static str>,
}

/// From where a behaviour is known, the surest first.
///
/// ```
/// use siohook_sandbox::Known;
///
/// assert_eq!(serde_json::to_value(Known::OneSource)?, "one source");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Known {
    /// systeme.io documents it.
    Document,
    /// It was seen in requests or answers of systeme.io.
    Capture,
    /// One program or article that works with systeme.io says so.
    #[serde(rename = "one source")]
    OneSource,
    /// It follows from what is known of systeme.io's software.
    Inferred,
    /// It is unknown. The sandbox chose it.
    Ours,
}

/// Returns the behaviours of the sandbox that a receiver or a client of the API can notice.
///
/// ```
/// use siohook_sandbox::{Known, fidelity};
///
/// let timeout = fidelity().into_iter().find(|one| one.setting == Some("--timeout")).unwrap();
/// assert_eq!(timeout.value, "10s");
/// assert_eq!(timeout.known, Known::Ours);
/// ```
#[must_use]
pub fn fidelity() -> Vec<Fidelity> {
    [
        api::behaviours(),
        account::behaviours(),
        delivery::behaviours(),
    ]
    .concat()
}

fn row(known: Known, behaviour: &'static str, value: impl Into<String>) -> Fidelity {
    Fidelity {
        behaviour,
        value: value.into(),
        known,
        setting: None,
    }
}

impl Fidelity {
    fn setting(mut self, option: &'static str) -> Self {
        self.setting = Some(option);
        self
    }
}
