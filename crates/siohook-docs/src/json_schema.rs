//! The body of an event as a JSON Schema.

use serde_json::Value;
use siohook_events::Event;

/// Writes the [JSON Schema](https://json-schema.org/draft/2020-12) of an event's body, payload
/// and envelope.
///
/// It admits every body that siohook reads: unknown keys, null for absent, numbers in
/// strings. A member that the payload type can't do without is required. The event of an
/// account webhook is in a header, so the schemas of `SALE_NEW` and `SALE_CANCELED` admit
/// each other's bodies.
///
/// ```
/// let events = siohook::events();
/// let sale = events.iter().find(|event| event.name() == "SALE_NEW").unwrap();
/// let schema = siohook_docs::json_schema(sale);
/// assert_eq!(schema["$ref"], "#/$defs/account.SaleNew");
/// println!("{schema:#}");
/// ```
///
/// The schema of a payload alone comes from [`schemars`](crate::schemars):
///
/// ```
/// use siohook::automation::TagAdded;
/// use siohook_docs::schemars::schema_for;
///
/// let schema = schema_for!(TagAdded);
/// assert_eq!(schema.get("title").unwrap(), "automation.TagAdded");
/// ```
#[must_use]
pub fn json_schema(event: &Event) -> Value {
    event.schema().to_value()
}
