//! How a test names a handler.

use crate::HandlerInfo;

/// Whether a path, or the end of one, is that of the handler.
pub(super) fn is_at(handler: &HandlerInfo, path: &str) -> bool {
    let before = handler.name().strip_suffix(path);
    handler.id() == path || before.is_some_and(|before| before.is_empty() || before.ends_with("::"))
}
