mod api;
mod groups;
#[path = "../../tests/program/receiver.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod receiver;
mod rules;
mod stream;
mod world;
