use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
    PKCS_ECDSA_P384_SHA384, PKCS_ED25519, SignatureAlgorithm, date_time_ymd,
};
use tempfile::TempDir;
use test_postgres::{Server, is_skipped};

use super::{PASSWORD, assert_has, block_on, by_socket, connect, problem, reload, value};

/// An authority that signs certificates.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new(name: &str, algorithm: &'static SignatureAlgorithm) -> Self {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            pem,
            issuer: Issuer::new(params, key),
        }
    }

    /// The certificate and the key of a host or a user.
    fn sign(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

/// A server with TLS, whose certificate is for `localhost`.
struct TlsServer {
    server: Server,
    authority: Authority,
    folder: TempDir,
}

impl TlsServer {
    fn start() -> Option<Self> {
        if is_skipped() {
            return None;
        }
        let authority = Authority::new("ours", &PKCS_ECDSA_P256_SHA256);
        let (certificate, key) = authority.sign("localhost", |_| {});
        let access = "local all all trust\n\
             hostssl all postgres 127.0.0.1/32 scram-sha-256\n\
             hostssl all secure 127.0.0.1/32 trust\n\
             hostnossl all plain 127.0.0.1/32 trust\n\
             host all open 127.0.0.1/32 trust\n\
             hostssl all known 127.0.0.1/32 cert\n";
        let server = Server::builder()
            .password(PASSWORD)
            .setting("ssl=on")
            .setting("ssl_ca_file=ca.crt")
            .file("server.crt", &certificate)
            .file("server.key", &key)
            .file("ca.crt", &authority.pem)
            .file("pg_hba.conf", access)
            .start();
        let url = by_socket(&server);
        for role in ["secure", "plain", "open", "known"] {
            server.sql(&url, &format!("CREATE ROLE {role} LOGIN"));
        }
        Some(Self {
            server,
            authority,
            folder: tempfile::tempdir().unwrap(),
        })
    }

    /// The URL of a role, by a host of the certificate.
    fn url(&self, role: &str, parameters: &str) -> String {
        self.url_by("localhost&hostaddr=127.0.0.1", role, parameters)
    }

    fn url_by(&self, host: &str, role: &str, parameters: &str) -> String {
        let port = self.server.port();
        let password = if role == "postgres" { PASSWORD } else { "" };
        format!("postgres://{role}:{password}@/postgres?port={port}&host={host}&{parameters}")
    }

    /// Lets new connections see other files.
    fn change(&self, files: &[(&str, &str)]) {
        for (name, content) in files {
            fs::write(self.server.data().join(name), content).unwrap();
        }
        let before = self.server.log().matches("SIGHUP").count();
        reload(&self.server);
        while self.server.log().matches("SIGHUP").count() == before {}
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn authority(&self) -> String {
        roots(&self.file("ca.pem", &self.authority.pem))
    }
}

fn roots(path: &Path) -> String {
    format!("sslrootcert={}", path.display())
}

/// Whether the server sees TLS.
fn has_tls(url: &str) -> bool {
    let is_encrypted = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let has_tls = block_on(async {
        let connection = connect(url)
            .await
            .unwrap_or_else(|it| panic!("{url}: {it}"));
        value(&connection, is_encrypted).await
    });
    has_tls == "true"
}

#[test]
fn modes_without_verification_follow_the_server() {
    let Some(tls) = TlsServer::start() else {
        return;
    };
    for (mode, role, expected) in [
        ("", "open", Some(true)),
        ("", "secure", Some(true)),
        ("", "plain", Some(false)),
        ("sslmode=prefer", "plain", Some(false)),
        ("sslmode=disable", "open", Some(false)),
        ("sslmode=disable", "plain", Some(false)),
        ("sslmode=disable", "secure", None),
        ("sslmode=allow", "open", Some(false)),
        ("sslmode=allow", "plain", Some(false)),
        ("sslmode=allow", "secure", Some(true)),
        ("sslmode=require", "open", Some(true)),
        ("sslmode=require", "secure", Some(true)),
        ("sslmode=require", "plain", None),
        ("ssl=true", "open", Some(true)),
    ] {
        let url = tls.url(role, mode);
        match expected {
            Some(expected) => assert_eq!(has_tls(&url), expected, "{mode} {role}"),
            None => assert_has(&problem(&url), &["pg_hba.conf", "sslmode=require"]),
        }
    }
    // A handshake that fails: `prefer` goes on without it, but not where the server wants it.
    let other = roots(&tls.file(
        "other.pem",
        &Authority::new("another", &PKCS_ECDSA_P256_SHA256).pem,
    ));
    assert!(!has_tls(&tls.url("open", &other)));
    assert_has(&problem(&tls.url("secure", &other)), &["unknown authority"]);
}

#[test]
fn certificates_are_verified_as_far_as_the_mode_says() {
    let Some(tls) = TlsServer::start() else {
        return;
    };
    let ours = tls.authority();
    let other = roots(&tls.file(
        "other.pem",
        &Authority::new("another", &PKCS_ECDSA_P256_SHA256).pem,
    ));
    let namesake = Authority::new("ours", &PKCS_ECDSA_P256_SHA256);
    let namesake = roots(&tls.file("namesake.pem", &namesake.pem));
    let unknown = &["unknown authority", "`sslrootcert`"][..];
    let misnamed = &["for other hosts", "sslmode=verify-ca"][..];
    for (mode, roots, host, refused) in [
        ("require", &*ours, "127.0.0.1", None),
        ("require", &other, "localhost", Some(unknown)),
        ("verify-ca", &ours, "127.0.0.1", None),
        ("verify-ca", &other, "localhost", Some(unknown)),
        ("verify-ca", &namesake, "localhost", Some(unknown)),
        ("verify-full", &ours, "localhost", None),
        ("verify-full", &ours, "127.0.0.1", Some(misnamed)),
        (
            "verify-full",
            &ours,
            "other_host.example.com",
            Some(misnamed),
        ),
        ("verify-full", &other, "localhost", Some(unknown)),
        // By default, and `system`: those that the system trusts, which is not ours.
        ("verify-ca", "", "localhost", Some(&["sslrootcert"])),
        ("verify-full", "", "localhost", Some(&["sslrootcert"])),
        (
            "verify-full",
            "sslrootcert=system",
            "localhost",
            Some(&["sslrootcert"]),
        ),
        (
            "require",
            "sslrootcert=system",
            "localhost",
            Some(&["needs `sslmode=verify-full`"]),
        ),
    ] {
        let host = format!("{host}&hostaddr=127.0.0.1");
        let url = tls.url_by(&host, "secure", &format!("sslmode={mode}&{roots}"));
        match refused {
            None => assert!(has_tls(&url), "{url}"),
            Some(parts) => assert_has(&problem(&url), parts),
        }
    }
}

#[test]
fn a_certificate_can_be_trusted_by_itself_and_can_expire() {
    let Some(tls) = TlsServer::start() else {
        return;
    };
    // As `openssl req -x509` makes it: an authority that is used as a server.
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let own = params.self_signed(&key).unwrap().pem();
    tls.change(&[("server.crt", &own), ("server.key", &key.serialize_pem())]);
    let itself = format!("sslmode=verify-full&{}", roots(&tls.file("own.pem", &own)));
    assert!(has_tls(&tls.url("secure", &itself)));
    let misnamed = tls.url_by("127.0.0.1", "secure", &itself);
    assert_has(&problem(&misnamed), &["for other hosts"]);

    let (certificate, key) = tls.authority.sign("localhost", |params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    });
    tls.change(&[("server.crt", &certificate), ("server.key", &key)]);
    let verified = format!("sslmode=verify-ca&{}", tls.authority());
    assert_has(
        &problem(&tls.url("secure", &verified)),
        &["has expired", "renew it"],
    );
    assert!(has_tls(&tls.url("secure", "sslmode=require")));
}

/// SCRAM with the hash of the certificate, which the server compares with its own.
#[test]
fn passwords_are_bound_to_certificates() {
    let Some(tls) = TlsServer::start() else {
        return;
    };
    let bound = tls.url("postgres", "sslmode=require&channel_binding=require");
    assert!(has_tls(&bound));
    for (parameters, parts) in [
        ("sslmode=disable", &["pg_hba.conf"][..]),
        ("sslmode=require&channel_binding=disable", &[]),
        ("sslmode=require", &[]),
    ] {
        let url = tls.url("postgres", parameters);
        match parts {
            [] => assert!(has_tls(&url), "{url}"),
            parts => assert_has(&problem(&url), parts),
        }
    }
    // The hash is that of the signature.
    let stronger = Authority::new("ours", &PKCS_ECDSA_P384_SHA384);
    let (certificate, key) = stronger.sign("localhost", |_| {});
    tls.change(&[("server.crt", &certificate), ("server.key", &key)]);
    assert!(has_tls(&bound));
    // A signature without one: the password is proved all the same, unless the URL insists.
    let plain = Authority::new("ours", &PKCS_ED25519);
    let (certificate, key) = plain.sign("localhost", |_| {});
    tls.change(&[("server.crt", &certificate), ("server.key", &key)]);
    assert!(has_tls(&tls.url("postgres", "sslmode=require")));
    assert_has(&problem(&bound), &["does not bind the password"]);
}

#[test]
fn a_client_can_have_a_certificate() {
    let Some(tls) = TlsServer::start() else {
        return;
    };
    let sign = |name: &str| {
        let (certificate, key) = tls.authority.sign(name, |_| {});
        let certificate = tls.file(&format!("{name}.crt"), &certificate);
        let key = tls.file(&format!("{name}.key"), &key);
        format!(
            "sslmode=require&sslcert={}&sslkey={}",
            certificate.display(),
            key.display()
        )
    };
    assert!(has_tls(&tls.url("known", &sign("known"))));
    assert_has(
        &problem(&tls.url("known", &sign("other"))),
        &["certificate", "user"],
    );
    assert_has(
        &problem(&tls.url("known", "sslmode=require")),
        &["certificate"],
    );
}

#[test]
fn files_that_can_t_be_used_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(path("good"), certificate.cert.pem()).unwrap();
    fs::write(path("key"), certificate.signing_key.serialize_pem()).unwrap();
    fs::write(path("other"), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    fs::write(path("empty"), "").unwrap();
    fs::write(path("cut"), &certificate.cert.pem()[..200]).unwrap();
    let rubbish = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    fs::write(path("rubbish"), rubbish).unwrap();
    for (roots, certificate, key, parts) in [
        (
            "missing",
            "good",
            "key",
            &["sslrootcert", "missing`, can't be read"][..],
        ),
        (
            "empty",
            "good",
            "key",
            &["sslrootcert", "empty`, holds no certificate"],
        ),
        ("cut", "good", "key", &["sslrootcert", "cut`"]),
        ("rubbish", "good", "key", &["sslrootcert"]),
        (
            "good",
            "missing",
            "key",
            &["sslcert", "missing`, can't be read"],
        ),
        ("good", "good", "good", &["sslkey", "holds no key"]),
        (
            "good",
            "good",
            "missing",
            &["sslkey", "missing`, can't be read"],
        ),
        ("good", "good", "other", &["sslkey", "can't be used"]),
    ] {
        let [roots, certificate, key] = [roots, certificate, key].map(path);
        let parameters =
            format!("sslmode=verify-full sslrootcert={roots} sslcert={certificate} sslkey={key}");
        let url = format!("host=127.0.0.1 port=1 password={PASSWORD} {parameters}");
        assert_has(&problem(&url), parts);
    }
    let alone = format!("host=127.0.0.1 port=1 sslcert={}", path("good"));
    assert_has(
        &problem(&alone),
        &["`sslcert` and `sslkey` belong together"],
    );
}
