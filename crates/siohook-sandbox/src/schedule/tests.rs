use proptest::prelude::*;

use super::*;

#[test]
fn the_default_lasts_four_days() {
    let schedule = Schedule::default();
    let gaps: Vec<_> = (1..=12)
        .map_while(|attempt| schedule.gap(attempt))
        .collect();
    let seconds: Vec<_> = gaps.iter().map(Duration::as_secs).collect();
    let day = 86_400;
    assert_eq!(
        seconds,
        [4, 16, 64, 256, 1024, 4096, 16_384, 65_536, day, day, day]
    );
    assert_eq!(
        gaps.iter().sum::<Duration>().as_secs(),
        4 * day + 16 * 60 + 20
    );
}

#[test]
fn a_gap_without_a_maximum_does_not_overflow() {
    let schedule: Schedule = "1h*1000^n, 1000 attempts".parse().unwrap();
    assert_eq!(schedule.gap(999), Some(Duration::MAX));
    assert_eq!(schedule.gap(1000), None);
    assert_eq!(schedule.gap(0), None);
}

#[test]
fn nonsense_is_refused_with_its_place() {
    for (text, why) in [
        ("", "`` is not a gap"),
        ("1s,,5s", "`` is not a gap"),
        ("-4s", "`-4s` is not a gap"),
        ("4s*4", "`4s*4` is not like `4s*4^n`"),
        ("4s*0^n, 3 attempts", "`0` is not a number from 1 to 1000"),
        (
            "4s*4^n, 2000 attempts",
            "`2000` is not a number from 1 to 1000",
        ),
        ("4s*4^n", "it has no number of attempts"),
        (
            "4s*4^n, max 24h, max 1h, 3 attempts",
            "`max 1h` is not like",
        ),
    ] {
        let error = text.parse::<Schedule>().unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
        assert!(error.ends_with("or `none`"), "{error}");
    }
}

proptest! {
    #[test]
    fn text_and_schedule_are_each_others_inverse(
        gaps in prop::collection::vec(0_u64..10_000_000, 0..6),
        factor in 1_u32..=1000,
        attempts in 1_u32..=1000,
        max in prop::option::of(0_u64..100_000_000),
    ) {
        let first = Duration::from_millis(gaps.first().copied().unwrap_or(1));
        let max = max.map(Duration::from_millis);
        let list = gaps.into_iter().map(Duration::from_millis).collect();
        for gaps in [Gaps::List(list), Gaps::Growing { first, factor, max, attempts }] {
            let schedule = Schedule(gaps);
            prop_assert_eq!(schedule.to_string().parse(), Ok(schedule));
        }
    }

    #[test]
    fn parsing_never_panics(text in ".*") {
        let _ = text.parse::<Schedule>();
    }
}
