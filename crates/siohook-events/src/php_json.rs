//! The JSON that systeme.io sends: as PHP's `json_encode` spells it.
//!
//! The sender writes its bodies so and signs those bytes, and a receiver may have to
//! restore them. Both use this one speller.

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::ser::{Formatter, Serializer};
use serde_json::value::RawValue;
use serde_json::{Deserializer, from_slice, from_str};

/// How deep arrays and objects may nest.
const MAX_DEPTH: usize = 128;

/// The most digits with which PHP was seen to write a whole float without an exponent.
const MAX_DIGITS: usize = 16;

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
    let mut rest = str::from_utf8(body).ok()?;
    // Checks the grammar, but neither the depth nor surrogates.
    from_str::<IgnoredAny>(rest).ok()?;
    let mut out = Vec::with_capacity(body.len());
    let mut depth = 0;
    while let Some(&byte) = rest.as_bytes().first() {
        match byte {
            b'"' => {
                rest = string(rest, &mut out)?;
                continue;
            }
            b'[' | b'{' if depth == MAX_DEPTH => return None,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            _ => (),
        }
        if !byte.is_ascii_whitespace() {
            out.push(byte);
        }
        rest = &rest[1..];
    }
    Some(out)
}

/// Spells the `order.vat` of a sale as PHP spells a float: `0` becomes `0.0`.
///
/// PHP has floats, and JavaScript writes a whole one without its fraction. The VAT is the one
/// float of a body, so this restores a [normalised](normalize) sale that JavaScript parsed and
/// wrote again. All else is kept as it is.
///
/// Returns `None` for a body without an `order.vat`, and for one that is not a whole number of at
/// most 16 digits.
///
/// ```
/// use siohook_events::php_json;
///
/// let sale = br#"{"order":{"totalPrice":583,"vat":0}}"#;
/// let spelled = php_json::restore_vat(sale).unwrap();
/// assert_eq!(spelled, br#"{"order":{"totalPrice":583,"vat":0.0}}"#);
/// assert_eq!(php_json::restore_vat(&spelled), None);
/// ```
#[must_use]
pub fn restore_vat(body: &[u8]) -> Option<Vec<u8>> {
    #[derive(Deserialize)]
    struct Sale<'a> {
        #[serde(borrow)]
        order: Order<'a>,
    }
    #[derive(Deserialize)]
    struct Order<'a> {
        #[serde(borrow)]
        vat: &'a RawValue,
    }
    let sale: Sale<'_> = from_slice(body).ok()?;
    let vat = sale.order.vat.get();
    let digits = vat.strip_prefix('-').unwrap_or(vat);
    if digits.len() > MAX_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let end = vat.as_ptr().addr() - body.as_ptr().addr() + vat.len();
    Some([&body[..end], b".0", &body[end..]].concat())
}

/// Writes the string that `text` begins with, and returns what follows it.
fn string<'a>(text: &'a str, out: &mut Vec<u8>) -> Option<&'a str> {
    // Keys and most values stay as they are, and need not be read for that.
    let plain = 1 + text[1..].find(|character| !stands_for_itself(character))?;
    if let Some(rest) = text[plain..].strip_prefix('"') {
        out.extend_from_slice(&text.as_bytes()[..=plain]);
        return Some(rest);
    }
    let mut strings = Deserializer::from_str(text).into_iter::<String>();
    let string = strings.next()?.ok()?;
    let mut serializer = Serializer::with_formatter(out, Php);
    string.serialize(&mut serializer).ok()?;
    Some(&text[strings.byte_offset()..])
}

/// Escapes what PHP escapes and `serde_json` does not.
struct Php;

impl Formatter for Php {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for unit in fragment.encode_utf16() {
            match unit.to_be_bytes() {
                [0, b'/'] => out.write_all(br"\/")?,
                [0, ascii @ 0..=0x7f] => out.write_all(&[ascii])?,
                _ => {
                    let digit = |shift: u32| b"0123456789abcdef"[usize::from(unit >> shift & 0xf)];
                    out.write_all(br"\u")?;
                    out.write_all(&[12, 8, 4, 0].map(digit))?;
                }
            }
        }
        Ok(())
    }
}

/// Whether PHP leaves the character as it is in a string.
fn stands_for_itself(character: char) -> bool {
    matches!(character, ' '..='\u{7f}') && !matches!(character, '"' | '\\' | '/')
}
