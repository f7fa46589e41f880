//! The configuration, from variables of the environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// Without `Debug`, so that no secret is printed.
pub struct Config {
    pub secret: String,
    /// Retries go on for five days after the secret was changed.
    pub previous_secret: Option<String>,
    /// What the URLs of automations end in. Without it, the shop refuses them.
    pub token: Option<String>,
    pub database: PathBuf,
    pub inbox: PathBuf,
    /// Opens the inbox on any file system, such as the layer of a container, which a restart loses.
    pub accepts_volatile: bool,
    pub outbox: PathBuf,
    pub address: SocketAddr,
    pub metrics_address: SocketAddr,
}

impl Config {
    /// Reads the variables. An empty one counts as missing.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let optional = |name: &str| variable(name).filter(|value| !value.is_empty());
        let required =
            |name| optional(name).with_context(|| format!("{name} is missing, empty or not UTF-8"));
        let address = |name, default: &str| {
            let address = optional(name).unwrap_or_else(|| default.to_owned());
            let address = address.parse();
            address.with_context(|| format!("{name} is not an address such as {default}"))
        };
        let database = PathBuf::from(required("SHOP_DATABASE")?);
        let beside = || database.with_file_name("inbox.db");
        Ok(Self {
            secret: required("SYSTEME_WEBHOOK_SECRET")?,
            previous_secret: optional("SYSTEME_WEBHOOK_SECRET_PREVIOUS"),
            token: optional("SYSTEME_WEBHOOK_TOKEN"),
            inbox: optional("SHOP_INBOX").map_or_else(beside, PathBuf::from),
            accepts_volatile: optional("SHOP_ACCEPT_VOLATILE").as_deref() == Some("1"),
            outbox: required("SHOP_OUTBOX")?.into(),
            database,
            address: address("SHOP_ADDRESS", "127.0.0.1:3000")?,
            metrics_address: address("SHOP_METRICS_ADDRESS", "127.0.0.1:9000")?,
        })
    }
}
