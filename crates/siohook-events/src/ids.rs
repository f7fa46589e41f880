//! Ids: a type for each kind of thing, because their numbers overlap.
//!
//! An id is a whole number. It is also read from a string of digits.
//!
//! ```
//! # use siohook_events as siohook;
//! use siohook::ids::{ContactId, CustomerId};
//!
//! let contact = ContactId::from(445_120_981);
//! assert_eq!(contact, 445_120_981);
//! assert_eq!(contact.get(), 445_120_981);
//! assert_eq!(contact.to_string(), "445120981");
//! assert_eq!(i64::try_from(contact), Ok(445_120_981));
//! assert_eq!("12799412".parse(), Ok(CustomerId::from(12_799_412)));
//! ```

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

use crate::lenient;

macro_rules! example {
    ($name:ident) => {
        concat!(
            "```\n# use siohook_events as siohook;\nuse siohook::ids::",
            stringify!($name),
            ";\n\n",
            "let id: ",
            stringify!($name),
            " = serde_json::from_str(\"42\")?;\n",
            "assert_eq!(id.get(), 42);\n",
            "// For a database, whose integers have a sign.\n",
            "let column = i64::try_from(id)?;\n",
            "assert_eq!(column, 42);\n",
            "# Ok::<(), Box<dyn std::error::Error>>(())\n```",
        )
    };
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        #[doc = example!($name)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
        #[serde(transparent)]
        pub struct $name(u64);

        impl $name {
            /// Returns the number. A database takes `i64::try_from(id)`.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl From<u64> for $name {
            fn from(number: u64) -> Self {
                Self(number)
            }
        }

        impl From<$name> for u64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        /// Converts for databases, whose integers have a sign. Fails beyond `i64`.
        impl TryFrom<$name> for i64 {
            type Error = std::num::TryFromIntError;

            fn try_from(id: $name) -> Result<Self, Self::Error> {
                id.0.try_into()
            }
        }

        impl PartialEq<u64> for $name {
            fn eq(&self, other: &u64) -> bool {
                self.0 == *other
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                lenient::integer(deserializer).map(Self)
            }
        }
    )*};
}

ids! {
    /// Id of a person in the list of contacts. A customer's own id is another: [`CustomerId`].
    ContactId;
    /// Id of a person as a buyer. The contact behind a customer has a [`ContactId`].
    CustomerId;
    /// Id of an order. It is not the id of an event: each line of the order is a delivery with this
    /// id, and instalments and the cancellation repeat it.
    OrderId;
    /// Id of one line of an order (main product, order bump). Look at it to grant a sale once.
    OrderItemId;
    /// Id of a price plan of an offer. It changes when the owner edits the offer.
    PricePlanId;
    /// Id of a tag.
    TagId;
    /// Id of a funnel.
    FunnelId;
    /// Id of a step (page) of a funnel.
    FunnelStepId;
    /// Id of a page of a blog.
    PageModelId;
    /// Id of a blog.
    BlogId;
    /// Id of a webinar.
    WebinarId;
    /// Id of a course.
    CourseId;
    /// Id of a module of a course.
    CourseModuleId;
    /// Id of the access of a contact to a course.
    EnrollmentId;
    /// Id of a bundle of courses.
    CourseBundleId;
    /// Id of a community.
    CommunityId;
    /// Id of the membership of a contact in a community.
    MembershipId;
    /// Id of a subscription to a price plan.
    SubscriptionId;
    /// Id of an e-mail campaign.
    CampaignId;
    /// Id of an e-mail that was sent.
    SentEmailId;
    /// Id of a physical product.
    PhysicalProductId;
    /// Id of a thing that was sold: a tag, a course or another, as the resource's type says.
    ResourceId;
}
