//! Changes outside of the payload: time, ids, event name, raw body.

use bytes::Bytes;
use siohook_events::{EventName, Mechanism, Timestamp};

use super::Sample;
use crate::error::or_panic;
use crate::json::Json;
use crate::message::Message;

/// # Outside of the payload
impl Sample {
    /// Sets the time of the event: `created_at` of an automation, and the header
    /// `X-Webhook-Event-Timestamp` of an account webhook.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let sale = siohook::testing::Sample::of("SALE_NEW").at("2026-12-31T23:59:59+00:00");
    /// assert_eq!(sale.occurred_at().unwrap().to_string(), "2026-12-31T23:59:59+00:00");
    /// ```
    ///
    /// # Panics
    ///
    /// If the text is not a time such as `2026-09-28T07:41:13+00:00`, or if the body of an
    /// automation has no `created_at`.
    #[track_caller]
    pub fn at(mut self, time: &str) -> Self {
        let Ok(moment) = time.parse::<Timestamp>() else {
            panic!("`{time}` is not a time such as 2026-09-28T07:41:13+00:00");
        };
        match self.mechanism {
            Mechanism::Account => {
                self.message.occurred_at = moment;
                self
            }
            _ => or_panic(self.set_around("/created_at", &moment.to_string())),
        }
    }

    /// Returns the time of the event. `None` for an automation without a valid `created_at`.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let tag = siohook::testing::Sample::of("contact.tag.added");
    /// assert_eq!(tag.occurred_at().unwrap().to_string(), "2021-10-05T09:52:38+00:00");
    /// ```
    #[must_use]
    pub fn occurred_at(&self) -> Option<Timestamp> {
        if self.mechanism == Mechanism::Account {
            return Some(self.message.occurred_at);
        }
        let text = Json::parse(&self.body)?.child("created_at")?.as_text()?;
        text.parse().ok()
    }

    /// Sets the e-mail address of the systeme.io account, which only automations send.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let tag = siohook::testing::Sample::of("contact.tag.added").account_email("shop@example.com");
    /// let account = br#""account":{"email":"shop@example.com"}"#;
    /// assert!(tag.body().windows(account.len()).any(|part| part == account));
    /// ```
    ///
    /// # Panics
    ///
    /// If it is an account webhook.
    #[track_caller]
    pub fn account_email(self, email: &str) -> Self {
        assert!(
            self.mechanism == Mechanism::Automation,
            "{} is an account webhook: those don't send the account's address",
            self.event
        );
        or_panic(self.set_around("/account/email", email))
    }

    /// Sends the body under the name of another event. An attacker with a signed delivery
    /// can do that, because the event header is not signed.
    ///
    /// An automation has the name in its body, and it is replaced there.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// let sale = Sample::of("SALE_NEW");
    /// let replayed = sale.clone().with_event_header("SALE_CANCELED");
    /// assert_eq!(replayed.event(), "SALE_CANCELED");
    /// assert_eq!(replayed.body(), sale.body());
    /// ```
    ///
    /// # Panics
    ///
    /// If it is an automation whose body has no `type`.
    #[track_caller]
    pub fn with_event_header(self, event: &str) -> Self {
        let mut renamed = match self.mechanism {
            Mechanism::Account => self,
            _ => or_panic(self.set_around("/type", event)),
        };
        renamed.event = EventName::new(event);
        renamed
    }

    /// Sets the message id of an account webhook.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let sale = siohook::testing::Sample::of("SALE_NEW").with_message_id("m-1");
    /// assert_eq!(sale.message_id(), Some("m-1"));
    /// ```
    ///
    /// # Panics
    ///
    /// If it is an automation: those have none.
    #[track_caller]
    pub fn with_message_id(mut self, id: &str) -> Self {
        assert!(
            self.mechanism == Mechanism::Account,
            "{} is an automation: those have no message id",
            self.event
        );
        id.clone_into(&mut self.message.id);
        self
    }

    /// Replaces the unique ids by those of a captured delivery, so that the request has the
    /// same bytes on every run. An automation has no ids and stays as it is.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// use siohook::testing::Sample;
    ///
    /// let sale = || Sample::of("SALE_NEW").with_fixed_ids();
    /// assert_eq!(sale().message_id(), Some("01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01"));
    /// assert_eq!(sale().attempt(2).headers(), sale().attempt(2).headers());
    /// ```
    pub fn with_fixed_ids(mut self) -> Self {
        self.message.take_ids(Message::captured());
        self
    }

    /// Replaces the body by these bytes. They need not be JSON.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let sale = siohook::testing::Sample::of("SALE_NEW").with_body("{");
    /// assert_eq!(sale.body(), "{");
    /// ```
    pub fn with_body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }
}
