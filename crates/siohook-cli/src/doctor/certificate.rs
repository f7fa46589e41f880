//! Whether a connection is secure, and for how long.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt as _;
use siohook_events::Shown;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use x509_parser::parse_x509_certificate;

use super::check::{Check, Sheet};
use super::target::Target;
use crate::Failure;

/// A certificate that ends sooner is warned of.
const SOON: i64 = 14;
const DAY: i64 = 24 * 60 * 60;

/// Looks at the certificate. Returns whether requests can be sent.
pub(super) async fn check(
    target: &Target,
    addresses: &[IpAddr],
    has_token: bool,
    patience: Duration,
    sheet: &mut Sheet,
) -> Result<bool, Failure> {
    if !target.destination.is_https() {
        sheet.add(plain(target, has_token))?;
        return Ok(true);
    }
    let seen = timeout(patience, certificate(target, addresses)).await;
    match seen {
        Ok(Ok(Some(certificate))) => sheet.add(valid(&certificate))?,
        // Whatever keeps it from answering keeps it from the requests as well, which say why.
        Ok(Ok(None)) | Err(_) => {}
        Ok(Err(why)) => {
            let why = Shown::text(why).to_string();
            sheet.add(Check::fail("https", "receiver_tls", why).hint(
                "does it speak TLS at this port, with a certificate that is trusted here?",
            ))?;
            return Ok(false);
        }
    }
    Ok(true)
}

fn plain(target: &Target, has_token: bool) -> Check {
    if target.is_on_this_machine() {
        Check::skip("https", "plain HTTP, on this machine")
    } else if has_token {
        Check::fail(
            "https",
            "token_in_clear",
            "plain HTTP: the token in the URL can be read on the way",
        )
        .hint("write `https` into systeme.io, and change the token")
    } else {
        Check::warn(
            "https",
            "plain_http",
            "plain HTTP: what customers wrote can be read on the way",
        )
    }
}

/// The certificate of the receiver in DER, which was verified. `None` if it can't be connected to.
async fn certificate(target: &Target, addresses: &[IpAddr]) -> Result<Option<Vec<u8>>, String> {
    let port = target.destination.port();
    let mut connected = None;
    for address in addresses {
        if let Ok(stream) = TcpStream::connect((*address, port)).await {
            connected = Some(stream);
            break;
        }
    }
    let Some(stream) = connected else {
        return Ok(None);
    };
    let config = config().map_err(|error| error.to_string())?;
    let name = ServerName::try_from(target.destination.host().to_owned());
    let name = name.map_err(|error| error.to_string())?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream);
    let stream = stream.await.map_err(|error| error.to_string())?;
    let (_, connection) = stream.get_ref();
    let chain = connection.peer_certificates().unwrap_or_default();
    Ok(chain.first().map(|certificate| certificate.to_vec()))
}

fn config() -> Result<ClientConfig, rustls::Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?;
    Ok(config.with_no_client_auth())
}

fn valid(certificate: &[u8]) -> Check {
    let Ok((_, certificate)) = parse_x509_certificate(certificate) else {
        return Check::ok("https", "valid");
    };
    let ends = certificate.validity().not_after.timestamp();
    let days = (ends - jiff::Timestamp::now().as_second()).div_euclid(DAY);
    let message = match days {
        1 => "valid, 1 day left".to_owned(),
        _ => format!("valid, {days} days left"),
    };
    if days < SOON {
        Check::warn("https", "certificate_ends", message).hint("is it renewed by itself?")
    } else {
        Check::ok("https", message)
    }
}
