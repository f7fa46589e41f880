//! Receives deliveries with warp, on 127.0.0.1:3000 or on the address given as an
//! argument.
//!
//! Run it from the root of the repository:
//!
//! ```sh
//! cargo run -p example-warp
//! ```
//!
//! and send it an automation from another terminal:
//!
//! ```sh
//! curl -i 'http://127.0.0.1:3000/systeme?token=b7e1f3c9' \
//!     --data-binary @fixtures/automation/contact.tag.added.json
//! ```
//!
//! The handlers are those of `examples/shared`, where the configuration is, too.
//! Ctrl-C stops the server once every delivery in progress has ended.

use std::error::Error;
use std::net::SocketAddr;
use std::pin::pin;

use bytes::{Buf, BufMut};
// Names the crate of the handlers, so that they are linked.
use example_shared::{address, announce, builder};
use futures_util::{Stream, StreamExt};
use siohook::{Dispatcher, Incoming};
use tokio::net::TcpListener;
use warp::http::{HeaderMap, Method, Response};
use warp::{Filter, Rejection};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let dispatcher = builder()
        // A sender that hangs up does not stop a handler halfway.
        .detach(|task| {
            tokio::spawn(task);
        })
        .build()?;
    let listener = TcpListener::bind(address()).await?;
    announce(&dispatcher, listener.local_addr()?);
    warp::serve(systeme(dispatcher.clone()))
        .incoming(listener)
        .graceful(async {
            // Without the signal there is nothing to wait for but the end.
            let _ = tokio::signal::ctrl_c().await;
        })
        .run()
        .await;
    dispatcher.idle().await;
    Ok(())
}

fn systeme(
    dispatcher: Dispatcher,
) -> impl Filter<Extract = (Response<&'static [u8]>,), Error = Rejection> + Clone {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    warp::path!("systeme")
        .map(move || dispatcher.clone())
        .and(warp::method())
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::addr::remote())
        .and(warp::header::optional("content-length"))
        .and(warp::body::stream())
        .then(receive)
}

async fn receive(
    dispatcher: Dispatcher,
    method: Method,
    query: String,
    headers: HeaderMap,
    peer: Option<SocketAddr>,
    length: Option<usize>,
    body: impl Stream<Item = Result<impl Buf, warp::Error>>,
) -> Response<&'static [u8]> {
    let is_head = method == Method::HEAD;
    let max_bytes = dispatcher.max_body_bytes();
    let incoming = if method != Method::POST {
        Incoming::post("")
    } else if length.is_some_and(|length| length > max_bytes) {
        Head::new("POST").too_long()
    } else {
        read(body, max_bytes).await
    };
    let incoming = incoming.headers(&headers).method(method).query(query);
    let incoming = match peer {
        Some(address) => incoming.peer(address.ip()),
        None => incoming,
    };
    let reply = dispatcher.receive(incoming).await;
    let head = Response::builder().status(reply.status());
    let head = reply
        .headers()
        .fold(head, |head, (name, value)| head.header(name, value));
    // hyper does not drop it in HTTP/2.
    let body = if is_head { &[] } else { reply.body() };
    head.body(body).expect("replies have valid headers")
}

/// Reads a body as far as it may be long.
async fn read(
    body: impl Stream<Item = Result<impl Buf, warp::Error>>,
    max_bytes: usize,
) -> Incoming {
    let mut body = pin!(body);
    let mut whole = vec![];
    while let Some(piece) = body.next().await {
        let Ok(piece) = piece else {
            return Head::new("POST").unreadable();
        };
        if piece.remaining() > max_bytes - whole.len() {
            return Head::new("POST").too_long();
        }
        whole.put(piece);
    }
    Incoming::post(whole)
}
