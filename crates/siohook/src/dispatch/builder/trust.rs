//! The secrets, tokens and addresses that deliveries are trusted by.

use siohook_events::Shown;

use super::DispatcherBuilder;
use crate::dispatch::build_error;
use crate::verify::{IntoIpRange, IpAllowList, Secret, Token};

impl DispatcherBuilder {
    /// Trusts account webhooks that are signed with this secret.
    ///
    /// The label appears in logs and in [`Delivery::trust`](crate::Delivery::trust). The
    /// secret never does.
    ///
    /// Give the old and the new secret to rotate: a delivery that is signed with either is
    /// accepted. Give the current one first. To the
    /// [redelivery memory](Self::redelivery_memory), an attempt that is signed with another
    /// secret than the first is another delivery.
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// let builder = Dispatcher::builder()
    ///     .account_secret("2026-10", "correct horse")
    ///     .account_secret("2026-04", "battery staple");
    /// # let _ = builder;
    /// ```
    pub fn account_secret(self, label: impl AsRef<str>, secret: impl AsRef<str>) -> Self {
        self.secret(label.as_ref(), secret.as_ref(), None)
    }

    /// Trusts account webhooks that are signed with this secret, for these events only.
    /// An event is a name or a pattern such as `"SALE_*"`.
    ///
    /// The signature covers the body, but not the header that names the event. Someone who
    /// gets hold of a signed `SALE_NEW` can send it again as `SALE_CANCELED`. To prevent
    /// that, set up one webhook for sales and one for cancellations, and bind the secret of
    /// each to its event:
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// let builder = Dispatcher::builder()
    ///     .account_secret_for("sales", "correct horse", ["SALE_NEW"])
    ///     .account_secret_for("cancellations", "battery staple", ["SALE_CANCELED"]);
    /// # let _ = builder;
    /// ```
    pub fn account_secret_for<I>(
        mut self,
        label: impl AsRef<str>,
        secret: impl AsRef<str>,
        events: I,
    ) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let events: Vec<String> = events
            .into_iter()
            .map(|event| event.as_ref().to_owned())
            .collect();
        self.problems
            .extend(build_error::uncoverable(label.as_ref(), &events));
        self.secret(label.as_ref(), secret.as_ref(), Some(events))
    }

    fn secret(mut self, label: &str, secret: &str, events: Option<Vec<String>>) -> Self {
        self.problems.extend(build_error::unsafe_text(
            &format!("the secret {:?}", Shown::value(label)),
            secret,
        ));
        self.verifier
            .secrets
            .push(Secret::new(label, secret, events));
        self
    }

    /// Trusts automations whose URL ends in `?token=…` with this token. Give several
    /// tokens to rotate.
    ///
    /// A token of letters and digits can be pasted into the URL unchanged. In any other
    /// token, write `%` as `%25`, `&` as `%26`, `+` as `%2B` and `#` as `%23`. The token is
    /// compared as it stands in the URL, and percent-decoded.
    ///
    /// ```standalone_crate
    /// use siohook::{Dispatcher, Incoming};
    ///
    /// let dispatcher = Dispatcher::builder()
    ///     .automation_token("R&D 7kX2mQ9f")
    ///     .allow_no_handlers()
    ///     .build()?;
    /// let body = r#"{"type": "contact.tag.added", "data": null}"#;
    /// let incoming = Incoming::post(body).query("token=R%26D%207kX2mQ9f");
    /// assert!(dispatcher.verify(incoming).is_ok());
    /// # Ok::<(), siohook::BuildError>(())
    /// ```
    pub fn automation_token(self, token: impl AsRef<str>) -> Self {
        self.token(None, token.as_ref())
    }

    /// Trusts automations whose URL ends in `?token=…` with this token, and gives the token
    /// a label.
    ///
    /// Handlers find the label in [`Delivery::trust`](crate::Delivery::trust), which tells
    /// them the webhook or the tenant. The label also appears in logs. The token never does.
    ///
    /// ```
    /// use siohook::{Delivery, Dispatcher, Trust, on_event};
    ///
    /// #[on_event("contact.tag.added")]
    /// fn tagged(delivery: &Delivery) {
    ///     if let Trust::Token { label: Some(tenant) } = delivery.trust() {
    ///         println!("a contact of {tenant}");
    ///     }
    /// }
    ///
    /// let builder = Dispatcher::builder()
    ///     .automation_token_as("bakery", "7kX2mQ9f")
    ///     .automation_token_as("florist", "p4Zr8LwB");
    /// # let _ = builder;
    /// ```
    pub fn automation_token_as(self, label: impl AsRef<str>, token: impl AsRef<str>) -> Self {
        self.token(Some(label.as_ref()), token.as_ref())
    }

    fn token(mut self, label: Option<&str>, token: &str) -> Self {
        let what = match label {
            Some(label) => format!("the automation token {:?}", Shown::value(label)),
            None => "an automation token".to_owned(),
        };
        self.problems.extend(build_error::unsafe_text(&what, token));
        self.verifier.tokens.push(Token::new(label, token));
        self
    }

    /// Accepts deliveries of both mechanisms from these addresses only. Without a token,
    /// automations are trusted by their address alone.
    ///
    /// The address is that of the peer, or the one that
    /// [`trusted_proxies`](Self::trusted_proxies) forward.
    ///
    /// ```
    /// use siohook::{Dispatcher, IpAllowList};
    ///
    /// let builder = Dispatcher::builder().source_ips(IpAllowList::systeme_io());
    /// # let _ = builder;
    /// ```
    pub fn source_ips(mut self, allowed: IpAllowList) -> Self {
        self.problems
            .extend(build_error::unreadable("source_ips", &allowed));
        self.verifier.source_ips = Some(allowed);
        self
    }

    /// Names the proxies in front of this server: addresses, networks, or texts of either.
    /// If the peer is one of them, the sender's address is read from `X-Forwarded-For` or
    /// `Forwarded`.
    ///
    /// A header of more than 8 KiB or 64 entries is refused. A list that holds every IPv4
    /// or every IPv6 address is a problem that [`build`](Self::build) reports, because any
    /// sender could then choose its address.
    ///
    /// ```
    /// use siohook::{Dispatcher, IpAllowList};
    ///
    /// let builder = Dispatcher::builder()
    ///     .source_ips(IpAllowList::systeme_io())
    ///     .trusted_proxies(["203.0.113.9", "2001:db8::/64"]);
    /// # let _ = builder;
    /// ```
    pub fn trusted_proxies<I>(mut self, proxies: I) -> Self
    where
        I: IntoIterator,
        I::Item: IntoIpRange,
    {
        let proxies = IpAllowList::new(proxies);
        self.problems
            .extend(build_error::unreadable("trusted_proxies", &proxies));
        self.problems.extend(build_error::boundless(&proxies));
        self.verifier.trusted_proxies = proxies;
        self
    }

    /// Accepts signed bodies that were parsed and serialised again on the way, as some
    /// hosts do.
    ///
    /// If the signature does not match the body, it is also compared with the body as PHP's
    /// `json_encode` writes it. White space, escapes and the spelling of characters may
    /// then differ from what was signed. Keys, their order, numbers and texts may not, with
    /// one exception: JavaScript writes the `order.vat` of a sale as `0` where PHP wrote
    /// `0.0`.
    ///
    /// ```
    /// use siohook::Dispatcher;
    ///
    /// let builder = Dispatcher::builder()
    ///     .account_secret("main", "correct horse")
    ///     .accept_reserialized_bodies();
    /// # let _ = builder;
    /// ```
    pub fn accept_reserialized_bodies(mut self) -> Self {
        self.verifier.accept_reserialized = true;
        self
    }

    /// Accepts deliveries that nothing vouches for, as
    /// [`Trust::Unverified`](crate::Trust::Unverified).
    ///
    /// This is for development only: anyone who finds the URL can send sales.
    ///
    /// ```standalone_crate
    /// use siohook::{Dispatcher, Incoming, Trust};
    ///
    /// let dispatcher = Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
    /// let body = r#"{"type": "contact.tag.added", "data": null}"#;
    /// let delivery = dispatcher.verify(Incoming::post(body)).unwrap();
    /// assert_eq!(delivery.trust(), Trust::Unverified);
    /// # Ok::<(), siohook::BuildError>(())
    /// ```
    pub fn accept_unverified(mut self) -> Self {
        self.verifier.accept_unverified = true;
        self
    }
}
