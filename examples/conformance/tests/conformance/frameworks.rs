//! Which examples are servers, and what they cannot do.

use siohook_conformance::{Exception, Needs, Server, cases, check};

use crate::process::Process;

/// An example that is a server.
pub(crate) struct Framework {
    /// The name of its directory.
    pub(crate) name: &'static str,
    /// Where cargo put its program.
    program: &'static str,
    /// Whether it speaks HTTP/2 with prior knowledge.
    http2: bool,
    exceptions: &'static [Exception<'static>],
}

/// Examples that are no servers.
pub(crate) const OTHERS: &[&str] = &[
    "cgi",
    "conformance",
    "lambda",
    "observability",
    "quickstart",
    "shop",
    "two-workers",
];

pub(crate) const HTTP1_ONLY: &str = "it serves HTTP/1 only";

macro_rules! frameworks {
    ($($test:ident $name:literal http2: $http2:literal [$($case:literal: $reason:expr;)*])*) => {
        pub(crate) const FRAMEWORKS: &[Framework] = &[$(Framework {
            name: $name,
            program: env!(concat!("CARGO_BIN_EXE_conformance-", $name)),
            http2: $http2,
            exceptions: &[$(Exception { case: $case, reason: $reason },)*],
        },)*];

        $(#[test]
        fn $test() {
            conforms($name);
        })*
    };
}

const ASKS: &str = "it asks for the body before any route";
const TRAILERS: &str = "it does not know trailers";
const TINY_HTTP_HEADERS: &str = "tiny_http hangs up if a header is not ASCII";
const ROCKET_METHODS: &str = "Rocket answers methods that it does not know with 400";
const ROCKET_HEADERS: &str = "Rocket leaves out headers that are not UTF-8";
const ROCKET_BODIES: &str = "Rocket waits for the first bytes of a body before any route";

frameworks! {
    axum "axum" http2: true []
    hyper "hyper" http2: true []
    warp "warp" http2: true []
    poem "poem" http2: true []
    salvo "salvo" http2: true []
    actix_web "actix-web" http2: true [
        "expect_too_large": ASKS;
    ]
    rocket "rocket" http2: true [
        "method_unheard_of": ROCKET_METHODS;
        "method_lower_case": ROCKET_METHODS;
        "header_not_utf8_event": ROCKET_HEADERS;
        "http2_header_not_utf8": ROCKET_HEADERS;
        "proxied_not_utf8": ROCKET_HEADERS;
        "over_limit_announced": ROCKET_BODIES;
        "token_before_body": ROCKET_BODIES;
        "signature_before_body": ROCKET_BODIES;
        "address_before_body": ROCKET_BODIES;
        "method_before_body": ROCKET_BODIES;
        "chunks_before_body": ROCKET_BODIES;
        "http2_before_body": ROCKET_BODIES;
        "expect_too_large": ROCKET_BODIES;
    ]
    ntex "ntex" http2: false [
        "trailers": TRAILERS;
        "pipelined": "ntex closes the connection after a body that was not read";
        "expect_too_large": ASKS;
    ]
    tiny_http "tiny-http" http2: false [
        "proxied_not_utf8": TINY_HTTP_HEADERS;
        "header_not_utf8": TINY_HTTP_HEADERS;
        "header_not_utf8_event": TINY_HTTP_HEADERS;
        "header_not_utf8_message_id": TINY_HTTP_HEADERS;
        "trailers": TRAILERS;
        "chunks_before_body": "tiny_http takes chunks that were not read for the next request, so they are read first";
        "announced_terabytes": "tiny_http allocates what is left of a body, and the process ends";
    ]
    // Cargo builds it with all that the other examples want of axum.
    axum_behind_nginx "axum-behind-nginx" http2: true [
        "address_forged": "it always trusts the proxy 127.0.0.1, where its nginx is";
    ]
}

impl Framework {
    /// What it cannot do, HTTP/2 included.
    pub(crate) fn exceptions(&self) -> Vec<Exception<'static>> {
        let of_http2 =
            |case: &&siohook_conformance::Case| !self.http2 && case.needs() == Needs::Http2;
        let http2 = cases().iter().filter(of_http2).map(|case| Exception {
            case: case.name(),
            reason: HTTP1_ONLY,
        });
        self.exceptions.iter().copied().chain(http2).collect()
    }

    /// Starts it with these variables of the environment.
    pub(crate) fn start(&self, variables: &[(&str, &str)]) -> Process {
        Process::start(self.program, variables)
    }
}

fn conforms(name: &str) {
    let framework = FRAMEWORKS.iter().find(|framework| framework.name == name);
    let framework = framework.expect("the macro writes both");
    let source_ips = ("SYSTEME_SOURCE_IPS", "203.0.113.7");
    let trusted_proxies = ("SYSTEME_TRUSTED_PROXIES", "127.0.0.1");
    let plain = framework.start(&[]);
    let restricted = framework.start(&[source_ips]);
    let proxied = framework.start(&[source_ips, trusted_proxies]);
    let server = Server {
        address: plain.address,
        source_ips: Some(restricted.address),
        trusted_proxies: Some(proxied.address),
    };
    let report = check(&server, &framework.exceptions());
    println!("{name}: {report}");
    assert!(report.is_ok(), "{name} does not conform:\n{report}");
}
