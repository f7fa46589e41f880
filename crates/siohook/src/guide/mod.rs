//! The guide: what does not belong to one item, a page each.

#[doc = include_str!("getting_started.md")]
pub mod getting_started {}

#[doc = include_str!("trust.md")]
pub mod trust {}

#[doc = include_str!("retries.md")]
pub mod retries {}

#[doc = include_str!("recipes.md")]
pub mod recipes {}

#[doc = include_str!("adapters.md")]
pub mod adapters {}

#[cfg(feature = "testing")]
#[doc = include_str!("testing.md")]
pub mod testing {}

#[doc = include_str!("observability.md")]
pub mod observability {}

#[doc = include_str!("many_accounts.md")]
pub mod many_accounts {}

#[doc = include_str!("deploy.md")]
pub mod deploy {}
