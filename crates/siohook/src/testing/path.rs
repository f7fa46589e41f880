//! Finds a handler by the name that a test gives it.

use crate::HandlerInfo;

/// Returns `true` if the text is the id of the handler, its path, or the last segments of it.
pub(super) fn is_at(handler: &HandlerInfo, path: &str) -> bool {
    let before = handler.name().strip_suffix(path);
    handler.id() == path || before.is_some_and(|before| before.is_empty() || before.ends_with("::"))
}
