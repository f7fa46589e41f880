//! No refusal shows a value of the request.

use proptest::prelude::*;

use super::*;

/// Requests that hold a value in different places. Most of them lead to different hints.
const PLACES: [fn(&str) -> Incoming; 26] = [
    |it| Incoming::new(it, TAG_ADDED),
    |it| Incoming::post(TAG_ADDED).query(it),
    |it| Incoming::post(TAG_ADDED).query(format!("token={it}")),
    |it| Incoming::post(TAG_ADDED).query(format!("token=%22{it}%22")),
    |it| Incoming::post(TAG_ADDED).query(format!("{it}=1&tier={it}")),
    |it| Incoming::post(TAG_ADDED).header("x-forwarded-for", it),
    |it| Incoming::post(TAG_ADDED).header("forwarded", format!("for={it}")),
    |it| Incoming::post(TAG_ADDED).header("x-signature", it),
    |it| Incoming::post(TAG_ADDED).header("x-webhook-secret", it),
    |it| Incoming::post(TAG_ADDED).header(format!("x-{it}-signature"), it),
    |it| account(it, "[]"),
    |it| account(&format!("SALE_{it}"), r#"{"contact":{}}"#),
    |it| account(&format!("CONTACT_{it}"), r#"{"customer":{}}"#),
    |it| account("SALE_NEW", it),
    |it| account("SALE_NEW", format!(r#"{{"{it}":"{it}"}}"#)),
    |it| unsigned(it),
    |it| unsigned("SALE_NEW").header("x-webhook-signature", it),
    |it| signed_with(it, "SALE_NEW", sale()),
    |it| signed_with("another", "SALE_NEW", format!("{it}={it}")),
    |it| {
        signed_with(
            "another",
            "SALE_NEW",
            format!(r#"{{"json":{{"{it}":"{it}"}}}}"#),
        )
    },
    |it| automation(it),
    |it| automation(format!("{it}={it}")),
    |it| automation(format!(r#"["{it}"]"#)),
    |it| automation(format!(r#"{{"{it}":{{"type":"{it}","data":{{}}}}}}"#)),
    |it| automation(format!(r#"{{"json":{{"type":"{it}","data":{{}}}}}}"#)),
    |it| automation(format!(r#"{{"headers":{{"{it}":1}},"body":"{it}"}}"#)),
];

fn dispatchers() -> [Dispatcher; 4] {
    let listed = || both().source_ips(IpAllowList::systeme_io());
    [
        both(),
        both().accept_reserialized_bodies(),
        listed(),
        listed().trusted_proxies(["203.0.113.9"]),
    ]
    .map(|builder| builder.on_reject(|_| ()).build().unwrap())
}

proptest! {
    #[test]
    fn no_value_of_a_request_is_in_a_refusal(value in "[a-zA-Z0-9]{9,20}|[A-Z][a-z0-9@<>'é]{9,20}") {
        for dispatcher in dispatchers() {
            for place in PLACES {
                let incoming = place(&value).peer(elsewhere());
                let rejection = dispatcher.verify(incoming).unwrap_err();
                let shown = format!("{rejection} {rejection:?} {rejection:#?}");
                prop_assert!(!shown.contains(&value), "{value}: {shown}");
            }
        }
    }
}
