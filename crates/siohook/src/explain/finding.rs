//! What was found to be signed instead: the step, its sentence, and what to do.

use crate::verify::{Reading, Rewrite};

/// Another reading of a secret or another body that the signature fits.
pub(super) struct Finding {
    pub(super) step: &'static str,
    pub(super) sentence: &'static str,
    /// The cause, and what to do.
    pub(super) advice: &'static str,
}

impl From<Reading> for Finding {
    fn from(reading: Reading) -> Self {
        let (step, sentence, advice) = match reading {
            Reading::Trimmed => (
                "trimmed",
                "fits the body without the white space around it",
                "The secret has white space around it here. Remove it where the secret is read.",
            ),
            Reading::Unquoted => (
                "unquoted",
                "fits the body without the quotes around it",
                "The secret has quotes around it here. Remove them where the secret is read.",
            ),
            Reading::Quoted => (
                "quoted",
                "fits the body with quotes around it",
                "The secret has quotes around it at systeme.io. Enter it there without them.",
            ),
            Reading::Spaced => (
                "spaced",
                "fits the body with a space before or after it",
                "The secret has a space before or after it at systeme.io. Enter it there without it.",
            ),
            Reading::LineBroken => (
                "line_break",
                "fits the body with a line break after it",
                "The secret has a line break after it where the request was signed. Remove it there.",
            ),
            Reading::Hex => (
                "hex",
                "fits the body once decoded from hex",
                "The request was signed with the bytes that the secret spells in hex, so another \
                 program than systeme.io signed it. Let that program use the text of the secret.",
            ),
            Reading::Base64 => (
                "base64",
                "fits the body once decoded from base64",
                "The request was signed with the bytes that the secret spells in base64, so another \
                 program than systeme.io signed it. Let that program use the text of the secret.",
            ),
        };
        Self {
            step,
            sentence,
            advice,
        }
    }
}

impl From<Rewrite> for Finding {
    fn from(rewrite: Rewrite) -> Self {
        let (step, sentence, advice) = match rewrite {
            Rewrite::Marked => (
                "byte_order_mark",
                "fits the body without the byte order mark at its start",
                "Something between systeme.io and here puts a byte order mark before the body. Let \
                 it pass the body through unchanged.",
            ),
            Rewrite::LineAdded => (
                "line_added",
                "fits the body without the line break at its end",
                "Something between systeme.io and here adds a line break to the body, often an \
                 editor that saved it. Let it pass the body through unchanged; if it can't, \
                 `accept_reserialized_bodies()`.",
            ),
            Rewrite::LineRemoved => (
                "line_removed",
                "fits the body with a line break at its end",
                "Something between the sender and here removes the line break at the end of the \
                 body. Let it pass the body through unchanged.",
            ),
            Rewrite::Respelled => (
                "normalised",
                "fits the body once normalised as PHP writes it",
                "Something between systeme.io and here rewrites JSON. Let it pass the body through \
                 unchanged; if it can't, `accept_reserialized_bodies()`.",
            ),
            Rewrite::Renumbered => (
                "numbers",
                "fits the body once its numbers are as PHP writes them, such as `0.0` for `0`",
                "JavaScript between systeme.io and here rewrites JSON. Let it pass the body through \
                 unchanged; if it can't, `accept_reserialized_bodies()`.",
            ),
            Rewrite::Escaped => (
                "escaped_twice",
                r"fits the body once each `\\` is `\` again, such as in `\\u00e9`",
                "Something between systeme.io and here escapes the body a second time. Let it pass \
                 the body through unchanged.",
            ),
        };
        Self {
            step,
            sentence,
            advice,
        }
    }
}
