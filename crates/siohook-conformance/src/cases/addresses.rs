//! Source addresses, with and without a proxy in front.

use crate::account;
use crate::automation;
use crate::case::{Case, Needs};
use crate::expected::{DONE, Expected, FORBIDDEN};
use crate::failure::Checked;
use crate::target::Target;

const X_FORWARDED_FOR: &str = "X-Forwarded-For";
const FORWARDED: &str = "Forwarded";

/// Sends an automation with these header lines.
fn forwarded(target: Target, lines: &[(&str, &[u8])], expected: Expected) -> Checked {
    let request = lines
        .iter()
        .fold(automation::tag_added(), |request, (name, value)| {
            request.with(name, value)
        });
    target.answers(&request, expected).map_err(|failure| {
        let lines = lines
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.escape_ascii()));
        failure.at(&lines.collect::<Vec<_>>().join(", "))
    })
}

const fn from(name: &'static str, checks: &'static str, run: fn(Target) -> Checked) -> Case {
    Case::new(name, checks, run).on(Needs::SourceIps)
}

const fn behind(name: &'static str, checks: &'static str, run: fn(Target) -> Checked) -> Case {
    Case::new(name, checks, run).on(Needs::TrustedProxies)
}

pub(super) const CASES: &[Case] = &[
    from(
        "address_not_allowed",
        "a delivery from an address that is not allowed gets 403",
        |target| {
            target.answers(&automation::tag_added(), FORBIDDEN)?;
            target.answers(&account::tag_added(), FORBIDDEN)
        },
    ),
    from(
        "address_before_token",
        "an address that is not allowed gets 403, even without a token",
        |target| target.answers(&automation::tag_added().query(None), FORBIDDEN),
    ),
    from(
        "address_forged",
        "a forwarding header is ignored if no proxy is trusted",
        |target| {
            forwarded(target, &[(X_FORWARDED_FOR, b"203.0.113.7")], FORBIDDEN)?;
            forwarded(target, &[(FORWARDED, b"for=203.0.113.7")], FORBIDDEN)
        },
    ),
    behind(
        "proxied",
        "a trusted proxy names the client in X-Forwarded-For",
        |target| {
            forwarded(target, &[(X_FORWARDED_FOR, b"203.0.113.7")], DONE)?;
            forwarded(target, &[(X_FORWARDED_FOR, b"198.51.100.9")], FORBIDDEN)?;
            let sale = account::sale();
            target.answers(
                &sale.clone().with(X_FORWARDED_FOR, "198.51.100.9"),
                FORBIDDEN,
            )?;
            target.answers(&sale.with(X_FORWARDED_FOR, "203.0.113.7"), DONE)
        },
    ),
    behind(
        "proxied_forwarded",
        "a trusted proxy names the client in Forwarded",
        |target| {
            forwarded(target, &[(FORWARDED, b"for=203.0.113.7;proto=https")], DONE)?;
            forwarded(
                target,
                &[(FORWARDED, b"For=\"[::ffff:203.0.113.7]:4711\"")],
                DONE,
            )?;
            forwarded(target, &[(FORWARDED, b"for=198.51.100.9")], FORBIDDEN)
        },
    ),
    behind(
        "proxied_without_header",
        "a proxy that sends no forwarding header is the client",
        |target| target.answers(&automation::tag_added(), FORBIDDEN),
    ),
    behind(
        "proxied_right_most",
        "the right-most of several addresses counts",
        |target| {
            let genuine = b"198.51.100.9, 203.0.113.7";
            forwarded(target, &[(X_FORWARDED_FOR, genuine)], DONE)?;
            let forged = b"203.0.113.7, 198.51.100.9";
            forwarded(target, &[(X_FORWARDED_FOR, forged)], FORBIDDEN)
        },
    ),
    behind(
        "proxied_lines",
        "the last of several lines of a forwarding header counts",
        |target| {
            let (allowed, other): (&[u8], &[u8]) = (b"203.0.113.7", b"198.51.100.9");
            let lines = [(X_FORWARDED_FOR, other), ("x-forwarded-for", allowed)];
            forwarded(target, &lines, DONE)?;
            let lines = [(X_FORWARDED_FOR, allowed), ("x-forwarded-for", other)];
            forwarded(target, &lines, FORBIDDEN)
        },
    ),
    behind(
        "proxied_disagreeing",
        "two forwarding headers that disagree get 403",
        |target| {
            let lines: [(_, &[u8]); 2] = [
                (X_FORWARDED_FOR, b"203.0.113.7"),
                (FORWARDED, b"for=198.51.100.9"),
            ];
            forwarded(target, &lines, FORBIDDEN)
        },
    ),
    behind(
        "proxied_malformed",
        "a malformed address gets 403",
        |target| {
            forwarded(
                target,
                &[(X_FORWARDED_FOR, b"203.0.113.7, unknown")],
                FORBIDDEN,
            )
        },
    ),
    behind(
        "proxied_not_utf8",
        "a line of a forwarding header that is not UTF-8 is not dropped",
        |target| {
            let lines: [(_, &[u8]); 2] = [
                (X_FORWARDED_FOR, b"203.0.113.7"),
                (X_FORWARDED_FOR, b"\xff\xfe"),
            ];
            forwarded(target, &lines, FORBIDDEN)
        },
    ),
];
