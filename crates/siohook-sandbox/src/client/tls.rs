//! Secure connections.

use std::sync::{Arc, OnceLock};

use rustls::ClientConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls_platform_verifier::Verifier;
use siohook_events::Shown;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::answer::{Failure, Outcome};
use crate::Destination;

const HTTP1: &[u8] = b"http/1.1";
const HTTP2: &[u8] = b"h2";

/// TLS with the system's certificates, which are read when the first receiver needs them.
#[derive(Debug, Default)]
pub(super) struct Tls {
    trusted: Vec<CertificateDer<'static>>,
    config: OnceLock<Result<ClientConfig, rustls::Error>>,
}

impl Tls {
    pub(super) fn trust(&mut self, certificate: Vec<u8>) {
        self.trusted.push(certificate.into());
    }

    pub(super) async fn connect(
        &self,
        destination: &Destination,
        stream: TcpStream,
        may_be_http2: bool,
    ) -> Result<TlsStream<TcpStream>, Failure> {
        let failure = |error: &dyn std::fmt::Display| {
            Failure::new(Outcome::Tls, Shown::text(error).to_string())
        };
        let config = self.config.get_or_init(|| self.load());
        let mut config = config.clone().map_err(|error| failure(&error))?;
        let protocols: &[&[u8]] = if may_be_http2 {
            &[HTTP2, HTTP1]
        } else {
            &[HTTP1]
        };
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let name = ServerName::try_from(destination.host().to_owned());
        let name = name.map_err(|error| failure(&error))?;
        let connector = TlsConnector::from(Arc::new(config));
        let connected = connector.connect(name, stream).await;
        connected.map_err(|error| failure(&error))
    }

    fn load(&self) -> Result<ClientConfig, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let trusted = self.trusted.iter().cloned();
        let verifier = Verifier::new_with_extra_roots(trusted, Arc::clone(&provider))?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth();
        Ok(config)
    }
}

/// Whether client and receiver agreed on HTTP/2.
pub(super) fn is_http2(stream: &TlsStream<TcpStream>) -> bool {
    let (_, connection) = stream.get_ref();
    connection.alpn_protocol() == Some(HTTP2)
}
