//! What a handler listens to, as a type, where it is not one event of the catalogue.

use std::marker::PhantomData;

/// What a handler of `"*"` listens to.
#[derive(Debug)]
pub enum AnyEvent {}

/// What a handler of `unlisted("…")` listens to.
#[derive(Debug)]
pub enum UnlistedEvent {}

/// What a handler of several names or of a pattern listens to. `P` is the
/// [`unified`](crate::unified) type that all of them can be read as, or [`NoPayload`].
#[derive(Debug)]
pub struct SeveralEvents<P>(PhantomData<P>);

/// Marker for a set of events that share no payload type.
#[derive(Debug)]
pub enum NoPayload {}
