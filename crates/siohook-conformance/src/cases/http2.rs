//! Cases that differ in HTTP/2.

mod client;

use std::time::Duration;

use self::client::{Body, Client, on};
use super::simultaneous::Door;
use crate::case::{Case, Needs};
use crate::expected::{DONE, DONE_BEFORE, METHOD_NOT_ALLOWED, TOO_LARGE, UNAUTHORIZED};
use crate::failure::Checked;
use crate::request::Request;
use crate::server::MAX_BODY_BYTES;
use crate::target::Target;
use crate::{account, automation};

const fn http2(name: &'static str, checks: &'static str, run: fn(Target) -> Checked) -> Case {
    Case::new(name, checks, run).on(Needs::Http2)
}

fn padded(length: usize) -> Request {
    let mut body = account::tag_added_body().into_bytes();
    body.resize(length, b' ');
    account::signed("CONTACT_TAG_ADDED", body)
}

/// Opens several streams, each of which waits until all have arrived.
async fn streams(client: &Client) -> Checked {
    let doors: Vec<Door> = (0..8).map(|_| Door::new()).collect();
    let mut waiting = vec![];
    for door in &doors {
        let (client, request) = (client.clone(), door.waiting().clone());
        waiting.push(tokio::spawn(
            async move { client.answers(&request, DONE).await },
        ));
    }
    for door in doors.iter().rev() {
        client.answers(&door.released(), DONE).await?;
    }
    for answered in waiting {
        answered.await.map_err(std::io::Error::from)??;
    }
    Ok(())
}

pub(super) const CASES: &[Case] = &[
    http2(
        "http2_done",
        "deliveries and redeliveries of both mechanisms are handled in HTTP/2",
        |target| {
            on(target, async |client| {
                for delivery in [automation::tag_added(), account::tag_added()] {
                    client.answers(&delivery, DONE).await?;
                    client.answers(&delivery, DONE_BEFORE).await?;
                }
                Ok(())
            })
        },
    ),
    http2(
        "http2_unauthorized",
        "a connection in HTTP/2 is kept after a refusal",
        |target| {
            on(target, async |client| {
                let refused = automation::tag_added().query(Some("token=x"));
                client.answers(&refused, UNAUTHORIZED).await?;
                client.answers(&automation::tag_added(), DONE).await
            })
        },
    ),
    http2(
        "http2_before_body",
        "a refused head in HTTP/2 gets its response before the body is sent",
        |target| {
            on(target, async |client| {
                let token = automation::tag_added().query(Some("token=x"));
                let unsigned = account::tag_added().without(account::SIGNATURE);
                for refused in [token, unsigned] {
                    let response = client.exchange(&refused, Body::Withheld).await?;
                    UNAUTHORIZED.is(&refused, &response)?;
                }
                client.answers(&automation::tag_added(), DONE).await
            })
        },
    ),
    http2(
        "http2_method",
        "GET and PUT in HTTP/2 get 405 and Allow",
        |target| {
            on(target, async |client| {
                for method in ["GET", "PUT"] {
                    let request = Request::of_method(method);
                    let answered = client.answers(&request, METHOD_NOT_ALLOWED).await;
                    answered.map_err(|failure| failure.at(method))?;
                }
                client.answers(&automation::tag_added(), DONE).await
            })
        },
    ),
    http2(
        "http2_head",
        "the response to HEAD has no body in HTTP/2",
        |target| {
            on(target, async |client| {
                let request = Request::of_method("HEAD");
                client.answers(&request, METHOD_NOT_ALLOWED).await?;
                client.answers(&automation::tag_added(), DONE).await
            })
        },
    ),
    http2(
        "http2_header_not_utf8",
        "a header that is not UTF-8 is not dropped in HTTP/2",
        |target| {
            on(target, async |client| {
                let harmless = automation::tag_added().with("X-Note", b"\xff");
                client.answers(&harmless, DONE).await?;
                let event = automation::tag_added().with(account::EVENT, b"SALE\xff");
                client.answers(&event, UNAUTHORIZED).await
            })
        },
    ),
    http2(
        "http2_limit",
        "a body of exactly the limit is handled in HTTP/2, and one byte more gets 413",
        |target| {
            on(target, async |client| {
                client.answers(&padded(MAX_BODY_BYTES), DONE).await?;
                client
                    .answers(&padded(MAX_BODY_BYTES + 1), TOO_LARGE)
                    .await?;
                client.answers(&automation::tag_added(), DONE).await
            })
        },
    ),
    http2(
        "http2_endless",
        "an endless stream gets 413 after the limit",
        |target| {
            on(target, async |client| {
                let request = automation::tag_added();
                let response = client.exchange(&request, Body::Endless).await?;
                TOO_LARGE.is(&request, &response)?;
                client.answers(&automation::tag_added(), DONE).await
            })
        },
    ),
    http2(
        "http2_streams",
        "eight streams of one connection are handled concurrently",
        |target| on(target, streams),
    ),
    http2(
        "http2_reset",
        "a body whose stream is reset before its end is not handled",
        |target| {
            on(target, async |client| {
                let delivery = automation::tag_added();
                client.reset_after_body(&delivery).await?;
                tokio::time::sleep(Duration::from_millis(200)).await;
                client.answers(&delivery, DONE).await
            })
        },
    ),
];
