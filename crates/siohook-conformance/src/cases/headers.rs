//! Header lines reach the dispatcher as they were sent.

use crate::case::Case;
use crate::expected::{DONE, DONE_BEFORE, UNAUTHORIZED};
use crate::{account, automation};

fn odd_case(name: &str) -> String {
    let odd = |(at, letter): (usize, char)| {
        if at % 2 == 0 {
            letter.to_ascii_lowercase()
        } else {
            letter.to_ascii_uppercase()
        }
    };
    name.chars().enumerate().map(odd).collect()
}

pub(super) const CASES: &[Case] = &[
    Case::new(
        "header_case",
        "header names are case-insensitive",
        |target| {
            target.answers(&account::tag_added().rename(odd_case), DONE)?;
            target.answers(&account::sale().rename(str::to_uppercase), DONE)?;
            target.answers(&account::sale().rename(str::to_lowercase), DONE)?;
            let chunked = automation::tag_added().chunked(64).rename(odd_case);
            target.answers(&chunked, DONE)
        },
    ),
    Case::new(
        "header_white_space",
        "white space around a header's value is removed",
        |target| {
            let unsigned = account::tag_added().without(account::SIGNATURE);
            let signature = format!(" \t{} \t ", account::signature(unsigned.body()));
            target.answers(&unsigned.with(account::SIGNATURE, signature), DONE)
        },
    ),
    Case::new(
        "header_not_utf8",
        "an unused header that is not UTF-8 is ignored",
        |target| {
            target.answers(&automation::tag_added().with("X-Note", b"\xff\xfe"), DONE)?;
            target.answers(&account::tag_added().with("X-Note", b"caf\xe9"), DONE)
        },
    ),
    Case::new(
        "header_not_utf8_event",
        "an event header that is not UTF-8 is not dropped: the request is not an automation",
        |target| {
            let delivery = automation::tag_added().with(account::EVENT, b"SALE\xff");
            target.answers(&delivery, UNAUTHORIZED)
        },
    ),
    Case::new(
        "header_not_utf8_message_id",
        "a message id that is not UTF-8 counts as absent",
        |target| {
            let without = account::tag_added().without(account::MESSAGE_ID);
            let broken = without.clone().with(account::MESSAGE_ID, b"\xff");
            target.answers(&broken, DONE)?;
            target.answers(&without, DONE_BEFORE)
        },
    ),
    Case::new(
        "header_repeated",
        "the first line of a repeated header counts",
        |target| {
            let right = account::tag_added();
            let signature = account::signature(right.body());
            let wrong = "0".repeat(64);
            let wrong_first = right
                .clone()
                .without(account::SIGNATURE)
                .with(account::SIGNATURE, &wrong)
                .with(account::SIGNATURE, signature);
            target.answers(&wrong_first, UNAUTHORIZED)?;
            target.answers(&right.with(account::SIGNATURE, &wrong), DONE)
        },
    ),
    Case::new(
        "header_many",
        "fifty unused header lines are ignored",
        |target| {
            let request = (0..50).fold(account::tag_added(), |request, number| {
                request.with(&format!("X-Note-{number}"), "a note of some length")
            });
            target.answers(&request, DONE)
        },
    ),
];
