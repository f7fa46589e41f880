//! What says that `Dispatcher::service()` needs the feature `tower`.

use crate::dispatch::Dispatcher;

impl Dispatcher {
    /// Can't be called, because no type implements [`FeatureTower`]. It returns whatever is
    /// asked for, so that the missing feature is the only error.
    #[doc(hidden)]
    #[must_use]
    pub fn service<S>(&self) -> S
    where
        Self: FeatureTower<S>,
    {
        FeatureTower::service(self)
    }
}

#[diagnostic::on_unimplemented(
    message = "the feature `tower` of siohook is not turned on",
    label = "needs the feature `tower`",
    note = "run `cargo add siohook --features tower`, or write in `Cargo.toml`: `siohook = {{ version = \"…\", features = [\"tower\"] }}`"
)]
pub trait FeatureTower<S> {
    fn service(&self) -> S;
}
