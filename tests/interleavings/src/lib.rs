//! Every interleaving of threads that share siohook's redelivery memory. Its models stand beside
//! it. The file is compiled here again, with the locks of loom.

#![cfg(test)]

#[path = "../../../crates/siohook/src/dispatch/memory/mod.rs"]
mod memory;
