use serde::{Deserialize, Serialize};
use siohook_events::headers::SIGNATURE;
use siohook_sender::{Sample, sign};

use crate::ids::seeded;

/// What becomes of a request on its way: see [`Chaos`](crate::Chaos).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Damage {
    /// The signature has another digit, or the token of an automation another character.
    Signature,
    /// A bit of the body is another one than was signed.
    Body,
    /// The end of the body is missing. `Content-Length` is that of the rest.
    Truncate,
    /// The body was parsed and written again, with other white space and without escapes, as some
    /// proxies do.
    Reserialise,
}

impl Damage {
    /// Damages a sample, which is signed with this secret. The same attempt has the same damage.
    pub(crate) fn of_sample(self, sample: Sample, secret: Option<&str>, attempt: &str) -> Sample {
        let mut random = seeded(attempt, 1);
        let length = sample.body().len();
        match (self, secret) {
            (Self::Signature, Some(secret)) => {
                let mut signature = sign(secret, sample.body());
                change_last(&mut signature);
                sample.header(SIGNATURE, &signature)
            }
            (Self::Body, _) if length > 0 => sample.tampered(|body| {
                body[random.usize(..length)] ^= 1 << random.u8(..8);
            }),
            (Self::Truncate, _) if length > 0 => {
                sample.tampered(|body| body.truncate(random.usize(..length)))
            }
            (Self::Reserialise, _) => sample.tampered(|body| *body = reserialised(body)),
            _ => sample,
        }
    }

    /// Damages the token of a URL.
    pub(crate) fn of_url(self, url: &str) -> String {
        let token = ["?token=", "&token="].iter().find_map(|name| {
            let start = url.find(name)? + name.len();
            let length = url[start..].find(['&', '#']);
            Some((start, length.map_or(url.len(), |length| start + length)))
        });
        let (Self::Signature, Some((start, end))) = (self, token) else {
            return url.to_owned();
        };
        let mut token = url[start..end].to_owned();
        change_last(&mut token);
        [&url[..start], &token, &url[end..]].concat()
    }
}

fn change_last(text: &mut String) {
    let last = text.pop();
    text.push(if last == Some('0') { '1' } else { '0' });
}

/// JSON as another program writes it: a space behind colons and commas, and texts without needless
/// escapes.
fn reserialised(json: &[u8]) -> Vec<u8> {
    let mut written = vec![];
    let mut rest = json;
    while let Some(first) = rest.first() {
        let length = if *first == b'"' { text(rest) } else { 1 };
        let (token, behind) = rest.split_at(length);
        rest = behind;
        let parsed = serde_json::from_slice::<String>(token).ok();
        match parsed.and_then(|text| serde_json::to_vec(&text).ok()) {
            Some(text) => written.extend(text),
            None => written.extend(token),
        }
        if matches!(token, b":" | b",") {
            written.push(b' ');
        }
    }
    written
}

/// The length of the text at the beginning, with its quotation marks.
fn text(json: &[u8]) -> usize {
    let mut is_escaped = true;
    let end = json.iter().position(|byte| {
        let is_end = *byte == b'"' && !is_escaped;
        // The first quotation mark begins the text.
        is_escaped = *byte == b'\\' && !is_escaped;
        is_end
    });
    end.map_or(json.len(), |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(bytes: &[u8]) -> String {
        String::from_utf8(reserialised(bytes)).unwrap()
    }

    #[test]
    fn json_is_written_as_another_program_does() {
        let json = br#"{"url":"http:\/\/a","n":0.0,"e":"\u00e9 \"\\","l":[1,true],"q":"\\"}"#;
        assert_eq!(
            text_of(json),
            r#"{"url": "http://a", "n": 0.0, "e": "é \"\\", "l": [1, true], "q": "\\"}"#
        );
        for odd in ["", "\"", "\"\\", "\"\\\"", "a", "\"\\x\":\""] {
            let spaces = odd.matches(':').count();
            assert_eq!(text_of(odd.as_bytes()).len(), odd.len() + spaces, "{odd}");
        }
    }

    #[test]
    fn a_token_is_changed_wherever_it_is() {
        let damage = Damage::Signature;
        for (url, damaged) in [
            ("http://a/?token=abc", "http://a/?token=ab0"),
            ("http://a/?x=1&token=a0&y=2", "http://a/?x=1&token=a1&y=2"),
            ("http://a/?token=", "http://a/?token=0"),
            ("http://a/?tokens=a", "http://a/?tokens=a"),
            ("/", "/"),
        ] {
            assert_eq!(damage.of_url(url), damaged);
            assert_eq!(Damage::Body.of_url(url), url);
        }
    }
}
