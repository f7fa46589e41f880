//! The list of cases.

mod addresses;
mod announced;
mod before_body;
mod bodies;
mod connections;
mod disconnects;
mod expectations;
mod headers;
#[cfg(feature = "http2")]
mod http2;
mod limit;
mod methods;
mod outcomes;
mod refusals;
mod simultaneous;
mod slow;
mod targets;
mod trust;

use std::sync::LazyLock;

use crate::case::Case;

/// Returns all cases, in the order in which [`check`](crate::check) runs them.
///
/// The cases of HTTP/2 are included with the feature `http2`.
///
/// ```
/// let names: Vec<&str> = siohook_conformance::cases().iter().map(|case| case.name()).collect();
/// assert_eq!(names[0], "done_automation");
/// ```
#[must_use]
pub fn cases() -> &'static [Case] {
    static ALL: LazyLock<Vec<Case>> = LazyLock::new(|| {
        let files: &[&[Case]] = &[
            outcomes::CASES,
            refusals::CASES,
            trust::CASES,
            addresses::CASES,
            methods::CASES,
            headers::CASES,
            targets::CASES,
            bodies::CASES,
            limit::CASES,
            before_body::CASES,
            slow::CASES,
            disconnects::CASES,
            simultaneous::CASES,
            connections::CASES,
            expectations::CASES,
            #[cfg(feature = "http2")]
            http2::CASES,
            announced::CASES,
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
}
