//! JSON as systeme.io sends it: in the spelling of PHP's `json_encode`.
//!
//! systeme.io signs the bytes in this spelling. A middleman may parse a body and write it
//! again in another; these functions restore the bytes that were signed.
//!
//! ```
//! use siohook_events::php_json;
//!
//! // What JavaScript makes of a body:
//! let rewritten = r#"{"order":{"totalPrice":583,"vat":0},"url":"https://example.com/é"}"#;
//! let normalized = php_json::normalize(rewritten.as_bytes()).unwrap();
//! let restored = php_json::restore_vat(&normalized).unwrap();
//! let sent = br#"{"order":{"totalPrice":583,"vat":0.0},"url":"https:\/\/example.com\/\u00e9"}"#;
//! assert_eq!(restored, sent);
//! ```

#[cfg(test)]
mod tests;

use std::io::{self, Write};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::ser::{Formatter, Serializer};
use serde_json::value::RawValue;
use serde_json::{Deserializer, from_slice, from_str};

/// Depth to which arrays and objects may nest.
const MAX_DEPTH: usize = 128;

/// Digits up to which PHP writes a whole float without an exponent.
const MAX_DIGITS: usize = 16;

/// Rewrites the JSON document `body` as PHP's `json_encode` writes it without flags.
///
/// The result has no white space and is pure ASCII. In strings:
///
/// * `/` becomes `\/`, and `"` and `\` stand after a `\`;
/// * a control character becomes `\b`, `\f`, `\n`, `\r`, `\t` or `\u00XX`;
/// * a character beyond ASCII becomes a lower-case `\uXXXX`, or two of them beyond U+FFFF;
/// * any other ASCII character, including DEL, stays.
///
/// The text of numbers (`0.0`, `1e3`, `-0`), the order of keys, repeated keys, `{}` and `[]` stay
/// as they are. A body that is already in this form comes back unchanged.
///
/// The rules were measured against PHP 8.2: the repository has a PHP script that writes documents
/// in several spellings beside the output of `json_encode`, and the tests compare.
///
/// Returns `None` if `body` is not exactly one JSON document by RFC 8259 in UTF-8. A byte order
/// mark, anything but white space after the document, and an escaped surrogate without its other
/// half are errors. So are arrays and objects nested more than 128 deep.
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

/// Rewrites the `order.vat` of a sale as PHP writes a float: `0` becomes `0.0`.
///
/// JavaScript writes a whole float without its fraction. The VAT is the only float of a body, so
/// this restores a [normalised](normalize) sale that JavaScript parsed and wrote again. The rest
/// of the body stays as it is.
///
/// Returns `None` if there is no `order.vat`, or if it is not a whole number of at most 16 digits.
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

/// Writes the string that `text` begins with, and returns the rest.
fn string<'a>(text: &'a str, out: &mut Vec<u8>) -> Option<&'a str> {
    // Keys and most values stay as they are, so they are copied unread.
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

/// Escapes characters that PHP escapes and `serde_json` does not.
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

/// Returns whether PHP leaves the character of a string as it is.
fn stands_for_itself(character: char) -> bool {
    matches!(character, ' '..='\u{7f}') && !matches!(character, '"' | '\\' | '/')
}
