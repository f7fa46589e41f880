//! What the examples share: handlers of both mechanisms, and how the dispatcher
//! is configured. Each example adds nothing but its framework.

mod handlers;

use std::env;
use std::net::SocketAddr;

pub use handlers::Members;
use siohook::{BuildError, Dispatcher, DispatcherBuilder, IpAllowList};

/// The secret of account webhooks unless `SYSTEME_WEBHOOK_SECRET` is set.
pub const SECRET: &str = "correct horse battery staple";

/// The token of automations unless `SYSTEME_WEBHOOK_TOKEN` is set.
pub const TOKEN: &str = "b7e1f3c9";

/// The configuration of the examples. Variables of the environment:
///
/// * `SYSTEME_WEBHOOK_SECRET`, `SYSTEME_WEBHOOK_TOKEN`;
/// * `SYSTEME_SOURCE_IPS`: addresses and networks with commas between them; any
///   address is allowed without it;
/// * `SYSTEME_TRUSTED_PROXIES`: the same for proxies in front.
pub fn builder() -> DispatcherBuilder {
    let variable = |name, otherwise: &str| env::var(name).unwrap_or_else(|_| otherwise.to_owned());
    let mut builder = Dispatcher::builder()
        .account_secret("main", variable("SYSTEME_WEBHOOK_SECRET", SECRET))
        .automation_token(variable("SYSTEME_WEBHOOK_TOKEN", TOKEN))
        .state(Members::default())
        .on_report(|report| eprintln!("{report}"))
        .on_reject(|rejection| eprintln!("refused: {rejection}"));
    if let Ok(list) = env::var("SYSTEME_SOURCE_IPS") {
        builder = builder.source_ips(IpAllowList::new(list.split(',')));
    }
    if let Ok(list) = env::var("SYSTEME_TRUSTED_PROXIES") {
        builder = builder.trusted_proxies(list.split(','));
    }
    builder
}

/// A dispatcher of that configuration.
///
/// # Errors
///
/// A variable of the environment is wrong.
pub fn dispatcher() -> Result<Dispatcher, BuildError> {
    builder().build()
}

/// Where to listen: the first argument of the program, or 127.0.0.1:3000.
///
/// # Panics
///
/// The argument is not an address.
#[must_use]
pub fn address() -> SocketAddr {
    let argument = env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    argument
        .parse()
        .unwrap_or_else(|_| panic!("{argument} is not an address such as 127.0.0.1:3000"))
}

/// Prints the handlers, and where the example listens: with port 0, only now it
/// is known.
pub fn announce(dispatcher: &Dispatcher, address: SocketAddr) {
    println!(
        "{}\n\nlistening on http://{address}/systeme",
        dispatcher.handlers()
    );
}
