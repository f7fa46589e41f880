mod account;
mod arbitrary;
mod bodies;
mod collections;
mod deletions;
mod paging;
mod refusals;
