use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::post;
use siohook_benches::handwritten::{Receiver, ReceiverWithMemory, Refused};
use siohook_benches::{SECRET, TOKEN, builder, handlers};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

/// The limit of siohook.
const MAX_BODY_BYTES: usize = 1 << 20;

/// Serves `bare`, `by-hand`, `by-hand-spawned`, `with-memory`, `siohook` or
/// `siohook-detached` on one thread. Prints the address, and ends when the
/// standard input does.
///
/// # Errors
///
/// The service is unknown, or it can't listen.
pub fn serve(service: &str) -> Result<(), Box<dyn Error>> {
    let app = router(service)?;
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        std::process::exit(0);
    });
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("{}", listener.local_addr()?);
        axum::serve(
            listener,
            app.into_make_service_with_connect_info::<SocketAddr>(),
        )
        .await?;
        Ok(())
    })
}

fn router(service: &str) -> Result<Router, Box<dyn Error>> {
    let receiver = Arc::new(Receiver::new(SECRET, TOKEN));
    let router = Router::new();
    Ok(match service {
        "bare" => router.route("/systeme", post(bare)),
        "by-hand" => router.route("/systeme", post(by_hand).with_state(receiver)),
        "by-hand-spawned" => router.route("/systeme", post(by_hand_spawned).with_state(receiver)),
        "with-memory" => {
            // The default of siohook.
            let receiver = ReceiverWithMemory::new(Receiver::new(SECRET, TOKEN), 10_000);
            router.route("/systeme", post(with_memory).with_state(Arc::new(receiver)))
        }
        "siohook" => router.route_service("/systeme", siohook(false)?),
        "siohook-detached" => router.route_service("/systeme", siohook(true)?),
        other => return Err(format!("unknown service {other:?}").into()),
    })
}

/// As in `examples/axum`, but without printing.
fn siohook(detached: bool) -> Result<siohook::DispatcherService, Box<dyn Error>> {
    let mut builder = builder();
    if detached {
        builder = builder.detach(|task| {
            tokio::spawn(task);
        });
    }
    let dispatcher = builder.build()?;
    // Naming a handler links its crate.
    let _ = handlers::sale_new;
    if dispatcher.handlers().len() != dispatcher.events().len() {
        return Err("not every event has a handler".into());
    }
    Ok(dispatcher.service().peer(|request| {
        let info = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
        Some(info.0.ip())
    }))
}

async fn bare(request: Request) -> Result<Response, Response> {
    read(request).await?;
    Ok(outcome(Ok(())))
}

async fn by_hand(
    State(receiver): State<Arc<Receiver>>,
    request: Request,
) -> Result<Response, Response> {
    let (headers, body) = read(request).await?;
    Ok(outcome(receiver.account(&headers, &body).await))
}

async fn with_memory(
    State(receiver): State<Arc<ReceiverWithMemory>>,
    request: Request,
) -> Result<Response, Response> {
    let (headers, body) = read(request).await?;
    Ok(outcome(receiver.account(&headers, &body).await))
}

/// Runs the handler in a task, so that a closed connection does not stop it.
async fn by_hand_spawned(
    State(receiver): State<Arc<Receiver>>,
    request: Request,
) -> Result<Response, Response> {
    let (headers, body) = read(request).await?;
    let work = tokio::spawn(async move { receiver.account(&headers, &body).await });
    Ok(outcome(work.await.unwrap_or(Err(Refused::Panicked))))
}

async fn read(request: Request) -> Result<(HeaderMap, Bytes), Response> {
    let (parts, body) = request.into_parts();
    match to_bytes(body, MAX_BODY_BYTES).await {
        Ok(body) => Ok((parts.headers, body)),
        Err(_) => Err(answer(
            StatusCode::PAYLOAD_TOO_LARGE,
            r#"{"outcome":"too_large"}"#,
        )),
    }
}

fn outcome(handled: Result<(), Refused>) -> Response {
    match handled {
        Ok(()) => answer(StatusCode::OK, r#"{"outcome":"done"}"#),
        Err(refused) => answer(
            StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            r#"{"outcome":"refused"}"#,
        ),
    }
}

fn answer(status: StatusCode, body: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
