use std::borrow::Cow;
use std::fmt::{self, Display, Write as _};

/// Mark in place of the part that was cut off.
const CUT: &str = "…";

/// A text from outside or from a user's code that is safe to print: limited in bytes, with
/// every character escaped that could start a line or steer a terminal.
///
/// `Debug` puts it in quotes.
#[derive(Clone, Copy)]
pub struct Shown<T> {
    value: T,
    bytes: usize,
    has_lines: bool,
}

impl<T: Display> Shown<T> {
    /// Shows 200 bytes of a value: an id, a name, a label.
    pub fn value(value: T) -> Self {
        Self::within(200, value)
    }

    /// Shows 2 KiB of the text of an error or a panic.
    pub fn text(value: T) -> Self {
        Self::within(2 * 1024, value)
    }

    /// Shows 16 KiB of lines whose parts were made safe before.
    pub fn report(value: T) -> Self {
        Self {
            has_lines: true,
            ..Self::within(16 * 1024, value)
        }
    }

    fn within(bytes: usize, value: T) -> Self {
        Self {
            value,
            bytes,
            has_lines: false,
        }
    }

    fn write(&self, is_quoted: bool) -> String {
        let mut page = Page {
            text: String::new(),
            bytes: self.bytes,
            has_lines: self.has_lines,
            is_quoted,
            end: 0,
            is_full: false,
        };
        // A full page is an error, which tells the value to stop.
        let _ = write!(page, "{}", self.value);
        page.text
    }
}

impl<'a> Shown<&'a str> {
    /// Returns the text, copied only if it has to change.
    #[must_use]
    pub fn to_str(self) -> Cow<'a, str> {
        let plain = |byte: u8| matches!(byte, b' '..=b'~');
        if self.value.len() <= self.bytes && self.value.bytes().all(plain) {
            self.value.into()
        } else {
            self.write(false).into()
        }
    }
}

impl<T: Display> Display for Shown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.write(false))
    }
}

impl<T: Display> fmt::Debug for Shown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.write(true))
    }
}

/// Text up to a number of bytes.
struct Page {
    text: String,
    bytes: usize,
    has_lines: bool,
    is_quoted: bool,
    /// End of the text if the rest does not fit.
    end: usize,
    is_full: bool,
}

impl fmt::Write for Page {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|letter| self.write_char(letter))
    }

    fn write_char(&mut self, letter: char) -> fmt::Result {
        if self.is_full {
            return Err(fmt::Error);
        }
        if self.text.len() + CUT.len() <= self.bytes {
            self.end = self.text.len();
        }
        match letter {
            '\n' if self.has_lines => self.text.push('\n'),
            '"' | '\\' if self.is_quoted => self.text.extend(['\\', letter]),
            _ if is_harmful(letter) => self.text.extend(letter.escape_default()),
            _ => self.text.push(letter),
        }
        if self.text.len() > self.bytes {
            self.text.truncate(self.end);
            self.text.push_str(CUT);
            self.is_full = true;
            return Err(fmt::Error);
        }
        Ok(())
    }
}

/// Returns whether a character could start a line, steer a terminal, change the direction of
/// writing, or be invisible.
fn is_harmful(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_shown_whole() {
        for text in ["", "SALE_NEW", "é ж 🦀 \"a\" \\n", &"x".repeat(200)] {
            assert_eq!(Shown::value(text).to_string(), text);
            assert_eq!(Shown::value(text).to_str(), text);
        }
        assert_eq!(format!("{:>4}|", Shown::value("a")), "   a|");
    }

    #[test]
    fn what_does_not_fit_is_cut_between_characters() {
        for letter in ["x", "é", "ж", "€", "🦀", "\n", "\u{202e}"] {
            let unit = Shown::value(letter).to_string();
            for before in 0..12 {
                let text = "a".repeat(before) + &letter.repeat(1_000_000);
                let shown = Shown::value(&*text).to_string();
                assert_eq!(Shown::value(&*text).to_str(), shown);
                assert!(
                    shown.len() <= 200 && shown.len() + unit.len() > 197,
                    "{shown}"
                );
                let kept = shown["a".repeat(before).len()..].strip_suffix(CUT).unwrap();
                assert_eq!(kept, unit.repeat(kept.len() / unit.len()));
            }
        }
    }

    #[test]
    fn harmful_characters_are_escaped() {
        let text = "a\nb\r\t\u{1b}[2J\u{7f}\u{9b}\u{2028}\u{2029}\u{202e}\u{2066}\u{feff}\0";
        let escaped = r"a\nb\r\t\u{1b}[2J\u{7f}\u{9b}\u{2028}\u{2029}\u{202e}\u{2066}\u{feff}\u{0}";
        assert_eq!(Shown::value(text).to_string(), escaped);
        assert_eq!(Shown::value(text).to_str(), escaped);
        assert_eq!(Shown::text(text).to_string(), escaped);
        assert_eq!(
            Shown::report(text).to_string(),
            escaped.replacen(r"\n", "\n", 1)
        );
        assert_eq!(Shown::value(escaped).to_string(), escaped);
    }

    #[test]
    fn a_quoted_text_ends_at_its_quote() {
        assert_eq!(
            format!("{:?}", Shown::value(r#"a", b: "c\"#)),
            r#""a\", b: \"c\\""#
        );
        let quotes = "\"".repeat(1000);
        assert!(format!("{:?}", Shown::value(&*quotes)).len() <= 202);
    }

    /// Some ignore that a writer takes no more.
    #[test]
    fn nothing_follows_what_was_cut() {
        struct Deaf;

        impl Display for Deaf {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let _ = f.write_str(&"a".repeat(300));
                let _ = f.write_str("b");
                f.write_char('c')
            }
        }

        let shown = format!("{}…", "a".repeat(197));
        assert_eq!(Shown::value(Deaf).to_string(), shown);
    }
}
