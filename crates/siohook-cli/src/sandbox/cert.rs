use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan as _};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use serde_json::json;
use siohook_events::Shown;

use crate::{Exit, Failure, Output, output};

const HOST: &str = "api.systeme.io";
/// Some systems refuse certificates that last longer than 825 days.
const DAYS: i64 = 820;

/// Write a certificate for api.systeme.io, so that a sandbox can stand in for it
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  siohook sandbox cert --out certs/
  siohook sandbox --tls-cert certs/api.systeme.io.pem --tls-key certs/api.systeme.io-key.pem")]
pub(super) struct Cert {
    /// Directory of the two files
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

impl Cert {
    pub(super) fn run(self, output: Output) -> Result<Exit, Failure> {
        let (cert, key) = pair().map_err(|error| {
            Failure::new(
                Exit::Here,
                "certificate",
                format!("no certificate: {error}"),
            )
        })?;
        fs::create_dir_all(&self.out).map_err(|error| failed(&self.out, &error))?;
        let cert_path = self.out.join(format!("{HOST}.pem"));
        let key_path = self.out.join(format!("{HOST}-key.pem"));
        write(&key_path, &key, 0o600)?;
        write(&cert_path, &cert, 0o644)?;
        let [cert, key] =
            [&cert_path, &key_path].map(|path| Shown::text(path.display()).to_string());
        if output.is_json {
            output::json("certificate", json!({"cert": cert, "key": key}))?;
        } else {
            output::line(&cert)?;
            output::line(&key)?;
        }
        output.words(format_args!(
            "serve with it    siohook sandbox --tls-cert {cert} --tls-key {key}\n\
             trust it         curl --cacert {cert} …\n                 \
             SSL_CERT_FILE={cert} for programs that use OpenSSL\n                 \
             NODE_EXTRA_CA_CERTS={cert} for Node.js\n\
             send to it       127.0.0.1 {HOST} in /etc/hosts, or curl --connect-to"
        ));
        Ok(Exit::Good)
    }
}

/// Makes a certificate that is its own authority, and its key, as PEM.
fn pair() -> Result<(String, String), rcgen::Error> {
    let names = [HOST, "localhost", "127.0.0.1", "::1"];
    let mut params = CertificateParams::new(names.map(str::to_owned))?;
    params
        .distinguished_name
        .push(DnType::CommonName, format!("{HOST} (siohook sandbox)"));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let today = Offset::UTC.to_datetime(Timestamp::now()).date();
    let day = |date: Date| {
        let [month, day] = [date.month(), date.day()].map(i8::unsigned_abs);
        rcgen::date_time_ymd(date.year().into(), month, day)
    };
    // A clock may be a bit behind.
    params.not_before = day(today.saturating_sub(1.day()));
    params.not_after = day(today.saturating_add(DAYS.days()));
    let key = KeyPair::generate()?;
    let cert = params.self_signed(&key)?;
    Ok((cert.pem(), key.serialize_pem()))
}

/// Writes a new file, which others may read only if the mode says so.
fn write(path: &Path, text: &str, mode: u32) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let file = options.open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    let failure = Failure::file(Shown::text(path.display()), error);
    match error.kind() {
        io::ErrorKind::AlreadyExists => failure.hint("delete it, or choose another --out"),
        _ => failure,
    }
}
