//! Every interleaving of threads that share siohook's redelivery memory. The models stand beside it.
//! Both are compiled here with the locks of loom.

#![cfg(test)]

#[path = "../../../crates/siohook/src/dispatch/memory/mod.rs"]
mod memory;
