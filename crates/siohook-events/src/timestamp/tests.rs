use super::*;

fn seconds(text: &str) -> Option<i64> {
    text.parse().ok().map(Timestamp::unix_seconds)
}

#[test]
fn what_systeme_io_writes_is_read() {
    assert_eq!(seconds("2021-10-05T08:10:29+00:00"), Some(1_633_421_429));
    assert_eq!(seconds("2026-09-27T20:16:27+00:00"), Some(1_790_540_187));
}

#[test]
fn other_forms_of_rfc_3339_are_read() {
    assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
    assert_eq!(seconds("2021-10-05T08:10:29.5-00:30"), Some(1_633_423_229));
    assert_eq!(seconds("2024-02-29t23:59:59z"), Some(1_709_251_199));
    assert_eq!(seconds("9999-12-31T23:59:59Z"), Some(253_402_300_799));
}

#[test]
fn what_is_no_moment_is_refused() {
    for text in [
        "",
        "2021-10-05",
        "2021-10-05T08:10:29",
        "2021-02-29T00:00:00Z",
        "2021-13-01T00:00:00Z",
        "2021-10-05T24:00:00Z",
        "2021-10-05T08:10:29.Z",
        "2021-10-05T08:10:29.1234567890Z",
        "2021-10-05T08:10:29+0000",
        "1969-12-31T23:59:59Z",
        "9999-12-31T23:59:59-01:00",
        "-0001-11-30T00:00:00+00:00",
        "2021-10-05T08:10:29+00:00 ",
        "２021-10-05T08:10:29Z",
    ] {
        assert_eq!(seconds(text), None, "{text}");
    }
}

#[test]
fn every_day_of_four_centuries_is_written_as_it_was_read() {
    for day in (0..146_097 * 2).chain(2_932_000..2_932_896) {
        let moment = Timestamp(Duration::from_secs(day * 86_400 + 12_345));
        assert_eq!(moment.to_string().parse(), Ok(moment));
    }
}

#[test]
fn a_moment_later_is_none_after_the_last_one() {
    let moment: Timestamp = "2021-12-31T23:59:59.5Z".parse().unwrap();
    let later = moment.checked_add(Duration::from_millis(700)).unwrap();
    assert_eq!(later.to_string(), "2022-01-01T00:00:00.2+00:00");
    let last: Timestamp = "9999-12-31T23:59:58Z".parse().unwrap();
    assert!(last.checked_add(Duration::from_secs(1)).is_some());
    assert!(last.checked_add(Duration::from_secs(2)).is_none());
    assert!(last.checked_add(Duration::MAX).is_none());
}

#[test]
fn fractions_are_kept() {
    let moment: Timestamp = "2021-10-05T08:10:29.120Z".parse().unwrap();
    assert_eq!(moment.to_string(), "2021-10-05T08:10:29.12+00:00");
    assert_eq!(format!("{moment:?}"), "2021-10-05T08:10:29.12+00:00");
}
