//! Forms of the request target.

use crate::case::Case;
use crate::expected::{DONE, UNAUTHORIZED};
use crate::failure::Checked;
use crate::server::{PATH, TOKEN};
use crate::target::Target;
use crate::{account, automation};

fn accepts(target: Target, query: &str) -> Checked {
    target
        .answers(&automation::tag_added().query(Some(query)), DONE)
        .map_err(|failure| failure.at(query))
}

fn refuses(target: Target, query: &str) -> Checked {
    target
        .answers(&automation::tag_added().query(Some(query)), UNAUTHORIZED)
        .map_err(|failure| failure.at(query))
}

pub(super) const CASES: &[Case] = &[
    Case::new(
        "query_encoded",
        "a token may be percent-encoded",
        |target| {
            let encoded: String = TOKEN.bytes().map(|byte| format!("%{byte:02x}")).collect();
            accepts(target, &format!("token={encoded}"))?;
            accepts(target, &format!("token={}{}", &encoded[..3], &TOKEN[1..]))
        },
    ),
    Case::new(
        "query_of_several",
        "the token may be at any place among the parameters",
        |target| {
            accepts(target, &format!("token={TOKEN}&a=b"))?;
            accepts(target, &format!("a=b&token={TOKEN}&&c"))?;
            accepts(target, &format!("next=/a?b=c&token={TOKEN}"))
        },
    ),
    Case::new(
        "query_repeated",
        "the first of two tokens counts",
        |target| {
            accepts(target, &format!("token={TOKEN}&token=x"))?;
            refuses(target, &format!("token=x&token={TOKEN}"))
        },
    ),
    Case::new("query_odd", "other parameters may be malformed", |target| {
        accepts(target, &format!("a=%zz&b=%ff&c=%&token={TOKEN}"))?;
        accepts(target, &format!("a[]=1&a[]=2&+=+&token={TOKEN}"))
    }),
    Case::new(
        "query_without_token",
        "a query without the parameter `token` gets 401",
        |target| {
            for query in ["", "token", TOKEN] {
                refuses(target, query)?;
            }
            refuses(target, &format!("Token={TOKEN}"))?;
            refuses(target, &format!("tokens={TOKEN}"))
        },
    ),
    Case::new(
        "query_of_account",
        "the query of an account webhook is ignored",
        |target| {
            target.answers(&account::tag_added().query(Some("")), DONE)?;
            target.answers(&account::tag_added().query(Some("token=x&a=%zz")), DONE)
        },
    ),
    Case::new(
        "target_absolute",
        "the target may be a whole URL",
        |target| {
            let url = format!("http://siohook.example{PATH}");
            target.answers(&account::tag_added().target(&url), DONE)?;
            let url = format!("{url}?token={TOKEN}");
            target.answers(&automation::tag_added().target(url), DONE)
        },
    ),
];
