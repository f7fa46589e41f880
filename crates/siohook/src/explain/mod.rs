//! Why a request is trusted or refused, step by step.
//!
//! A log shows the likely cause of a refusal, and has little time to look for it. An
//! [`Explainer`] takes one recorded request and tries everything: other readings of each
//! secret, other spellings of the signature, and the bodies that the received one may have been
//! made of. Where a body was rewritten, it shows the first byte that differs.
//!
//! ```
//! use siohook::explain::Explainer;
//! use siohook::{Incoming, Reason};
//!
//! // What was signed has `https:\/\/example.com\/`.
//! let request = Incoming::post(r#"{"contact":{"id":1},"url":"https://example.com/"}"#)
//!     .header("X-Webhook-Event", "CONTACT_CREATED")
//!     .header(
//!         "X-Webhook-Signature",
//!         "d614d5454af7f369f496038248b186796f77dc4c7ee6dfc0e2cdab2c47d17827",
//!     );
//!
//! let explainer = Explainer::new()
//!     .account_secret("main", "correct horse battery staple")
//!     .automation_token("hook", "7kX2mQ9f");
//! let explanation = explainer.explain(request);
//! assert_eq!(explanation.reason(), Some(Reason::SignatureWrong));
//! println!("{explanation}");
//!
//! let found = explanation.steps().iter().find(|step| step.name == "normalised").unwrap();
//! assert_eq!(found.sentence, "fits the body once normalised as PHP writes it");
//! let difference = found.difference.as_ref().unwrap();
//! assert_eq!(difference.offset, 33);
//! assert_eq!(difference.received, "https://exampl…");
//! assert_eq!(difference.signed, r"https:\/\/exam…");
//! ```
//!
//! It prints:
//!
//! ```text
//!   ✔ mechanism   account webhook: X-Webhook-Signature is there
//!   ✔ signature   64 hex digits
//!   ✘ main        fits neither the body nor any of: trimmed, unquoted, in quotes, with a space or a
//!                 line break, as hex, as base64
//!   ✔ main        fits the body once normalised as PHP writes it
//!      byte 33    received https://exampl…   signed https:\/\/exam…
//!   – event       not signed: CONTACT_CREATED is a claim; the body fits it
//!
//! not verified: signature_wrong (401). Something between systeme.io and here rewrites JSON.
//!   Let it pass the body through unchanged; if it can't, `accept_reserialized_bodies()`.
//! ```
//!
//! Whether a request is trusted, and the reason if not, is the answer of a
//! [`Dispatcher`](crate::Dispatcher) with the same settings. An explainer has no
//! [`source_ips`](crate::DispatcherBuilder::source_ips): a recorded request has no peer.
//!
//! No text holds a secret, a token or the signature that would be right. An
//! [`Explanation`] is for whoever may see the request: it shows a few bytes of the body.
//!
//! # Steps
//!
//! A step with a label is about the secret, the token, the variable or the body of that name.
//! `ok` tells whether what the step looks at is right or fits, and is `None` where that can't be
//! told. Of the other readings and bodies, only one that fits has a step.
//!
//! | step | label | looks at |
//! |---|---|---|
//! | `file` | | the digest of the body, against the [recorded](Explainer::recorded_sha256) one |
//! | `method` | | the method, if it is not `POST` |
//! | `length` | | the body, if it is too long or was cut off |
//! | `mechanism` | | the headers that tell an account webhook from an automation |
//! | `signature` | | the form of `X-Webhook-Signature` |
//! | `secret_as_signature` | secret | the header, which has the secret itself |
//! | `token_as_signature` | token | the header, which has the token |
//! | `secret` | secret | the signature, against the secret and the received body |
//! | `trimmed` | secret or token | it without white space around it |
//! | `unquoted` | secret or token | it without quotes around it |
//! | `quoted` | secret or token | it in quotes, or for a token in white space |
//! | `spaced` | secret | it with a space before or after it |
//! | `line_break` | secret | it with a line break after it |
//! | `hex` | secret | the bytes that it spells in hex |
//! | `base64` | secret | the bytes that it spells in base64 |
//! | `variable` | [variable](Explainer::variable) | the name of the variable in place of its value |
//! | `byte_order_mark` | secret | the body without a byte order mark |
//! | `line_added` | secret | the body without the line break at its end |
//! | `line_removed` | secret | the body with a line break at its end |
//! | `normalised` | secret | the body as PHP writes it |
//! | `numbers` | secret | the same with the VAT as PHP writes it: `0.0` |
//! | `escaped_twice` | secret | the body with `\` for each `\\` |
//! | `wrapped` | secret | a body inside of the body, also as PHP writes it |
//! | `other_body` | [body](Explainer::other_body) | another body |
//! | `body` | | all of these, if none fits |
//! | `token` | token | `?token=` in the URL |
//! | `secret_as_token` | secret | the URL, which has the secret |
//! | `signature_as_token` | secret | the URL, which has a signature |
//! | `event` | | the name of the event, and whether the body fits it |
//!
//! The work is linear in the length of the body, the secrets and the other bodies. Of a body
//! over [`max_body_bytes`](Explainer::max_body_bytes) nothing is tried.

mod account;
mod automation;
mod difference;
mod event;
mod explainer;
mod explanation;
mod finding;
mod step;
mod text;
mod variable;

pub use self::difference::Difference;
pub use self::explainer::Explainer;
pub use self::explanation::Explanation;
pub use self::step::Step;
