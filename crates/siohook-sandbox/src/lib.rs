//! A [systeme.io](https://systeme.io) account on your machine, to develop receivers of its
//! webhooks against, and to test them.
//!
//! [`Sandbox`] is the account with its server. Let something happen in it, and look at what came
//! of the messages:
//!
//! ```
//! use siohook_sandbox::Sandbox;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (listener, router) = (tokio::net::TcpListener::bind("127.0.0.1:0").await?, axum::Router::new());
//! # let router = router.fallback(async || "done");
//! # let url = format!("http://{}/systeme", listener.local_addr()?);
//! # tokio::spawn(async move { axum::serve(listener, router).await });
//! let sandbox = Sandbox::builder().manual_clock("2026-01-01T00:00:00Z").seed(7).start().await?;
//! sandbox.webhook("main", &url).secret("s3cret").all_events().create().await?;
//! sandbox.contact("jane@example.com").buys("Course").await?;
//! sandbox.advance_until_idle().await;
//! sandbox.messages().event("SALE_NEW").one().await.assert_delivered(1);
//! # Ok(())
//! # }
//! ```
//!
//! # Overview
//!
//! * [`Sandbox::contact`] is a person who buys, opts in and gets tags. [`Sandbox::fire`] sends any
//!   event by its name. [`Sandbox::webhook`] and [`Sandbox::edit`] set the account up.
//! * [`Sandbox::messages`] are the messages with their attempts, and [`Sandbox::advance`] moves the
//!   clock of the retries.
//! * Programs in other languages use the server: systeme.io's public API under `/api`, and the
//!   control API below.
//! * A browser shows the pages at `/`: what was sent, and the whole account. They need nothing but the
//!   control API.
//! * [`state::State`] is the account as plain data, which can be written to a file and read again.
//! * [`Sender`], [`Client`] and [`Clock`] are the parts that send, for programs with an account of
//!   their own.
//!
//! # The control API
//!
//! Its base is `/sandbox/v1`. Bodies are JSON. An error is
//! `{"error": "…", "at": "/with/tag", "did_you_mean": "…"}`, and the text says what to do.
//!
//! | request | |
//! |---|---|
//! | `POST /fire` | sends an event, or performs an action: `{"event": "SALE_NEW", "contact": "jane@example.com", "with": {"price_plan": 1}, "set": {"/pricePlan/amount": 0}, "wait": "10s"}`. With `"dry_run": true`, it answers who would get it, and why others would not; with `webhook`, only that one gets it |
//! | `GET /messages` | lists messages, newest first: `?event=`, `status=`, `mechanism=`, `webhook=`, `rule=`, `workflow=`, `contact=`, `q=`, `after=`, `limit=`, `order=`; with `wait=10s&count=2`, it answers when two match |
//! | `GET /messages/count` | how many messages each status has, of those that the same parameters find |
//! | `GET`, `DELETE /messages/{id}` | one message with its attempts |
//! | `GET /messages/{id}/attempts/{n}/request` or `response` | the bytes of an attempt |
//! | `POST /messages/{id}/explain` | why a receiver with this secret trusts the latest attempt or refuses it, step by step: `{"secret": "…"}`, or `{"token": "…"}` for an automation; `{"attempt": 1}` takes another one. Secret and token are compared, and not kept |
//! | `POST /messages/{id}/resend` | sends it again: `{"as_new": true}` as a new message |
//! | `GET`, `PUT /clock`; `POST /clock/advance` | the clock: `{"seconds": 3600}` or `{"until": "idle"}` |
//! | `GET`, `PUT`, `DELETE /chaos` | what goes wrong on purpose, off by default: `{"account": {"duplicate": 0.1, "delay": ["0s", "5s"], "reorder": 4, "drop": 0, "damage": "signature", "probability": 0.2, "hang_up_after": "2s"}, "automation": {…}, "api": {"status": 503, "probability": 0.1, "latency": "500ms"}, "seed": 7}`; what was hit has the words in its `chaos` |
//! | `GET`, `PUT /state`; `POST /reset` | the whole account; `{"keep": ["webhooks"]}` |
//! | `GET`, `POST /contacts`; `GET`, `PATCH`, `DELETE /contacts/{id}` | the objects of the account, and so for `tags`, `contact-fields`, `webhooks`, `funnels`, `funnels/{id}/steps`, `blogs`, `rules`, `workflows`, `courses`, `bundles`, `communities`, `webinars`, `campaigns`, `emails`, `price-plans`, `coupons`, `orders`, `subscriptions`, `keys`; and `account`. Lists take `q=`, `contact=`, `order=`, `after=` and `limit=` |
//! | `GET /history` | the actions that rules and workflows performed, newest first, and the contacts that wait in a delay |
//! | `GET /requests` | the calls to `/api` |
//! | `GET /stream` | what happens, as it happens: a JSON document a line, `?after=` resumes |
//! | `GET /health`, `/catalogue`, `/fidelity`, `/openapi.json` | the version, what can be fired, what is known of systeme.io, a description of `/api` |

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod account;
mod allow;
mod api;
mod body;
mod change;
mod chaos;
mod client;
mod clock;
mod control;
mod directory;
mod disable_below;
mod fidelity;
mod hint;
mod ids;
mod journal;
mod log;
mod message;
mod outgoing;
mod sandbox;
mod schedule;
mod sender;
mod server;
pub mod state;
mod strict;
mod success;
#[cfg(test)]
mod test_account;
mod ui;
mod wire;

pub use allow::{AllowList, Destination, ParseHostError, Refusal};
pub use api::openapi;
pub use chaos::{ApiChaos, Chaos, ChaosHit, Damage, DeliveryChaos};
pub use client::{Answer, Client, Outcome};
pub use clock::{AdvanceError, Busy, Clock, Pace, ParsePaceError};
pub use directory::{Directory, Target};
pub use disable_below::{DisableBelow, ParseDisableBelowError};
pub use fidelity::{Fidelity, Known, fidelity};
pub use message::{Attempt, Message, Status};
pub use outgoing::{Key, Outgoing, Source};
pub use sandbox::{
    Builder, ContactActions, FireBuilder, FireError, Messages, Sandbox, StartError, WebhookBuilder,
};
pub use schedule::{ParseScheduleError, Schedule};
pub use sender::{ResendError, Sender, Settings};
pub use server::TlsError;
pub use siohook_events::{Mechanism, ParseTimestampError, Timestamp};
pub use siohook_sender::{Request, Sample};
pub use success::{ParseSuccessError, Success};
#[doc(hidden)]
pub use ui::SHARED as SHARED_UI;
