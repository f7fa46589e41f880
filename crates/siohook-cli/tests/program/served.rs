//! Servers in the process of a test: with siohook, with a redirect, behind TLS.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::response::Redirect;
use axum::routing::any;
use jiff::{Timestamp, ToSpan as _};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use siohook::{Dispatcher, DispatcherBuilder};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;

use crate::run::{SECRET, TOKEN};

/// A server in this process.
pub(crate) struct Served {
    pub(crate) url: String,
    pub(crate) address: String,
    /// How many handlers ran.
    pub(crate) ran: Arc<AtomicUsize>,
    runtime: Runtime,
}

impl Served {
    fn start(app: Router, ran: Arc<AtomicUsize>) -> Self {
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        runtime.spawn(async { axum::serve(listener, app).await });
        Self {
            url: format!("http://{address}/systeme"),
            address,
            ran,
            runtime,
        }
    }

    /// With siohook, as in the example of axum.
    pub(crate) fn siohook() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(change: impl FnOnce(DispatcherBuilder) -> DispatcherBuilder) -> Self {
        let ran = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&ran);
        let builder = Dispatcher::builder()
            .account_secret("main", SECRET)
            .automation_token(TOKEN)
            .select(|handler| handler.id() == "shop::welcome")
            .on_report(move |_| {
                counter.fetch_add(1, Ordering::SeqCst);
            });
        let dispatcher = change(builder).build().unwrap();
        let service = dispatcher.service();
        let service = service.peer(|_| Some([127, 0, 0, 1].into()));
        let app = Router::new().route_service("/systeme", service);
        Self::start(app, ran)
    }

    pub(crate) fn redirecting() -> Self {
        let to = || async { Redirect::temporary("/login?token=of-the-redirect") };
        let app = Router::new().route("/systeme", any(to));
        Self::start(app, Arc::default())
    }

    /// Accepts TLS with this certificate, and passes on what comes. Returns the port.
    pub(crate) fn behind_tls(&self, certificate: Certificate) -> u16 {
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der.into()], certificate.key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0");
        let listener = self.runtime.block_on(listener).unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = self.address.clone();
        self.runtime.spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, address) = (acceptor.clone(), address.clone());
                tokio::spawn(async move {
                    let mut outer = acceptor.accept(stream).await?;
                    let mut inner = TcpStream::connect(address).await?;
                    tokio::io::copy_bidirectional(&mut outer, &mut inner).await
                });
            }
        });
        port
    }
}

/// A certificate that signs itself.
pub(crate) struct Certificate {
    der: Vec<u8>,
    key: PrivateKeyDer<'static>,
    pub(crate) file: PathBuf,
}

impl Certificate {
    pub(crate) fn new(folder: &Path, name: &str, days: i64) -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new([name.to_owned()]).unwrap();
        let issuer = folder.display().to_string();
        let common_name = rcgen::DnType::CommonName;
        params.distinguished_name.push(common_name, issuer);
        let date = |days: i64| {
            let day = Timestamp::now() + (days * 24).hours();
            let day = day.strftime("%Y-%m-%d").to_string();
            let parts: Vec<u16> = day.split('-').map(|part| part.parse().unwrap()).collect();
            let [month, day] = [parts[1], parts[2]].map(|part| u8::try_from(part).unwrap());
            rcgen::date_time_ymd(i32::from(parts[0]), month, day)
        };
        params.not_before = date(-90);
        params.not_after = date(days);
        let certificate = params.self_signed(&key).unwrap();
        let file = folder.join("certificate.pem");
        fs::write(&file, certificate.pem()).unwrap();
        Self {
            der: certificate.der().to_vec(),
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
            file,
        }
    }
}
