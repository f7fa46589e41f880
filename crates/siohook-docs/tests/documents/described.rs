//! Handlers, and descriptions of dispatchers that call them.

use siohook::describe::Description;
use siohook::{Dispatcher, DispatcherBuilder, IpAllowList, automation, on_event, unified};

pub(crate) const SECRET: &str = "correct horse battery staple";
pub(crate) const TOKEN: &str = "b7e1f3c9";

#[on_event("contact.tag.added", "CONTACT_TAG_ADDED")]
fn tagged(_: unified::TagAdded) {}

#[on_event("SALE_*")]
fn sold() {}

#[on_event("contact.course.enrolled")]
fn enrolled(_: automation::CourseEnrolled) {}

#[on_event(unlisted("contact.community.joined"))]
fn joined() {}

#[on_event(unlisted("nobody's:§"))]
fn odd() {}

#[on_event(unlisted("BADGE_WON"))]
fn won() {}

fn builder() -> DispatcherBuilder {
    Dispatcher::builder()
        .account_secret("main", SECRET)
        .automation_token(TOKEN)
}

/// All handlers, and a credential for each mechanism.
pub(crate) fn described() -> Description {
    builder().build().unwrap().describe()
}

/// Descriptions of every configuration that documents depend on.
pub(crate) fn descriptions() -> Vec<Description> {
    let of = |builder: DispatcherBuilder| builder.build().unwrap().describe();
    vec![
        Description::of_catalogue(),
        described(),
        of(Dispatcher::builder().account_secret("main", SECRET)),
        of(Dispatcher::builder().automation_token(TOKEN)),
        of(Dispatcher::builder().source_ips(IpAllowList::systeme_io())),
        of(Dispatcher::builder().accept_unverified()),
        of(builder().select(|handler| handler.event() == "SALE_*")),
        of(builder().select(|handler| handler.event().starts_with("contact."))),
        of(builder().select(|_| false).allow_no_handlers()),
    ]
}
