//! The bodies that arrive instead of the signed one.

use super::*;

pub(super) fn bodies() -> Vec<Try> {
    let text = text();
    let arrived = |body: String| explainer().explain(sale_as(body));
    let ended = sale_with(sign(SECRET, format!("{text}\n")));
    let spelled = text.replace("\\/", "/");
    let platform = "The body is what a no-code platform, such as n8n, makes of a request.";
    let other = br#"{"contact":{}}"#;
    let mut tries = vec![
        fits(
            "byte_order_mark",
            "fits the body without the byte order mark at its start",
            "Something between systeme.io and here puts a byte order mark",
            arrived(format!("\u{feff}{text}")),
        ),
        fits(
            "line_added",
            "fits the body without the line break at its end",
            "Something between systeme.io and here adds a line break",
            arrived(format!("{text}\r\n")),
        ),
        fits(
            "line_removed",
            "fits the body with a line break at its end",
            "Something between the sender and here removes the line break",
            explainer().explain(ended),
        ),
        fits(
            "normalised",
            "fits the body once normalised as PHP writes it",
            "Something between systeme.io and here rewrites JSON. Let it pass the body through \
             unchanged; if it can't, `accept_reserialized_bodies()`.",
            arrived(spelled.clone()),
        ),
        fits(
            "numbers",
            "fits the body once its numbers are as PHP writes them, such as `0.0` for `0`",
            "JavaScript between systeme.io and here rewrites JSON.",
            arrived(text.replace("0.0", "0")),
        ),
        fits(
            "escaped_twice",
            r"fits the body once each `\\` is `\` again, such as in `\\u00e9`",
            "Something between systeme.io and here escapes the body a second time.",
            arrived(text.replace('\\', r"\\")),
        ),
        Try {
            label: Some("k3f9qa"),
            ..fits(
                "other_body",
                "is another body, and fits the secret main",
                "The signature is that of another body",
                explainer()
                    .other_body("0c2h5e", "{}")
                    .other_body("k3f9qa", sale())
                    .explain(sale_as(other.to_vec())),
            )
        },
        Try {
            step: "body",
            label: None,
            ok: Some(false),
            sentence: r"fits no secret without a byte order mark, with or without a line break at its end, normalised as PHP writes it, with `\` for each `\\`, or taken out of a list, a text or a member",
            hint: "The signature was made with another secret, or the body was changed on the way.",
            explanation: arrived(text.replace("Martin", "Durand")),
        },
    ];
    let envelope = |inner: &str| format!(r#"{{"headers":{{}}, "body" : {inner}}}"#);
    let quoted = serde_json::to_string(&text).unwrap();
    for (body, sentence) in [
        (envelope(&text), "fits the member `body` of the body"),
        (envelope(&quoted), "fits the member `body` of the body"),
        (
            format!("[{}]", envelope(&text)),
            "fits the member `body` of the body",
        ),
        (
            envelope(&spelled),
            "fits the member `body` of the body once normalised as PHP writes it",
        ),
        (
            envelope(&spelled.replace("0.0", "0")),
            "fits the member `body` of the body once its numbers are as PHP writes them, such as \
             `0.0` for `0`",
        ),
        (
            format!(r#"{{"json":{text}}}"#),
            "fits the member `json` of the body",
        ),
        (
            format!("[{text}]"),
            "fits what the body wraps in a list or a text",
        ),
        (quoted, "fits what the body wraps in a list or a text"),
    ] {
        tries.push(fits("wrapped", sentence, platform, arrived(body)));
    }
    tries
}
