//! Files of earlier versions of the schema, and programs of two versions on one file.

mod by_hand;
mod fixture;
mod kit;
mod program;
mod rolling;
#[expect(dead_code, reason = "other tests use the rest of it")]
#[path = "../support/mod.rs"]
mod support;
mod upgrade;
mod version_1;
