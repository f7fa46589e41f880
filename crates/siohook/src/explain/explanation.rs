use serde::{Serialize, Serializer};
use siohook_events::Mechanism;

use super::step::{Step, Steps};
use crate::delivery::{Delivery, Trust};
use crate::verify::{Reason, Rejection};

/// Why a request is trusted or refused: the steps, the verdict, and what to do.
///
/// `Display` writes it as text without colours. `Serialize` writes it as data:
///
/// ```
/// use serde_json::json;
/// use siohook::Incoming;
/// use siohook::explain::Explainer;
///
/// let request = Incoming::post(r#"{"type": "ping", "data": {}}"#).query("token='abc'");
/// let explanation = Explainer::new().automation_token("hook", "abc").explain(request);
/// let sentence = "automation: no X-Webhook-Signature and no X-Webhook-Event";
/// assert_eq!(
///     serde_json::to_value(&explanation)?,
///     json!({
///         "trusted": false,
///         "code": "token_wrong",
///         "status": 401,
///         "mechanism": "automation",
///         "steps": [
///             {"step": "mechanism", "ok": true, "sentence": sentence},
///             {"step": "token", "label": "hook", "ok": false, "sentence": "is not what the URL has"},
///             {
///                 "step": "quoted",
///                 "label": "hook",
///                 "ok": true,
///                 "sentence": "is in the URL with quotes or white space",
///             },
///             {"step": "event", "ok": null, "sentence": "ping, as the body says"},
///         ],
///         "hint": "The token in the webhook's URL has quotes or white space around it.",
///     }),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// A trusted request has `by` (`secret` or `token`) and `label` in place of `code`, `status` and
/// `hint`. Where the body was rewritten, a step also has the members of its [`Difference`](super::Difference).
#[derive(Clone, Debug)]
pub struct Explanation {
    mechanism: Mechanism,
    steps: Vec<Step>,
    verdict: Result<Delivery, Rejection>,
    hint: Option<String>,
}

impl Explanation {
    pub(super) fn new(
        mechanism: Mechanism,
        steps: Steps,
        verdict: Result<Delivery, Rejection>,
    ) -> Self {
        let hint = verdict.as_ref().err().and_then(|rejection| {
            // What was found explains a request that is not trusted, and no other refusal.
            let advice = steps.advice.filter(|_| rejection.status() == 401);
            advice
                .map(str::to_owned)
                .or_else(|| Some(sentence(&rejection.likely_cause()?.to_string())))
        });
        Self {
            mechanism,
            steps: steps.all,
            verdict,
            hint,
        }
    }

    /// Returns what [`Dispatcher::verify`](crate::Dispatcher::verify) returns with the same
    /// settings.
    ///
    /// # Errors
    ///
    /// The refusal of a request that is not trusted.
    ///
    /// ```
    /// use siohook::Incoming;
    /// use siohook::explain::Explainer;
    ///
    /// let explanation = Explainer::new().explain(Incoming::new("GET", ""));
    /// assert_eq!(explanation.verdict().unwrap_err().status(), 405);
    /// ```
    pub fn verdict(&self) -> Result<&Delivery, &Rejection> {
        self.verdict.as_ref()
    }

    /// Returns whether the request is trusted.
    ///
    /// ```
    /// use siohook::Incoming;
    /// use siohook::explain::Explainer;
    ///
    /// assert!(!Explainer::new().explain(Incoming::post("{}")).is_trusted());
    /// ```
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.verdict.is_ok()
    }

    /// Returns why the request is refused. `None` if it is trusted.
    ///
    /// ```
    /// use siohook::explain::Explainer;
    /// use siohook::{Incoming, Reason};
    ///
    /// let request = Incoming::post("{}").header("X-Webhook-Event", "SALE_NEW");
    /// let explanation = Explainer::new().account_secret("main", "abc").explain(request);
    /// assert_eq!(explanation.reason(), Some(Reason::SignatureMissing));
    /// ```
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        self.verdict.as_ref().err().map(Rejection::reason)
    }

    /// Returns how the request was sent, by its headers.
    ///
    /// ```
    /// use siohook::explain::Explainer;
    /// use siohook::{Incoming, Mechanism};
    ///
    /// let explanation = Explainer::new().explain(Incoming::post("{}"));
    /// assert_eq!(explanation.mechanism(), Mechanism::Automation);
    /// ```
    #[must_use]
    pub fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// Returns the steps in their order.
    ///
    /// ```
    /// use siohook::Incoming;
    /// use siohook::explain::Explainer;
    ///
    /// let explanation = Explainer::new().explain(Incoming::post("{}"));
    /// let names: Vec<_> = explanation.steps().iter().map(|step| step.name).collect();
    /// assert_eq!(names, ["mechanism", "token", "token", "event"]);
    /// ```
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns the likely cause of a refusal and what to do, in sentences.
    ///
    /// ```
    /// use siohook::Incoming;
    /// use siohook::explain::Explainer;
    ///
    /// let request = Incoming::post("{}").header("X-Webhook-Signature", "00");
    /// let explanation = Explainer::new().explain(request);
    /// assert_eq!(explanation.hint(), Some("Configure `account_secret`."));
    /// ```
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl Serialize for Explanation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Members<'a> {
            trusted: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            by: Option<&'static str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            label: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            code: Option<&'static str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            status: Option<u16>,
            mechanism: Mechanism,
            steps: &'a [Step],
            #[serde(skip_serializing_if = "Option::is_none")]
            hint: Option<&'a str>,
        }
        let rejection = self.verdict.as_ref().err();
        let (by, label) = match self.verdict.as_ref().map(Delivery::trust) {
            Ok(Trust::Signed { secret }) => (Some("secret"), Some(secret)),
            Ok(Trust::Token { label }) => (Some("token"), label),
            _ => (None, None),
        };
        Members {
            trusted: self.is_trusted(),
            by,
            label,
            code: rejection.map(Rejection::code),
            status: rejection.map(Rejection::status),
            mechanism: self.mechanism,
            steps: &self.steps,
            hint: self.hint(),
        }
        .serialize(serializer)
    }
}

/// Makes a sentence of the words of a hint.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(char::to_uppercase);
    first
        .into_iter()
        .flatten()
        .chain(letters)
        .chain(['.'])
        .collect()
}
