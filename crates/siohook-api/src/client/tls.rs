use std::sync::Arc;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

/// Connects with or without TLS. Without it, no certificate of the system is read.
pub(super) fn connector(
    is_https: bool,
    trusted: Vec<Vec<u8>>,
) -> Result<HttpsConnector<HttpConnector>, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let config = if is_https {
        let trusted = trusted.into_iter().map(Into::into);
        let verifier = Verifier::new_with_extra_roots(trusted, provider)?;
        let builder = builder.dangerous();
        builder.with_custom_certificate_verifier(Arc::new(verifier))
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    let config = config.with_no_client_auth();
    let connector = HttpsConnectorBuilder::new().with_tls_config(config);
    Ok(connector.https_or_http().enable_http1().build())
}
