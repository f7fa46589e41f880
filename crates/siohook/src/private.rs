//! What the expansion of `#[on_event]` may name. Not public API.

pub use inventory;

pub use crate::handler::{
    ArgumentOfAny, ArgumentOfSeveral, ArgumentOfUnified, ArgumentOfUnlisted, HandlerFuture,
    HandlerResult, Location, Registration, mismatched,
};
pub use crate::panics::Guarded;
