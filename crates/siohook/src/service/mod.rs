//! The adapter for everything that speaks tower.

mod body;

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::Full;

use self::body::read;
use crate::dispatch::Dispatcher;
use crate::request::{Incoming, Reply};

/// A dispatcher as a `tower_service::Service`: for axum, hyper and every
/// framework that speaks tower.
///
/// It reads at most [`max_body_bytes`](Dispatcher::max_body_bytes) of a body,
/// whatever its type, and never fails: what goes wrong is a response.
///
/// # The peer address
///
/// [`source_ips`](crate::DispatcherBuilder::source_ips) needs it. It is taken
/// from the request's extensions, where an [`IpAddr`] or a [`SocketAddr`] may
/// have been put, or by the closure given to [`peer`](Self::peer):
///
/// ```
/// # use std::net::SocketAddr;
/// # #[derive(Clone)]
/// # struct ConnectInfo<T>(T);
/// # fn service(dispatcher: siohook::Dispatcher) -> siohook::DispatcherService {
/// // axum: `use axum::extract::ConnectInfo`, and serve
/// // `app.into_make_service_with_connect_info::<SocketAddr>()`.
/// dispatcher.service().peer(|request| {
///     let info = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
///     Some(info.0.ip())
/// })
/// # }
/// ```
///
/// # When the sender hangs up
///
/// Servers drop the future of a request whose connection is closed, and with it
/// every handler at its next `await`. The redelivery memory keeps which handlers
/// were done. [`detach`](crate::DispatcherBuilder::detach) lets all handlers end.
#[derive(Clone)]
pub struct DispatcherService {
    dispatcher: Dispatcher,
    peer: Arc<dyn Fn(&Parts) -> Option<IpAddr> + Send + Sync>,
}

impl Dispatcher {
    /// This dispatcher as a tower service.
    #[must_use]
    pub fn service(&self) -> DispatcherService {
        let peer = |parts: &Parts| {
            let address = parts.extensions.get::<IpAddr>().copied();
            address.or_else(|| Some(parts.extensions.get::<SocketAddr>()?.ip()))
        };
        DispatcherService {
            dispatcher: self.clone(),
            peer: Arc::new(peer),
        }
    }
}

impl DispatcherService {
    /// Takes the peer address from a request in another way.
    #[must_use]
    pub fn peer(self, peer: impl Fn(&Parts) -> Option<IpAddr> + Send + Sync + 'static) -> Self {
        Self {
            peer: Arc::new(peer),
            ..self
        }
    }

    /// All but the body.
    fn incoming(&self, parts: &Parts) -> Incoming {
        let incoming = Incoming::post(Bytes::new())
            .method(&parts.method)
            .query(parts.uri.query().unwrap_or_default())
            .headers(&parts.headers);
        match (self.peer)(parts) {
            Some(address) => incoming.peer(address),
            None => incoming,
        }
    }
}

impl<B> tower_service::Service<Request<B>> for DispatcherService
where
    B: Body + Send + 'static,
    B::Data: Send,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let dispatcher = self.dispatcher.clone();
        let (parts, body) = request.into_parts();
        let mut incoming = self.incoming(&parts);
        // The future is smaller without the rest of the request.
        let Parts { method, .. } = parts;
        Box::pin(async move {
            if method == Method::POST {
                incoming.body = read(body, dispatcher.max_body_bytes()).await;
            }
            let mut response = response(&dispatcher.receive(incoming).await);
            if method == Method::HEAD {
                // Not every server drops it, and it would be the next answer.
                *response.body_mut() = Full::default();
            }
            Ok(response)
        })
    }
}

fn response(reply: &Reply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(reply.body())));
    *response.status_mut() =
        StatusCode::from_u16(reply.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // Servers know the length of this body, but some that wrap it forget it.
    response
        .headers_mut()
        .insert(CONTENT_LENGTH, reply.body().len().into());
    for (name, value) in reply.headers() {
        if let Ok(value) = HeaderValue::from_str(value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response
}

impl fmt::Debug for DispatcherService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DispatcherService")
            .field("dispatcher", &self.dispatcher)
            .finish_non_exhaustive()
    }
}
