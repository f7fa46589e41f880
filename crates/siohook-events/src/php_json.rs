//! The JSON that systeme.io sends: as PHP's `json_encode` spells it.
//!
//! The sender writes its bodies so and signs those bytes, and a receiver may have to
//! restore them. Both use this one speller.

#[cfg(test)]
mod tests;

/// How deep arrays and objects may nest.
const MAX_DEPTH: usize = 128;

/// JSON's short escapes, all of which PHP writes: the character, and its letter after the `\`.
const SHORT_ESCAPES: [(char, u8); 8] = [
    ('"', b'"'),
    ('\\', b'\\'),
    ('/', b'/'),
    ('\u{8}', b'b'),
    ('\u{c}', b'f'),
    ('\n', b'n'),
    ('\r', b'r'),
    ('\t', b't'),
];

/// Rewrites the JSON document `body` into the bytes PHP's `json_encode` gives without flags.
///
/// The result has no white space and is pure ASCII. In strings `/` is written `\/`, a character
/// beyond ASCII as a lower-case `\uXXXX` (beyond U+FFFF as two of them), a control character as
/// `\b`, `\f`, `\n`, `\r`, `\t` or `\u00XX`, and `"` and `\` after a `\`; any other ASCII
/// character, DEL included, stands for itself. Kept as they are: the text of numbers (`0.0`,
/// `1e3`, `-0`), the order of keys, repeated keys, `{}` and `[]`. A body that is in this form
/// already comes back unchanged.
///
/// The rules were measured against PHP 8.2: `fixtures/php/vectors.php` writes documents in several
/// spellings beside what `json_encode` made of them, and the tests compare.
///
/// Returns `None` for whatever is not exactly one JSON document by RFC 8259 in UTF-8, so also for
/// a byte order mark, for anything but white space after the document, and for an escaped
/// surrogate without its other half; and for arrays and objects nested more than 128 deep.
///
/// Takes time linear in the length of `body`, writes at most three bytes for each byte read, and
/// does not recurse.
///
/// ```
/// use siohook_events::php_json;
///
/// let body = r#"{ "name": "L\u00C9a", "url": "https://example.com/", "vat": 0.0 }"#;
/// let spelled = php_json::normalize(body.as_bytes()).unwrap();
/// assert_eq!(spelled, br#"{"name":"L\u00c9a","url":"https:\/\/example.com\/","vat":0.0}"#);
/// assert_eq!(php_json::normalize(b"[1,]"), None);
/// ```
#[must_use]
pub fn normalize(body: &[u8]) -> Option<Vec<u8>> {
    let mut rewriter = Rewriter {
        rest: str::from_utf8(body).ok()?,
        out: Vec::with_capacity(body.len()),
        open: Vec::new(),
    };
    rewriter.document()?;
    Some(rewriter.out)
}

struct Rewriter<'a> {
    /// What is still to be read.
    rest: &'a str,
    /// What has been written for the part before it.
    out: Vec<u8>,
    /// The brackets that will close the arrays and objects entered so far, innermost last.
    open: Vec<&'static str>,
}

impl Rewriter<'_> {
    fn document(&mut self) -> Option<()> {
        self.skip_white_space();
        loop {
            self.descend()?;
            if !self.ascend()? {
                return self.rest.is_empty().then_some(());
            }
        }
    }

    /// Enters what opens here, down to the first scalar or to an empty array or object.
    fn descend(&mut self) -> Option<()> {
        while let Some(end) = self.opening() {
            if self.open.len() == MAX_DEPTH {
                return None;
            }
            self.open.push(end);
            if self.rest.starts_with(end) {
                return Some(());
            }
            self.key()?;
        }
        self.scalar()
    }

    /// Leaves what closes here, and tells whether another value follows.
    fn ascend(&mut self) -> Option<bool> {
        self.skip_white_space();
        while let Some(&end) = self.open.last() {
            if self.punctuation(",").is_some() {
                self.key()?;
                return Some(true);
            }
            self.punctuation(end)?;
            self.open.pop();
        }
        Some(false)
    }

    /// The bracket that will close what opens here.
    fn opening(&mut self) -> Option<&'static str> {
        let object = self.punctuation("{").map(|()| "}");
        object.or_else(|| self.punctuation("[").map(|()| "]"))
    }

    /// Reads what stands before a value: in an object its key and the colon, elsewhere nothing.
    fn key(&mut self) -> Option<()> {
        if self.open.last() != Some(&"}") {
            return Some(());
        }
        self.string()?;
        self.skip_white_space();
        self.punctuation(":")
    }

    fn scalar(&mut self) -> Option<()> {
        match self.rest.as_bytes().first()? {
            b'"' => self.string(),
            b't' => self.copy("true"),
            b'f' => self.copy("false"),
            b'n' => self.copy("null"),
            _ => self.number(),
        }
    }

    /// Ends after a leading zero, so that a digit behind it is refused like any stray one.
    fn number(&mut self) -> Option<()> {
        self.copy("-");
        self.copy("0").or_else(|| self.digits())?;
        if self.copy(".").is_some() {
            self.digits()?;
        }
        if self.copy("e").or_else(|| self.copy("E")).is_some() {
            self.copy("+").or_else(|| self.copy("-"));
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        (self.copy_while(|character| character.is_ascii_digit()) > 0).then_some(())
    }

    fn string(&mut self) -> Option<()> {
        self.copy("\"")?;
        loop {
            self.copy_while(stands_for_itself);
            let character = match self.next()? {
                '"' => break,
                '\\' => self.escaped()?,
                '\0'..' ' => return None,
                character => character,
            };
            self.write(character);
        }
        self.out.push(b'"');
        Some(())
    }

    /// The character meant by the escape whose `\` has been read.
    fn escaped(&mut self) -> Option<char> {
        let letter = self.next()?;
        if letter == 'u' {
            return self.escaped_by_number();
        }
        let mut known = SHORT_ESCAPES.iter();
        let (character, _) = known.find(|(_, short)| char::from(*short) == letter)?;
        Some(*character)
    }

    /// One UTF-16 code unit, or two if the first is the high half of a pair.
    fn escaped_by_number(&mut self) -> Option<char> {
        let first = self.code_unit()?;
        if !matches!(first, 0xd800..=0xdbff) {
            return char::from_u32(first.into());
        }
        self.rest = self.rest.strip_prefix("\\u")?;
        let pair = [first, self.code_unit()?];
        char::decode_utf16(pair).next()?.ok()
    }

    fn code_unit(&mut self) -> Option<u16> {
        let unit = (0..4).try_fold(0, |unit, _| Some(unit << 4 | self.next()?.to_digit(16)?))?;
        u16::try_from(unit).ok()
    }

    /// Writes one character of a string.
    fn write(&mut self, character: char) {
        let short = SHORT_ESCAPES.iter().find(|(long, _)| *long == character);
        if let Some((_, letter)) = short {
            self.out.extend([b'\\', *letter]);
        } else if stands_for_itself(character) {
            self.out.extend(character.encode_utf8(&mut [0; 4]).bytes());
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let digit = |shift: u16| b"0123456789abcdef"[usize::from(*unit >> shift & 0xf)];
                let digits = [digit(12), digit(8), digit(4), digit(0)];
                self.out.extend(b"\\u");
                self.out.extend(digits);
            }
        }
    }

    /// Copies one token of the structure and drops the white space behind it.
    fn punctuation(&mut self, token: &str) -> Option<()> {
        self.copy(token)?;
        self.skip_white_space();
        Some(())
    }

    fn copy(&mut self, token: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(token)?;
        self.out.extend_from_slice(token.as_bytes());
        Some(())
    }

    /// Copies the characters that `wanted` accepts, and returns how many bytes they took.
    fn copy_while(&mut self, wanted: impl Fn(char) -> bool) -> usize {
        let rest = self.rest.trim_start_matches(wanted);
        let length = self.rest.len() - rest.len();
        self.out.extend_from_slice(&self.rest.as_bytes()[..length]);
        self.rest = rest;
        length
    }

    fn skip_white_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let character = characters.next()?;
        self.rest = characters.as_str();
        Some(character)
    }
}

/// Whether PHP leaves the character as it is in a string.
fn stands_for_itself(character: char) -> bool {
    matches!(character, ' '..='\u{7f}') && !matches!(character, '"' | '\\' | '/')
}
