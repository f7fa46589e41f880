//! Settings that can't be meant.

use std::time::Duration;

use siohook_sandbox::Sandbox;

#[tokio::test]
async fn what_no_delivery_could_survive_is_refused_at_the_start() {
    let to = "http://127.0.0.1:9/systeme";
    for (builder, text) in [
        (Sandbox::builder().secret(""), "the secret is empty"),
        (Sandbox::builder().token(""), "the token is empty"),
        (
            Sandbox::builder().timeout(Duration::ZERO),
            "no receiver answers within 0 seconds",
        ),
        (
            Sandbox::builder().strict_limits().to(to),
            "systeme.io sends to `https://` only",
        ),
        (
            Sandbox::builder().host("a b"),
            "`a b` is not the name of a host",
        ),
        (Sandbox::builder().host(""), "`` is not the name of a host"),
        (
            Sandbox::builder().host("http://a.test/"),
            "`http://a.test/` is not the name of a host",
        ),
    ] {
        let error = builder.start().await.unwrap_err().to_string();
        assert!(error.starts_with(text), "{error}");
    }
    Sandbox::builder()
        .strict_limits()
        .host("sandbox.test:7400")
        .start()
        .await
        .unwrap();
}
