//! Texts for people, and the time.

use std::time::Duration;

/// The time of now as systeme.io writes it: whole seconds of UTC.
pub(crate) fn now() -> String {
    before(0)
}

/// The time so many seconds ago.
pub(crate) fn before(seconds: i64) -> String {
    let second = jiff::Timestamp::now().as_second() - seconds;
    let second = jiff::Timestamp::from_second(second).expect("it is a time of today");
    second.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// The beginning and the end of an id. `siohook sandbox show` takes it as well.
pub(crate) fn short(id: &str) -> String {
    match (
        id.get(..4),
        id.len().checked_sub(4).and_then(|end| id.get(end..)),
    ) {
        (Some(start), Some(end)) if id.len() > 9 => format!("{start}…{end}"),
        _ => id.to_owned(),
    }
}

/// `2026-01-01T00:00:00+00:00` as `2026-01-01 00:00:00`.
pub(crate) fn time(time: &str) -> String {
    time.get(..19).unwrap_or(time).replace('T', " ")
}

/// `2026-01-01T00:00:00Z` as `2026-01-01 00:00`.
pub(crate) fn minute(time: &str) -> String {
    time.get(..16).unwrap_or(time).replace('T', " ")
}

/// A number of deliveries: `1 delivery`, `4 deliveries`.
pub(crate) fn deliveries(number: impl TryInto<u64>) -> String {
    match number.try_into().unwrap_or(u64::MAX) {
        1 => "1 delivery".to_owned(),
        number => format!("{number} deliveries"),
    }
}

/// A number of bytes: `512 B`, `1.1 kB`.
pub(crate) fn size(bytes: usize) -> String {
    let tenths = |unit: usize| (bytes + unit / 20) / (unit / 10);
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{}.{} kB", tenths(1000) / 10, tenths(1000) % 10),
        _ => format!("{}.{} MB", tenths(1_000_000) / 10, tenths(1_000_000) % 10),
    }
}

/// A time in whole milliseconds.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A URL without its query, which may hold a token.
pub(crate) fn without_query(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_for_people_are_short() {
        assert_eq!(short("01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e01"), "01a0…9e01");
        assert_eq!(short("abc"), "abc");
        assert_eq!(short("ääääääää"), "ää…ää");
        assert_eq!(time("2026-01-01T11:02:13+00:00"), "2026-01-01 11:02:13");
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1094, "1.1 kB"),
            (999_940, "999.9 kB"),
            (1_048_576, "1.0 MB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
