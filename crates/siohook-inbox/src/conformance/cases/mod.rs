//! The list of cases, by section.

mod accept;
mod copies;
mod crash;
mod delays;
mod erasing;
mod leaving;
mod lists;
mod mending;
mod outcomes;
mod purging;
mod retention;
mod sharing;
mod speed;
mod store;

use std::sync::LazyLock;

use super::Case;

/// Returns all cases, in the order in which [`check`](super::check) runs them.
///
/// ```
/// use siohook_inbox::conformance::{Section, cases};
///
/// assert_eq!(cases()[0].section(), Section::Accept);
/// ```
#[must_use]
pub fn cases() -> &'static [Case] {
    static ALL: LazyLock<Vec<Case>> = LazyLock::new(|| {
        let files: &[&[Case]] = &[
            accept::CASES,
            copies::CASES,
            crash::CASES,
            leaving::CASES,
            outcomes::CASES,
            delays::CASES,
            sharing::CASES,
            store::CASES,
            retention::CASES,
            lists::CASES,
            mending::CASES,
            purging::CASES,
            erasing::CASES,
            speed::CASES,
        ];
        files.concat()
    });
    &ALL
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique() {
        let names: BTreeSet<_> = cases().iter().map(Case::name).collect();
        assert_eq!(names.len(), cases().len());
    }

    #[test]
    fn sections_follow_each_other() {
        let mut sections: Vec<_> = cases().iter().map(Case::section).collect();
        sections.dedup();
        let unique: BTreeSet<_> = sections.iter().map(ToString::to_string).collect();
        assert_eq!(unique.len(), sections.len());
    }
}
