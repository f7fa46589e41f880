//! From the settings to a sandbox that listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use siohook_events::{Shown, Timestamp};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::saver::Saver;
use super::{Builder, Sandbox, StartError};
use crate::account::{Account, Credentials};
use crate::api::Api;
use crate::control::Control;
use crate::sender::Restored;
use crate::server::{self, Hosts};
use crate::state::{DataDir, State};
use crate::{AllowList, Client, Clock, Pace};

impl Builder {
    /// Starts the sandbox. It listens when this returns.
    ///
    /// # Errors
    ///
    /// If a setting is wrong, or it can't listen.
    ///
    /// # Panics
    ///
    /// If it is called outside of a tokio runtime.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        self.check()?;
        let tls = match &self.tls {
            Some((certificates, key)) => Some(server::acceptor(certificates, key)?),
            None => None,
        };
        if !self.listen.ip().to_canonical().is_loopback() && !self.is_exposed {
            return Err(StartError::NotLoopback(self.listen));
        }
        let mut allowed = AllowList::new();
        for host in &self.allowed {
            allowed = allowed.allow(host)?;
        }
        let failed = |error| StartError::Listen {
            address: self.listen,
            error: Arc::new(error),
        };
        let listener = TcpListener::bind(self.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let client = Client::new(allowed.without_own(address)).timeout(self.timeout);
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url: Arc<str> = format!("{scheme}://{}", reachable(address)).into();

        let data = self.data.as_ref().map(DataDir::open).transpose()?;
        let kept = data.as_ref().map(DataDir::load).transpose()?.flatten();
        let mut restored = match &data {
            Some(data) => Restored::read(self.settings.clone(), &data.messages_file())?,
            None => Restored::new(self.settings.clone()),
        };
        let settings = Arc::new(self.shown());
        let clock = self.make_clock(restored.kept.time)?;
        let mut state = self.make_state(kept);
        if let Some(ids) = &restored.kept.ids {
            state.ids.go_on_from(ids);
        }
        let credentials = self.make_credentials(&state);
        if let Some(url) = &self.to {
            client.allowed().check(url).map_err(StartError::To)?;
            state.send_all_to(url, &credentials, clock.now())?;
        }
        let mut notice = None;
        if let Some(data) = &data {
            // So that a folder that can't be written is found out before anything is sent.
            data.save(&state)?;
            let file = data.messages_file();
            restored.keep_in(&file, clock.clone())?;
            notice = restored.kept.torn.map(|line| torn(&file, line));
        }
        restored.set_chaos(self.chaos);
        let written = state.clone();
        let account = Account::new(state, clock, client, restored, credentials);
        let saver = data.map(|folder| Saver::start(&account, folder, written));
        let stop = watch::Sender::new(false);
        let control = Control {
            account: Arc::clone(&account),
            url: Arc::clone(&url),
            settings,
            stop: stop.subscribe(),
        };
        let mut api = Api::new(Arc::new(Arc::clone(&account)));
        if let Some((requests, seconds)) = self.rate_limit {
            api = api.rate_limit(requests, seconds);
        }
        let hosts = Hosts {
            names: self.hosts,
            any_address: self.is_exposed,
        };
        let faces = server::faces(api, control, hosts);
        let server = tokio::spawn(server::serve(listener, tls, faces, stop.subscribe()));
        Ok(Sandbox {
            account,
            address,
            url,
            stop,
            server,
            saver,
            notice,
        })
    }

    /// Refuses settings that would be found out later, one delivery at a time.
    fn check(&self) -> Result<(), StartError> {
        let is_empty = |text: &Option<String>| text.as_deref() == Some("");
        let to = self.to.as_deref().unwrap_or("https://");
        let host = self.hosts.iter().find(|host| !is_host(host));
        let problem = if is_empty(&self.secret) {
            "the secret is empty: leave it out, and one is made up".to_owned()
        } else if is_empty(&self.token) {
            "the token is empty: leave it out, and one is made up".to_owned()
        } else if self.timeout.is_zero() {
            "no receiver answers within 0 seconds: 10 s is the default".to_owned()
        } else if self.strict_limits && !to.starts_with("https://") {
            "systeme.io sends to `https://` only: leave the strict limits out, or give the receiver \
             a certificate"
                .to_owned()
        } else if let Some(host) = host {
            let host = Shown::value(host);
            format!("`{host}` is not the name of a host: write it without scheme and path")
        } else {
            return Ok(());
        };
        Err(StartError::Setting(problem))
    }

    /// The clock goes on from the time that it showed. One that moves by itself is not slow.
    fn make_clock(&self, showed: Option<Timestamp>) -> Result<Clock, StartError> {
        let clock = match &self.now {
            None => Clock::new(self.pace),
            Some(Ok(now)) => return Ok(Clock::starting_at(*now, self.pace)),
            Some(Err(text)) => return Err(StartError::Time(text.clone())),
        };
        if let Some(showed) = showed
            && (self.pace == Pace::Manual || showed > clock.now())
        {
            clock.set_now(showed);
        }
        Ok(clock)
    }

    /// The given account with the given settings, or a new one.
    fn make_state(&self, kept: Option<State>) -> State {
        let seed = self.settings.seed.unwrap_or_else(|| fastrand::u64(..));
        let given = kept.or_else(|| self.state.clone());
        let mut state = given.unwrap_or_else(|| State::new(seed));
        state.strict_limits |= self.strict_limits;
        state.accept_keys(&self.api_keys);
        state
    }

    /// The given secret and token, those that the account has for the receiver, or random ones.
    fn make_credentials(&self, state: &State) -> Credentials {
        let mut random = self.settings.seed.map_or_else(fastrand::Rng::new, |seed| {
            // Not the sequence of the ids.
            fastrand::Rng::with_seed(seed ^ 0x5eed)
        });
        let mut make = || format!("{:032x}", random.u128(..));
        let (secret, token) = (make(), make());
        let url = self.to.as_deref();
        let (known_secret, known_token) =
            url.map(|url| state.credentials_of(url)).unwrap_or_default();
        Credentials {
            secret: self.secret.clone().or(known_secret).unwrap_or(secret),
            token: self.token.clone().or(known_token).unwrap_or(token),
        }
    }
}

/// Whether a text is a name or an address, with or without a port.
fn is_host(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}

/// What is said of a line that was not written to its end.
fn torn(file: &Path, line: usize) -> String {
    let file = Shown::text(file.display());
    format!("`{file}` broke off in line {line}, which is left out: the sandbox was killed then")
}

/// The address under which this machine reaches the server.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => std::net::Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
