//! Receives deliveries with axum, on 127.0.0.1:3000 or on the address given as
//! an argument.
//!
//! Run it from the root of the repository:
//!
//! ```sh
//! cargo run -p example-axum
//! ```
//!
//! and send it an automation from another terminal:
//!
//! ```sh
//! curl -i 'http://127.0.0.1:3000/systeme?token=b7e1f3c9' \
//!     --data-binary @fixtures/automation/contact.tag.added.json
//! ```
//!
//! Secret and token come from `SYSTEME_WEBHOOK_SECRET` and
//! `SYSTEME_WEBHOOK_TOKEN`, and have values for trying out. Ctrl-C stops the
//! server once every delivery in progress has ended.

mod handlers;

use std::error::Error;
use std::net::SocketAddr;

use axum::Router;
use axum::extract::ConnectInfo;
use handlers::Members;
use siohook::Dispatcher;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name, otherwise: &str| std::env::var(name).unwrap_or_else(|_| otherwise.into());
    let dispatcher = Dispatcher::builder()
        .account_secret(
            "main",
            variable("SYSTEME_WEBHOOK_SECRET", "correct horse battery staple"),
        )
        .automation_token(variable("SYSTEME_WEBHOOK_TOKEN", "b7e1f3c9"))
        .state(Members::default())
        // A sender that hangs up does not stop a handler halfway.
        .detach(|work| {
            tokio::spawn(work);
        })
        .on_report(|report| println!("{report}"))
        .on_reject(|rejection| eprintln!("refused: {rejection}"))
        .build()?;

    let service = dispatcher.service().peer(|request| {
        let info = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
        Some(info.0.ip())
    });
    let app = Router::new().route_service("/systeme", service);

    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!(
        "{}\n\nlistening on http://{}/systeme",
        dispatcher.handlers(),
        listener.local_addr()?
    );
    axum::serve(
        listener,
        app.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(async {
        // Without the signal there is nothing to wait for but the end.
        let _ = tokio::signal::ctrl_c().await;
    })
    .await?;
    dispatcher.idle().await;
    Ok(())
}
