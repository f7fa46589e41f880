//! Pages on what does not belong to one item.

#[doc = include_str!("trust.md")]
pub mod trust {}

#[doc = include_str!("adapters.md")]
pub mod adapters {}

#[doc = include_str!("many_accounts.md")]
pub mod many_accounts {}

#[cfg(feature = "testing")]
#[doc = include_str!("testing.md")]
pub mod testing {}

#[doc = include_str!("observability.md")]
pub mod observability {}
