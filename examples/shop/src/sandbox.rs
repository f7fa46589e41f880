//! `shop --sandbox`: the shop beside a systeme.io on this machine. A release leaves this out.

#[cfg(not(debug_assertions))]
compile_error!("a release leaves the sandbox out: build it with `--no-default-features`");

use std::io::{IsTerminal, stdout};
use std::net::Ipv4Addr;
use std::path::Path;

use anyhow::Result;
use siohook_sandbox::{Sandbox, StartError};
use tokio::net::TcpListener;

use crate::config::Config;

/// Where `siohook sandbox fire` looks for a sandbox.
const PORT: u16 = 7400;

/// Serves a shop in a folder of its own, sells something, and opens the pages of the sandbox.
/// Nothing is read from the environment, so that a real shop stays as it is.
pub async fn serve() -> Result<()> {
    tracing_subscriber::fmt().init();
    let folder = tempfile::Builder::new().prefix("shop-").tempdir()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}/systeme", listener.local_addr()?);
    let sandbox = start(&url).await?;
    let config = configure(&sandbox, folder.path())?;
    // It waits at the address until the shop serves it. It comes first: the lines below say where
    // others can sell.
    sandbox.contact("ada@example.com").buys("Course").await?;
    println!("shop     {url}");
    println!("files    {}", folder.path().display());
    println!("sandbox  {}", sandbox.url());
    if stdout().is_terminal() {
        // Without a browser, the line above says where the pages are.
        let _ = open::that_detached(sandbox.url());
    }
    crate::serve(config, listener).await?;
    Ok(sandbox.close().await?)
}

/// Starts a systeme.io with a webhook and rules that send to this URL.
async fn start(url: &str) -> Result<Sandbox, StartError> {
    let sandbox = Sandbox::builder().to(url);
    match sandbox
        .clone()
        .listen((Ipv4Addr::LOCALHOST, PORT))
        .start()
        .await
    {
        // Another sandbox runs.
        Err(StartError::Listen { .. }) => sandbox.start().await,
        started => started,
    }
}

fn configure(sandbox: &Sandbox, folder: &Path) -> Result<Config> {
    let file = |name| folder.join(name).to_str().map(str::to_owned);
    Config::read(|name| match name {
        "SYSTEME_WEBHOOK_SECRET" => Some(sandbox.secret().to_owned()),
        "SYSTEME_WEBHOOK_TOKEN" => Some(sandbox.token().to_owned()),
        "SHOP_DATABASE" => file("shop.db"),
        "SHOP_OUTBOX" => file("outbox"),
        "SHOP_ACCEPT_VOLATILE" => Some("1".to_owned()),
        "SHOP_METRICS_ADDRESS" => Some("127.0.0.1:0".to_owned()),
        _ => None,
    })
}
