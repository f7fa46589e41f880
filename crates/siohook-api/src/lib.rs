//! A client of [systeme.io](https://systeme.io)'s public API.
//!
//! ```no_run
//! use siohook_api::{Client, NewContact};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let client = Client::new(std::env::var("SYSTEME_API_KEY")?)?;
//!     let jane = NewContact::new("jane@example.com").field("first_name", "Jane");
//!     let jane = client.create_contact(&jane).await?;
//!     for tag in client.tags().search("Newsletter").all().await? {
//!         client.add_tag(jane.id, tag.id).await?;
//!     }
//!     Ok(())
//! }
//! ```
//!
//! A key is made in the account's profile, under "Public API keys". An account has up to three.
//!
//! # Operations
//!
//! | of | operations of [`Client`] |
//! |---|---|
//! | contacts | [`contacts`](Client::contacts), [`contact`](Client::contact), [`create_contact`](Client::create_contact), [`edit_contact`](Client::edit_contact), [`delete_contact`](Client::delete_contact), [`add_tag`](Client::add_tag), [`remove_tag`](Client::remove_tag) |
//! | tags | [`tags`](Client::tags), [`tag`](Client::tag), [`create_tag`](Client::create_tag), [`rename_tag`](Client::rename_tag), [`delete_tag`](Client::delete_tag) |
//! | contact fields | [`contact_fields`](Client::contact_fields), [`create_contact_field`](Client::create_contact_field), [`rename_contact_field`](Client::rename_contact_field), [`delete_contact_field`](Client::delete_contact_field) |
//! | courses | [`courses`](Client::courses), [`course_modules`](Client::course_modules), [`enrollments`](Client::enrollments), [`enroll`](Client::enroll), [`delete_enrollment`](Client::delete_enrollment) |
//! | communities | [`communities`](Client::communities), [`memberships`](Client::memberships), [`join_community`](Client::join_community), [`delete_membership`](Client::delete_membership) |
//! | subscriptions | [`subscriptions`](Client::subscriptions), [`cancel_subscription`](Client::cancel_subscription) |
//! | webhooks | [`webhooks`](Client::webhooks), [`webhook`](Client::webhook), [`create_webhook`](Client::create_webhook), [`edit_webhook`](Client::edit_webhook), [`delete_webhook`](Client::delete_webhook) |
//!
//! Rules, workflows and products can't be reached over this API.
//!
//! # Lists
//!
//! A [`List`] is a stream that gets page after page. It has its own
//! [`next`](List::next) and [`all`](List::all), and any adapter of `futures` takes it.
//!
//! # The rate limit
//!
//! The API answers 429 to too many requests. The client then waits as long as the API says, up to
//! [`Builder::max_wait`] for each operation, and tries again.
//!
//! # Tests without an account
//!
//! [`siohook-sandbox`](https://docs.rs/siohook-sandbox) has the same API on this machine:
//!
//! ```
//! use siohook_api::{Client, NewContact};
//! use siohook_sandbox::Sandbox;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sandbox = Sandbox::start().await?;
//! let client = Client::builder("any key").url(format!("{}/api", sandbox.url())).build()?;
//! client.create_contact(&NewContact::new("jane@example.com")).await?;
//! assert_eq!(sandbox.state().contacts.len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Secrets
//!
//! The key is never shown: not by `Debug`, not in an error, and hyper leaves it out of its logs.
//! Without TLS it is sent to this machine only, unless [`Builder::allow_http`] is called.

#[macro_use]
mod words;
mod client;
mod communities;
mod contact_fields;
mod contacts;
mod courses;
mod error;
mod key;
mod list;
mod subscriptions;
mod tags;
mod webhooks;

pub use client::{Builder, Client, Exchange};
pub use communities::{Community, Membership};
pub use contact_fields::ContactField;
pub use contacts::{ContactEdit, NewContact};
pub use courses::{AccessType, Course, CourseModule, Enrollment, NewEnrollment};
pub use error::{BuildError, Error, ErrorKind, Violation};
pub use list::{Item, List, Order};
pub use siohook_events::account::{Contact, PricePlan};
pub use siohook_events::{Timestamp, ids};
pub use subscriptions::{Ending, Subscription, SubscriptionStatus};
pub use tags::Tag;
pub use webhooks::{
    DisabledReason, EventSubscription, NewWebhook, Webhook, WebhookEdit, WebhookId,
};
