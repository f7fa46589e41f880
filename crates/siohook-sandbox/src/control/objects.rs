//! The objects of the account: lists, and what creates, changes and deletes them.
//!
//! A collection is an [`Object`] type. [`object::serve`] answers for all of them.

mod account;
mod automations;
mod contacts;
mod draft;
mod keys;
mod marketing;
mod object;
mod pages;
mod query;
mod references;
mod school;
mod shelf;
mod shop;
#[cfg(test)]
mod tests;
mod webhooks;

use http::{Method, StatusCode};
use serde_json::{Map, Value};
use siohook_events::{Shown, Timestamp};
use siohook_sender::nearest;

use self::object::serve;
use super::Fault;
use super::input::parse;
use crate::state::{
    ApiKey, Blog, BlogPage, Bundle, Campaign, Community, Contact, ContactField, Coupon, Course,
    Email, Enrolment, Funnel, Membership, Order, PricePlan, Rule, State, Step, Subscription, Tag,
    Webhook, Webinar, Workflow,
};
use crate::strict::Misfit;
use crate::{Outgoing, Refusal};

/// A request to the objects.
pub(crate) struct Call<'a> {
    pub(crate) method: &'a Method,
    /// Without the base: `funnels/1/steps`.
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) body: &'a [u8],
    pub(crate) now: Timestamp,
    /// Says whether the sandbox sends to a URL.
    pub(crate) accepts_url: &'a dyn Fn(&str) -> Result<(), Refusal>,
}

/// An answer to a request, and the messages that follow from it.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<Value>,
    pub(crate) outgoing: Vec<Outgoing>,
}

impl Reply {
    fn found(body: Value) -> Self {
        Self {
            status: StatusCode::OK,
            body: Some(body),
            outgoing: vec![],
        }
    }
}

/// The attribute of contacts whose members the owner names.
const OWN_NAMES: &str = "fields";

/// Bodies are nested at most this deeply, so that a file of the state can be read again.
const DEEPEST: usize = 64;

impl Call<'_> {
    /// The members of the body.
    fn object(&self) -> Result<Map<String, Value>, Fault> {
        let body = parse(self.body)?;
        if depth(&body) > DEEPEST {
            let error = format!("the body is nested more than {DEEPEST} deep");
            return Err(Misfit::new("", error).into());
        }
        match body {
            Value::Object(members) => Ok(members),
            _ => Err(Misfit::new("", "the body must be an object").into()),
        }
    }
}

fn depth(value: &Value) -> usize {
    let deepest = match value {
        Value::Object(members) => members.values().map(depth).max(),
        Value::Array(items) => items.iter().map(depth).max(),
        _ => return 0,
    };
    deepest.unwrap_or_default() + 1
}

/// Answers a request to a collection, to the object of this key in it.
type Serve = fn(&mut State, &Call<'_>, Target<'_>) -> Result<Reply, Fault>;

/// What a path leads to.
#[derive(Clone, Copy)]
struct Target<'a> {
    /// Key of the object that the collection belongs to. Empty for one of the account.
    parent: &'a str,
    /// Key of the object. `None` for the collection.
    key: Option<&'a str>,
}

const COLLECTIONS: &[(&str, Serve)] = &[
    ("account", account::serve),
    ("blogs", serve::<Blog>),
    ("blogs/pages", serve::<BlogPage>),
    ("bundles", serve::<Bundle>),
    ("campaigns", serve::<Campaign>),
    ("communities", serve::<Community>),
    ("contact-fields", serve::<ContactField>),
    ("contacts", serve::<Contact>),
    ("coupons", serve::<Coupon>),
    ("courses", serve::<Course>),
    ("emails", serve::<Email>),
    ("enrolments", serve::<Enrolment>),
    ("funnels", serve::<Funnel>),
    ("funnels/steps", serve::<Step>),
    ("keys", serve::<ApiKey>),
    ("memberships", serve::<Membership>),
    ("orders", serve::<Order>),
    ("price-plans", serve::<PricePlan>),
    ("rules", serve::<Rule>),
    ("subscriptions", serve::<Subscription>),
    ("tags", serve::<Tag>),
    ("webhooks", serve::<Webhook>),
    ("webinars", serve::<Webinar>),
    ("workflows", serve::<Workflow>),
];

/// Answers a request. If it is refused, the account stays as it is.
pub(crate) fn call(state: &mut State, call: &Call<'_>) -> Result<Reply, Fault> {
    let segments: Vec<_> = call.path.trim_start_matches('/').split('/').collect();
    let (name, parent, key) = match *segments {
        [name] => (name.to_owned(), "", None),
        [name, key] => (name.to_owned(), "", Some(key)),
        [name, parent, inner] => (format!("{name}/{inner}"), parent, None),
        [name, parent, inner, key] => (format!("{name}/{inner}"), parent, Some(key)),
        _ => (String::new(), "", None),
    };
    let found = COLLECTIONS.iter().find(|(known, _)| *known == name);
    let (_, serve) = found.ok_or_else(|| unknown_path(call.path, segments[0]))?;
    serve(state, call, Target { parent, key })
}

fn unknown_path(path: &str, first: &str) -> Fault {
    let error = format!("there is nothing at `{}`", Shown::value(path));
    let known = COLLECTIONS.iter().map(|(known, _)| *known);
    let near = nearest(first, known).filter(|near| *near != first);
    Fault {
        did_you_mean: near.map(str::to_owned),
        ..Fault::not_found(error)
    }
}
