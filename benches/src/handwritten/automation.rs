use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use siohook::automation as payloads;
use subtle::ConstantTimeEq;

use super::{Receiver, Refused};
use crate::handlers;

macro_rules! events {
    ($($name:literal $payload:ident $function:ident;)*) => {
        /// A payload, parsed in one pass because `type` comes before `data`.
        #[derive(Debug)]
        #[expect(clippy::large_enum_variant, reason = "a box would cost an allocation")]
        enum Event {
            $($payload(payloads::$payload),)*
            Unknown,
        }

        impl Event {
            async fn handle(self) -> Result<(), Refused> {
                match self {
                    $(Self::$payload(event) => handlers::$function(event).await?,)*
                    Self::Unknown => return Err(Refused::Unhandled),
                }
                Ok(())
            }
        }

        /// Parses `data` as the payload of the event with this name.
        struct Data<'a>(&'a str);

        impl<'de> DeserializeSeed<'de> for Data<'_> {
            type Value = Event;

            fn deserialize<D: Deserializer<'de>>(self, data: D) -> Result<Event, D::Error> {
                match self.0 {
                    $($name => Deserialize::deserialize(data).map(Event::$payload),)*
                    _ => IgnoredAny::deserialize(data).map(|_| Event::Unknown),
                }
            }
        }
    };
}

events! {
    "contact.optin.completed" OptInCompleted opt_in_completed;
    "customer.sale.completed" SaleCompleted sale_completed;
    "contact.tag.added" TagAdded tag_added;
    "contact.tag.removed" TagRemoved tag_removed;
    "contact.webinar.registered" WebinarRegistered webinar_registered;
    "contact.course.enrolled" CourseEnrolled course_enrolled;
    "contact.course_bundle.enrolled" CourseBundleEnrolled course_bundle_enrolled;
    "contact.campaign.finished" CampaignFinished campaign_finished;
    "contact.page.visited" PageVisited page_visited;
    "contact.email_link.clicked" EmailLinkClicked email_link_clicked;
    "subscription.payment.failed" PaymentFailed payment_failed;
}

impl Receiver {
    /// Receives an automation.
    ///
    /// # Errors
    ///
    /// The delivery was not handled, for the reason in [`Refused`].
    pub async fn automation(&self, query: &str, body: &[u8]) -> Result<(), Refused> {
        self.check_token(query)?;
        handle(body).await
    }

    pub(super) fn check_token(&self, query: &str) -> Result<(), Refused> {
        let given = query.strip_prefix("token=").ok_or(Refused::Unauthorized)?;
        let is_right = bool::from(given.as_bytes().ct_eq(self.token.as_bytes()));
        is_right.then_some(()).ok_or(Refused::Unauthorized)
    }
}

pub(super) async fn handle(body: &[u8]) -> Result<(), Refused> {
    let text = std::str::from_utf8(body).map_err(|_| Refused::BadRequest)?;
    let mut json = serde_json::Deserializer::from_str(text);
    let event = json.deserialize_map(Envelope)?;
    json.end()?;
    event.handle().await
}

struct Envelope;

impl<'de> Visitor<'de> for Envelope {
    type Value = Event;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`type`, then `data`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Event, A::Error> {
        let (mut name, mut event) = (None, None);
        while let Some(member) = map.next_key()? {
            match member {
                Member::Type => name = Some(map.next_value::<Name<'_>>()?.0),
                Member::Data => {
                    let name = name
                        .as_deref()
                        .ok_or_else(|| A::Error::missing_field("type"))?;
                    event = Some(map.next_value_seed(Data(name))?);
                }
                Member::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        event.ok_or_else(|| A::Error::missing_field("data"))
    }
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Member {
    Type,
    Data,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
