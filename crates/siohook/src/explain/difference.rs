use std::iter;

use serde::Serialize;
use siohook_events::Shown;

/// Bytes that an excerpt has before the first one that differs.
const BEFORE: usize = 6;

/// Bytes that an excerpt has from the first one that differs.
const AFTER: usize = 8;

/// The first difference between the body that was received and the one that was signed.
///
/// The excerpts are a few bytes of both, with control characters escaped.
///
/// ```
/// use siohook::explain::Explanation;
///
/// fn print(explanation: &Explanation) {
///     for difference in explanation.steps().iter().filter_map(|step| step.difference.as_ref()) {
///         println!("{}: {} {}", difference.offset, difference.received, difference.signed);
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The number of bytes before the difference, which are the same in both.
    pub offset: usize,
    /// An excerpt of the body that was received.
    pub received: String,
    /// An excerpt of the body that was signed.
    pub signed: String,
}

impl Difference {
    pub(super) fn new(received: &[u8], signed: &[u8]) -> Self {
        let same = iter::zip(received, signed).take_while(|(one, other)| one == other);
        let offset = same.count();
        Self {
            offset,
            received: excerpt(received, offset),
            signed: excerpt(signed, offset),
        }
    }
}

/// The bytes around an offset, with `…` if more of them follow.
fn excerpt(body: &[u8], offset: usize) -> String {
    let start = boundary(body, offset.saturating_sub(BEFORE));
    let end = body.len().min(offset + AFTER);
    let end = if end < body.len() {
        boundary(body, end)
    } else {
        end
    };
    let text = String::from_utf8_lossy(&body[start..end]);
    let cut = if end < body.len() { "…" } else { "" };
    Shown::value(format_args!("{text}{cut}")).to_string()
}

/// The start of the character that a byte is a part of.
fn boundary(body: &[u8], at: usize) -> usize {
    let is_start = |at: &usize| body.get(*at).is_none_or(|byte| byte & 0xc0 != 0x80);
    (at.saturating_sub(3)..=at).rfind(is_start).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_excerpt_shows_the_first_difference() {
        for (received, signed, offset, excerpts) in [
            (
                "0123456789/abcdefgh",
                "0123456789\\/abcdefgh",
                10,
                ["456789/abcdefg…", "456789\\/abcdef…"],
            ),
            ("{}\n", "{}", 2, ["{}\\n", "{}"]),
            ("", "{}", 0, ["", "{}"]),
            ("ééééx", "ééééy", 8, ["éééx", "éééy"]),
            ("x", "xéééééé", 1, ["x", "xéééé…"]),
            ("\u{1b}[2J", "", 0, ["\\u{1b}[2J", ""]),
        ] {
            let difference = Difference::new(received.as_bytes(), signed.as_bytes());
            assert_eq!(difference.offset, offset);
            assert_eq!([&*difference.received, &*difference.signed], excerpts);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_have_short_excerpts(received: Vec<u8>, signed: Vec<u8>) {
            let difference = Difference::new(&received, &signed);
            let at = difference.offset;
            prop_assert_eq!(&received[..at], &signed[..at]);
            prop_assert!(at == received.len() || received.get(at) != signed.get(at));
            for excerpt in [difference.received, difference.signed] {
                prop_assert!(!excerpt.contains(char::is_control), "{}", excerpt);
            }
        }
    }
}
