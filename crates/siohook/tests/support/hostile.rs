//! Values that forge lines, control terminals or fill disks, and checks of the printed text.

use std::fmt::{Debug, Display};

/// Characters that can start a line, control a terminal or change the direction of text.
const HARMFUL: &str = "\r\u{7}\u{1b}\u{7f}\u{85}\u{9b}\u{2028}\u{2029}\u{202e}\u{2066}\u{feff}";

/// The character that fills a value. No other text has it.
const FILLER: char = 'é';

/// A value of 100 KB and one of 8 KB. Their offsets differ by a byte, so that a limit cuts a
/// character of one of them.
pub(crate) fn values() -> impl Iterator<Item = String> {
    [("a", 50_000), ("aa", 4_000)]
        .into_iter()
        .map(|(start, filler)| {
            let filler = FILLER.to_string().repeat(filler);
            format!("{start}\nforged{HARMFUL}{filler}\nforged")
        })
}

/// A printed text, and the place that printed it.
pub(crate) struct Printed {
    place: &'static str,
    text: String,
    /// Whether the place prints several lines.
    has_lines: bool,
}

impl Printed {
    pub(crate) fn line(place: &'static str, text: String) -> Self {
        let has_lines = false;
        Self {
            place,
            text,
            has_lines,
        }
    }

    pub(crate) fn lines(place: &'static str, text: String) -> Self {
        let has_lines = true;
        Self {
            place,
            text,
            has_lines,
        }
    }

    pub(crate) fn debug(place: &'static str, value: &impl Debug) -> Vec<Self> {
        vec![
            Self::line(place, format!("{value:?}")),
            Self::lines(place, format!("{value:#?}")),
        ]
    }

    pub(crate) fn both(place: &'static str, value: &(impl Debug + Display)) -> Vec<Self> {
        let mut all = Self::debug(place, value);
        all.push(Self::line(place, value.to_string()));
        all.push(Self::line(place, format!("{value:>9}")));
        all
    }

    pub(crate) fn shows_some(&self) -> bool {
        self.text.contains(FILLER)
    }
}

/// Fails if more than this many bytes of a value or a harmful character were printed.
#[track_caller]
pub(crate) fn check(all: &[Printed], entry: &str, bytes: usize) {
    for Printed {
        place,
        text,
        has_lines,
    } in all
    {
        let start: String = text.chars().take(3000).collect();
        let of = format!("{entry} in {place}: {} bytes: {start}", text.len());
        assert!(text.len() <= 16 * 1024, "{of}");
        let runs = text.split(|letter| letter != FILLER);
        let longest = runs.map(str::len).max().unwrap_or_default();
        assert!(longest <= bytes, "{longest} of {of}");
        assert!(!text.contains(|letter| HARMFUL.contains(letter)), "{of}");
        assert!(*has_lines || !text.contains('\n'), "{of}");
        let mut lines = text.lines().map(str::trim_start);
        assert!(!lines.any(|line| line.starts_with("forged")), "{of}");
    }
}
