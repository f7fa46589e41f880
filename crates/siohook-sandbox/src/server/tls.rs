//! TLS with the user's certificate.

use std::fmt;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::Acceptor;

/// Error of a certificate or key that can't be used.
#[derive(Clone, Debug)]
pub struct TlsError(String);

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TlsError {}

/// Reads a chain of certificates and a key in PEM.
pub(crate) fn acceptor(certificates: &[u8], key: &[u8]) -> Result<Acceptor, TlsError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificates).collect();
    let chain = chain.map_err(|error| TlsError(format!("the certificate is not PEM: {error}")))?;
    if chain.is_empty() {
        let error = "the certificate is not PEM: it has no line `-----BEGIN CERTIFICATE-----`";
        return Err(TlsError(error.to_owned()));
    }
    let key = PrivateKeyDer::from_pem_slice(key)
        .map_err(|error| TlsError(format!("the key of the certificate is not PEM: {error}")))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError(error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| TlsError(format!("the certificate and its key do not match: {error}")))?;
    Ok(Acceptor::from(Arc::new(config)))
}
