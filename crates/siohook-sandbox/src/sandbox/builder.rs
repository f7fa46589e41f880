use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use siohook_events::Timestamp;

use crate::state::State;
use crate::{Chaos, Client, DisableBelow, Pace, Schedule, Settings, Success};

/// Settings of a [`Sandbox`](crate::Sandbox).
///
/// ```
/// use siohook_sandbox::Sandbox;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::builder()
///     .to("http://localhost:3000/systeme")
///     .secret("s3cret")
///     .token("t0ken")
///     .retries("1s,5s,30s".parse()?)
///     .start()
///     .await?;
/// assert_eq!(sandbox.state().webhooks.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    pub(super) listen: SocketAddr,
    pub(super) is_exposed: bool,
    pub(super) to: Option<String>,
    pub(super) secret: Option<String>,
    pub(super) token: Option<String>,
    pub(super) api_keys: Vec<String>,
    pub(super) state: Option<State>,
    pub(super) data: Option<PathBuf>,
    pub(super) pace: Pace,
    pub(super) now: Option<Result<Timestamp, String>>,
    pub(super) settings: Settings,
    pub(super) timeout: Duration,
    pub(super) allowed: Vec<String>,
    pub(super) hosts: Vec<String>,
    pub(super) strict_limits: bool,
    pub(super) rate_limit: Option<(u32, u32)>,
    pub(super) tls: Option<(Vec<u8>, Vec<u8>)>,
    pub(super) chaos: Chaos,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            is_exposed: false,
            to: None,
            secret: None,
            token: None,
            api_keys: vec![],
            state: None,
            data: None,
            pace: Pace::Real,
            now: None,
            settings: Settings::default(),
            timeout: Client::TIMEOUT,
            allowed: vec![],
            hosts: vec![],
            strict_limits: false,
            rate_limit: None,
            tls: None,
            chaos: Chaos::default(),
        }
    }
}

/// # Where it listens
impl Builder {
    /// Sets the address at which it listens. The default is a free port of `127.0.0.1`.
    pub fn listen(mut self, address: impl Into<SocketAddr>) -> Self {
        self.listen = address.into();
        self
    }

    /// Allows an address that other machines reach. They can read the account, and have the
    /// sandbox send.
    pub fn expose(mut self) -> Self {
        self.is_exposed = true;
        self
    }

    /// Answers to this host as well. Without it, the sandbox answers to the names of loopback,
    /// and `/api` to `api.systeme.io`.
    pub fn host(mut self, name: impl Into<String>) -> Self {
        self.hosts.push(name.into());
        self
    }

    /// Serves HTTPS with a chain of certificates and a key, both in PEM. The same port goes on
    /// speaking HTTP.
    pub fn tls(mut self, certificates: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        self.tls = Some((certificates.into(), key.into()));
        self
    }

    /// Accepts this key of the public API. It can be called several times. Without it, any key
    /// that is not empty is accepted.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_keys.push(key.into());
        self
    }

    /// Refuses requests to the public API over this number in a window of this many seconds. By
    /// default, no number is too high.
    pub fn rate_limit(mut self, requests: u32, seconds: u32) -> Self {
        self.rate_limit = Some((requests, seconds));
        self
    }
}

/// # The account
impl Builder {
    /// Sets up the account for a receiver: one webhook with all six events, and one rule "Send
    /// webhook" for each trigger whose body is known. The rules append the
    /// [token](Self::token) to the URL.
    pub fn to(mut self, url: impl Into<String>) -> Self {
        self.to = Some(url.into());
        self
    }

    /// Sets the secret that signs account webhooks. By default, a random one is made.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// Sets the token that automations carry. By default, a random one is made.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Starts with this account instead of a new one. An account in the folder of
    /// [`data`](Self::data) goes before.
    pub fn state(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }

    /// Keeps the account and its messages in this folder: see [`DataDir`](crate::state::DataDir). If
    /// the folder has an account, the sandbox starts with it.
    ///
    /// If the folder can't be written while the sandbox runs, it goes on in memory and tries again:
    /// see [`Sandbox::not_saved`](crate::Sandbox::not_saved).
    pub fn data(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data = Some(folder.into());
        self
    }

    /// Makes ids reproducible: the same calls then give the same ids. With a manual clock, bodies
    /// and times are the same too.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = Some(seed);
        self
    }

    /// Holds systeme.io's limits: see [`State::strict_limits`].
    pub fn strict_limits(mut self) -> Self {
        self.strict_limits = true;
        self
    }
}

/// # The clock
impl Builder {
    /// Sets the pace of the clock. The default is real time.
    pub fn clock(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Sets the time at which the clock starts. The default is now, or where the clock of the
    /// [folder](Self::data) ended.
    pub fn now(mut self, now: Timestamp) -> Self {
        self.now = Some(Ok(now));
        self
    }

    /// Starts at this time, such as `2026-01-01T00:00:00Z`, with a clock that moves by
    /// [`Sandbox::advance`](crate::Sandbox::advance) only. If it is not a time,
    /// [`start`](Self::start) fails.
    pub fn manual_clock(mut self, now: &str) -> Self {
        self.pace = Pace::Manual;
        self.now = Some(now.parse().map_err(|_| now.to_owned()));
        self
    }
}

/// # Sending
impl Builder {
    /// Sets the retries of account webhooks. The default is systeme.io's schedule: 12 attempts.
    pub fn retries(mut self, schedule: Schedule) -> Self {
        self.settings.retries = schedule;
        self
    }

    /// Sets the retries of automations. The default is none.
    pub fn automation_retries(mut self, schedule: Schedule) -> Self {
        self.settings.automation_retries = schedule;
        self
    }

    /// Sets the real time for an attempt. The default is 10 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the statuses that count as delivered. The default is 200 to 299.
    pub fn success(mut self, statuses: Success) -> Self {
        self.settings.success = statuses;
        self
    }

    /// Adds `X-Forwarded-For` with this address, for receivers that check the sender's.
    pub fn forwarded_for(mut self, address: impl Into<IpAddr>) -> Self {
        self.settings.forwarded_for = Some(address.into());
        self
    }

    /// Adds the headers `sentry-trace` and `baggage` to account webhooks.
    pub fn sentry_headers(mut self) -> Self {
        self.settings.sentry_headers = true;
        self
    }

    /// Sets when subscriptions are disabled. The default is never.
    pub fn disable_below(mut self, limit: DisableBelow) -> Self {
        self.settings.disable_below = limit;
        self
    }

    /// Allows a destination that is not local: see [`AllowList::allow`](crate::AllowList::allow).
    pub fn allow(mut self, host: impl Into<String>) -> Self {
        self.allowed.push(host.into());
        self
    }

    /// Makes something go wrong on purpose: see [`Sandbox::chaos`](crate::Sandbox::chaos). The
    /// default is nothing.
    pub fn chaos(mut self, chaos: Chaos) -> Self {
        self.chaos = chaos;
        self
    }

    /// Sets the number of finished messages that are kept. The default is 1000.
    pub fn keep(mut self, messages: usize) -> Self {
        self.settings.keep = messages;
        self
    }
}
