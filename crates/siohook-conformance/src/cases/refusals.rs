//! Trusted requests with bodies that are not deliveries.

use crate::case::Case;
use crate::expected::BAD_REQUEST;
use crate::failure::Checked;
use crate::request::Request;
use crate::target::Target;
use crate::{account, automation};

fn refuses_bodies(target: Target, request: fn(Vec<u8>) -> Request, bodies: &[&[u8]]) -> Checked {
    for body in bodies {
        target
            .answers(&request(body.to_vec()), BAD_REQUEST)
            .map_err(|failure| failure.at(&format!("the body {}", body.escape_ascii())))?;
    }
    Ok(())
}

fn sale(body: Vec<u8>) -> Request {
    account::signed("SALE_NEW", body)
}

pub(super) const CASES: &[Case] = &[
    Case::new(
        "empty_body",
        "a delivery without a body gets 400",
        |target| {
            refuses_bodies(target, Request::with_token, &[b""])?;
            refuses_bodies(target, sale, &[b""])
        },
    ),
    Case::new(
        "not_json_automation",
        "an automation that is not JSON gets 400",
        |target| {
            let bodies: [&[u8]; 3] = [b"type=contact.tag.added", b"{\"type\":", b"{}{}"];
            refuses_bodies(target, Request::with_token, &bodies)
        },
    ),
    Case::new(
        "not_json_account",
        "an account webhook that is not JSON gets 400",
        |target| refuses_bodies(target, sale, &[b"customer", b"{\"customer\":"]),
    ),
    Case::new(
        "not_utf8_body",
        "a body that is not UTF-8 gets 400",
        |target| {
            refuses_bodies(
                target,
                Request::with_token,
                &[b"{\"type\":\"\xff\",\"data\":{}}"],
            )?;
            refuses_bodies(target, sale, &[b"{\"customer\":\"\xff\"}", b"\0"])
        },
    ),
    Case::new(
        "no_envelope",
        "JSON that is not a delivery gets 400",
        |target| {
            let bodies: [&[u8]; 4] = [b"{}", b"[]", b"null", b"{\"type\":\"\",\"data\":{}}"];
            refuses_bodies(target, Request::with_token, &bodies)?;
            refuses_bodies(target, sale, &[b"[]", b"null"])
        },
    ),
    Case::new(
        "event_contradicted_account",
        "an event header that does not match the body gets 400",
        |target| {
            let tag = account::signed("SALE_NEW", account::tag_added_body());
            target.answers(&tag, BAD_REQUEST)?;
            let other_mechanism = account::signed("contact.tag.added", account::tag_added_body());
            target.answers(&other_mechanism, BAD_REQUEST)
        },
    ),
    Case::new(
        "event_contradicted_automation",
        "an automation that names an event of account webhooks gets 400",
        |target| target.answers(&automation::event("SALE_NEW"), BAD_REQUEST),
    ),
    Case::new(
        "event_missing",
        "an account webhook without an event header gets 400",
        |target| target.answers(&account::tag_added().without(account::EVENT), BAD_REQUEST),
    ),
];
