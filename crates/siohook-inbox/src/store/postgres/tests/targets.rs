//! What a URL means.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::config::{ChannelBinding, SslNegotiation};

use super::super::target::Target;
use super::super::tls::{Roots, TlsMode};

fn target(url: &str) -> Target {
    Target::parse(url).unwrap_or_else(|problem| panic!("{url}: {problem}"))
}

#[test]
fn hosts_have_ports_addresses_and_a_text() {
    for (url, expected) in [
        ("postgres://db", &["`db:5432`"][..]),
        ("postgres://db:6432/shop", &["`db:6432/shop`"]),
        (
            "postgres://a,b:6432,[2001:db8::1]:7432/shop",
            &[
                "`a:5432/shop`",
                "`b:6432/shop`",
                "`[2001:db8::1]:7432/shop`",
            ],
        ),
        ("host=a,b port=6432", &["`a:6432`", "`b:6432`"]),
        ("host=a,/run/pg port=1,2", &["`a:1`", "`/run/pg:2`"]),
        ("hostaddr=203.0.113.5", &["`203.0.113.5:5432`"]),
        ("host=db dbname='a\nb'", &["`db:5432/a\\nb`"]),
    ] {
        let target = target(url);
        let shown = target.hosts.iter().map(|host| target.shown(host));
        assert_eq!(shown.collect::<Vec<_>>(), expected, "{url}");
    }

    // Certificates are for the name, the address saves looking it up.
    let target = target("host=db.example.com hostaddr=203.0.113.5");
    let config = target.config(&target.hosts[0]);
    let name = tokio_postgres::config::Host::Tcp("db.example.com".to_owned());
    assert_eq!(config.get_hosts(), [name]);
    assert_eq!(config.get_hostaddrs(), [IpAddr::from([203, 0, 113, 5])]);
}

#[test]
fn parameters_mean_what_they_do_for_libpq() {
    let config = |parameters: &str| {
        let target = target(&format!("host=db {parameters}"));
        target.config(&target.hosts[0])
    };
    let plain = config("");
    assert!(plain.get_keepalives());
    assert_eq!(plain.get_keepalives_idle(), Duration::from_secs(10));
    assert_eq!(plain.get_tcp_user_timeout(), Some(&Duration::from_secs(10)));
    assert_eq!(plain.get_application_name(), Some("siohook-inbox"));

    let set = config(
        "user=app password=secret dbname=shop options=-cx=1 application_name=it \
         keepalives=0 keepalives_idle=7 keepalives_interval=8 keepalives_count=9 \
         tcp_user_timeout=2500 channel_binding=require sslnegotiation=direct \
         target_session_attrs=read-write gssencmode=disable client_encoding=UTF8",
    );
    assert_eq!(set.get_user(), Some("app"));
    assert_eq!(set.get_password(), Some(&b"secret"[..]));
    assert_eq!(set.get_dbname(), Some("shop"));
    assert_eq!(set.get_options(), Some("-cx=1"));
    assert_eq!(set.get_application_name(), Some("it"));
    assert!(!set.get_keepalives());
    assert_eq!(set.get_keepalives_idle(), Duration::from_secs(7));
    assert_eq!(set.get_keepalives_interval(), Some(Duration::from_secs(8)));
    assert_eq!(set.get_keepalives_retries(), Some(9));
    let milliseconds = Duration::from_millis(2500);
    assert_eq!(set.get_tcp_user_timeout(), Some(&milliseconds));
    assert_eq!(set.get_channel_binding(), ChannelBinding::Require);
    assert_eq!(set.get_ssl_negotiation(), SslNegotiation::Direct);
}

#[test]
fn the_mode_of_tls_is_that_of_libpq() {
    let file = Some(Roots::File(PathBuf::from("/ca.pem")));
    for (parameters, mode, roots) in [
        ("", TlsMode::Prefer, None),
        ("sslmode=disable", TlsMode::Disable, None),
        ("sslmode=verify-ca", TlsMode::VerifyCa, None),
        ("sslrootcert=/ca.pem", TlsMode::Prefer, file.clone()),
        (
            "sslmode=verify-full sslrootcert=/ca.pem",
            TlsMode::VerifyFull,
            file,
        ),
        (
            "sslrootcert=system",
            TlsMode::VerifyFull,
            Some(Roots::System),
        ),
    ] {
        let tls = target(&format!("host=db {parameters}")).tls;
        assert_eq!((tls.mode, tls.roots), (mode, roots), "{parameters}");
    }
}

/// Of a URL whose password is not percent-encoded, some part is always wrong.
#[test]
fn what_can_t_be_done_is_refused_without_a_value() {
    for (url, name) in [
        ("postgres://app:hunter2@db:hunter2/shop", "`port`"),
        ("postgres://app:hunter2", "`port`"),
        ("host=db port=65536", "`port`"),
        ("host=db hostaddr=hunter2", "`hostaddr`"),
        ("host=db connect_timeout=hunter2", "`connect_timeout`"),
        ("host=db keepalives_idle=-1", "`keepalives_idle`"),
        ("host=db sslmode=hunter2", "`sslmode`"),
        ("host=db channel_binding=hunter2", "`channel_binding`"),
        (
            "host=db target_session_attrs=standby",
            "`target_session_attrs`",
        ),
        ("host=db gssencmode=require", "`gssencmode`"),
        ("host=db client_encoding=LATIN1", "`client_encoding`"),
        (
            "host=db sslmode=require sslrootcert=system",
            "`sslmode=verify-full`",
        ),
        ("host=db sslkey=hunter2", "`sslcert`"),
        ("host=db passfile=hunter2", "`passfile`"),
        ("host=a,b port=1,2,3", "as many ports"),
        (
            "host=a,b hostaddr=203.0.113.5,203.0.113.6,203.0.113.7",
            "addresses",
        ),
        ("user=hunter2", "no host"),
    ] {
        let problem = Target::parse(url).err();
        let problem = problem.unwrap_or_else(|| panic!("{url} is accepted"));
        assert!(problem.contains(name), "{url}: {problem}");
        assert!(!problem.contains("hunter2"), "{url}: {problem}");
    }
}
