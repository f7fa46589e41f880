use std::fmt;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use siohook_events::{Mechanism, Shown};

use super::explanation::Explanation;
use super::step::Steps;
use super::variable::Variable;
use super::{account, automation, event};
use crate::request::{Body, Incoming, POST};
use crate::verify::{Diagnosis, Secret, Token, Verifier, is_unseen, mechanism};

/// Explains why requests are trusted or refused: see the [module](super).
///
/// Secrets and tokens are given as they are, with the white space and the quotes that they
/// have: where those are the cause, a step says so.
///
/// ```
/// use siohook::Incoming;
/// use siohook::explain::Explainer;
///
/// let explainer = Explainer::new().automation_token("hook", "7kX2mQ9f");
/// let request = Incoming::post(r#"{"type": "ping", "data": {}}"#).query("token=7kX2mQ9f");
/// assert!(explainer.explain(request).is_trusted());
/// ```
pub struct Explainer {
    pub(super) verifier: Verifier,
    pub(super) variables: Vec<Variable>,
    /// The tokens that have white space around them, without it.
    pub(super) trimmed_tokens: Vec<Token>,
    /// The labels of secrets that are empty. No dispatcher is built with one.
    pub(super) empty_secrets: Vec<String>,
    pub(super) empty_tokens: Vec<String>,
    pub(super) others: Vec<(String, Bytes)>,
    recorded_sha256: Option<[u8; 32]>,
}

impl Explainer {
    /// Creates an explainer without secrets and tokens.
    ///
    /// ```
    /// use siohook::explain::Explainer;
    /// use siohook::{Incoming, Reason};
    ///
    /// let explanation = Explainer::new().explain(Incoming::post("{}"));
    /// assert_eq!(explanation.reason(), Some(Reason::NotConfigured));
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self {
            verifier: Verifier::new(Diagnosis::of_each()),
            variables: vec![],
            trimmed_tokens: vec![],
            empty_secrets: vec![],
            empty_tokens: vec![],
            others: vec![],
            recorded_sha256: None,
        }
    }

    /// Adds a secret: see
    /// [`DispatcherBuilder::account_secret`](crate::DispatcherBuilder::account_secret).
    ///
    /// ```
    /// use siohook::explain::Explainer;
    ///
    /// let explainer = Explainer::new()
    ///     .account_secret("2026-10", "correct horse")
    ///     .account_secret("2026-04", "battery staple");
    /// # let _ = explainer;
    /// ```
    #[must_use]
    pub fn account_secret(self, label: impl AsRef<str>, secret: impl AsRef<str>) -> Self {
        self.secret(label.as_ref(), secret.as_ref(), None)
    }

    /// Adds a secret that is bound to events: see
    /// [`DispatcherBuilder::account_secret_for`](crate::DispatcherBuilder::account_secret_for).
    /// A pattern that can't be read covers no event.
    ///
    /// ```
    /// use siohook::explain::Explainer;
    ///
    /// let explainer = Explainer::new().account_secret_for("sales", "correct horse", ["SALE_*"]);
    /// # let _ = explainer;
    /// ```
    #[must_use]
    pub fn account_secret_for<I>(
        self,
        label: impl AsRef<str>,
        secret: impl AsRef<str>,
        events: I,
    ) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let events = events.into_iter().map(|it| it.as_ref().to_owned());
        self.secret(label.as_ref(), secret.as_ref(), Some(events.collect()))
    }

    fn secret(mut self, label: &str, secret: &str, events: Option<Vec<String>>) -> Self {
        if secret.is_empty() {
            self.empty_secrets.push(label.to_owned());
        } else {
            let secret = Secret::new(label, secret, events);
            self.verifier.secrets.push(secret);
        }
        self
    }

    /// Adds a token: see
    /// [`DispatcherBuilder::automation_token_as`](crate::DispatcherBuilder::automation_token_as).
    ///
    /// ```
    /// use siohook::explain::Explainer;
    ///
    /// let explainer = Explainer::new().automation_token("bakery", "7kX2mQ9f");
    /// # let _ = explainer;
    /// ```
    #[must_use]
    pub fn automation_token(mut self, label: impl AsRef<str>, token: impl AsRef<str>) -> Self {
        let (label, token) = (label.as_ref(), token.as_ref());
        if token.is_empty() {
            self.empty_tokens.push(label.to_owned());
        } else {
            let new = |text| Token::new(Some(label), text);
            let trimmed = token.trim_matches(is_unseen);
            self.verifier.tokens.push(new(token));
            self.trimmed_tokens
                .extend((trimmed != token).then(|| new(trimmed)));
        }
        self
    }

    /// Names the variable that a secret or a token is read from. `NAME`, `$NAME` and `${NAME}`
    /// are tried as well: configurations often hold the name where the value belongs.
    ///
    /// ```
    /// use siohook::Incoming;
    /// use siohook::explain::Explainer;
    ///
    /// let explainer = Explainer::new()
    ///     .automation_token("hook", "7kX2mQ9f")
    ///     .variable("SYSTEME_WEBHOOK_TOKEN");
    /// let request = Incoming::post(r#"{"type": "ping", "data": {}}"#);
    /// let explanation = explainer.explain(request.query("token=$SYSTEME_WEBHOOK_TOKEN"));
    /// assert!(explanation.steps().iter().any(|step| step.name == "variable"));
    /// ```
    #[must_use]
    pub fn variable(mut self, name: impl AsRef<str>) -> Self {
        self.variables.push(Variable::new(name.as_ref()));
        self
    }

    /// Sets the limit of a body in bytes: see
    /// [`DispatcherBuilder::max_body_bytes`](crate::DispatcherBuilder::max_body_bytes). The
    /// default is 1 MiB. Of a longer body nothing is tried.
    ///
    /// ```
    /// use siohook::explain::Explainer;
    /// use siohook::{Incoming, Reason};
    ///
    /// let explanation = Explainer::new().max_body_bytes(1).explain(Incoming::post("{}"));
    /// assert_eq!(explanation.reason(), Some(Reason::BodyTooLarge));
    /// ```
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.verifier.max_body_bytes = bytes;
        self
    }

    /// Accepts bodies that were parsed and written again on the way: see
    /// [`DispatcherBuilder::accept_reserialized_bodies`](crate::DispatcherBuilder::accept_reserialized_bodies).
    ///
    /// ```
    /// let explainer = siohook::explain::Explainer::new().accept_reserialized_bodies();
    /// # let _ = explainer;
    /// ```
    #[must_use]
    pub fn accept_reserialized_bodies(mut self) -> Self {
        self.verifier.accept_reserialized = true;
        self
    }

    /// Adds a body that may be the one that was signed, such as that of another recorded request
    /// with the same message id. The name appears in the step.
    ///
    /// ```
    /// let explainer = siohook::explain::Explainer::new().other_body("k3f9qa", "{}");
    /// # let _ = explainer;
    /// ```
    #[must_use]
    pub fn other_body(mut self, name: impl AsRef<str>, body: impl Into<Bytes>) -> Self {
        let name = name.as_ref().to_owned();
        self.others.push((name, body.into()));
        self
    }

    /// Sets the SHA-256 that the body had when it was recorded. A step then tells whether it was
    /// edited since.
    ///
    /// ```
    /// use siohook::Incoming;
    /// use siohook::explain::Explainer;
    ///
    /// let explanation = Explainer::new().recorded_sha256([0; 32]).explain(Incoming::post("{}"));
    /// let file = &explanation.steps()[0];
    /// assert_eq!((file.name, file.ok), ("file", Some(false)));
    /// ```
    #[must_use]
    pub fn recorded_sha256(mut self, digest: [u8; 32]) -> Self {
        self.recorded_sha256 = Some(digest);
        self
    }

    /// Explains a request.
    ///
    /// ```
    /// use siohook::Incoming;
    /// use siohook::explain::Explainer;
    ///
    /// let explanation = Explainer::new().explain(Incoming::new("GET", ""));
    /// let method = &explanation.steps()[0];
    /// assert_eq!(method.sentence, "GET, and systeme.io sends POST");
    /// ```
    #[must_use]
    pub fn explain(&self, request: Incoming) -> Explanation {
        let mut steps = Steps::default();
        let head = &request.head;
        let body = self.body(&request.body, &mut steps);
        if head.method != POST {
            let method = Shown::value(&head.method);
            let sentence = format!("{method}, and systeme.io sends POST");
            steps.add("method", false, sentence);
        }
        let mechanism = mechanism(head);
        if mechanism == Mechanism::Account {
            account::explain(self, head, body.as_deref(), &mut steps);
        } else {
            automation::explain(self, head, body.as_deref(), &mut steps);
        }
        if let Some(body) = &body {
            event::explain(mechanism, head, body, &mut steps);
        }
        let verdict = self.verifier.verify(request, |_, _| None);
        Explanation::new(mechanism, steps, verdict)
    }

    /// The whole body, if it is within the limit.
    fn body(&self, body: &Body, steps: &mut Steps) -> Option<Bytes> {
        let limit = self.verifier.max_body_bytes;
        let too_long = format!("over {limit} bytes, so nothing of the body was tried");
        match body {
            Body::Whole(body) => {
                if let Some(recorded) = self.recorded_sha256 {
                    steps.add_file(Sha256::digest(body)[..] == recorded);
                }
                if body.len() <= limit {
                    return Some(body.clone());
                }
                steps.add("length", false, too_long);
            }
            Body::TooLong => steps.add("length", false, too_long),
            Body::Unreadable => steps.add("length", false, "the body was cut off"),
        }
        None
    }
}

impl Default for Explainer {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows the number of secrets and tokens, and none of them.
impl fmt::Debug for Explainer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explainer")
            .field("secrets", &self.verifier.secrets.len())
            .field("tokens", &self.verifier.tokens.len())
            .finish_non_exhaustive()
    }
}
