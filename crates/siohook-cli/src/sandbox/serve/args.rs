use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use siohook_sandbox::{DisableBelow, Pace, Schedule, Success, Timestamp};

use crate::duration;

/// Start a sandbox: the same as `siohook sandbox`
///
/// Three faces are on one port: systeme.io's API below /api, the control API below /sandbox/v1,
/// and pages for a browser. ^C ends it after the attempts under way.
#[derive(Args, Debug)]
#[command(after_long_help = super::super::EXAMPLES)]
pub(in crate::sandbox) struct Serve {
    /// Where it listens. Port 0 takes a free one
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "SIOHOOK_SANDBOX_LISTEN",
        default_value = "127.0.0.1:7400"
    )]
    pub(super) listen: SocketAddr,
    /// Allow an address that other machines can reach
    #[arg(long, env = "SIOHOOK_SANDBOX_EXPOSE", value_parser = BoolishValueParser::new())]
    pub(super) expose: bool,
    /// Answer to this host name as well
    #[arg(long, value_name = "NAME", env = "SIOHOOK_SANDBOX_HOST")]
    pub(super) host: Option<String>,
    /// Receiver of all events: makes an account webhook, and a rule for each trigger. By default
    /// `forward_to` of siohook.toml
    #[arg(long, value_name = "URL", env = "SIOHOOK_SANDBOX_TO")]
    pub(super) to: Option<String>,
    /// Secret of the webhook: `env:NAME`, `file:PATH`, `stdin` or `ask`. By default
    /// `SYSTEME_WEBHOOK_SECRET` if it is set, or the first of `[secrets]`, else one is made up
    #[arg(long, value_name = "SOURCE", env = "SIOHOOK_SANDBOX_SECRET")]
    pub(super) secret: Option<String>,
    /// Token that is appended to the URL of rules, like `--secret`. By default
    /// `SYSTEME_WEBHOOK_TOKEN` if it is set, or the first of `[tokens]`, else one is made up
    #[arg(long, value_name = "SOURCE", env = "SIOHOOK_SANDBOX_TOKEN")]
    pub(super) token: Option<String>,
    /// Key of systeme.io's API, like `--secret`, repeatable. By default any key is right
    #[arg(
        long,
        value_name = "SOURCE",
        env = "SIOHOOK_SANDBOX_API_KEY",
        value_delimiter = ','
    )]
    pub(super) api_key: Vec<String>,
    /// Directory that keeps the account and its messages, with secrets in clear: only this user can
    /// read them. Retries and the clock go on at the next start. By default all is in memory
    #[arg(long, value_name = "DIR", env = "SIOHOOK_SANDBOX_DATA")]
    pub(super) data: Option<PathBuf>,
    /// Account to start from, as `export` writes it, unless `--data` has one
    #[arg(long, value_name = "FILE", env = "SIOHOOK_SANDBOX_LOAD")]
    pub(super) load: Option<PathBuf>,
    /// Make ids reproducible
    #[arg(long, value_name = "N", env = "SIOHOOK_SANDBOX_SEED")]
    pub(super) seed: Option<u64>,
    /// Time at which the clock starts, such as 2026-01-01T00:00:00Z. By default that of the system,
    /// or where the one of `--data` ended
    #[arg(long, value_name = "TIME", env = "SIOHOOK_SANDBOX_NOW")]
    pub(super) now: Option<Timestamp>,
    /// `real`, `x60` for 60 times as fast, or `manual`: moved by `advance` only
    #[arg(
        long,
        value_name = "PACE",
        env = "SIOHOOK_SANDBOX_CLOCK",
        default_value = "real"
    )]
    pub(super) clock: Pace,
    /// When an account webhook is sent again: a first gap that grows, a list such as `1s,5s,30s`,
    /// or `none`
    #[arg(
        long,
        value_name = "SCHEDULE",
        env = "SIOHOOK_SANDBOX_RETRIES",
        default_value_t
    )]
    pub(super) retries: Schedule,
    /// When a message of a rule or a workflow is sent again
    #[arg(
        long,
        value_name = "SCHEDULE",
        env = "SIOHOOK_SANDBOX_AUTOMATION_RETRIES",
        default_value = "none"
    )]
    pub(super) automation_retries: Schedule,
    /// Time that a receiver has for its whole answer
    #[arg(
        long,
        value_name = "DURATION",
        env = "SIOHOOK_SANDBOX_TIMEOUT",
        default_value = "10s",
        value_parser = duration::parse
    )]
    pub(super) timeout: Duration,
    /// Statuses that count as delivered
    #[arg(
        long,
        value_name = "RANGE",
        env = "SIOHOOK_SANDBOX_SUCCESS",
        default_value = "200-299"
    )]
    pub(super) success: Success,
    /// Disable a subscription below this rate of success: `50%/20` of the last 20 messages, or
    /// `off`
    #[arg(
        long,
        value_name = "RATE/COUNT",
        env = "SIOHOOK_SANDBOX_DISABLE_BELOW",
        default_value_t
    )]
    pub(super) disable_below: DisableBelow,
    /// Send to this host as well, repeatable. By default only to this machine and private
    /// networks
    #[arg(
        long,
        value_name = "HOST",
        env = "SIOHOOK_SANDBOX_ALLOW",
        value_delimiter = ','
    )]
    pub(super) allow: Vec<String>,
    /// Send `X-Forwarded-For` with this address, for receivers with a list of addresses
    #[arg(long, value_name = "ADDRESS", env = "SIOHOOK_SANDBOX_FORWARDED_FOR")]
    pub(super) forwarded_for: Option<IpAddr>,
    /// Have systeme.io's limits: 10 webhooks, 3 keys, 20 firings of a trigger, https only
    #[arg(long, env = "SIOHOOK_SANDBOX_STRICT_LIMITS", value_parser = BoolishValueParser::new())]
    pub(super) strict_limits: bool,
    /// Answer 429 to calls of the API beyond N in so many seconds
    #[arg(long, value_name = "N/SECONDS", env = "SIOHOOK_SANDBOX_RATE_LIMIT")]
    pub(super) rate_limit: Option<RateLimit>,
    /// What goes wrong on purpose, as JSON or as a file with it: what `PUT /sandbox/v1/chaos` takes,
    /// such as {"account":{"duplicate":0.1,"damage":"signature"}}
    #[arg(long, value_name = "FILE|JSON", env = "SIOHOOK_SANDBOX_CHAOS")]
    pub(super) chaos: Option<String>,
    /// Certificate for https, as PEM: see `siohook sandbox cert`
    #[arg(
        long,
        value_name = "FILE",
        env = "SIOHOOK_SANDBOX_TLS_CERT",
        requires = "tls_key"
    )]
    pub(super) tls_cert: Option<PathBuf>,
    /// Key of the certificate, as PEM
    #[arg(
        long,
        value_name = "FILE",
        env = "SIOHOOK_SANDBOX_TLS_KEY",
        requires = "tls_cert"
    )]
    pub(super) tls_key: Option<PathBuf>,
    /// Finished messages that are kept
    #[arg(
        long,
        value_name = "N",
        env = "SIOHOOK_SANDBOX_KEEP",
        default_value = "1000"
    )]
    pub(super) keep: usize,
    /// Send the headers `sentry-trace` and `baggage`
    #[arg(long, env = "SIOHOOK_SANDBOX_SENTRY_HEADERS", value_parser = BoolishValueParser::new())]
    pub(super) sentry_headers: bool,
    /// How each attempt is logged
    #[arg(
        long,
        value_name = "FORM",
        env = "SIOHOOK_SANDBOX_LOG",
        default_value = "text"
    )]
    pub(super) log: LogForm,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogForm {
    Text,
    Json,
}

/// Calls in a number of seconds: `100/60`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RateLimit {
    pub(super) requests: u32,
    pub(super) seconds: u32,
}

impl FromStr for RateLimit {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
        text.split_once('/')
            .and_then(|(requests, seconds)| {
                Some(Self {
                    requests: number(requests)?,
                    seconds: number(seconds)?,
                })
            })
            .ok_or("write a number of calls and of seconds, such as `100/60`")
    }
}
