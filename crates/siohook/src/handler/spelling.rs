//! The mechanism of an unlisted name.

use siohook_events::Mechanism;

/// Returns the mechanism that spells names like this name or prefix of a pattern. Automations
/// use dots, and account webhooks upper case with `_`. `None` for any other spelling, which both
/// mechanisms may use.
pub(crate) fn mechanism(name: &str) -> Option<Mechanism> {
    if name.contains('.') {
        Some(Mechanism::Automation)
    } else if name.contains('_') && !name.contains(char::is_lowercase) {
        Some(Mechanism::Account)
    } else {
        None
    }
}
