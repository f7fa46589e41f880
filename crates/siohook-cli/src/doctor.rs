//! `siohook doctor`: whether a receiver can be reached, and whether it checks who sends.

mod address;
mod certificate;
mod check;
mod clock;
mod judge;
mod machine;
mod probe;
mod target;
mod trust;

use std::net::IpAddr;
use std::time::Duration;

use clap::Args;
use siohook_sender::{Mechanism, Sample};

use self::check::{Check, Sheet};
use self::probe::Probes;
use self::target::Target;
use crate::config::Config;
use crate::event::{self, EventParser};
use crate::global::Global;
use crate::receiver::Receiver;
use crate::secret::{Reader, Shared};
use crate::{Exit, Failure, Output, duration, prompt, reply, runtime};

/// Find out whether a receiver can be reached, and whether it checks who sends
///
/// Nothing is sent that runs a handler, not even where nothing is checked: the event
/// `SIOHOOK_DOCTOR` does not exist, and the body is `{}`. `--deliver` goes further. Without a URL,
/// this machine is looked at.
#[derive(Args, Debug)]
#[command(after_long_help = "\
Examples:
  siohook doctor https://shop.example.com/systeme --secret env:SYSTEME_WEBHOOK_SECRET
  siohook doctor https://shop.example.com/systeme --resolve 203.0.113.7
  siohook doctor")]
pub(crate) struct Doctor {
    /// Receiver
    url: Option<String>,
    /// Where the secret is: `env:NAME`, `file:PATH`, `stdin` or `ask`. By default
    /// `SYSTEME_WEBHOOK_SECRET` if it is set, else the first of `[secrets]`
    #[arg(long, value_name = "SOURCE", env = "SIOHOOK_SECRET")]
    secret: Option<String>,
    /// Where the token is, like `--secret`. By default that of the URL, `SYSTEME_WEBHOOK_TOKEN`,
    /// or the first of `[tokens]`
    #[arg(long, value_name = "SOURCE", env = "SIOHOOK_TOKEN")]
    token: Option<String>,
    /// Connect to this address, instead of those of the name
    #[arg(long, value_name = "ADDRESS", requires = "url")]
    resolve: Option<IpAddr>,
    /// Deliver a sample of this event at the end, which runs handlers
    #[arg(long, value_name = "EVENT", requires = "url", value_parser = EventParser, hide_possible_values = true)]
    deliver: Option<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Time for each whole answer
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration::timeout)]
    timeout: Duration,
}

impl Doctor {
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Exit, Failure> {
        let mut sheet = Sheet::new(output);
        let Some(url) = &self.url else {
            machine::look_at(global, output, &mut sheet)?;
            return Ok(sheet.end());
        };
        let config = Config::read(global.config.as_deref())?;
        let target = Target::parse(url)?;
        let mut reader = Reader::new(output);
        let mut first = |shared: Shared, flag: &Option<String>| {
            let flags: Vec<_> = flag.iter().cloned().collect();
            let known = reader.all(shared, &flags, &config)?.into_iter().next();
            Ok::<_, Failure>(known.map(|(_, secret)| secret.value))
        };
        let secret = first(Shared::Secret, &self.secret)?;
        let token = match (&self.token, &target.token) {
            (None, Some(token)) => Some(token.clone()),
            _ => first(Shared::Token, &self.token)?,
        };
        let sale = self.sample(secret.as_deref(), token.as_deref())?;
        if let Some(sale) = &sale {
            let question = format!("deliver {} to {}", sale.event(), target.origin());
            if !self.yes && !prompt::confirm(output, question)? {
                output.words("nothing is sent");
                return Ok(Exit::Good);
            }
        }
        let mut receiver = Receiver::new(&target.url, self.timeout)?;
        if let Some(address) = self.resolve {
            receiver = receiver.at(target.destination.host(), address);
        }
        runtime()?.block_on(async {
            let addresses = address::check(&target, self.resolve, self.timeout, &mut sheet).await?;
            let Some(addresses) = addresses else {
                return Ok(sheet.unreached());
            };
            let has_token = target.token.is_some() || self.token.is_some();
            let is_reached =
                certificate::check(&target, &addresses, has_token, self.timeout, &mut sheet);
            if !is_reached.await? {
                return Ok(sheet.unreached());
            }
            let probes = Probes::new(&receiver, &target.url);
            let (secret, token) = (secret.as_deref(), token.as_deref());
            judge::all(&probes, secret, token, target.is_in_clear(), &mut sheet).await?;
            if let Some(sale) = &sale {
                sheet.add(deliver(&probes, sale).await)?;
            }
            Ok(sheet.end())
        })
    }

    /// What `--deliver` sends.
    fn sample(&self, secret: Option<&str>, token: Option<&str>) -> Result<Option<Sample>, Failure> {
        let Some(name) = &self.deliver else {
            return Ok(None);
        };
        let sample = Sample::of(event::find(name)?.name());
        let (known, flag) = match sample.mechanism() {
            Mechanism::Account => (secret.map(|it| sample.clone().signed_with(it)), "--secret"),
            _ => (token.map(|it| sample.clone().token(it)), "--token"),
        };
        let missing = || {
            let message = format!("{name} can't be delivered without a secret or a token");
            Failure::new(Exit::Usage, "no_secret", message)
                .hint(format!("add `{flag} env:NAME` or `{flag} file:PATH`"))
        };
        known.ok_or_else(missing).map(Some)
    }
}

async fn deliver(probes: &Probes<'_>, sale: &Sample) -> Check {
    let event = sale.event();
    match probes.send(sale).await {
        Ok(answered) => {
            let word = reply::word(answered.status, &answered.body);
            if reply::is_success(answered.status) {
                Check::ok("deliver", format!("{event}: {word}"))
            } else {
                Check::fail("deliver", "not_delivered", format!("{event}: {word}"))
                    .hint("the log of the receiver may say why")
            }
        }
        Err(failure) => Check::unanswered("deliver", &failure),
    }
}
