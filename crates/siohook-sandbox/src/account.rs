//! The account at work: its state, its clock, and the sender of its messages.

mod addresses;
mod events;
mod requests;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::Method;
use axum::response::Response;
use siohook_events::Timestamp;
use tokio::sync::watch;

use crate::api::{Backend, Performance};
use crate::sender::Restored;
use crate::state::{Rule, State, Webhook, Workflow};
use crate::{AdvanceError, Chaos, Client, Clock, Outgoing, Sender};

use self::addresses::Addresses;
pub(crate) use self::addresses::Credentials;
pub(crate) use self::events::{Event, Events};
pub(crate) use self::requests::{ApiRequest, Requests};

/// Seconds of a year: an idle account is not waited for longer.
const YEAR: i64 = 365 * 86_400;

pub(crate) struct Account {
    state: Arc<Mutex<State>>,
    /// The state after a reset.
    initial: State,
    pub(crate) sender: Sender,
    pub(crate) credentials: Credentials,
    pub(crate) events: Events,
    pub(crate) requests: Requests,
    /// Held from a change until its messages are handed to the sender, so that they keep their
    /// order. The sender asks for addresses, which are in the state, so the state is free then.
    turn: Mutex<()>,
    /// Why the account or its messages can't be saved.
    not_saved: watch::Sender<Option<String>>,
    /// The time at which the account looks for what is due.
    alarm: Mutex<Option<Timestamp>>,
}

impl Account {
    pub(crate) fn new(
        state: State,
        clock: Clock,
        client: Client,
        restored: Restored,
        credentials: Credentials,
    ) -> Arc<Self> {
        let initial = state.clone();
        let keep = restored.settings.keep;
        let state = Arc::new(Mutex::new(state));
        let addresses = Addresses::new(Arc::clone(&state), clock.clone(), credentials.clone());
        let sender = Sender::restored(clock, client, Arc::new(addresses), restored);
        let account = Arc::new(Self {
            state,
            initial,
            sender,
            credentials,
            events: Events::default(),
            requests: Requests::new(keep),
            turn: Mutex::default(),
            not_saved: watch::Sender::default(),
            alarm: Mutex::default(),
        });
        events::watch(&account);
        account.sender.resume();
        account.change(|_, _| ((), vec![]));
        account
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.sender.clock()
    }

    /// Reads the state as it is now.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state())
    }

    /// The time at which something happens by itself.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let of_state = self.read(State::next_due);
        of_state
            .into_iter()
            .chain(self.sender.next_attempt_at())
            .min()
    }

    /// Lets happen what is due by now.
    pub(crate) fn catch_up(self: &Arc<Self>) {
        let now = self.clock().now();
        if self.read(State::next_due).is_some_and(|due| due <= now) {
            self.change(|_, _| ((), vec![]));
        }
    }

    /// Lets an operation look at the state, which it leaves as it is.
    pub(crate) fn operate<T>(&self, operate: impl FnOnce(&mut State, Timestamp) -> T) -> T {
        operate(&mut self.state(), self.clock().now())
    }

    /// Changes the state, and sends the messages that follow. Returns their ids.
    pub(crate) fn change<T>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut State, Timestamp) -> (T, Vec<Outgoing>),
    ) -> (T, Vec<String>) {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let (due, value, outgoing, has_other_receivers, ids) = {
            let (now, mut state) = (self.clock().now(), self.state());
            let due = state.advance(now);
            let before = Receivers::of(&state);
            let (value, outgoing) = change(&mut state, now);
            let has_other_receivers = before != Receivers::of(&state);
            let ids = state.ids.clone();
            (due, value, outgoing, has_other_receivers, ids)
        };
        // The state may be saved later than the messages that have them.
        self.sender.note_ids(&ids);
        for message in due {
            self.sender.send(message);
        }
        let ids = outgoing
            .into_iter()
            .map(|message| self.sender.send(message));
        let ids = ids.collect();
        if has_other_receivers {
            self.sender.cancel_undeliverable();
        }
        self.events.push(Event::State);
        self.set_alarm();
        (value, ids)
    }

    /// Forgets everything but the objects of these collections, named as in the state file, and
    /// turns chaos off.
    pub(crate) fn reset(self: &Arc<Self>, keep: &[String]) {
        self.change(|state, _| {
            *state = state.reset_to(&self.initial, keep);
            ((), vec![])
        });
        self.sender.clear();
        self.sender.set_chaos(Chaos::default());
        self.requests.clear();
    }

    /// Moves a manual clock until no message, delay or scheduled cancellation waits any more.
    /// Payments of subscriptions go on forever, so they are not waited for. It stops after a year.
    pub(crate) async fn advance_until_idle(&self) -> Result<Timestamp, AdvanceError> {
        let clock = self.clock();
        clock.advance(Duration::ZERO).await?;
        let start = clock.now().unix_seconds();
        let is_near = |due: Timestamp| due.unix_seconds() - start <= YEAR;
        while (self.sender.has_unfinished() || self.read(State::has_travellers))
            && self.next_due().is_some_and(is_near)
            && clock.step().await?.is_some()
        {}
        Ok(clock.now())
    }

    /// Notes why the account can't be saved, or that it is, for those who watch.
    pub(crate) fn note_saved(&self, failure: Option<String>) {
        let event = match &failure {
            Some(error) => Event::NotSaved(error.clone()),
            None => Event::Saved,
        };
        let is_new = self.not_saved.send_if_modified(|known| {
            let is_new = *known != failure;
            *known = failure;
            is_new
        });
        if is_new {
            self.events.push(event);
        }
    }

    /// Why the account can't be saved at present.
    pub(crate) fn not_saved(&self) -> watch::Receiver<Option<String>> {
        self.not_saved.subscribe()
    }

    /// Has the clock call when the next delay or paid period ends.
    fn set_alarm(self: &Arc<Self>) {
        let next = self.read(State::next_due);
        let mut alarm = self.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(next) = next.filter(|next| *alarm != Some(*next)) else {
            return;
        };
        *alarm = Some(next);
        let account = Arc::downgrade(self);
        self.clock().at(next, move || {
            if let Some(account) = account.upgrade() {
                *account.alarm.lock().unwrap_or_else(PoisonError::into_inner) = None;
                account.change(|_, _| ((), vec![]));
            }
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What decides where messages go.
#[derive(PartialEq)]
struct Receivers {
    webhooks: BTreeMap<String, Webhook>,
    rules: BTreeMap<u64, Rule>,
    workflows: BTreeMap<u64, Workflow>,
}

impl Receivers {
    fn of(state: &State) -> Self {
        Self {
            webhooks: state.webhooks.clone(),
            rules: state.rules.clone(),
            workflows: state.workflows.clone(),
        }
    }
}

impl Backend for Arc<Account> {
    fn now(&self) -> Timestamp {
        self.clock().now()
    }

    fn accepts_key(&self, key: &[u8]) -> bool {
        self.read(|state| {
            let mut keys = state.api_keys.values();
            state.api_keys.is_empty() || keys.any(|one| one.key.as_bytes() == key)
        })
    }

    fn perform(&self, method: &Method, operation: Performance<'_>) -> Response {
        if !method.is_safe() {
            return self.change(operation).0;
        }
        self.catch_up();
        self.operate(operation).0
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("sender", &self.sender)
            .finish_non_exhaustive()
    }
}
