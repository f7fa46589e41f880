//! Which requests are verified, and how refusals are explained.

#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod bound_secrets;
mod codes;
mod explain;
mod flood;
mod head;
mod hint_secrecy;
mod hint_table;
mod hints;
mod hostile;
mod odd_bodies;
mod order;
mod properties;
mod reading;
mod reserialized;
mod secrecy;
mod shapes;
mod signatures;
mod tokens;
mod unverified;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use siohook::{
    Delivery, Dispatcher, DispatcherBuilder, Head, Incoming, IpAllowList, Mechanism, Rejection,
    Trust,
};
use support::{
    Fixture, SECRET, TAG_ADDED, TOKEN, account, account_fixtures, automation, envelope, finish,
    fixture, sign, signed_with,
};

/// A builder without handlers, secrets, tokens and addresses.
fn no_trust() -> DispatcherBuilder {
    without_handlers(Dispatcher::builder())
}

/// A builder without handlers that trusts both mechanisms.
fn both() -> DispatcherBuilder {
    without_handlers(support::builder())
}

fn without_handlers(builder: DispatcherBuilder) -> DispatcherBuilder {
    builder.select(|_| false).allow_no_handlers()
}

fn verify(builder: DispatcherBuilder, incoming: Incoming) -> Result<Delivery, Rejection> {
    builder.build().unwrap().verify(incoming)
}

fn code(builder: DispatcherBuilder, incoming: Incoming) -> &'static str {
    match verify(builder, incoming) {
        Ok(_) => "accepted",
        Err(rejection) => rejection.code(),
    }
}

/// The text of a refusal in the log.
fn reason(builder: DispatcherBuilder, incoming: Incoming) -> String {
    let logging = builder.on_reject(|_| ());
    verify(logging, incoming).unwrap_err().to_string()
}

fn sale() -> Vec<u8> {
    fixture("account/SALE_NEW")
}

/// An account webhook without a signature.
fn unsigned(event: &str) -> Incoming {
    Incoming::post(sale()).header("X-Webhook-Event", event)
}

fn elsewhere() -> std::net::IpAddr {
    [203, 0, 113, 9].into()
}
