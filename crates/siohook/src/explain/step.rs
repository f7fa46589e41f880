use serde::Serialize;
use siohook_events::Shown;

use super::difference::Difference;
use super::finding::Finding;

/// A step of an [`Explanation`](super::Explanation). The [table](super#steps) lists their names.
///
/// `Display` writes it in one line.
///
/// ```
/// use siohook::explain::Explanation;
///
/// fn failed(explanation: &Explanation) {
///     for step in explanation.steps().iter().filter(|step| step.ok == Some(false)) {
///         eprintln!("{}: {}", step.name, step.sentence);
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// The name, which never changes.
    #[serde(rename = "step")]
    pub name: &'static str,
    /// The label of a secret or token, or the name of a variable or body, as it is printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether it is right or fits. `None` if that can't be told.
    pub ok: Option<bool>,
    /// What was found, as words that follow the label or the name.
    pub sentence: String,
    /// Where the body that fits differs from the one that was received.
    #[serde(flatten)]
    pub difference: Option<Difference>,
}

/// The steps so far, and what to do.
#[derive(Default)]
pub(super) struct Steps {
    pub(super) all: Vec<Step>,
    pub(super) advice: Option<&'static str>,
}

impl Steps {
    pub(super) fn add(
        &mut self,
        name: &'static str,
        ok: impl Into<Option<bool>>,
        sentence: impl Into<String>,
    ) {
        self.all.push(Step {
            name,
            label: None,
            ok: ok.into(),
            sentence: sentence.into(),
            difference: None,
        });
    }

    /// Adds a step about the secret, the token, the variable or the body of this name.
    pub(super) fn add_of(
        &mut self,
        name: &'static str,
        label: &str,
        ok: Option<bool>,
        sentence: impl Into<String>,
    ) -> &mut Step {
        self.add(name, ok, sentence);
        let step = self.all.last_mut().expect("a step was added");
        step.label = Some(Shown::value(label).to_string());
        step
    }

    /// Adds the step of what fits, with its advice.
    pub(super) fn find(&mut self, finding: Finding, label: &str) -> &mut Step {
        self.advise(finding.advice);
        self.add_of(finding.step, label, Some(true), finding.sentence)
    }

    /// Adds the step of a recorded body.
    pub(super) fn add_file(&mut self, is_as_recorded: bool) {
        if is_as_recorded {
            self.add("file", true, "as it was received");
        } else {
            self.add("file", false, "its body is not as it was received");
            self.advise("The body was edited since it was received. Take the original.");
        }
    }

    /// Says what to do. What is said first stays.
    pub(super) fn advise(&mut self, advice: &'static str) {
        self.advice = self.advice.or(Some(advice));
    }
}
