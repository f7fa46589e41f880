//! Where the servers are, and who asks.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use siohook_events::Shown;
use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, SslNegotiation};

use super::parameters::{self, Parameters};
use super::tls::{Roots, TlsMode, TlsSettings};

type Result<T> = std::result::Result<T, String>;

/// What a URL says.
pub(super) struct Target {
    /// Tried in this order until one can be written.
    pub(super) hosts: Vec<Host>,
    pub(super) tls: TlsSettings,
    /// Of one host, if the URL has it.
    pub(super) connect_timeout: Option<Duration>,
    /// Without host and port.
    config: Config,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    /// A name, an address, or the folder of a socket. Certificates are for this.
    name: String,
    /// Saves a look-up of the name.
    address: Option<IpAddr>,
    port: u16,
}

impl Host {
    pub(super) fn is_socket(&self) -> bool {
        self.name.starts_with('/')
    }
}

impl Target {
    /// Reads a URL or `name=value` pairs. No error has a value of them.
    pub(super) fn parse(url: &str) -> Result<Self> {
        let mut parameters = parameters::parse(url)?;
        Ok(Self {
            hosts: hosts(&mut parameters)?,
            tls: tls(&mut parameters)?,
            connect_timeout: number(&mut parameters, "connect_timeout")?
                .filter(|seconds| *seconds > 0)
                .map(Duration::from_secs),
            config: config(parameters)?,
        })
    }

    /// How to connect to a host.
    pub(super) fn config(&self, host: &Host) -> Config {
        let mut config = self.config.clone();
        config.host(&host.name).port(host.port);
        if let Some(address) = host.address {
            config.hostaddr(address);
        }
        config
    }

    /// A host with its database, as they stand in the text of an error.
    pub(super) fn shown(&self, host: &Host) -> String {
        let Host { name, port, .. } = host;
        let mut text = if name.contains(':') {
            format!("[{name}]:{port}")
        } else {
            format!("{name}:{port}")
        };
        if let Some(database) = self.config.get_dbname() {
            text = format!("{text}/{database}");
        }
        format!("`{}`", Shown::text(text))
    }
}

fn hosts(parameters: &mut Parameters) -> Result<Vec<Host>> {
    let mut list = |name: &str| -> Vec<String> {
        let value = parameters.remove(name).unwrap_or_default();
        value
            .split(',')
            .map(|part| part.trim().to_owned())
            .collect()
    };
    let (names, addresses, ports) = (list("host"), list("hostaddr"), list("port"));
    let count = names.len().max(addresses.len());
    let fits = |list: &[String]| [1, count].contains(&list.len());
    if !fits(&names) || !fits(&addresses) || !fits(&ports) {
        return Err("it has not as many ports or addresses as hosts".to_owned());
    }
    let nth = |list: &[String], index: usize| list.get(index).or(list.first()).cloned();
    let host = |index: usize| {
        let name = names.get(index).filter(|name| !name.is_empty());
        let address = addresses.get(index).filter(|text| !text.is_empty());
        let port = nth(&ports, index).filter(|port| !port.is_empty());
        Ok(Host {
            name: name.or(address).cloned().ok_or(
                "it names no host: write `postgres://user@host/database`, or \
                 `host=/run/postgresql` for a socket",
            )?,
            address: address.map(|text| parsed("hostaddr", text)).transpose()?,
            port: port.map_or(Ok(5432), |port| parsed("port", &port))?,
        })
    };
    (0..count).map(host).collect()
}

fn tls(parameters: &mut Parameters) -> Result<TlsSettings> {
    let mode = match parameters.remove("sslmode").as_deref() {
        None => None,
        Some("disable") => Some(TlsMode::Disable),
        Some("allow") => Some(TlsMode::Allow),
        Some("prefer") => Some(TlsMode::Prefer),
        Some("require") => Some(TlsMode::Require),
        Some("verify-ca") => Some(TlsMode::VerifyCa),
        Some("verify-full") => Some(TlsMode::VerifyFull),
        Some(_) => {
            return Err(
                "its `sslmode` is none of disable, allow, prefer, require, verify-ca and \
                        verify-full"
                    .to_owned(),
            );
        }
    };
    let roots = match parameters.remove("sslrootcert").as_deref() {
        None => None,
        Some("system") => Some(Roots::System),
        Some(path) => Some(Roots::File(PathBuf::from(path))),
    };
    let mode = match (mode, &roots) {
        (None | Some(TlsMode::VerifyFull), Some(Roots::System)) => TlsMode::VerifyFull,
        (Some(_), Some(Roots::System)) => {
            return Err(
                "`sslrootcert=system` needs `sslmode=verify-full`: anybody can have a \
                        certificate of a public authority"
                    .to_owned(),
            );
        }
        (mode, _) => mode.unwrap_or(TlsMode::Prefer),
    };
    let path = |value: Option<String>| value.map(PathBuf::from);
    let certificate = path(parameters.remove("sslcert"));
    let key = path(parameters.remove("sslkey"));
    let client = match (certificate, key) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => return Err("`sslcert` and `sslkey` belong together: set both".to_owned()),
    };
    Ok(TlsSettings {
        mode,
        roots,
        client,
    })
}

fn config(parameters: Parameters) -> Result<Config> {
    let mut config = Config::new();
    config
        .application_name("siohook-inbox")
        // A server that went silent is given up after 10 seconds, or 25 if nothing is sent.
        .keepalives_idle(Duration::from_secs(10))
        .keepalives_interval(Duration::from_secs(5))
        .keepalives_retries(3)
        .tcp_user_timeout(Duration::from_secs(10));
    for (name, value) in &parameters {
        let number = || parsed::<u32>(name, value);
        let seconds = || number().map(|number| Duration::from_secs(number.into()));
        match (name.as_str(), value.as_str()) {
            ("user", _) => config.user(value),
            ("password", _) => config.password(value),
            ("dbname", _) => config.dbname(value),
            ("options", _) => config.options(value),
            ("application_name", _) => config.application_name(value),
            ("keepalives", _) => config.keepalives(number()? != 0),
            ("keepalives_idle", _) => config.keepalives_idle(seconds()?),
            ("keepalives_interval", _) => config.keepalives_interval(seconds()?),
            ("keepalives_count", _) => config.keepalives_retries(number()?),
            ("tcp_user_timeout", _) => {
                config.tcp_user_timeout(Duration::from_millis(number()?.into()))
            }
            ("channel_binding", "disable") => config.channel_binding(ChannelBinding::Disable),
            ("channel_binding", "prefer") => config.channel_binding(ChannelBinding::Prefer),
            ("channel_binding", "require") => config.channel_binding(ChannelBinding::Require),
            ("sslnegotiation", "postgres") => config.ssl_negotiation(SslNegotiation::Postgres),
            ("sslnegotiation", "direct") => config.ssl_negotiation(SslNegotiation::Direct),
            // The inbox needs one that can be written, and looks itself.
            ("target_session_attrs", "any" | "read-write" | "primary")
            | ("gssencmode", "disable" | "prefer")
            | ("load_balance_hosts", "disable")
            | ("client_encoding", "auto" | "UTF8" | "utf8" | "UTF-8" | "utf-8") => &mut config,
            (
                "channel_binding"
                | "sslnegotiation"
                | "target_session_attrs"
                | "gssencmode"
                | "load_balance_hosts"
                | "client_encoding",
                _,
            ) => {
                return Err(format!(
                    "the inbox can't do what its parameter `{name}` says: remove it"
                ));
            }
            _ => {
                return Err(format!(
                    "the inbox does not know its parameter `{}`: remove it",
                    Shown::value(name)
                ));
            }
        };
    }
    Ok(config)
}

fn number(parameters: &mut Parameters, name: &str) -> Result<Option<u64>> {
    let value = parameters.remove(name);
    value.map(|value| parsed(name, &value)).transpose()
}

fn parsed<T: FromStr>(name: &str, value: &str) -> Result<T> {
    value.trim().parse().map_err(|_| {
        let expected = if name == "hostaddr" {
            "an IP address"
        } else {
            "a number in its range"
        };
        format!(
            "its `{name}` is not {expected}; a `:`, `/`, `?` or `@` in a password of a URL is to \
             be percent-encoded"
        )
    })
}
