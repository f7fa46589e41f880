//! The adapter for frameworks that speak tower.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};

use crate::dispatch::Dispatcher;
use crate::request::{Head, Incoming};

/// A dispatcher as a `tower_service::Service`, for axum, hyper and other frameworks that speak
/// tower.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), siohook::BuildError> {
/// use http::Request;
/// use http_body_util::Full;
/// use siohook::Dispatcher;
/// use tower_service::Service;
///
/// # let builder = Dispatcher::builder().select(|_| false).allow_no_handlers();
/// # let dispatcher = builder.automation_token("7kX2mQ9f").build()?;
/// // axum: `Router::new().route_service("/systeme", dispatcher.service())`
/// let mut service = dispatcher.service();
/// let request = Request::get("/systeme").body(Full::<&[u8]>::default()).unwrap();
/// let response = service.call(request).await.unwrap();
/// assert_eq!(response.status(), 405);
/// # Ok(())
/// # }
/// ```
///
/// It [checks the head](Dispatcher::check_head) of a request before it reads the body, and
/// reads at most [`max_body_bytes`](Dispatcher::max_body_bytes). It never returns an error:
/// every failure is a response.
///
/// # The peer address
///
/// [`source_ips`](crate::DispatcherBuilder::source_ips) needs the address of the peer. It is
/// taken from an [`IpAddr`] or a [`SocketAddr`] in the extensions of the request, or by the
/// closure of [`peer`](Self::peer).
///
/// # When the sender hangs up
///
/// A server drops the future of a request whose connection is closed. That drops every handler
/// at its next `await`. The redelivery memory keeps which handlers were done.
/// [`detach`](crate::DispatcherBuilder::detach) lets all handlers end.
#[derive(Clone)]
pub struct DispatcherService {
    dispatcher: Dispatcher,
    peer: Arc<dyn Fn(&Parts) -> Option<IpAddr> + Send + Sync>,
}

impl Dispatcher {
    /// Returns this dispatcher as a tower service.
    ///
    /// ```
    /// # fn f(dispatcher: siohook::Dispatcher) {
    /// let service = dispatcher.service(); // axum: `.route_service("/systeme", service)`
    /// # let _ = service;
    /// # }
    /// ```
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
    /// Sets the closure that returns the address of the peer. `None` means that it is unknown,
    /// which [`source_ips`](crate::DispatcherBuilder::source_ips) refuses.
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
    #[must_use]
    pub fn peer(self, peer: impl Fn(&Parts) -> Option<IpAddr> + Send + Sync + 'static) -> Self {
        Self {
            peer: Arc::new(peer),
            ..self
        }
    }

    /// Answers a request: for frameworks that don't speak tower, but whose requests can
    /// be made an [`http::Request`]. Its body need not be [`Send`].
    ///
    /// ```
    /// # async fn f(service: siohook::DispatcherService, body: http_body_util::Full<bytes::Bytes>) {
    /// let request = http::Request::post("/systeme?token=abc").body(body).unwrap();
    /// let response: http::Response<bytes::Bytes> = service.receive(request).await;
    /// # }
    /// ```
    pub fn receive<B>(&self, request: Request<B>) -> impl Future<Output = Response<Bytes>> + use<B>
    where
        B: Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let dispatcher = self.dispatcher.clone();
        let (parts, body) = request.into_parts();
        let peer = (self.peer)(&parts);
        let method = parts.method.clone();
        let mut head = Head::from(parts);
        head.peer = peer;
        head.announced_length = head.announced_length.max(Some(body.size_hint().lower()));
        async move {
            let reply = match dispatcher.check_head(&head) {
                Ok(()) => {
                    let incoming = read(head, body, dispatcher.max_body_bytes()).await;
                    dispatcher.receive(incoming).await
                }
                Err(rejection) => rejection.reply(),
            };
            let mut response = Response::from(reply);
            if method == Method::HEAD {
                // A server that sends the body would break the next response.
                response.body_mut().clear();
            }
            response
        }
    }
}

impl<B> tower_service::Service<Request<B>> for DispatcherService
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let response = self.receive(request);
        Box::pin(async move { Ok(response.await.map(Full::new)) })
    }
}

/// Reads a body up to the limit.
async fn read<B: Body>(head: Head, body: B, max_bytes: usize) -> Incoming
where
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    match Limited::new(body, max_bytes).collect().await {
        Ok(body) => head.with_body(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => head.too_long(),
        Err(_) => head.unreadable(),
    }
}

impl fmt::Debug for DispatcherService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DispatcherService")
            .field("dispatcher", &self.dispatcher)
            .finish_non_exhaustive()
    }
}
