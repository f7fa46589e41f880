use crate::request::{Header, Headers};

/// Trace and span of the sender, from the headers `sentry-trace` and `baggage`.
///
/// The headers are not signed, so siohook records them as attributes and never makes them
/// the parent of a span. [`guide::observability`](crate::guide::observability) says why,
/// and how to add a link.
///
/// ```
/// # fn f(delivery: &siohook::Delivery) {
/// if let Some(sender) = delivery.sender_trace() {
///     println!("{:032x}", sender.trace_id());
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SenderTrace {
    trace_id: u128,
    span_id: Option<u64>,
}

impl SenderTrace {
    /// Returns the id of the trace. It is never 0, and is written as 32 hex digits.
    ///
    /// ```
    /// # fn f(sender: siohook::SenderTrace) {
    /// let trace_id = format!("{:032x}", sender.trace_id());
    /// # }
    /// ```
    #[must_use]
    pub const fn trace_id(&self) -> u128 {
        self.trace_id
    }

    /// Returns the id of the span that sent the delivery. It is never 0, and is written as
    /// 16 hex digits. `None` if only `baggage` names the trace.
    ///
    /// ```
    /// # fn f(sender: siohook::SenderTrace) {
    /// let span_id = sender.span_id().map(|id| format!("{id:016x}"));
    /// # }
    /// ```
    #[must_use]
    pub const fn span_id(&self) -> Option<u64> {
        self.span_id
    }

    /// Writes the ids as [`restore`](Self::restore) reads them: `<trace>-<span>` or `<trace>`.
    pub(super) fn to_text(self) -> String {
        let trace = format!("{:032x}", self.trace_id);
        match self.span_id {
            Some(span) => format!("{trace}-{span:016x}"),
            None => trace,
        }
    }

    /// Adds the header that has these ids.
    pub(super) fn restore(text: &str, headers: &mut Headers) {
        if text.contains('-') {
            headers.push(Header::SentryTrace, text.as_bytes());
        } else {
            let entry = format!("sentry-trace_id={text}");
            headers.push(Header::Baggage, entry.as_bytes());
        }
    }

    /// Reads the headers. A header without a valid id is ignored.
    pub(crate) fn of(headers: &Headers) -> Option<Self> {
        let of_sentry = headers.text(Header::SentryTrace).and_then(of_sentry_trace);
        of_sentry.or_else(|| {
            let mut lines = headers.all(Header::Baggage);
            lines.find_map(|line| of_baggage(std::str::from_utf8(line).ok()?))
        })
    }
}

/// Parses `<32 hex digits>-<16 hex digits>`, which may end in `-1` (sampled) or `-0`.
fn of_sentry_trace(text: &str) -> Option<SenderTrace> {
    let (trace, rest) = text.split_once('-')?;
    let (span, sampled) = rest.split_once('-').unwrap_or((rest, ""));
    if !["", "0", "1"].contains(&sampled) || rest.ends_with('-') {
        return None;
    }
    Some(SenderTrace {
        trace_id: trace_id(trace)?,
        span_id: Some(hex(span, 16)?.try_into().ok()?),
    })
}

/// Parses `name=value;property,…`, and reads `sentry-trace_id` only.
fn of_baggage(line: &str) -> Option<SenderTrace> {
    let mut entries = line.split(',').filter_map(|entry| entry.split_once('='));
    let (_, value) = entries.find(|(name, _)| name.trim() == "sentry-trace_id")?;
    let value = value.split(';').next().unwrap_or_default();
    Some(SenderTrace {
        trace_id: trace_id(value.trim())?,
        span_id: None,
    })
}

fn trace_id(text: &str) -> Option<u128> {
    hex(text, 32)
}

/// Parses a number with exactly this many hex digits. `None` if it is 0.
fn hex(text: &str, digits: usize) -> Option<u128> {
    let is_hex = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = u128::from_str_radix(text, 16).ok()?;
    (is_hex && number != 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Incoming;

    const TRACE: &str = "771a43a4192642f0b136d5159a501700";
    const SPAN: &str = "b0e6f15b45c36b12";

    fn of(headers: &[(&str, &str)]) -> Option<(String, Option<String>)> {
        let incoming = Incoming::post("").headers(headers.iter().copied());
        let trace = SenderTrace::of(&incoming.head.headers)?;
        let span = trace.span_id().map(|id| format!("{id:016x}"));
        Some((format!("{:032x}", trace.trace_id()), span))
    }

    #[test]
    fn sentry_trace_has_both_ids() {
        for sampled in ["", "-0", "-1"] {
            let value = format!("{TRACE}-{SPAN}{sampled}");
            let read = Some((TRACE.to_owned(), Some(SPAN.to_owned())));
            assert_eq!(of(&[("Sentry-Trace", &value)]), read);
            assert_eq!(of(&[("sentry-trace", &value.to_uppercase())]), read);
        }
    }

    #[test]
    fn baggage_is_read_if_sentry_trace_is_absent_or_invalid() {
        let baggage = format!(
            "user=lea@example.com, sentry-environment=prod;x=1, sentry-trace_id={TRACE};p=q"
        );
        let trace_only = Some((TRACE.to_owned(), None));
        for other in ["", "garbage", "0-0"] {
            let headers = [("sentry-trace", other), ("baggage", &*baggage)];
            assert_eq!(of(&headers), trace_only);
        }
        let headers = [("baggage", "a=b"), ("baggage", &*baggage)];
        assert_eq!(of(&headers), trace_only);
        let both = format!("{}-{SPAN}", "2".repeat(32));
        let headers = [("baggage", &*baggage), ("sentry-trace", &both)];
        assert_eq!(of(&headers).unwrap().0, "2".repeat(32));
    }

    #[test]
    fn invalid_values_are_ignored() {
        let zero = "0".repeat(32);
        let long = "a".repeat(1_000_000);
        for value in [
            "",
            "-",
            TRACE,
            &format!("{TRACE}-"),
            &format!("{TRACE}-{SPAN}-"),
            &format!("{TRACE}-{SPAN}-2"),
            &format!("{TRACE}-{SPAN}-1-1"),
            &format!("{TRACE}{SPAN}"),
            &format!("+{}-{SPAN}", &TRACE[1..]),
            &format!("{TRACE}-+{}", &SPAN[1..]),
            &format!("g{}-{SPAN}", &TRACE[1..]),
            &format!("{}-{SPAN}", &TRACE[1..]),
            &format!("{zero}-{SPAN}"),
            &format!("{TRACE}-{}", &zero[..16]),
            "é-é",
            &long,
        ] {
            assert_eq!(of(&[("sentry-trace", value)]), None, "{value}");
            let baggage = format!("sentry-trace_id={value}");
            let read = of(&[("baggage", &baggage)]);
            assert_eq!(read.is_some(), value == TRACE, "{value}");
        }
    }
}
