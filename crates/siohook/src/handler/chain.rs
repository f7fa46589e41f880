//! Writes an error and its sources as one text.

use std::error::Error;
use std::fmt;
use std::iter::successors;

use siohook_events::Shown;

use crate::panics;

/// The sources of an error may form a circle.
const MOST_LINKS: usize = 32;

/// An error, its source, the source of that, and so on.
pub(super) fn links<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |&error| error.source()).take(MOST_LINKS)
}

/// Displays an error and its sources, joined by `: `. If a text already ends with the text of
/// its source, that is not repeated.
pub(super) struct Chain<'a>(pub(super) &'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = links(self.0).map(|error| Shown::text(Link(error)).to_string());
        Shown::text(joined(texts.collect())).fmt(f)
    }
}

/// One error of a chain.
struct Link<'a>(&'a (dyn Error + 'static));

impl fmt::Display for Link<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        panics::write(f, |f| fmt::Display::fmt(self.0, f))
    }
}

fn joined(texts: Vec<String>) -> String {
    let mut parts: Vec<String> = vec![];
    for text in texts.into_iter().rev().filter(|text| !text.is_empty()) {
        // A text may repeat all of its sources, or only the nearest ones.
        let ends_with = |&count: &usize| ends_with(&text, &parts[..count]);
        let repeated = (1..=parts.len()).rev().find(ends_with).unwrap_or(0);
        parts.splice(..repeated, [text]);
    }
    parts.join(": ")
}

/// Returns `true` if a text ends with these parts, joined by `: `, and they do not begin in the
/// middle of a word.
fn ends_with(text: &str, parts: &[String]) -> bool {
    let [first, rest @ ..] = parts else {
        return true;
    };
    let before = rest.iter().rev().try_fold(text, |text, part| {
        text.strip_suffix(&**part)?.strip_suffix(": ")
    });
    before
        .and_then(|text| text.strip_suffix(&**first))
        .is_some_and(|before| !before.ends_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Linked(String, Option<Box<Linked>>);

    impl fmt::Display for Linked {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(&self.0)
        }
    }

    impl Error for Linked {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|source| source as _)
        }
    }

    fn shown(texts: &[&str]) -> String {
        let below = |source, text: &&str| Some(Box::new(Linked((*text).to_owned(), source)));
        let error = texts.iter().rev().fold(None, below).unwrap();
        Chain(&*error).to_string()
    }

    #[test]
    fn a_source_that_a_text_ends_with_is_not_repeated() {
        for (texts, expected) in [
            (&["a"][..], "a"),
            (&["a", "b", "c"], "a: b: c"),
            (&["a", "a", "a"], "a"),
            (&["a", "b", "a", "b"], "a: b: a: b"),
            (&["granting: a", "a"], "granting: a"),
            (&["granting: a", "a", "b"], "granting: a: b"),
            (&["granting: a: b", "a", "b"], "granting: a: b"),
            (&["granting: a: b", "a: b", "b"], "granting: a: b"),
            (&["granting: a: b", "a", "b", "c"], "granting: a: b: c"),
            (&["granting: b", "a", "b"], "granting: b: a: b"),
            (&["order 11", "1"], "order 11: 1"),
            (&["order 1", "1"], "order 1"),
            (&["a, then b", "a"], "a, then b: a"),
            (&["", "a", "", "b", ""], "a: b"),
            (&[""], ""),
            (&["at\nall", "all"], r"at\nall: all"),
            (&["granting: a\n", "a\n"], r"granting: a\n"),
            // The text of the source was escaped before.
            (&[r"granting: a\nb", "a\nb"], r"granting: a\nb"),
        ] {
            assert_eq!(shown(texts), expected, "{texts:?}");
        }
    }

    #[test]
    fn a_long_chain_is_cut() {
        let long = "a".repeat(1_000_000);
        assert_eq!(shown(&[&long, &long]).len(), 2048);
        let many = vec!["a"; 1000];
        assert_eq!(shown(&many), "a");
        let both = vec![&*long; 1000];
        assert_eq!(shown(&both).len(), 2048);
    }

    #[test]
    fn a_circle_of_sources_is_cut() {
        #[derive(Debug)]
        struct Circle;

        impl fmt::Display for Circle {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("round")
            }
        }

        impl Error for Circle {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&Circle)
            }
        }

        assert_eq!(Chain(&Circle).to_string(), "round");
    }
}
