//! The line of a delivery: `11:02:13  k3f9qa  SALE_NEW  1.1 kB  ✔ main  → 200 done  14 ms`.

use clap::builder::styling::Style;
use siohook_events::Shown;
use unicode_width::UnicodeWidthStr as _;

use super::happening::{Forwarded, Recorded, Verdict};
use crate::output::{BAD, FAINT, GOOD, PLAIN};
use crate::reply;
use crate::table::Cell;
use crate::text::{short, size};
use crate::verify::Keys;

/// A column does not get wider than this.
const WIDEST: usize = 40;

/// Makes lines, whose columns get as wide as their widest text so far.
pub(super) struct Rows {
    event: usize,
    verdict: usize,
    answer: usize,
}

impl Rows {
    pub(super) fn new(keys: &Keys) -> Self {
        let labels = |keys: &[(String, _)], before: &str| {
            let widths = keys
                .iter()
                .map(|(label, _)| (before.to_owned() + label).width());
            widths.max().unwrap_or_default()
        };
        let verdict = labels(&keys.secrets, "✔ ").max(labels(&keys.tokens, "✔ token "));
        Self {
            event: "contact.tag.added".len(),
            verdict: verdict.min(WIDEST),
            answer: "→ 401 unauthorized".width(),
        }
    }

    pub(super) fn row(
        &mut self,
        recorded: &Recorded,
        forwarded: Option<&Forwarded>,
        status: u16,
    ) -> Vec<Cell> {
        let Recorded { summary, verdict } = recorded;
        let at = summary.received_at.as_deref().unwrap_or_default();
        let event = summary.event.as_deref().unwrap_or_default();
        let attempt = summary.attempt.unwrap_or(1);
        let (again, of) = match &summary.message_id {
            Some(message) if attempt > 1 => {
                (" again", format!("attempt {attempt} of {}", short(message)))
            }
            _ => ("", String::new()),
        };
        let (answer, style_of_answer) = match forwarded {
            Some(forwarded) if is_good(forwarded) => (answer(forwarded), GOOD),
            Some(forwarded) => (answer(forwarded), BAD),
            None if reply::is_success(status) => (String::new(), PLAIN),
            None => (format!("answered {status}"), PLAIN),
        };
        let arrow = forwarded.map_or(String::new(), |_| format!("→ {answer}"));
        let shown_answer = if forwarded.is_some() { &arrow } else { &answer };
        let ms = forwarded.and_then(|forwarded| forwarded.elapsed_ms);
        let (verdict, style, is_trusted) = match verdict {
            Some(verdict) => shown(verdict),
            None => (String::new(), PLAIN, true),
        };
        let is_end_of_line = shown_answer.is_empty() && of.is_empty();
        // A reason is longer than a column.
        let shown_verdict = if is_trusted && !is_end_of_line {
            padded(&verdict, &mut self.verdict)
        } else {
            verdict.clone()
        };
        let is_end_of_line = ms.is_none() && of.is_empty();
        let shown_answer = if is_end_of_line {
            shown_answer.clone()
        } else {
            padded(shown_answer, &mut self.answer)
        };
        vec![
            Cell::short(at.get(11..19).unwrap_or(at), at).style(FAINT),
            Cell::new(summary.id.as_deref().unwrap_or_default()).style(FAINT),
            Cell::short(padded(&format!("{event}{again}"), &mut self.event), event),
            Cell::short(
                format!("{:>7}", size(summary.bytes)),
                summary.bytes.to_string(),
            ),
            Cell::short(shown_verdict, verdict).style(style),
            Cell::short(shown_answer, &answer).style(style_of_answer),
            Cell::short(
                ms.map_or(String::new(), |ms| format!("{ms:>3} ms")),
                ms.map_or(String::new(), |ms| ms.to_string()),
            ),
            Cell::short(
                of,
                summary.attempt.map_or(String::new(), |own| own.to_string()),
            )
            .style(FAINT),
        ]
    }
}

pub(super) fn is_good(forwarded: &Forwarded) -> bool {
    forwarded.error.is_none() && forwarded.status.is_some_and(reply::is_success)
}

/// Fills a text up to the width of its column, which gets wider for it.
fn padded(text: &str, column: &mut usize) -> String {
    let width = Shown::text(text).to_string().width();
    *column = (*column).max(width).min(WIDEST);
    let gap = column.saturating_sub(width);
    format!("{text}{:gap$}", "")
}

/// `✔ main`, `✔ token hook`, `✘ signature_wrong: Something …`, and whether it is trusted.
fn shown(verdict: &Verdict) -> (String, Style, bool) {
    let label = verdict.label.as_deref().unwrap_or_default();
    if verdict.trusted {
        let by = verdict.by.filter(|by| *by == "token");
        let words = [Some("✔"), by, Some(label)];
        let words: Vec<_> = words.into_iter().flatten().collect();
        return (words.join(" "), GOOD, true);
    }
    let hint = verdict.hint.as_deref().unwrap_or_default();
    let cause = hint.split(". ").next().unwrap_or_default();
    let code = verdict.code.unwrap_or_default();
    let words = format!("✘ {code}: {}", cause.trim_end_matches('.'));
    (words, BAD, false)
}

/// `200 done`, `500`, `receiver_unreachable, answered 502`
fn answer(forwarded: &Forwarded) -> String {
    let status = forwarded.status.map(|status| status.to_string());
    let answered = forwarded
        .answered
        .map(|status| format!("answered {status}"));
    let words = [
        status.as_deref(),
        forwarded.outcome.as_deref(),
        forwarded.error,
        answered.as_deref(),
    ];
    let words: Vec<_> = words.into_iter().flatten().collect();
    words.join(" ")
}
