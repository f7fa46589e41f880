//! TLS to a server, in the modes of libpq.

mod certificate;
mod handshake;
mod verifier;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::ring as provider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use siohook_events::Shown;
use tokio_postgres::config::SslMode;

pub(super) use self::handshake::HandshakeError;
use self::verifier::{Trusted, Verifier};

/// What a URL says about TLS.
pub(super) struct TlsSettings {
    pub(super) mode: TlsMode,
    /// Who signs the certificates of servers. `None`: those whom the system trusts, if they are
    /// verified.
    pub(super) roots: Option<Roots>,
    /// The files of the certificate and the key of this client.
    pub(super) client: Option<(PathBuf, PathBuf)>,
}

/// As `sslmode` of libpq.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TlsMode {
    Disable,
    /// Without TLS, unless the server insists on it.
    Allow,
    /// With TLS, unless the server can't do it.
    Prefer,
    /// With TLS. The certificate is verified if `sslrootcert` is given.
    Require,
    VerifyCa,
    /// The certificate is for the name of the host as well.
    VerifyFull,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Roots {
    System,
    File(PathBuf),
}

/// Makes the TLS of connections.
#[derive(Clone)]
pub(super) struct Tls {
    config: Arc<ClientConfig>,
    mode: TlsMode,
}

impl Tls {
    /// Reads the certificates. An error says what is wrong with them.
    pub(super) fn new(settings: &TlsSettings) -> Result<Self, String> {
        let provider = Arc::new(provider::default_provider());
        let is_verified = matches!(settings.mode, TlsMode::VerifyCa | TlsMode::VerifyFull);
        let trusted = match &settings.roots {
            _ if settings.mode == TlsMode::Disable => None,
            None if !is_verified => None,
            None | Some(Roots::System) => Some(of_system()?),
            Some(Roots::File(path)) => Some(certificates(path, "sslrootcert")?),
        };
        let verifier = Verifier {
            trusted: trusted.map(Trusted::new).transpose()?,
            checks_name: settings.mode == TlsMode::VerifyFull,
            algorithms: provider.signature_verification_algorithms,
        };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match &settings.client {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => builder
                .with_client_auth_cert(certificates(certificate, "sslcert")?, private_key(key)?)
                .map_err(|error| format!("its `sslkey` can't be used: {}", Shown::text(error)))?,
        };
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(Self {
            config: Arc::new(config),
            mode: settings.mode,
        })
    }

    /// How to try a server: the second, if it wants the first only with or only without TLS.
    pub(super) fn attempts(&self, is_socket: bool) -> &'static [SslMode] {
        match self.mode {
            // Sockets never have TLS.
            _ if is_socket => &[SslMode::Disable],
            TlsMode::Disable => &[SslMode::Disable],
            TlsMode::Allow => &[SslMode::Disable, SslMode::Require],
            TlsMode::Prefer => &[SslMode::Prefer, SslMode::Disable],
            TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => &[SslMode::Require],
        }
    }
}

fn of_system() -> Result<Vec<CertificateDer<'static>>, String> {
    let loaded = rustls_native_certs::load_native_certs();
    if !loaded.certs.is_empty() {
        return Ok(loaded.certs);
    }
    let why = loaded.errors.first();
    let why = why.map_or_else(String::new, |why| format!(" ({})", Shown::text(why)));
    Err(format!(
        "the system has no certificates of authorities{why}: install the package \
         `ca-certificates`, or set `sslrootcert` to the path of a file"
    ))
}

fn certificates(path: &Path, name: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(read) if !read.is_empty() => Ok(read),
        Ok(_) => Err(format!(
            "the file of its `{name}`, {}, holds no certificate in PEM",
            shown(path)
        )),
        Err(error) => Err(unreadable(name, path, &error)),
    }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| match error {
        pem::Error::NoItemsFound => format!(
            "the file of its `sslkey`, {}, holds no key in PEM without a password",
            shown(path)
        ),
        error => unreadable("sslkey", path, &error),
    })
}

fn unreadable(name: &str, path: &Path, error: &dyn Error) -> String {
    let path = shown(path);
    format!(
        "the file of its `{name}`, {path}, can't be read: {}",
        Shown::text(error)
    )
}

fn shown(path: &Path) -> String {
    format!("`{}`", Shown::text(path.display()))
}
