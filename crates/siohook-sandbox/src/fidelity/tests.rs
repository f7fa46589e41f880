use std::collections::BTreeSet;

use serde_json::json;

use super::{Known, fidelity};

#[test]
fn each_behaviour_is_listed_once() {
    let all = fidelity();
    let names: BTreeSet<_> = all.iter().map(|one| one.behaviour).collect();
    assert_eq!(names.len(), all.len());
    for one in &all {
        assert!(
            !one.behaviour.is_empty() && !one.value.is_empty(),
            "{one:?}"
        );
        let is_whole = |text: &str| text == text.trim() && !text.ends_with('.');
        assert!(is_whole(one.behaviour) && is_whole(&one.value), "{one:?}");
    }
}

#[test]
fn every_unknown_setting_is_listed() {
    let chosen = fidelity()
        .into_iter()
        .filter(|one| one.known == Known::Ours);
    let settings: BTreeSet<_> = chosen.filter_map(|one| one.setting).collect();
    let wanted = [
        "--allow",
        "--api-key",
        "--automation-retries",
        "--data",
        "--disable-below",
        "--keep",
        "--now",
        "--rate-limit",
        "--sentry-headers",
        "--strict-limits",
        "--success",
        "--timeout",
    ];
    assert_eq!(settings, BTreeSet::from(wanted));
}

#[test]
fn values_are_those_of_the_code() {
    let all = serde_json::to_value(fidelity()).unwrap();
    for (behaviour, value, known, setting) in [
        ("Items without a `limit`", "50", "ours", json!(null)),
        ("`limit`", "10 to 100", "document", json!(null)),
        (
            "Retries of account webhooks",
            "4s*4^n, max 24h, 12 attempts",
            "one source",
            json!("--retries"),
        ),
        ("Answer that is kept", "64 KiB", "ours", json!(null)),
        (
            "Statuses that count as delivered",
            "200-299",
            "ours",
            json!("--success"),
        ),
        (
            "`BAD_SUCCESS_RATE`",
            "off",
            "ours",
            json!("--disable-below"),
        ),
        ("History of actions", "30 days", "document", json!(null)),
    ] {
        let row = json!({
            "behaviour": behaviour,
            "value": value,
            "known": known,
            "setting": setting,
        });
        assert!(all.as_array().unwrap().contains(&row), "{row}");
    }
}
