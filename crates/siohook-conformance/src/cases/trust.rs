//! Tokens and signatures.

use crate::case::Case;
use crate::expected::{DONE, UNAUTHORIZED};
use crate::request::Request;
use crate::server::TOKEN;
use crate::{account, automation};

pub(super) const CASES: &[Case] = &[
    Case::new(
        "token_missing",
        "an automation without a token gets 401",
        |target| target.answers(&automation::tag_added().query(None), UNAUTHORIZED),
    ),
    Case::new(
        "token_wrong",
        "an automation with a wrong token gets 401",
        |target| {
            let shorter = &TOKEN[..TOKEN.len() - 1];
            let (longer, changed) = (format!("{TOKEN}x"), format!("{shorter}x"));
            for token in ["", &changed, &longer, &TOKEN.to_uppercase(), shorter] {
                let query = format!("token={token}");
                target
                    .answers(&automation::tag_added().query(Some(&query)), UNAUTHORIZED)
                    .map_err(|failure| failure.at(&query))?;
            }
            Ok(())
        },
    ),
    Case::new(
        "token_elsewhere",
        "a token that is not in the query gets 401",
        |target| {
            let bearer = format!("Bearer {TOKEN}");
            let delivery = automation::tag_added()
                .query(None)
                .with("Authorization", bearer)
                .with("Cookie", format!("token={TOKEN}"));
            target.answers(&delivery, UNAUTHORIZED)
        },
    ),
    Case::new(
        "signature_missing",
        "an account webhook without a signature gets 401, even with a token",
        |target| {
            let unsigned = account::tag_added().without(account::SIGNATURE);
            target.answers(&unsigned, UNAUTHORIZED)?;
            let query = format!("token={TOKEN}");
            target.answers(&unsigned.query(Some(&query)), UNAUTHORIZED)
        },
    ),
    Case::new(
        "signature_malformed",
        "a signature that is not 64 hex digits gets 401",
        |target| {
            let unsigned = account::tag_added().without(account::SIGNATURE);
            let signature = account::signature(unsigned.body());
            let prefixed = format!("sha256={signature}");
            for malformed in ["", &signature[1..], &prefixed, &"x".repeat(64)] {
                let delivery = unsigned.clone().with(account::SIGNATURE, malformed);
                target
                    .answers(&delivery, UNAUTHORIZED)
                    .map_err(|failure| failure.at(&format!("signature {malformed:?}")))?;
            }
            Ok(())
        },
    ),
    Case::new(
        "signature_wrong",
        "the signature of another body gets 401",
        |target| {
            let delivery = account::tag_added()
                .without(account::SIGNATURE)
                .with(account::SIGNATURE, account::signature(b"{}"));
            target.answers(&delivery, UNAUTHORIZED)
        },
    ),
    Case::new(
        "signature_upper_case",
        "a signature may be written in upper case",
        |target| {
            let unsigned = account::tag_added().without(account::SIGNATURE);
            let signature = account::signature(unsigned.body()).to_uppercase();
            target.answers(&unsigned.with(account::SIGNATURE, signature), DONE)
        },
    ),
    Case::new(
        "refused_before_parsed",
        "a request that is neither genuine nor JSON gets 401, not 400",
        |target| {
            target.answers(
                &Request::with_token("{").query(Some("token=x")),
                UNAUTHORIZED,
            )?;
            let delivery = account::signed("SALE_NEW", "{")
                .without(account::SIGNATURE)
                .with(account::SIGNATURE, "0".repeat(64));
            target.answers(&delivery, UNAUTHORIZED)
        },
    ),
];
