use std::net::IpAddr;

use siohook_events::Mechanism;

use crate::{DisableBelow, Schedule, Success};

/// Settings of a [`Sender`](crate::Sender).
///
/// ```
/// use siohook_sandbox::{Schedule, Settings};
///
/// let settings = Settings {
///     retries: "1s,5s,30s".parse()?,
///     ..Settings::default()
/// };
/// assert_eq!(settings.automation_retries, Schedule::none());
/// assert_eq!(settings.keep, 1000);
/// # Ok::<(), siohook_sandbox::ParseScheduleError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Retries of account webhooks.
    pub retries: Schedule,
    /// Retries of automations. What systeme.io does is unknown; the default is a single
    /// attempt.
    pub automation_retries: Schedule,
    /// Statuses that count as delivered. The default is 200 to 299.
    pub success: Success,
    /// When a subscription is disabled. The default is never.
    pub disable_below: DisableBelow,
    /// Address that each request has in `X-Forwarded-For`, for receivers with a list of source
    /// addresses. The default is `None`: systeme.io does not send the header.
    pub forwarded_for: Option<IpAddr>,
    /// Whether account webhooks have the headers `sentry-trace` and `baggage`, in the place where
    /// systeme.io sends them and with values of their form. The default is `false`.
    pub sentry_headers: bool,
    /// Number of finished messages that are kept. The default is 1000.
    pub keep: usize,
    /// Seed of the ids that the sender makes. `None` makes random ones.
    pub seed: Option<u64>,
}

impl Settings {
    /// The most messages that can wait for an attempt. For another one, the oldest is given up:
    /// it is [cancelled](crate::Status::Cancelled), and its last attempt says why.
    pub const MOST_UNFINISHED: usize = 100_000;

    pub(super) fn schedule(&self, mechanism: Mechanism) -> &Schedule {
        match mechanism {
            Mechanism::Account => &self.retries,
            _ => &self.automation_retries,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            retries: Schedule::default(),
            automation_retries: Schedule::none(),
            success: Success::default(),
            disable_below: DisableBelow::OFF,
            forwarded_for: None,
            sentry_headers: false,
            keep: 1000,
            seed: None,
        }
    }
}
