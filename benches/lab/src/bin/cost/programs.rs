//! The servers to build.

use std::fmt::Write;

use siohook::Mechanism;
use siohook::event::Event;

/// A server.
pub(crate) struct Program {
    pub(crate) what: &'static str,
    pub(crate) dependencies: &'static str,
    pub(crate) source: fn() -> String,
}

/// A server with siohook, and the one it is compared with.
pub(crate) struct Pair {
    pub(crate) siohook: Program,
    pub(crate) compared_with: Program,
}

pub(crate) const PAIRS: [Pair; 2] = [
    Pair {
        siohook: Program {
            what: "1 handler",
            dependencies: SIOHOOK,
            source: || DISPATCHER.to_owned() + &functions(1, true),
        },
        compared_with: Program {
            what: "axum that only reads the body",
            dependencies: AXUM,
            source: || BARE.to_owned(),
        },
    },
    Pair {
        siohook: Program {
            what: "400 handlers",
            dependencies: SIOHOOK,
            source: || DISPATCHER.to_owned() + &functions(400, true),
        },
        compared_with: Program {
            what: "axum and a `match`",
            dependencies: SIOHOOK,
            source: || matching(400) + &functions(400, false),
        },
    },
];

const AXUM: &str = "\
axum = { version = \"0.8\", default-features = false, features = [\"http1\", \"http2\", \"tokio\"] }
tokio = { version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }";

const SIOHOOK: &str = "\
axum = { version = \"0.8\", default-features = false, features = [\"http1\", \"http2\", \"tokio\"] }
siohook = { path = \"{siohook}\", features = [\"tower\"] }
serde_json = \"1\"
tokio = { version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }";

const BARE: &str = r#"
use axum::{Router, body::Bytes, routing::post};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let read = |body: Bytes| async move { body.len().to_string() };
    let app = Router::new().route("/systeme", post(read));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app).await
}
"#;

const DISPATCHER: &str = r#"
use axum::Router;
#[allow(unused_imports)]
use siohook::{Dispatcher, State, account, automation, on_event};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dispatcher = Dispatcher::builder()
        .account_secret("main", std::env::var("SYSTEME_WEBHOOK_SECRET")?)
        .automation_token(std::env::var("SYSTEME_WEBHOOK_TOKEN")?)
        .state(Shop::default())
        .build()?;
    let app = Router::new().route_service("/systeme", dispatcher.service());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    Ok(axum::serve(listener, app).await?)
}
"#;

/// The state of the handlers, whose method they call.
const SHOP: &str = r"
#[derive(Clone, Default)]
struct Shop(std::sync::Arc<std::sync::atomic::AtomicUsize>);

impl Shop {
    async fn note<T>(&self, event: &T, number: usize) -> Result<(), std::io::Error> {
        std::hint::black_box(event);
        self.0.fetch_add(number, std::sync::atomic::Ordering::Relaxed);
        Ok(())
    }
}
";

/// The source of `count` functions, each for the next event of the catalogue.
fn functions(count: usize, are_handlers: bool) -> String {
    let mut text = SHOP.to_owned();
    for (number, event) in numbered(count) {
        let attribute = format!("#[on_event(\"{}\")]", event.name());
        let (attribute, shop) = if are_handlers {
            (&*attribute, "State(shop): State<Shop>")
        } else {
            ("", "shop: Shop")
        };
        let _ = write!(
            text,
            "
{attribute}
async fn handler_{number}(event: {}, {shop}) -> Result<(), std::io::Error> {{
    shop.note(&event, {number}).await
}}
",
            payload(event)
        );
    }
    text
}

/// The source of a server that calls the functions from a `match`, and verifies nothing.
fn matching(count: usize) -> String {
    let mut arms = String::new();
    for event in siohook::events() {
        let calls: String = numbered(count)
            .filter(|(_, own)| *own == event)
            .map(|(number, _)| format!("handler_{number}(event.clone(), shop.clone()).await?;\n"))
            .collect();
        let _ = write!(
            arms,
            "\"{}\" => {{\nlet event: {} = serde_json::from_slice(&body)?;\n{calls}}}\n",
            event.name(),
            payload(event)
        );
    }
    format!(
        r#"
use axum::{{Router, body::Bytes, extract::State, http::{{HeaderMap, StatusCode}}, routing::post}};
use siohook::{{account, automation}};

#[tokio::main]
async fn main() -> std::io::Result<()> {{
    let app = Router::new().route("/systeme", post(receive)).with_state(Shop::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app).await
}}

async fn receive(State(shop): State<Shop>, headers: HeaderMap, body: Bytes) -> StatusCode {{
    match handle(shop, headers, body).await {{
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }}
}}

async fn handle(shop: Shop, headers: HeaderMap, body: Bytes) -> Result<(), std::io::Error> {{
    let name = headers.get("x-webhook-event").and_then(|name| name.to_str().ok());
    match name.unwrap_or_default() {{
        {arms}
        _ => {{}}
    }}
    Ok(())
}}
"#
    )
}

fn numbered(count: usize) -> impl Iterator<Item = (usize, &'static Event)> {
    siohook::events().iter().cycle().enumerate().take(count)
}

/// The path of an event's payload type.
fn payload(event: &Event) -> String {
    let module = match event.mechanism() {
        Mechanism::Automation => "automation",
        _ => "account",
    };
    format!("{module}::{}", event.payload())
}
