//! What is verified, as a person reads it.

use siohook::explain::Explanation;
use siohook_events::Shown;

use crate::output::{BAD, BOLD, GOOD};
use crate::store::Found;

/// What is verified.
pub(super) struct Subject {
    pub(super) name: Option<String>,
    pub(super) id: Option<String>,
    pub(super) event: Option<String>,
    pub(super) bytes: usize,
    pub(super) received_at: Option<String>,
}

impl Subject {
    pub(super) fn of(
        Found {
            name,
            capture,
            entry,
        }: &Found,
    ) -> Self {
        Self {
            name: Some(name.clone()),
            id: entry.as_ref().map(|entry| entry.id.clone()),
            event: capture.event(),
            bytes: capture.body().len(),
            received_at: capture.received_at().map(|time| time.to_string()),
        }
    }

    /// `0c2h5e  SALE_NEW  1,094 bytes  received 2026-11-26 11:02:19Z`
    pub(super) fn heading(&self) -> String {
        let time = self.received_at.as_deref().map(|time| {
            let time = time.get(..19).unwrap_or(time).replace('T', " ");
            format!("received {time}Z")
        });
        let bytes = format!("{} bytes", thousands(self.bytes));
        let parts = [self.name.clone(), self.event.clone(), Some(bytes), time];
        let parts = parts.into_iter().flatten();
        let parts: Vec<_> = parts.map(|part| Shown::value(part).to_string()).collect();
        format!("{BOLD}{}{BOLD:#}", parts.join("  "))
    }

    /// `0c2h5e  SALE_NEW  ✘ not verified: signature_wrong (401). Something …`
    pub(super) fn line(&self, explanation: &Explanation) -> String {
        let text = explanation.to_string();
        let verdict = text.rsplit("\n\n").next().unwrap_or_default();
        let verdict: Vec<_> = verdict.lines().map(str::trim).collect();
        let (mark, style) = if explanation.is_trusted() {
            ('✔', GOOD)
        } else {
            ('✘', BAD)
        };
        let known = [&self.name, &self.event].into_iter().flatten();
        let known: String = known
            .map(|part| format!("{}  ", Shown::value(part)))
            .collect();
        format!("{known}{style}{mark}{style:#} {}", verdict.join(" "))
    }
}

/// `1094` as `1,094`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_have_commas() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1094, "1,094"),
            (1_048_576, "1,048,576"),
        ] {
            assert_eq!(thousands(number), text);
        }
    }
}
