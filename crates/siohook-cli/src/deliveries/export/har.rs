//! An HTTP archive, version 1.2: <http://www.softwareishard.com/blog/har-12-spec/>.

use serde_json::{Value, json};
use siohook_sender::Capture;

use crate::deliveries::base64;
use crate::deliveries::summary::received_at;
use crate::store::Exchange;

pub(super) fn archive(entries: Vec<Value>) -> Value {
    json!({"log": {
        "version": "1.2",
        "creator": {"name": "siohook", "version": env!("CARGO_PKG_VERSION")},
        "entries": entries,
    }})
}

/// A request, and what the receiver answered last.
pub(super) fn entry(capture: &Capture, last: Option<&Exchange>) -> Value {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let headers = capture
        .headers()
        .map(|(name, value)| header(name, &text(value)));
    let headers: Vec<_> = headers.collect();
    let target = text(capture.target());
    let host = capture.header("host").map_or("127.0.0.1".into(), text);
    let url = if target.starts_with('/') {
        format!("http://{host}{target}")
    } else {
        target.clone()
    };
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let query = query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            header(name, value)
        });
    let query: Vec<_> = query.collect();
    let mut request = json!({
        "method": capture.method(),
        "url": url,
        "httpVersion": capture.version(),
        "cookies": [],
        "headers": headers,
        "queryString": query,
        "headersSize": capture.head().len(),
        "bodySize": capture.body().len(),
    });
    if !capture.body().is_empty() {
        let kind = capture.header("content-type").map(text).unwrap_or_default();
        let (text, encoding) = match str::from_utf8(capture.body()) {
            Ok(body) => (body.to_owned(), None),
            Err(_) => (base64(capture.body()), Some("base64")),
        };
        request["postData"] = json!({"mimeType": kind, "params": [], "text": text});
        if let Some(encoding) = encoding {
            // The format has no place for bytes, but for members of one's own.
            request["postData"]["_encoding"] = json!(encoding);
        }
    }
    let elapsed = last.map_or(0, |exchange| exchange.elapsed_ms);
    json!({
        "startedDateTime": received_at(capture).unwrap_or_default().to_string(),
        "time": elapsed,
        "request": request,
        "response": response(last),
        "cache": {},
        "timings": {"send": 0, "wait": elapsed, "receive": 0},
        "_marks": {"masked": capture.is_masked(), "edited": capture.is_edited()},
    })
}

/// An answer. The status is 0 if the receiver did not answer.
fn response(last: Option<&Exchange>) -> Value {
    let none = Exchange::default();
    let last = last.unwrap_or(&none);
    let is_type = |name: &str| name.eq_ignore_ascii_case("content-type");
    let kind = last.headers.iter().find(|(name, _)| is_type(name));
    let headers = last.headers.iter().map(|(name, value)| header(name, value));
    json!({
        "status": last.status.unwrap_or(0),
        "statusText": "",
        "httpVersion": if last.status.is_some() { "HTTP/1.1" } else { "" },
        "cookies": [],
        "headers": headers.collect::<Vec<_>>(),
        "content": {
            "size": last.body.len(),
            "mimeType": kind.map_or("", |(_, value)| value),
            "text": last.body,
        },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    })
}

fn header(name: &str, value: &str) -> Value {
    json!({"name": name, "value": value})
}
