//! Which mechanism an unlisted name belongs to.

use siohook_events::Mechanism;

/// Returns the mechanism whose spelling a name or the prefix of a pattern has: dotted is
/// that of automations, upper case with `_` that of account webhooks. `None` for any
/// other, which belongs to both.
pub(crate) fn mechanism(name: &str) -> Option<Mechanism> {
    if name.contains('.') {
        Some(Mechanism::Automation)
    } else if name.contains('_') && !name.contains(char::is_lowercase) {
        Some(Mechanism::Account)
    } else {
        None
    }
}
