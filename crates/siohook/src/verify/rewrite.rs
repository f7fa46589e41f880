//! Rewrites of a body on its way, and the body that each of them was made of.

use std::iter;

use siohook_events::php_json;

use super::hint::Hint;

/// The bytes of a byte order mark in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A way in which programs rewrite bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rewrite {
    /// A byte order mark was put before the body.
    Marked,
    /// A line break was added at the end.
    LineAdded,
    /// The line break at the end was removed.
    LineRemoved,
    /// The JSON was parsed and written in another spelling.
    Respelled,
    /// JavaScript parsed the JSON, and wrote a float without its fraction.
    Renumbered,
    /// Each `\` was escaped once more.
    Escaped,
}

impl Rewrite {
    /// The hint of a refusal.
    pub(super) fn hint(self) -> Hint {
        match self {
            Self::Marked => Hint::BodyMarked,
            Self::LineAdded => Hint::BodyLineAdded,
            Self::LineRemoved => Hint::BodyLineRemoved,
            Self::Respelled => Hint::JsonRewritten,
            Self::Renumbered => Hint::NumbersRewritten,
            Self::Escaped => Hint::BodyEscapedTwice,
        }
    }
}

/// The bodies that each rewrite may have been made of, as they are asked for. None of them equals
/// the body.
pub(crate) fn originals(body: &[u8]) -> impl Iterator<Item = (Rewrite, Vec<u8>)> {
    let unmarked = body.strip_prefix(BYTE_ORDER_MARK);
    let text = unmarked.unwrap_or(body);
    let marked = unmarked.map(|text| (Rewrite::Marked, text.to_vec()));
    let spellings = iter::once_with(|| php_json::normalize(text)).flatten();
    let spellings = spellings.flat_map(|normalized| {
        let restored = php_json::restore_vat(&normalized);
        let restored = restored.map(|it| (Rewrite::Renumbered, it));
        iter::once((Rewrite::Respelled, normalized)).chain(restored)
    });
    marked
        .into_iter()
        .chain(other_ends(text))
        .chain(spellings)
        .chain(iter::once_with(|| escaped_once(text)).flatten())
        .filter(move |(_, original)| original != body)
}

/// The body without the line break at its end, or with one.
fn other_ends(body: &[u8]) -> impl Iterator<Item = (Rewrite, Vec<u8>)> {
    let without = body.strip_suffix(b"\n");
    let without = without.map(|it| it.strip_suffix(b"\r").unwrap_or(it));
    let ends: &[&[u8]] = if without.is_some() {
        &[]
    } else {
        &[b"\n", b"\r\n"]
    };
    let with = ends
        .iter()
        .map(move |end| (Rewrite::LineRemoved, [body, end].concat()));
    let without = without.map(|it| (Rewrite::LineAdded, it.to_vec()));
    without.into_iter().chain(with)
}

/// The body with `\` for each `\\`. `None` if it has none.
fn escaped_once(body: &[u8]) -> Option<(Rewrite, Vec<u8>)> {
    let mut original = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((&byte, after)) = rest.split_first() {
        original.push(byte);
        rest = match after.split_first() {
            Some((b'\\', after)) if byte == b'\\' => after,
            _ => after,
        };
    }
    (original.len() < body.len()).then_some((Rewrite::Escaped, original))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHP: &str = r#"{"order":{"vat":0.0},"url":"https:\/\/example.com\/\u00e9"}"#;

    #[track_caller]
    fn check(received: &str, original: &str, rewrite: Rewrite) {
        let mut all = originals(received.as_bytes());
        let found = all.find(|(_, body)| body == original.as_bytes());
        assert_eq!(found.map(|it| it.0), Some(rewrite), "{received}");
    }

    #[test]
    fn the_original_of_each_rewrite_is_found() {
        let spelled = PHP.replace("\\/", "/").replace("\\u00e9", "é");
        check(&format!("\u{feff}{PHP}"), PHP, Rewrite::Marked);
        check(&format!("{PHP}\n"), PHP, Rewrite::LineAdded);
        check(&format!("{PHP}\r\n"), PHP, Rewrite::LineAdded);
        check(PHP, &format!("{PHP}\n"), Rewrite::LineRemoved);
        check(PHP, &format!("{PHP}\r\n"), Rewrite::LineRemoved);
        check(&spelled, PHP, Rewrite::Respelled);
        check(&format!("\u{feff}{spelled}"), PHP, Rewrite::Respelled);
        check(&spelled.replace("0.0", "0"), PHP, Rewrite::Renumbered);
        check(&PHP.replace('\\', "\\\\"), PHP, Rewrite::Escaped);
    }

    #[test]
    fn a_body_is_not_its_own_original() {
        for body in ["", "\n", "{}", PHP, "\u{feff}", "\\", "\\\\"] {
            let mut all = originals(body.as_bytes());
            assert!(
                all.all(|(_, original)| original != body.as_bytes()),
                "{body}"
            );
        }
    }
}
