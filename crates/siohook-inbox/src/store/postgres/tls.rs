//! TLS to a server, in the modes of libpq.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    WebPkiSupportedAlgorithms, ring as provider, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use siohook_events::Shown;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::{self, ChannelBinding, MakeTlsConnect, TlsConnect};
use tokio_rustls::TlsConnector;

use super::certificate;

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
        rustls::pki_types::pem::Error::NoItemsFound => format!(
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

/// Verifies the certificate of a server as far as the mode asks for it.
#[derive(Debug)]
struct Verifier {
    /// `None` if any certificate will do.
    trusted: Option<Trusted>,
    checks_name: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

#[derive(Debug)]
struct Trusted {
    authorities: RootCertStore,
    certificates: Vec<CertificateDer<'static>>,
}

impl Trusted {
    fn new(certificates: Vec<CertificateDer<'static>>) -> Result<Self, String> {
        let mut authorities = RootCertStore::empty();
        let (used, _) = authorities.add_parsable_certificates(certificates.iter().cloned());
        if used == 0 {
            return Err("none of the certificates of its `sslrootcert` can be read".to_owned());
        }
        Ok(Self {
            authorities,
            certificates,
        })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(trusted) = &self.trusted else {
            return Ok(ServerCertVerified::assertion());
        };
        let parsed = ParsedCertificate::try_from(certificate)?;
        // A server that signed its certificate itself is trusted if exactly this one is given.
        if !trusted.certificates.contains(certificate) {
            verify_server_cert_signed_by_trust_anchor(
                &parsed,
                &trusted.authorities,
                intermediates,
                now,
                self.algorithms.all,
            )?;
        }
        if self.checks_name {
            verify_server_name(&parsed, host)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Why a handshake failed.
#[derive(Debug)]
pub(super) struct HandshakeError(pub(super) io::Error);

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for HandshakeError {}

/// The TLS of one connection.
pub(super) struct Handshake {
    connector: TlsConnector,
    host: Result<ServerName<'static>, HandshakeError>,
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Stream;
    type TlsConnect = Handshake;
    type Error = HandshakeError;

    fn make_tls_connect(&mut self, host: &str) -> Result<Handshake, HandshakeError> {
        let host = ServerName::try_from(host.to_owned());
        Ok(Handshake {
            connector: Arc::clone(&self.config).into(),
            // Of use only if the server has TLS.
            host: host.map_err(|error| HandshakeError(io::Error::other(error))),
        })
    }
}

impl TlsConnect<Socket> for Handshake {
    type Stream = Stream;
    type Error = HandshakeError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, HandshakeError>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let stream = self.connector.connect(self.host?, socket).await;
            stream.map(Stream).map_err(HandshakeError)
        })
    }
}

/// A connection with TLS.
pub(super) struct Stream(tokio_rustls::client::TlsStream<Socket>);

impl tls::TlsStream for Stream {
    fn channel_binding(&self) -> ChannelBinding {
        let (_, session) = self.0.get_ref();
        session
            .peer_certificates()
            .and_then(|chain| certificate::end_point_hash(chain.first()?))
            .map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
