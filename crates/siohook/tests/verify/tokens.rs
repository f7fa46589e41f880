use super::*;

fn with(token: &str, query: &str) -> &'static str {
    let incoming = Incoming::post(TAG_ADDED).query(query);
    code(no_trust().automation_token(token), incoming)
}

#[test]
fn the_token_is_the_query_parameter_token() {
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
        // The first one counts, so a request can't try two tokens.
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
    // An HTTP client encodes only the characters that a URL can't contain.
    assert_eq!(with("a+b é", "token=a+b%20%C3%A9"), "accepted");
}

/// The hint of a wrong token.
fn hint(token: &str, query: &str) -> String {
    let reason = reason(
        no_trust().automation_token(token),
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
    let here = "the token in `automation_token` has quotes around it";
    assert_eq!(hint("\"abc\"", "token=abc"), here);
    assert_eq!(hint("'abc'", "token=abc"), here);
    assert_eq!(hint("'a+b'", "token=a%2Bb"), here);
}

#[test]
fn a_token_that_needs_escaping_is_noticed() {
    let escape = "a token has characters with a meaning in a URL: write `%` as `%25`, `&` as \
                  `%26`, `+` as `%2B` and `#` as `%23`, or choose a token of letters and digits";
    // The query that a URL with a pasted token has.
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
fn an_old_and_a_new_token_are_both_accepted() {
    for token in ["old", "new"] {
        let builder = no_trust().automation_token("old").automation_token("new");
        let incoming = Incoming::post(TAG_ADDED).query(format!("token={token}"));
        assert_eq!(
            verify(builder, incoming).unwrap().trust(),
            Trust::Token { label: None }
        );
    }
}

#[test]
fn the_log_says_how_the_url_has_to_end() {
    assert_eq!(
        reason(both(), Incoming::post(TAG_ADDED)),
        "automation: the token is missing (the webhook's URL has to end in `?token=…`; or this is \
         an account webhook whose `X-Webhook-*` headers were lost on the way)"
    );
    assert_eq!(
        reason(both(), Incoming::post(TAG_ADDED).query("token=x")),
        "automation: the token is wrong \
         (compare the webhook's URL with the token in `automation_token`)"
    );
    assert_eq!(
        reason(
            no_trust().account_secret("main", SECRET),
            automation(TAG_ADDED)
        ),
        "automation: no way to trust this mechanism is configured \
         (configure `automation_token` or `source_ips`; or this is an account webhook whose \
         `X-Webhook-*` headers were lost on the way)"
    );
}
