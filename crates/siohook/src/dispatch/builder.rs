use std::sync::Arc;

use siohook_events::Shown;

use super::Dispatcher;
use super::build_error::{self, BuildError, Problem};
use super::core::{Core, DetachedTask, Executor, Hook, Unhandled};
use super::in_flight::InFlight;
use super::memory::Memory;
use super::routes::Routes;
use crate::handler::{HandlerInfo, Handlers, Mismatched, Report};
use crate::observe::{self, Observer};
use crate::panics::Guarded;
use crate::request::TypeMap;
use crate::verify::{Diagnosis, IntoIpRange, IpAllowList, Rejection, Secret, Token, Verifier};

/// Builds a [`Dispatcher`].
///
/// Nothing is checked before [`build`](Self::build), which reports all that is
/// wrong at once.
#[must_use]
pub struct DispatcherBuilder {
    states: TypeMap,
    problems: Vec<Problem>,
    verifier: Verifier,
    select: Vec<Guarded<Box<dyn Fn(&HandlerInfo) -> bool>>>,
    unhandled: Unhandled,
    mismatched: Mismatched,
    memory: usize,
    executor: Option<Executor>,
    on_report: Option<Hook<Report>>,
    on_reject: Option<Hook<Rejection>>,
    allow_no_handlers: bool,
}

impl Default for DispatcherBuilder {
    fn default() -> Self {
        Self {
            states: TypeMap::default(),
            problems: vec![],
            verifier: Verifier {
                max_body_bytes: 1024 * 1024,
                source_ips: None,
                trusted_proxies: IpAllowList::default(),
                secrets: vec![],
                tokens: vec![],
                accept_reserialized: false,
                accept_unverified: false,
                diagnosis: Diagnosis::new(observe::shows_refusals),
            },
            select: vec![],
            unhandled: Unhandled::default(),
            mismatched: Mismatched::default(),
            memory: 10_000,
            executor: None,
            on_report: None,
            on_reject: None,
            allow_no_handlers: false,
        }
    }
}

impl Dispatcher {
    /// Starts with the defaults of [`DispatcherBuilder`].
    pub fn builder() -> DispatcherBuilder {
        DispatcherBuilder::default()
    }
}

impl DispatcherBuilder {
    /// Provides what handlers take as [`State<T>`](crate::State): one value of
    /// each type.
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        if let Err(type_name) = self.states.insert(value) {
            self.problems.push(Problem::state_twice(type_name));
        }
        self
    }

    /// Trusts account webhooks that are signed with this secret. Give several
    /// to rotate: deliveries under any of them are accepted, and the label of
    /// the one that fits is [`Delivery::trust`](crate::Delivery::trust).
    ///
    /// The label appears in logs, the secret never. An attempt that is signed with
    /// another secret than the first one is another delivery to the
    /// [redelivery memory](Self::redelivery_memory).
    pub fn account_secret(self, label: impl AsRef<str>, secret: impl AsRef<str>) -> Self {
        self.secret(label.as_ref(), secret.as_ref(), None)
    }

    /// Trusts account webhooks that are signed with this secret for these
    /// events only. They are names or patterns (`"SALE_*"`).
    ///
    /// The signature covers the body and not the header that names the event:
    /// whoever holds one signed `SALE_NEW` can send it again as
    /// `SALE_CANCELED`. A webhook of its own for cancellations, with a secret
    /// of its own that is bound to `SALE_CANCELED`, and one for sales that is
    /// bound to `SALE_NEW`, prevent that.
    pub fn account_secret_for<I>(
        mut self,
        label: impl AsRef<str>,
        secret: impl AsRef<str>,
        events: I,
    ) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let events: Vec<String> = events
            .into_iter()
            .map(|event| event.as_ref().to_owned())
            .collect();
        self.problems
            .extend(build_error::uncoverable(label.as_ref(), &events));
        self.secret(label.as_ref(), secret.as_ref(), Some(events))
    }

    fn secret(mut self, label: &str, secret: &str, events: Option<Vec<String>>) -> Self {
        self.problems.extend(build_error::unsafe_text(
            &format!("the secret {:?}", Shown::value(label)),
            secret,
        ));
        self.verifier
            .secrets
            .push(Secret::new(label, secret, events));
        self
    }

    /// Trusts automations whose URL ends in `?token=…` with this token. Give
    /// several to rotate.
    ///
    /// A token of letters and digits can be pasted into the URL as it is. In another, write
    /// `%` as `%25`, `&` as `%26`, `+` as `%2B` and `#` as `%23`: a token counts as it
    /// stands in the URL and percent-decoded, but `&` and `#` end it there.
    pub fn automation_token(self, token: impl AsRef<str>) -> Self {
        self.token(None, token.as_ref())
    }

    /// Trusts automations whose URL ends in `?token=…` with this token, and calls it by
    /// a label: [`Delivery::trust`](crate::Delivery::trust) has it, so that handlers can
    /// tell by which webhook or tenant they were called. The label appears in logs, the
    /// token never.
    pub fn automation_token_as(self, label: impl AsRef<str>, token: impl AsRef<str>) -> Self {
        self.token(Some(label.as_ref()), token.as_ref())
    }

    fn token(mut self, label: Option<&str>, token: &str) -> Self {
        let what = match label {
            Some(label) => format!("the automation token {:?}", Shown::value(label)),
            None => "an automation token".to_owned(),
        };
        self.problems.extend(build_error::unsafe_text(&what, token));
        self.verifier.tokens.push(Token::new(label, token));
        self
    }

    /// Accepts deliveries from these addresses only, of both mechanisms. If
    /// there is no token, it is what automations are trusted by.
    ///
    /// The address is that of the peer, or behind
    /// [`trusted_proxies`](Self::trusted_proxies) the one that they forward.
    pub fn source_ips(mut self, allowed: IpAllowList) -> Self {
        self.problems
            .extend(build_error::unreadable("source_ips", &allowed));
        self.verifier.source_ips = Some(allowed);
        self
    }

    /// The proxies in front of this server, whose `X-Forwarded-For` or
    /// `Forwarded` is believed: addresses, networks, or texts of either. A header of
    /// more than 8 KiB or 64 entries is refused. All of IPv4 or of IPv6 is a mistake
    /// that [`build`](Self::build) reports.
    pub fn trusted_proxies<I>(mut self, proxies: I) -> Self
    where
        I: IntoIterator,
        I::Item: IntoIpRange,
    {
        let proxies = IpAllowList::new(proxies);
        self.problems
            .extend(build_error::unreadable("trusted_proxies", &proxies));
        self.problems.extend(build_error::boundless(&proxies));
        self.verifier.trusted_proxies = proxies;
        self
    }

    /// Also tries signatures on the body as PHP's `json_encode` would have
    /// written it, for hosts that rewrite JSON on the way.
    ///
    /// White space, escapes and the spelling of characters may then differ from
    /// what was signed; keys, their order, numbers and texts may not. The one exception is
    /// the `order.vat` of a sale, which JavaScript writes as `0` where PHP wrote `0.0`.
    pub fn accept_reserialized_bodies(mut self) -> Self {
        self.verifier.accept_reserialized = true;
        self
    }

    /// Accepts deliveries that nothing vouches for, as
    /// [`Trust::Unverified`](crate::Trust::Unverified). For development only:
    /// anybody who finds the URL can then send sales.
    pub fn accept_unverified(mut self) -> Self {
        self.verifier.accept_unverified = true;
        self
    }

    /// The longest body that is read, in bytes. 1 MiB unless said otherwise; a
    /// delivery has a few kilobytes.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.verifier.max_body_bytes = bytes;
        self
    }

    /// How many deliveries are remembered, so that another attempt runs only
    /// the handlers that failed. 10,000 unless said otherwise, less than 96
    /// bytes each; those that were completed first are forgotten first.
    ///
    /// With 0, only simultaneous copies are refused.
    pub fn redelivery_memory(mut self, deliveries: usize) -> Self {
        self.memory = deliveries;
        self
    }

    /// What is answered when no handler listens. [`Unhandled::Accept`] unless said
    /// otherwise. [`Report::suggestion`] is the handler to write.
    pub fn on_unhandled(mut self, unhandled: Unhandled) -> Self {
        self.unhandled = unhandled;
        self
    }

    /// What is answered when a body does not match a handler's arguments.
    /// [`Mismatched::Reject`] unless said otherwise.
    pub fn on_mismatch(mut self, mismatched: Mismatched) -> Self {
        self.mismatched = mismatched;
        self
    }

    /// Called with what became of each delivery. A panic in it changes nothing.
    pub fn on_report(mut self, hook: impl Fn(&Report) + Send + Sync + 'static) -> Self {
        self.on_report = Some(Guarded::new(Box::new(hook)));
        self
    }

    /// Called with each request that is refused. Its text is made for the log:
    /// it says what to mend, and holds nothing secret or personal.
    ///
    /// A hint that takes work to find, such as that of a wrong signature or token, is found
    /// 40 times a second at most, after the first 50. Other such refusals of a flood have
    /// none. Without `on_reject`, and without a subscriber of the feature `tracing` that
    /// shows warnings, there is none. The page
    /// [`observability`](crate::guide::observability#refusals-and-their-hints) has all hints.
    pub fn on_reject(mut self, hook: impl Fn(&Rejection) + Send + Sync + 'static) -> Self {
        self.on_reject = Some(Guarded::new(Box::new(hook)));
        self.diagnosed()
    }

    /// Looks for the cause of a refusal because something shows it.
    pub(crate) fn diagnosed(mut self) -> Self {
        self.verifier.diagnosis.is_heard = true;
        self
    }

    /// Uses only some of the linked handlers.
    pub fn select(mut self, chosen: impl Fn(&HandlerInfo) -> bool + 'static) -> Self {
        self.select.push(Guarded::new(Box::new(chosen)));
        self
    }

    /// Hands the work of each delivery to an executor, so that it goes on even if the sender
    /// hangs up:
    ///
    /// ```
    /// use std::time::Duration;
    /// use tokio::runtime::Handle;
    /// use tokio::time::timeout;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let builder = siohook::Dispatcher::builder();
    /// let runtime = Handle::current();
    /// builder.detach(move |task| {
    ///     runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
    /// });
    /// # }
    /// ```
    ///
    /// The handle is that of the runtime that runs `main`. `tokio::spawn` would take the
    /// runtime of the request, and actix-web has one for each thread, which a shutdown
    /// drops with all that it runs.
    ///
    /// Handlers that have not ended at the deadline are dropped at their `await` and reported
    /// as [`Cancelled`](crate::Outcome::Cancelled), and another attempt runs them again.
    /// Without a deadline, a handler that never ends holds its delivery: every other attempt
    /// is answered 409, and [`idle`](Dispatcher::idle) waits for ever.
    ///
    /// If the closure panics and the task is dropped with it, the sender is answered 500, and
    /// the report holds the message.
    pub fn detach(mut self, executor: impl Fn(DetachedTask) + Send + Sync + 'static) -> Self {
        self.executor = Some(Guarded::new(Box::new(executor)));
        self
    }

    /// Builds although no handler is linked.
    pub fn allow_no_handlers(mut self) -> Self {
        self.allow_no_handlers = true;
        self
    }

    /// Builds the dispatcher.
    ///
    /// # Errors
    ///
    /// All that is wrong, at once: a `State<T>` that nobody provided, or that
    /// was provided twice; an `id` used twice; no handler; no way of trusting a
    /// delivery; a secret or token that is empty or has white space or invisible
    /// characters at its ends; an address that can't be read; proxies that are every
    /// address; a secret that is bound to an event that is never sent.
    pub fn build(self) -> Result<Dispatcher, BuildError> {
        let linked = Handlers::linked();
        let handlers = linked.select(|handler| self.select.iter().all(|chosen| chosen(handler)));
        let mut problems = self.problems;
        problems.extend(build_error::handlers(&handlers, &self.states));
        if handlers.is_empty() && !self.allow_no_handlers {
            problems.push(Problem::no_handlers(linked.len()));
        }
        let Verifier {
            source_ips,
            secrets,
            tokens,
            accept_unverified,
            ..
        } = &self.verifier;
        if source_ips.is_none() && secrets.is_empty() && tokens.is_empty() && !accept_unverified {
            problems.push(Problem::no_trust());
        }
        if !problems.is_empty() {
            return Err(BuildError::new(problems));
        }
        Ok(Dispatcher {
            core: Arc::new(Core {
                observer: Observer::new(&self.verifier.secrets),
                verifier: self.verifier,
                routes: Routes::new(&handlers),
                handlers,
                states: self.states,
                unhandled: self.unhandled,
                mismatched: self.mismatched,
                memory: Memory::new(self.memory),
                memory_capacity: self.memory,
                in_flight: InFlight::default(),
                executor: self.executor,
                on_report: self.on_report,
                on_reject: self.on_reject,
            }),
        })
    }
}

impl std::fmt::Debug for DispatcherBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DispatcherBuilder").finish_non_exhaustive()
    }
}
