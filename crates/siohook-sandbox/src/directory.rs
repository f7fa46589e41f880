use std::fmt;

use crate::Source;

/// The part of the account that knows where messages go.
///
/// It is asked at each attempt, so that an edited webhook applies to the next one.
///
/// ```
/// use siohook_sandbox::{Directory, Source, Target};
///
/// /// Sends everything to one receiver.
/// struct One(String);
///
/// impl Directory for One {
///     fn target(&self, _: &Source) -> Option<Target> {
///         Some(Target { url: self.0.clone(), key: Some("abc".to_owned()) })
///     }
///
///     fn disable(&self, _: &Source) {}
/// }
/// ```
pub trait Directory: Send + Sync + 'static {
    /// Returns where the messages of a source go. `None` cancels what waits: the webhook or
    /// the rule was deleted or switched off.
    fn target(&self, source: &Source) -> Option<Target>;

    /// Disables the subscription of a webhook, with the reason `BAD_SUCCESS_RATE`: see
    /// [`DisableBelow`](crate::DisableBelow).
    fn disable(&self, source: &Source);
}

/// Where messages go. `Debug` does not show the key.
///
/// ```
/// use siohook_sandbox::Target;
///
/// let target = Target {
///     url: "http://localhost:3000/systeme".to_owned(),
///     key: Some("correct horse battery staple".to_owned()),
/// };
/// assert!(!format!("{target:?}").contains("horse"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    /// URL of the receiver, without the token.
    pub url: String,
    /// Secret that signs account webhooks, or token that is appended to the URL of
    /// automations.
    pub key: Option<String>,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}
