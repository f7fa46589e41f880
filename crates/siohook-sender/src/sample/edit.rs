//! Edits of the payload.

use std::any::type_name;

use serde::Serialize;
use serde::de::DeserializeOwned;
use siohook_events::Mechanism;

use super::Sample;
use crate::error::{SampleError, or_panic};
use crate::json::{Json, Pointer};
use crate::payload;

/// # Editing the payload
///
/// JSON pointers begin at the payload: `data` of an automation, and the whole body of an
/// account webhook.
impl Sample {
    /// Replaces the value at a JSON pointer: `/contact/email`, `/tags/0/name`.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let tag = siohook::testing::Sample::of("contact.tag.added").set("/tag/name", "vip");
    /// assert!(tag.body().starts_with(br#"{"type":"contact.tag.added","data":{"tag":{"id":141002,"name":"vip"}"#));
    /// ```
    ///
    /// # Panics
    ///
    /// If the pointer leads nowhere. So a typing error can't make a test pass that tests
    /// nothing. [`add`](Self::add) adds members.
    #[track_caller]
    pub fn set(self, pointer: &str, value: impl Serialize) -> Self {
        or_panic(self.try_set(pointer, value))
    }

    /// Replaces the value at a JSON pointer. It is [`set`](Self::set) without panics.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let sale = siohook::testing::Sample::of("SALE_NEW");
    /// let error = sale.try_set("/custmer/email", "ada@example.com").unwrap_err();
    /// assert!(error.to_string().ends_with("; did you mean `/customer/email`?"));
    /// ```
    ///
    /// # Errors
    ///
    /// If the pointer leads nowhere, or the value can't be written as JSON.
    pub fn try_set(self, pointer: &str, value: impl Serialize) -> Result<Self, SampleError> {
        let value = written(&value)?;
        self.edited(pointer, |place, payload| place.set(payload, value))
    }

    /// Adds a new member (`/source_url`), or with `-` an element at the end of a list
    /// (`/contact/tags/-`).
    ///
    /// An empty list becomes a map with that member, because PHP writes both as `[]`. So
    /// `/contact/fields/first_name` works with and without other fields.
    ///
    /// ```
    /// # mod siohook { pub use siohook_events::*; pub use siohook_sender as testing; }
    /// use siohook::account::SaleNew;
    /// use siohook::testing::Sample;
    ///
    /// let sale = Sample::of("SALE_NEW").add("/customer/fields/company_name", "Analytical Engines");
    /// let fields = sale.payload::<SaleNew>().customer.fields;
    /// assert_eq!(fields.get("company_name"), Some("Analytical Engines"));
    /// ```
    ///
    /// # Panics
    ///
    /// If the member exists already, or its parent does not exist.
    #[track_caller]
    pub fn add(self, pointer: &str, value: impl Serialize) -> Self {
        or_panic(self.try_add(pointer, value))
    }

    /// Adds a new member, or with `-` an element. It is [`add`](Self::add) without panics.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let tag = siohook::testing::Sample::of("contact.tag.added");
    /// let error = tag.try_add("/tag/id", 7).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "contact.tag.added: `/tag/id` is there already: `.set(…)` replaces it",
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// If the member exists already, its parent does not exist, or the value can't be written
    /// as JSON.
    pub fn try_add(self, pointer: &str, value: impl Serialize) -> Result<Self, SampleError> {
        let value = written(&value)?;
        self.edited(pointer, |place, payload| place.add(payload, value))
    }

    /// Removes the member or the element at a JSON pointer.
    ///
    /// ```
    /// # mod siohook { pub use siohook_events::*; pub use siohook_sender as testing; }
    /// use siohook::account::SaleNew;
    /// use siohook::testing::Sample;
    ///
    /// let sale = Sample::of("SALE_NEW").remove("/funnelStep");
    /// assert!(sale.payload::<SaleNew>().funnel_step.is_none());
    /// ```
    ///
    /// # Panics
    ///
    /// If the pointer leads nowhere.
    #[track_caller]
    pub fn remove(self, pointer: &str) -> Self {
        or_panic(self.try_remove(pointer))
    }

    /// Removes the value at a JSON pointer. It is [`remove`](Self::remove) without panics.
    ///
    /// ```
    /// # mod siohook { pub use siohook_sender as testing; }
    /// let sale = siohook::testing::Sample::of("SALE_NEW");
    /// assert!(sale.try_remove("/contact").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// If the pointer leads nowhere.
    pub fn try_remove(self, pointer: &str) -> Result<Self, SampleError> {
        self.edited(pointer, Pointer::remove)
    }

    /// Edits the payload as a value of its type, or of your own type.
    ///
    /// ```
    /// # mod siohook { pub use siohook_events::*; pub use siohook_sender as testing; }
    /// use siohook::account::SaleNew;
    /// use siohook::testing::Sample;
    ///
    /// let sample = Sample::of("SALE_NEW").edit(|sale: &mut SaleNew| {
    ///     sale.customer.email = "ada@example.com".to_owned();
    ///     sale.order_item.resources.clear();
    /// });
    /// assert!(sample.payload::<SaleNew>().order_item.resources.is_empty());
    /// ```
    ///
    /// The body changes only where the closure changes the value. Members that are unknown to
    /// the type stay, and all members keep their order.
    ///
    /// # Panics
    ///
    /// If the type is the payload of another event, or the body can't be deserialized.
    #[track_caller]
    pub fn edit<T>(self, edit: impl FnOnce(&mut T)) -> Self
    where
        T: Serialize + DeserializeOwned + 'static,
    {
        let mut value: T = self.payload();
        let before = or_panic(written(&value));
        edit(&mut value);
        let after = or_panic(written(&value));
        or_panic(self.edited("", |_, payload| {
            payload.follow(before, after);
            Ok(())
        }))
    }

    /// Deserializes the payload as its type, or as your own type.
    ///
    /// ```
    /// # mod siohook { pub use siohook_events::*; pub use siohook_sender as testing; }
    /// use siohook::automation::TagAdded;
    /// use siohook::testing::Sample;
    ///
    /// let event: TagAdded = Sample::of("contact.tag.added").set("/tag/name", "vip").payload();
    /// assert_eq!(event.tag.name, "vip");
    /// ```
    ///
    /// # Panics
    ///
    /// If the type is the payload of another event, or the body can't be deserialized. The
    /// message holds no value of the body.
    #[must_use]
    #[track_caller]
    pub fn payload<T: DeserializeOwned + 'static>(&self) -> T {
        or_panic(self.try_payload())
    }

    fn try_payload<T: DeserializeOwned + 'static>(&self) -> Result<T, SampleError> {
        let (event, name) = (&self.event, type_name::<T>());
        if let Some(other) = payload::event_of::<T>()
            && event.is_listed()
            && *event != other
        {
            return Err(SampleError::new(format!(
                "the payload of {event} is not `{name}`, which is that of {other}"
            )));
        }
        let mut json = self.json()?;
        let payload = self.payload_in(&mut json)?.to_body();
        serde_json::from_slice(&payload).map_err(|error| {
            let why = without_value(&error);
            SampleError::new(format!("the payload of {event}: not a `{name}`: {why}"))
        })
    }

    fn edited(
        self,
        pointer: &str,
        edit: impl FnOnce(&Pointer, &mut Json) -> Result<(), String>,
    ) -> Result<Self, SampleError> {
        let mut json = self.json()?;
        let payload = self.payload_in(&mut json)?;
        let edited = Pointer::parse(pointer).and_then(|place| edit(&place, payload));
        edited.map_err(|error| {
            let is_outside =
                self.mechanism == Mechanism::Automation && pointer.starts_with("/data");
            let hint = if is_outside {
                " (pointers begin inside of `data`)"
            } else {
                ""
            };
            SampleError::new(format!("{}: {error}{hint}", self.event))
        })?;
        Ok(self.with_body(json.to_body()))
    }

    /// Replaces a value outside of the payload.
    pub(super) fn set_around(self, pointer: &str, value: &str) -> Result<Self, SampleError> {
        let mut json = self.json()?;
        let value = written(value)?;
        let set = Pointer::parse(pointer).and_then(|place| place.set(&mut json, value));
        set.map_err(|error| SampleError::new(format!("{}: {error}", self.event)))?;
        Ok(self.with_body(json.to_body()))
    }

    pub(super) fn json(&self) -> Result<Json, SampleError> {
        Json::parse(&self.body).ok_or_else(|| {
            SampleError::new(format!(
                "the body of {} is not JSON, so only its bytes can be changed",
                self.event
            ))
        })
    }

    /// The payload in the body.
    fn payload_in<'a>(&self, body: &'a mut Json) -> Result<&'a mut Json, SampleError> {
        if self.mechanism == Mechanism::Account {
            return Ok(body);
        }
        body.child_mut("data")
            .ok_or_else(|| SampleError::new(format!("{}: the body has no `data`", self.event)))
    }
}

pub(super) fn written(value: &(impl Serialize + ?Sized)) -> Result<Json, SampleError> {
    Json::of(value)
        .map_err(|error| SampleError::new(format!("the value can't be written as JSON: {error}")))
}

/// The text of an error without a value of the body. Only the text of a missing field is kept,
/// because it holds only the field's name.
fn without_value(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if text.starts_with("missing field `") {
        return text;
    }
    format!("refused at line {} column {}", error.line(), error.column())
}
