//! The tower service, without a framework. It is a binary of its own, because it needs the
//! feature `tower`.

use std::collections::VecDeque;
use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full};
use siohook::{
    Delivery, Dispatcher, DispatcherBuilder, DispatcherService, Extension, HandlerInfo,
    IpAllowList, Keep, KeepFuture, Kept, on_event,
};
use tower_service::Service as _;

const EVENT: &str = r#"{"type":"contact.met","data":null}"#;

#[on_event("*")]
async fn any(delivery: &Delivery) {
    assert_eq!(&**delivery.body(), EVENT.as_bytes());
}

#[derive(Clone)]
struct Tenant(&'static str);

/// Is not called without the extension.
#[on_event(unlisted("contact.of.a.tenant"))]
fn tenant(Extension(tenant): Extension<Tenant>) {
    assert_eq!(tenant.0, "shop");
}

/// A body that yields these frames. An endless one yields spaces for ever.
#[derive(Default)]
struct Scripted {
    frames: VecDeque<io::Result<Frame<Bytes>>>,
    endless: bool,
    announced: u64,
    polls: Arc<AtomicUsize>,
}

impl Scripted {
    fn new(texts: &[&'static str]) -> Self {
        let frame = |text: &&'static str| Ok(Frame::data(Bytes::from_static(text.as_bytes())));
        Self {
            frames: texts.iter().map(frame).collect(),
            ..Self::default()
        }
    }

    fn then(mut self, frame: io::Result<Frame<Bytes>>) -> Self {
        self.frames.push_back(frame);
        self
    }
}

impl Body for Scripted {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.polls.fetch_add(1, Ordering::Relaxed);
        if self.endless {
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b' '; 10])))));
        }
        Poll::Ready(self.frames.pop_front())
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_lower(self.announced);
        hint
    }
}

fn builder() -> DispatcherBuilder {
    Dispatcher::builder().automation_token("t")
}

fn service(builder: DispatcherBuilder) -> DispatcherService {
    builder.build().unwrap().service()
}

fn post<B>(body: B) -> Request<B> {
    Request::post("/systeme?token=t").body(body).unwrap()
}

async fn call<B>(mut service: DispatcherService, request: Request<B>) -> Response<Full<Bytes>>
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    service.call(request).await.unwrap()
}

async fn status(service: DispatcherService, body: Scripted) -> u16 {
    call(service, post(body)).await.status().as_u16()
}

#[tokio::test]
async fn handlers_get_the_extensions_of_the_request() {
    let only = |builder: DispatcherBuilder| builder.select(|it| it.name().ends_with("::tenant"));
    let body = r#"{"type":"contact.of.a.tenant","data":null}"#;
    let mut request = post(Full::<Bytes>::from(body));
    let missing = call(service(only(builder())), request.clone()).await;
    assert_eq!(missing.status(), 500);
    request.extensions_mut().insert(Tenant("shop"));
    assert_eq!(call(service(only(builder())), request).await.status(), 200);
}

#[tokio::test]
async fn a_reply_is_a_response() {
    let response = call(service(builder()), post(Full::<Bytes>::from(EVENT))).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["content-length"], "18");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, r#"{"outcome":"done"}"#);
}

#[tokio::test]
async fn a_keeper_gets_the_deliveries_of_the_service() {
    struct Full;

    impl Keep for Full {
        fn keep<'a>(&'a self, _: &'a Delivery, _: &'a [HandlerInfo]) -> KeepFuture<'a> {
            Box::pin(async { Kept::Refused(Duration::from_secs(9)) })
        }
    }

    let receiver = builder().build().unwrap().keep_with(Full);
    let response = call(receiver.service(), post(Scripted::new(&[EVENT]))).await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "9");
}

#[tokio::test]
async fn a_body_in_pieces_is_joined() {
    let (start, rest) = EVENT.split_at(7);
    let body = Scripted::new(&[start, "", rest]);
    assert_eq!(status(service(builder()), body).await, 200);
}

#[tokio::test]
async fn trailers_are_not_part_of_the_body() {
    let body = Scripted::new(&[EVENT]).then(Ok(Frame::trailers(HeaderMap::new())));
    assert_eq!(status(service(builder()), body).await, 200);
}

#[tokio::test]
async fn a_body_may_be_as_long_as_the_limit() {
    let (start, rest) = EVENT.split_at(7);
    for (limit, expected) in [(EVENT.len(), 200), (EVENT.len() - 1, 413)] {
        let whole = Scripted::new(&[EVENT]);
        assert_eq!(
            status(service(builder().max_body_bytes(limit)), whole).await,
            expected
        );
        let pieces = Scripted::new(&[start, rest]);
        assert_eq!(
            status(service(builder().max_body_bytes(limit)), pieces).await,
            expected
        );
    }
}

#[tokio::test]
async fn no_more_than_the_limit_is_read() {
    let polls = Arc::new(AtomicUsize::new(0));
    let body = Scripted {
        endless: true,
        polls: Arc::clone(&polls),
        ..Scripted::default()
    };
    assert_eq!(
        status(service(builder().max_body_bytes(100)), body).await,
        413
    );
    assert_eq!(polls.load(Ordering::Relaxed), 11);
}

#[tokio::test]
async fn a_body_with_a_too_long_size_hint_is_not_read() {
    let polls = Arc::new(AtomicUsize::new(0));
    let body = Scripted {
        announced: 101,
        polls: Arc::clone(&polls),
        ..Scripted::default()
    };
    assert_eq!(
        status(service(builder().max_body_bytes(100)), body).await,
        413
    );
    assert_eq!(polls.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn the_body_of_another_method_is_not_read() {
    let polls = Arc::new(AtomicUsize::new(0));
    let body = Scripted {
        endless: true,
        polls: Arc::clone(&polls),
        ..Scripted::default()
    };
    let request = Request::builder()
        .method(Method::PUT)
        .uri("/?token=t")
        .body(body)
        .unwrap();
    let response = call(service(builder()), request).await;
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "POST");
    assert_eq!(polls.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let broken = io::Error::from(io::ErrorKind::ConnectionReset);
    let body = Scripted::new(&[EVENT]).then(Err(broken));
    assert_eq!(status(service(builder()), body).await, 400);
}

#[tokio::test]
async fn a_header_can_hold_any_bytes() {
    let mut request = post(Full::<Bytes>::from(EVENT));
    let value = HeaderValue::from_bytes(b"\xff\xfe").unwrap();
    request.headers_mut().insert("x-anything", value.clone());
    assert_eq!(
        call(service(builder()), request.clone()).await.status(),
        200
    );
    request.headers_mut().insert("x-webhook-signature", value);
    assert_eq!(call(service(builder()), request).await.status(), 401);
}

#[tokio::test]
async fn the_peer_is_taken_from_an_extension_or_by_a_closure() {
    let allowed: IpAddr = [203, 0, 113, 7].into();
    let restricted = || service(builder().source_ips(IpAllowList::new([allowed])));
    assert_eq!(
        call(restricted(), post(Full::<Bytes>::from(EVENT)))
            .await
            .status(),
        403
    );

    let mut request = post(Full::<Bytes>::from(EVENT));
    request
        .extensions_mut()
        .insert(SocketAddr::from((allowed, 4711)));
    assert_eq!(call(restricted(), request).await.status(), 200);

    let mut request = post(Full::<Bytes>::from(EVENT));
    request.extensions_mut().insert(allowed);
    assert_eq!(call(restricted(), request).await.status(), 200);

    let by_closure = restricted().peer(move |_| Some(allowed));
    assert_eq!(
        call(by_closure, post(Full::<Bytes>::from(EVENT)))
            .await
            .status(),
        200
    );
    let unknown = restricted().peer(|_| None);
    assert_eq!(
        call(unknown, post(Full::<Bytes>::from(EVENT)))
            .await
            .status(),
        403
    );
}

#[tokio::test]
async fn a_reply_to_head_has_no_body() {
    let request = Request::head("/?token=t").body(Scripted::new(&[])).unwrap();
    let response = call(service(builder()), request).await;
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["content-length"], "32");
    let body = response.into_body().collect().await.unwrap();
    assert!(body.to_bytes().is_empty());
}

#[tokio::test]
async fn a_body_need_not_be_send() {
    struct OfThisThread(Scripted, std::marker::PhantomData<std::rc::Rc<()>>);

    impl Body for OfThisThread {
        type Data = Bytes;
        type Error = io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
            Pin::new(&mut self.0).poll_frame(cx)
        }
    }

    let body = OfThisThread(Scripted::new(&[EVENT]), std::marker::PhantomData);
    let response = service(builder()).receive(post(body)).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.body(), r#"{"outcome":"done"}"#);
}
