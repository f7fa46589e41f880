//! Pages on what does not belong to one item.

#[doc = include_str!("guide/trust.md")]
pub mod trust {}

#[doc = include_str!("guide/adapters.md")]
pub mod adapters {}

#[cfg(feature = "testing")]
#[doc = include_str!("guide/testing.md")]
pub mod testing {}
#[doc = include_str!("guide/observability.md")]
pub mod observability {}
