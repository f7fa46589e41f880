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
//!
//! warp has no deadline for reading a request and no limit on connections: on the open
//! internet it needs a proxy in front that has both.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::{Buf, Bytes};
// Names the crate of the handlers, so that they are linked.
use example_shared::{address, announce, builder};
use futures_util::{Stream, TryStreamExt};
use http_body::Frame;
use http_body_util::{BodyExt, LengthLimitError, Limited, StreamBody};
use siohook::{Dispatcher, Head, Incoming};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::time::timeout;
use warp::http::{HeaderMap, Method, Response};
use warp::{Filter, Rejection};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let runtime = Handle::current();
    let dispatcher = builder()
        // A sender that hangs up does not stop a handler halfway: the deadline does.
        .detach(move |task| {
            runtime.spawn(async move { timeout(Duration::from_secs(30), task).await });
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
) -> impl Filter<Extract = (Response<Bytes>,), Error = Rejection> + Clone {
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
    length: Option<u64>,
    body: impl Stream<Item = Result<impl Buf, warp::Error>>,
) -> Response<Bytes> {
    let mut head = Head::new(&method).query(query).headers(&headers);
    if let Some(address) = peer {
        head = head.peer(address.ip());
    }
    if let Some(length) = length {
        head = head.announced_length(length);
    }
    let reply = match dispatcher.check_head(&head) {
        Ok(()) => {
            let incoming = read(head, body, dispatcher.max_body_bytes()).await;
            dispatcher.receive(incoming).await
        }
        Err(rejection) => rejection.reply(),
    };
    let mut response = Response::from(reply);
    if method == Method::HEAD {
        // hyper does not drop it in HTTP/2.
        response.body_mut().clear();
    }
    response
}

async fn read(
    head: Head,
    body: impl Stream<Item = Result<impl Buf, warp::Error>>,
    max_bytes: usize,
) -> Incoming {
    let body = StreamBody::new(body.map_ok(Frame::data));
    match Limited::new(body, max_bytes).collect().await {
        Ok(body) => head.with_body(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => head.too_long(),
        Err(_) => head.unreadable(),
    }
}
