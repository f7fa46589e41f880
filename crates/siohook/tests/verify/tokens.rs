use super::*;

fn with(token: &str, query: &str) -> &'static str {
    let incoming = Incoming::post(TAG_ADDED).query(query);
    code(nobody().automation_token(token), incoming)
}

#[test]
fn a_token_is_the_parameter_of_that_name() {
    for (query, expected) in [
        ("token=abc", "accepted"),
        ("a=b&token=abc&c", "accepted"),
        ("&&token=abc&", "accepted"),
        ("token=%61b%63", "accepted"),
        ("", "token_missing"),
        ("token", "token_missing"),
        ("abc", "token_missing"),
        ("Token=abc", "token_missing"),
        ("mytoken=abc", "token_missing"),
        ("a=token=abc", "token_missing"),
        ("token=", "token_wrong"),
        ("token=ab", "token_wrong"),
        ("token=abcd", "token_wrong"),
        ("token=ABC", "token_wrong"),
        ("token=abc%00", "token_wrong"),
        ("token=+abc", "token_wrong"),
        ("token=abc#", "token_wrong"),
        // The first counts, so nobody can try two at once.
        ("token=x&token=abc", "token_wrong"),
    ] {
        assert_eq!(with("abc", query), expected, "{query}");
    }
}

#[test]
fn a_token_may_have_any_character() {
    let token = "a+b/c=é&d %e";
    assert_eq!(with(token, "token=a%2Bb%2fc=%C3%A9%26d+%25e"), "accepted");
    assert_eq!(
        with(token, "token=a%2Bb%2Fc%3D%C3%A9%26d%20%25e"),
        "accepted"
    );
    assert_eq!(with("100%", "token=100%"), "accepted");
    assert_eq!(with("é", "token=é"), "accepted");
    // Who calls the URL encodes what must be encoded, and leaves the rest.
    assert_eq!(with("a+b é", "token=a+b%20%C3%A9"), "accepted");
}

/// What the log says of a token that is wrong.
fn hint(token: &str, query: &str) -> String {
    let reason = reason(
        nobody().automation_token(token),
        Incoming::post(TAG_ADDED).query(query),
    );
    let hint = reason.strip_prefix("automation: the token is wrong (");
    hint.and_then(|hint| hint.strip_suffix(')'))
        .unwrap()
        .to_owned()
}

#[test]
fn quotes_around_a_token_are_noticed() {
    let in_url = "the token in the webhook's URL has quotes or white space around it";
    for query in [
        "token=\"abc\"",
        "token=%22abc%22",
        "token='abc'",
        "token=abc%20",
        "token=+abc",
        "token=abc%0A",
    ] {
        assert_eq!(hint("abc", query), in_url, "{query}");
    }
    let here = "the token that `automation_token` was given has quotes around it";
    assert_eq!(hint("\"abc\"", "token=abc"), here);
    assert_eq!(hint("'abc'", "token=abc"), here);
    assert_eq!(hint("'a+b'", "token=a%2Bb"), here);
}

#[test]
fn a_token_that_needs_escaping_is_noticed() {
    let escape = "a token has characters that mean something in a URL: write `%` as `%25`, `&` \
                  as `%26`, `+` as `%2B` and `#` as `%23`, or choose one of letters and digits";
    // What is left of a token that was pasted.
    for (token, query) in [
        ("abc&def", "token=abc&def"),
        ("abc#def", "token=abc"),
        ("a&b+c", "token=a&b+c"),
        ("%41 b", "token=%41%20b"),
    ] {
        assert_eq!(hint(token, query), escape, "{token}");
    }
}

#[test]
fn tokens_rotate() {
    for token in ["old", "new"] {
        let builder = nobody().automation_token("old").automation_token("new");
        let incoming = Incoming::post(TAG_ADDED).query(format!("token={token}"));
        assert_eq!(
            verify(builder, incoming).unwrap().trust(),
            Trust::Token { label: None }
        );
    }
}

#[test]
fn the_log_says_what_the_url_must_have() {
    assert_eq!(
        reason(both(), Incoming::post(TAG_ADDED)),
        "automation: the token is missing (the webhook's URL has to end in `?token=…`; or this is \
         an account webhook whose `X-Webhook-*` headers were lost on the way)"
    );
    assert_eq!(
        reason(both(), Incoming::post(TAG_ADDED).query("token=x")),
        "automation: the token is wrong \
         (compare the webhook's URL with what `automation_token` was given)"
    );
    assert_eq!(
        reason(
            nobody().account_secret("main", SECRET),
            automation(TAG_ADDED)
        ),
        "automation: nothing to trust this mechanism by is configured \
         (give `automation_token` or `source_ips`; or this is an account webhook whose \
         `X-Webhook-*` headers were lost on the way)"
    );
}
