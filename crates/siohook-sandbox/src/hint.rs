//! The likely cause of a failed attempt.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::GzDecoder;
use siohook_events::{Mechanism, Shown};

use crate::{Answer, Outcome};

/// Members of a JSON answer in which receivers say what is wrong.
const TELLING: &[&str] = &["outcome", "error", "reason", "message", "detail"];

/// The most bytes of a decoded body that are read.
const MAX_DECODED: u64 = 64 * 1024;

/// What to look at after a failure. `None` if nothing is known.
pub(crate) fn hint(answer: &Answer, mechanism: Mechanism) -> Option<String> {
    let advice = match answer.outcome {
        Outcome::Status => return of_status(answer, mechanism),
        Outcome::Timeout => "does it answer before it does slow work?",
        Outcome::Refused => "is the receiver running at this address?",
        Outcome::Dns => "is the name in the hosts file? `localhost` needs no entry",
        Outcome::Tls => "does it speak TLS at this port, with a certificate that is trusted here?",
        Outcome::Reset | Outcome::Blocked => return None,
    };
    Some(advice.to_owned())
}

fn of_status(answer: &Answer, mechanism: Mechanism) -> Option<String> {
    let status = answer.status?;
    let advice = match (status, mechanism) {
        (300..=399, _) => Some("redirects are not followed: is this the final URL?"),
        (401 | 403, Mechanism::Account) => Some("is its secret the webhook's?"),
        (401 | 403, _) => Some("is its token the one in the URL?"),
        (404, _) => Some("is the path of the URL right?"),
        (405, _) => Some("does it take POST at this path?"),
        (413, _) => Some("is its limit of the body too low?"),
        _ => None,
    };
    let said = said(answer).map(|said| format!("the receiver says {said}"));
    match (said, advice) {
        (Some(said), Some(advice)) => Some(format!("{said}: {advice}")),
        (said, advice) => said.or(advice.map(str::to_owned)),
    }
}

fn said(answer: &Answer) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(&decoded(answer)?).ok()?;
    let said = TELLING.iter().find_map(|name| body.get(name)?.as_str())?;
    (!said.is_empty()).then(|| Shown::value(said).to_string())
}

/// The body without its compression, up to a limit. `None` if it is damaged.
fn decoded(answer: &Answer) -> Option<Cow<'_, [u8]>> {
    let is_gzip = answer.headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("content-encoding") && value.eq_ignore_ascii_case("gzip")
    });
    if !is_gzip {
        return Some(Cow::Borrowed(&answer.body));
    }
    let mut decoded = vec![];
    let gzip = GzDecoder::new(&*answer.body);
    gzip.take(MAX_DECODED).read_to_end(&mut decoded).ok()?;
    Some(Cow::Owned(decoded))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use bytes::Bytes;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;

    use super::*;

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(vec![], Compression::best());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    fn gzip_answer(body: Vec<u8>) -> Answer {
        Answer {
            outcome: Outcome::Status,
            status: Some(500),
            headers: vec![("Content-Encoding".to_owned(), "GZIP".to_owned())],
            body: body.into(),
            ..Answer::blocked(String::new())
        }
    }

    #[test]
    fn a_compressed_answer_is_decoded() {
        let hint = hint(
            &gzip_answer(gzip(br#"{"error":"busy"}"#)),
            Mechanism::Account,
        );
        assert_eq!(hint.as_deref(), Some("the receiver says busy"));
    }

    #[test]
    fn an_answer_that_explodes_is_not_decoded_to_its_end() {
        let bomb = gzip_answer(gzip(&vec![b' '; 50_000_000]));
        assert!(bomb.body.len() < 64 * 1024);
        assert_eq!(decoded(&bomb).unwrap().len() as u64, MAX_DECODED);
        assert_eq!(hint(&bomb, Mechanism::Account), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_damaged_answer_gives_no_hint(place in any::<prop::sample::Index>(), flipped: u8) {
            let whole = gzip(br#"{"error":"busy"}"#);
            let hint = |body| hint(&gzip_answer(body), Mechanism::Account);
            prop_assert_eq!(hint(whole[..place.index(whole.len())].to_vec()), None);
            let mut damaged = whole.clone();
            damaged[place.index(whole.len())] ^= flipped;
            // A byte of the head, or a bit between two parts, may mean nothing.
            let said = hint(damaged);
            prop_assert!(said.is_none() || said.as_deref() == Some("the receiver says busy"));
            let mut wrong_checksum = whole.clone();
            wrong_checksum[whole.len() - 8 + place.index(8)] ^= flipped.max(1);
            prop_assert_eq!(hint(wrong_checksum), None);
        }
    }

    #[test]
    fn a_failure_has_its_likely_cause() {
        use Mechanism::{Account, Automation};
        let answer = |outcome, status, body| Answer {
            outcome,
            status,
            body: Bytes::from_static(body),
            ..Answer::blocked(String::new())
        };
        let of_status = |status, body| answer(Outcome::Status, Some(status), body);
        for (answer, mechanism, expected) in [
            (of_status(204, b""), Account, None),
            (of_status(500, b"oops"), Account, None),
            (of_status(500, b"{\"error\":\"\"}"), Account, None),
            (
                of_status(500, b"{\"error\":\"a\\nb\"}"),
                Account,
                Some("the receiver says a\\nb"),
            ),
            (
                of_status(403, b"[]"),
                Account,
                Some("is its secret the webhook's?"),
            ),
            (
                of_status(401, b""),
                Automation,
                Some("is its token the one in the URL?"),
            ),
            (
                of_status(404, b"{\"message\":\"no route\"}"),
                Automation,
                Some("the receiver says no route: is the path of the URL right?"),
            ),
            (
                of_status(302, b""),
                Account,
                Some("redirects are not followed: is this the final URL?"),
            ),
            (
                answer(Outcome::Refused, None, b""),
                Account,
                Some("is the receiver running at this address?"),
            ),
            (answer(Outcome::Blocked, None, b""), Account, None),
        ] {
            assert_eq!(hint(&answer, mechanism).as_deref(), expected);
        }
    }
}
