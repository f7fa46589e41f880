//! Requests are explained step by step.

mod secrecy;
mod text;
mod tries;
mod verdict;

use siohook::explain::{Explainer, Explanation, Step};

use super::*;

/// The secret and the token of [`both`].
fn explainer() -> Explainer {
    Explainer::new()
        .account_secret("main", SECRET)
        .automation_token("hook", TOKEN)
}

/// A sale with this signature.
fn sale_with(signature: impl AsRef<[u8]>) -> Incoming {
    unsigned("SALE_NEW").header("X-Webhook-Signature", signature)
}

/// A sale that was changed after it was signed.
fn sale_as(body: impl Into<Vec<u8>>) -> Incoming {
    Incoming::post(body.into())
        .header("X-Webhook-Event", "SALE_NEW")
        .header("X-Webhook-Signature", sign(SECRET, sale()))
}

fn step<'a>(explanation: &'a Explanation, name: &str) -> &'a Step {
    let mut steps = explanation.steps().iter();
    let step = steps.find(|step| step.name == name);
    step.unwrap_or_else(|| panic!("no {name}:\n{explanation}"))
}
