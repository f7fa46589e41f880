//! What the expansion of `#[on_event]` may name. Not public API.

pub use inventory;

pub use crate::registry::{Location, Registration};
pub use crate::result::{HandlerFuture, HandlerResult, mismatched};
