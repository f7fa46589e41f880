use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::post;
use siohook_benches::handwritten::{CarefulReceiver, Receiver, Refused};
use siohook_benches::{SECRET, TOKEN, builder, handlers};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

/// What siohook takes, too.
const MAX_BODY_BYTES: usize = 1 << 20;

/// Serves on one thread what is called `bare`, `handwritten`,
/// `handwritten-spawned`, `careful`, `siohook` or `siohook-detached`. Prints the
/// address, and ends when the standard input does.
///
/// # Errors
///
/// There is no such service, or it can't listen.
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
        "handwritten" => router.route("/systeme", post(by_hand).with_state(receiver)),
        "handwritten-spawned" => {
            router.route("/systeme", post(by_hand_spawned).with_state(receiver))
        }
        "careful" => {
            // As many as siohook remembers by default.
            let receiver = CarefulReceiver::new(Receiver::new(SECRET, TOKEN), 10_000);
            router.route("/systeme", post(careful).with_state(Arc::new(receiver)))
        }
        "siohook" => router.route_service("/systeme", siohook(false)?),
        "siohook-detached" => router.route_service("/systeme", siohook(true)?),
        other => return Err(format!("no service {other:?}").into()),
    })
}

/// As in `examples/axum`, without what that one prints.
fn siohook(detached: bool) -> Result<siohook::DispatcherService, Box<dyn Error>> {
    let mut builder = builder();
    if detached {
        builder = builder.detach(|work| {
            tokio::spawn(work);
        });
    }
    let dispatcher = builder.build()?;
    // They are in another crate, and would not be linked if nothing were named.
    let _ = handlers::sale_new;
    if dispatcher.handlers().len() != dispatcher.events().len() {
        return Err("not every event has a handler".into());
    }
    Ok(dispatcher.service().peer(|request| {
        let info = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
        Some(info.0.ip())
    }))
}

/// Reads the body, and answers.
async fn bare(request: Request) -> Response {
    match to_bytes(request.into_body(), MAX_BODY_BYTES).await {
        Ok(_) => answer(StatusCode::OK, r#"{"outcome":"done"}"#),
        Err(_) => answer(StatusCode::PAYLOAD_TOO_LARGE, r#"{"outcome":"too_large"}"#),
    }
}

async fn by_hand(State(receiver): State<Arc<Receiver>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return answer(StatusCode::PAYLOAD_TOO_LARGE, r#"{"outcome":"too_large"}"#);
    };
    outcome(receiver.account(&parts.headers, &body).await)
}

async fn careful(State(receiver): State<Arc<CarefulReceiver>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return answer(StatusCode::PAYLOAD_TOO_LARGE, r#"{"outcome":"too_large"}"#);
    };
    outcome(receiver.account(&parts.headers, &body).await)
}

/// Whoever hangs up does not stop a handler halfway.
async fn by_hand_spawned(State(receiver): State<Arc<Receiver>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return answer(StatusCode::PAYLOAD_TOO_LARGE, r#"{"outcome":"too_large"}"#);
    };
    let work = async move { receiver.account(&parts.headers, &body).await };
    match tokio::spawn(work).await {
        Ok(handled) => outcome(handled),
        Err(_) => answer(StatusCode::INTERNAL_SERVER_ERROR, r#"{"outcome":"failed"}"#),
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
