//! `siohook listen`: records what arrives here, shows it, and passes it on.

mod announce;
mod browser;
mod connection;
mod delivery;
mod framing;
pub(crate) mod happening;
#[cfg(unix)]
mod keys;
#[cfg(not(unix))]
#[path = "listen/no_keys.rs"]
mod keys;
mod log;
mod press;
mod relay;
mod reply;
mod row;
mod serve;
mod tap;
mod tunnel;

use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::str::FromStr;
use std::sync::Mutex;
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use tokio::sync::{broadcast, mpsc, watch};

use self::delivery::{Endpoint, Forward};
use self::log::Said;
use self::reply::{Manner, Status};
use self::tunnel::probes::Probes;
use crate::choice::pattern;
use crate::config::Config;
use crate::deliveries::summary::Attempts;
use crate::inspector::Inspector;
use crate::receiver::Receiver;
use crate::store::Store;
use crate::text::deliveries;
use crate::verify::{self, Credentials, Keys};
use crate::{Exit, Failure, Output, duration, runtime};

/// So many happenings wait for a follower that is slow.
const HAPPENINGS: usize = 1024;

/// The time for a request and for reading its answer.
const A_MINUTE: Duration = Duration::from_secs(60);

/// Record what arrives here, show it, and pass it on
///
/// A delivery is in its file, synced, before it is answered or passed on. If it can't be written, the
/// answer is 503, so that systeme.io tries again. What is passed on has the method, the query, the
/// headers and the body of what came. ^C ends it after the deliveries in hand. On a terminal, `?`
/// lists the keys; `--no-input` leaves the keyboard alone.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  siohook listen --forward-to http://127.0.0.1:3000/systeme
  siohook listen --respond 500,503,200                  see how systeme.io tries again
  siohook listen --exit-after 1 --within 5m --json      for CI")]
pub(crate) struct Listen {
    /// Where deliveries come in. Port 0 takes a free one
    #[arg(
        long = "listen",
        value_name = "ADDRESS",
        env = "SIOHOOK_LISTEN",
        default_value = "127.0.0.1:7464"
    )]
    address: SocketAddr,
    /// Where the inspector is, a page for this machine alone. By default 127.0.0.1:7465, or a free
    /// port if that is taken
    #[arg(long, value_name = "ADDRESS", env = "SIOHOOK_INSPECTOR")]
    inspector: Option<SocketAddr>,
    /// Start no inspector
    #[arg(long, conflicts_with = "inspector")]
    no_inspector: bool,
    /// Open the inspector in the browser
    #[arg(long, conflicts_with = "no_inspector")]
    open: bool,
    /// The only path: others are answered 404 and not recorded
    #[arg(long, value_name = "PATH", value_parser = path)]
    path: Option<String>,
    /// Receiver. Its path is used if it has one, else that of the delivery; the query of the
    /// delivery is added
    #[arg(long, value_name = "URL", env = "SIOHOOK_FORWARD_TO")]
    forward_to: Option<String>,
    /// Pass on only these events, repeatable: `SALE_*`. All are recorded
    #[arg(long, value_name = "GLOB", value_parser = pattern)]
    forward_only: Vec<String>,
    /// Pass on only what the secrets and tokens verify
    #[arg(long)]
    forward_verified: bool,
    /// Whose answer senders get. By default the receiver's if there is one
    #[arg(long, value_name = "WHOSE")]
    answer: Option<Whose>,
    /// Answer so, in turn, the last one from then on: `500,503,200`
    #[arg(
        long,
        value_name = "STATUS",
        value_delimiter = ',',
        conflicts_with = "answer"
    )]
    respond: Vec<Status>,
    /// Wait so long before each answer
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration::wait, hide_default_value = true)]
    delay: Duration,
    #[command(flatten)]
    credentials: Credentials,
    /// Test the tunnel that leads here, at the start and every five minutes
    #[arg(long, value_name = "URL", env = "SIOHOOK_PUBLIC_URL")]
    public_url: Option<String>,
    /// Delete older deliveries at the start: an age, or `forever`
    #[arg(long, value_name = "AGE", default_value = "30d")]
    keep: Keep,
    /// The longest body. The first part of a longer one is kept, and the answer is 413
    #[arg(long, value_name = "BYTES", default_value = "1048576")]
    max_body: usize,
    /// Time for each whole answer of the receiver
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration::timeout)]
    timeout: Duration,
    /// End after so many deliveries
    #[arg(long, value_name = "N")]
    exit_after: Option<NonZeroU64>,
    /// The time for them. If they do not come, the exit code is 1
    #[arg(long, value_name = "DURATION", requires = "exit_after", value_parser = duration::timeout)]
    within: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Whose {
    /// Status, headers and body of the receiver's answer, as they came. 502 if there is none, or more
    /// than 16 MiB of it
    Receiver,
    /// 200 when the delivery is recorded
    Recorded,
}

/// How long deliveries are kept. `None`: forever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Keep(Option<Duration>);

impl FromStr for Keep {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "forever" => Ok(Self(None)),
            age => duration::parse(age)
                .map(|age| Self(Some(age)))
                .map_err(|error| format!("{error}, or `forever`")),
        }
    }
}

fn path(text: &str) -> Result<String, &'static str> {
    if text.starts_with('/') && !text.contains(['?', '#']) {
        Ok(text.to_owned())
    } else {
        Err("write a path such as `/systeme`, without a query")
    }
}

impl Listen {
    pub(crate) fn run(
        self,
        store: Store,
        output: Output,
        config: &Config,
    ) -> Result<Exit, Failure> {
        let (log, said) = mpsc::unbounded_channel();
        let keys = self.credentials.keys(output, config)?;
        let mut endpoint = self.endpoint(store, &keys, config, log)?;
        runtime()?.block_on(async {
            let listener = serve::bind(self.address).await?;
            let inspector = if self.no_inspector {
                None
            } else {
                Some(Inspector::bind(self.inspector).await?)
            };
            endpoint.store.prepare()?;
            self.keep.tidy(&endpoint.store, output)?;
            endpoint.attempts = Mutex::new(known(&endpoint.store)?);
            let run = serve::run(&self, listener, endpoint, inspector, keys, said, output);
            // It takes 18 kB.
            Box::pin(run).await
        })
    }

    fn endpoint(
        &self,
        store: Store,
        keys: &Keys,
        config: &Config,
        log: mpsc::UnboundedSender<Said>,
    ) -> Result<Endpoint, Failure> {
        let to = self.forward_to.as_ref().or(config.forward_to.as_ref());
        let receiver = to.map(|to| Receiver::new(to, self.timeout)).transpose()?;
        let receiver = receiver.map(Receiver::with_whole_answers);
        let needs_receiver = [
            ("--forward-only", !self.forward_only.is_empty()),
            ("--forward-verified", self.forward_verified),
            ("--answer receiver", self.answer == Some(Whose::Receiver)),
        ];
        if receiver.is_none()
            && let Some((flag, _)) = needs_receiver.iter().find(|(_, is_given)| *is_given)
        {
            return Err(
                Failure::usage(format!("`{flag}` needs a receiver")).hint("add `--forward-to URL`")
            );
        }
        let explainer = keys.explainer();
        if self.forward_verified && explainer.is_none() {
            return Err(verify::no_secret());
        }
        let is_own = receiver.is_none() || self.answer == Some(Whose::Recorded);
        let statuses = if is_own || !self.respond.is_empty() {
            Some(self.respond.clone())
        } else {
            None
        };
        Ok(Endpoint {
            store,
            explainer,
            path: self.path.clone(),
            probes: Probes::default(),
            max_body: self.max_body,
            patience: self
                .timeout
                .saturating_add(self.delay)
                .saturating_add(A_MINUTE),
            forward: receiver.map(|receiver| Forward {
                receiver,
                only: self.forward_only.clone(),
                is_verified_only: self.forward_verified,
            }),
            manner: Manner::new(statuses, self.delay),
            attempts: Mutex::default(),
            count: watch::Sender::new(0),
            happenings: broadcast::Sender::new(HAPPENINGS),
            log,
        })
    }
}

impl Keep {
    /// Deletes what is older.
    fn tidy(self, store: &Store, output: Output) -> Result<(), Failure> {
        store.sweep()?;
        let since = self.0.map(|age| Timestamp::now().checked_sub(age));
        // Before the beginning of time, there is nothing.
        let Some(Ok(since)) = since else {
            return Ok(());
        };
        let mut count = 0;
        for entry in store.contents()?.entries {
            if entry.time < since {
                store.delete(&entry)?;
                count += 1;
            }
        }
        if count > 0 {
            let deliveries = deliveries(count);
            output.words(format_args!("{deliveries} older than `--keep` deleted"));
        }
        Ok(())
    }
}

/// The attempts that came before.
fn known(store: &Store) -> Result<Attempts, Failure> {
    let mut attempts = Attempts::default();
    for entry in store.contents()?.entries {
        // What can't be read has no attempt.
        if let Ok(message) = entry.message_id() {
            attempts.next_of(message.as_deref());
        }
    }
    Ok(attempts)
}
