//! The documents that a description is written as, against the official
//! meta-schemas and against every body of `fixtures/`.
#![cfg(feature = "schema")]

#[path = "../common/mod.rs"]
mod common;

mod bodies;
mod committed;
mod documents;
mod validator;

use siohook::{automation, on_event, unified};

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
