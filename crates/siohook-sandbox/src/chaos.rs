//! Faults on purpose.

mod damage;
mod hit;
mod storm;
mod text;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use siohook_events::Mechanism;

pub use self::damage::Damage;
pub use self::hit::ChaosHit;
pub(crate) use self::storm::{Fate, Storm};

/// What goes wrong on purpose. The default is nothing.
///
/// ```
/// use siohook_sandbox::{Chaos, Damage, DeliveryChaos, Sandbox};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), siohook_sandbox::StartError> {
/// let sandbox = Sandbox::start().await?;
/// sandbox.chaos(Chaos {
///     account: DeliveryChaos {
///         duplicate: 0.1,
///         damage: Some(Damage::Signature),
///         probability: 0.2,
///         ..DeliveryChaos::default()
///     },
///     seed: Some(7),
///     ..Chaos::default()
/// });
/// // It goes on until it is turned off.
/// sandbox.chaos(Chaos::default());
/// # Ok(())
/// # }
/// ```
///
/// A probability of 0 or less is never, and one of 1 or more is always.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Chaos {
    /// Messages of account webhooks.
    pub account: DeliveryChaos,
    /// Messages of rules and workflows.
    pub automation: DeliveryChaos,
    /// Calls to the public API.
    pub api: ApiChaos,
    /// Makes it reproducible: the same messages and calls, in the same order after it was turned
    /// on, are hit in the same way.
    pub seed: Option<u64>,
}

/// What goes wrong with deliveries: see [`Chaos`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliveryChaos {
    /// Probability that an attempt is made twice at the same time. The copy has its own attempt
    /// id, and does not count as a retry.
    #[serde(deserialize_with = "text::probability")]
    pub duplicate: f64,
    /// The shortest and the longest time that a message waits for its first attempt, by the clock
    /// of the account.
    #[serde(with = "text::range")]
    pub delay: Option<(Duration, Duration)>,
    /// Number of neighbouring messages that change their places. A message lets at most one less
    /// than this pass, and waits at most a second for them by the clock of the account. One that
    /// is delayed lets none pass.
    pub reorder: u32,
    /// Probability that the request of an attempt is lost. The attempt ends as if the connection
    /// broke.
    #[serde(deserialize_with = "text::probability")]
    pub drop: f64,
    /// What becomes of a request, with the [probability](Self::probability).
    pub damage: Option<Damage>,
    /// Probability of the damage, and that the sandbox hangs up. The default is 1.
    #[serde(deserialize_with = "text::probability")]
    pub probability: f64,
    /// The real time that the sandbox waits for an answer, with the
    /// [probability](Self::probability). Then it closes the connection.
    #[serde(with = "text::duration")]
    pub hang_up_after: Option<Duration>,
}

impl Default for DeliveryChaos {
    fn default() -> Self {
        Self {
            duplicate: 0.0,
            delay: None,
            reorder: 0,
            drop: 0.0,
            damage: None,
            probability: 1.0,
            hang_up_after: None,
        }
    }
}

/// What goes wrong with calls to the public API: see [`Chaos`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApiChaos {
    /// Status of the answer to a call, which changes nothing then. It is from 400 to 599.
    #[serde(deserialize_with = "text::status")]
    pub status: Option<u16>,
    /// Probability of this status. The default is 1.
    #[serde(deserialize_with = "text::probability")]
    pub probability: f64,
    /// The real time that each call takes longer.
    #[serde(with = "text::duration")]
    pub latency: Option<Duration>,
}

impl Default for ApiChaos {
    fn default() -> Self {
        Self {
            status: None,
            probability: 1.0,
            latency: None,
        }
    }
}

impl Chaos {
    /// What goes wrong with messages that are sent in this way.
    fn of(&self, mechanism: Mechanism) -> &DeliveryChaos {
        match mechanism {
            Mechanism::Account => &self.account,
            _ => &self.automation,
        }
    }
}
