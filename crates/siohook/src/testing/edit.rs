//! Changes of a sample: of its payload, of what is around it, and on its way.

use std::any::type_name;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use siohook_events::{EventName, Mechanism, Timestamp};

use super::json::Json;
use super::payload;
use super::pointer::Pointer;
use super::sample::Sample;
use crate::Mismatch;

/// JSON pointers are of the payload, as handlers see it: `data` of an automation,
/// the whole body of an account webhook.
impl Sample {
    /// Replaces the value at a JSON pointer: `/contact/email`, `/tags/0/name`.
    ///
    /// # Panics
    ///
    /// There is nothing at the pointer, so that a mistyped name does not leave the
    /// test without what it tests. [`add`](Self::add) adds members.
    #[track_caller]
    pub fn set(mut self, pointer: &str, value: impl Serialize) -> Self {
        let value = written(&value);
        self.change(pointer, |place, payload| place.set(payload, value));
        self
    }

    /// Adds a member that is not there yet, or with `-` an element to a list:
    /// `/source_url`, `/contact/tags/-`.
    ///
    /// A list that is empty becomes a map with that member, because PHP writes both
    /// as `[]`: `/contact/fields/first_name` works with and without other fields.
    ///
    /// # Panics
    ///
    /// The member is there already, or what it would be a member of is not.
    #[track_caller]
    pub fn add(mut self, pointer: &str, value: impl Serialize) -> Self {
        let value = written(&value);
        self.change(pointer, |place, payload| place.add(payload, value));
        self
    }

    /// Takes away what is at a JSON pointer.
    ///
    /// # Panics
    ///
    /// There is nothing.
    #[track_caller]
    pub fn remove(mut self, pointer: &str) -> Self {
        self.change(pointer, Pointer::remove);
        self
    }

    /// Changes the payload as a value of its type, or of a type of your own.
    ///
    /// ```
    /// use siohook::account;
    /// use siohook::testing::Sample;
    ///
    /// let sample = Sample::of("SALE_NEW").edit(|sale: &mut account::SaleNew| {
    ///     sale.customer.email = "ada@example.com".to_owned();
    ///     sale.order_item.resources.clear();
    /// });
    /// # assert!(sample.payload::<account::SaleNew>().order_item.resources.is_empty());
    /// ```
    ///
    /// Only what the closure changes is changed in the body: members that the type
    /// does not know stay, and so does the order of all.
    ///
    /// # Panics
    ///
    /// The type is the payload of another event, or the body can't be read as it.
    #[track_caller]
    pub fn edit<T>(self, edit: impl FnOnce(&mut T)) -> Self
    where
        T: Serialize + DeserializeOwned + 'static,
    {
        let mut value: T = self.payload();
        let before = written(&value);
        edit(&mut value);
        let after = written(&value);
        let mut json = self.json();
        if let Ok(payload) = payload_of(&mut json, self.mechanism) {
            payload.follow(before, after);
        }
        self.with_body(json.to_body())
    }

    /// The payload as a value of its type, or of a type of your own: what a handler
    /// can be called with.
    ///
    /// # Panics
    ///
    /// The type is the payload of another event, or the body can't be read as it.
    #[must_use]
    #[track_caller]
    pub fn payload<T: DeserializeOwned + 'static>(&self) -> T {
        if let Some(other) = payload::event_of::<T>()
            && self.event.is_listed()
            && self.event != other
        {
            panic!(
                "the payload of {} is not `{}`, which is that of {other}",
                self.event,
                type_name::<T>()
            );
        }
        let mut json = self.json();
        let read = payload_of(&mut json, self.mechanism).and_then(|payload| {
            serde_json::from_slice(&payload.to_body())
                .map_err(|error| Mismatch::of::<T>(&error).to_string())
        });
        match read {
            Ok(payload) => payload,
            Err(error) => panic!("the payload of {}: {error}", self.event),
        }
    }

    /// When it happened: `created_at` of an automation, the header
    /// `X-Webhook-Event-Timestamp` of an account webhook.
    ///
    /// # Panics
    ///
    /// The text is not a time such as `2026-09-28T07:41:13+00:00`.
    #[track_caller]
    pub fn at(mut self, time: &str) -> Self {
        let Ok(moment) = time.parse::<Timestamp>() else {
            panic!("`{time}` is not a time such as 2026-09-28T07:41:13+00:00");
        };
        match self.mechanism {
            Mechanism::Account => self.identity.occurred_at = Some(moment),
            Mechanism::Automation => self.change_envelope("/created_at", &moment),
        }
        self
    }

    /// The e-mail address of the account, which only automations tell.
    ///
    /// # Panics
    ///
    /// It is an account webhook.
    #[track_caller]
    pub fn account_email(mut self, email: &str) -> Self {
        assert!(
            self.mechanism == Mechanism::Automation,
            "{} is an account webhook: those don't tell the account's address",
            self.event
        );
        self.change_envelope("/account/email", email);
        self
    }

    /// Sends the body under the name of another event: what somebody can do who
    /// holds a signed delivery, because the header with the name is not signed.
    #[track_caller]
    pub fn claiming(mut self, event: &str) -> Self {
        if self.mechanism == Mechanism::Automation {
            self.change_envelope("/type", event);
        }
        self.event = EventName::new(event);
        self
    }

    /// The message id of an account webhook, in place of one of its own.
    ///
    /// # Panics
    ///
    /// It is an automation: those have none.
    #[track_caller]
    pub fn with_message_id(mut self, id: &str) -> Self {
        assert!(
            self.mechanism == Mechanism::Account,
            "{} is an automation: those have no message id",
            self.event
        );
        self.identity.message_id = Some(id.to_owned());
        self
    }

    /// Replaces the body by these bytes, as they are: a delivery that was
    /// captured, say, of an automation with all that is around its payload.
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Signs the body as it is now. What is changed afterwards is changed on the
    /// way, as by an attacker or by a host that rewrites JSON.
    ///
    /// Nothing covers the body of an automation, so this changes nothing there.
    pub fn sealed(mut self) -> Self {
        self.signed.get_or_insert_with(|| self.body.clone());
        self
    }

    /// Changes bytes of the body on the way, [after it was signed](Self::sealed).
    ///
    /// ```
    /// use siohook::testing::Sample;
    ///
    /// let cut = Sample::of("SALE_NEW").corrupt(|body| body.truncate(100));
    /// assert_eq!(cut.body().len(), 100);
    /// ```
    pub fn corrupt(self, corrupt: impl FnOnce(&mut Vec<u8>)) -> Self {
        let sealed = self.sealed();
        let mut body = sealed.body.to_vec();
        corrupt(&mut body);
        sealed.with_body(body)
    }

    #[track_caller]
    fn change(
        &mut self,
        pointer: &str,
        change: impl FnOnce(&Pointer, &mut Json) -> Result<(), String>,
    ) {
        let mut json = self.json();
        let changed = Pointer::parse(pointer)
            .and_then(|place| change(&place, payload_of(&mut json, self.mechanism)?));
        if let Err(misfit) = changed {
            let outside = self.mechanism == Mechanism::Automation && pointer.starts_with("/data");
            let hint = if outside {
                " (pointers begin inside of `data`)"
            } else {
                ""
            };
            panic!("{}: {misfit}{hint}", self.event);
        }
        self.body = json.to_body().into();
    }

    #[track_caller]
    fn change_envelope(&mut self, pointer: &str, value: &(impl Serialize + ?Sized)) {
        let mut json = self.json();
        let place = Pointer::parse(pointer);
        if let Err(misfit) = place.and_then(|place| place.set(&mut json, written(value))) {
            panic!("{}: {misfit}", self.event);
        }
        self.body = json.to_body().into();
    }

    #[track_caller]
    pub(super) fn json(&self) -> Json {
        match Json::parse(&self.body) {
            Some(json) => json,
            None => panic!(
                "the body of {} is not JSON, so only its bytes can be changed",
                self.event
            ),
        }
    }

    /// When it happened, if that is told.
    #[must_use]
    pub fn occurred_at(&self) -> Option<Timestamp> {
        match self.mechanism {
            Mechanism::Account => Some(super::request::occurred_at(self)),
            Mechanism::Automation => {
                let text = Json::parse(&self.body)?.member("created_at")?.as_text()?;
                text.parse().ok()
            }
        }
    }
}

/// The part of a body that handlers see.
fn payload_of(body: &mut Json, mechanism: Mechanism) -> Result<&mut Json, String> {
    match mechanism {
        Mechanism::Account => Ok(body),
        Mechanism::Automation => {
            let data = body.member_mut("data");
            data.ok_or_else(|| "the body has no `data`".to_owned())
        }
    }
}

#[track_caller]
pub(super) fn written(value: &(impl Serialize + ?Sized)) -> Json {
    match Json::of(value) {
        Ok(json) => json,
        Err(error) => panic!("the value can't be written as JSON: {error}"),
    }
}
