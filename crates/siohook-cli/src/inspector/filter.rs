//! What the filter box says: `event:SALE_* is:refused is:failed since:2h text`.

use siohook_events::Shown;

use super::index::Row;
use super::problem::Problem;
use crate::choice::{self, Choice};
use crate::deliveries::search::Search;

/// A choice, and words that all have to be there.
#[derive(Default)]
pub(super) struct Filter {
    choice: Choice,
    words: Vec<Search>,
}

impl Filter {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let mut filter = Self::default();
        let choice = &mut filter.choice;
        for word in text.split_whitespace() {
            let moment = |time| {
                choice::moment(time)
                    .map(Some)
                    .map_err(|why| wrong(word, &why))
            };
            match word.split_once(':') {
                Some(("event", glob)) => {
                    let glob = choice::pattern(glob).map_err(|why| wrong(word, &why))?;
                    choice.event = Some(glob);
                }
                Some(("since", time)) => choice.since = moment(time)?,
                Some(("until", time)) => choice.until = moment(time)?,
                Some(("is", "failed")) => choice.failed = true,
                Some(("is", "refused")) => choice.refused = true,
                Some(("is", _)) => {
                    return Err(wrong(word, "there are `is:failed` and `is:refused`"));
                }
                _ => filter.words.push(Search::new(word)),
            }
        }
        Ok(filter)
    }

    pub(super) fn fits(&self, row: &Row) -> bool {
        let event = row.summary.event.as_deref();
        let is_meant = self
            .choice
            .fits(row.entry.time, event, row.last.as_ref(), || {
                row.is_refused()
            });
        if !is_meant || self.words.is_empty() {
            return is_meant;
        }
        // What can't be read any more has no text.
        let capture = row.entry.read();
        capture.is_ok_and(|capture| self.words.iter().all(|word| word.fits(&capture)))
    }
}

fn wrong(word: &str, why: &str) -> Problem {
    Problem::invalid(format!("`{}`: {}", Shown::value(word), Shown::text(why)))
}
