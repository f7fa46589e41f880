use std::cmp::Reverse;

use strsim::osa_distance;

use crate::catalogue::{Event, events};

/// Names that people use and systeme.io never sends, with the right ones.
const MISTAKEN: &[(&str, &str)] = &[
    ("NEW_SALE", "SALE_NEW"),
    ("OPT_IN", "CONTACT_OPT_IN"),
    ("SALE_CANCELLED", "SALE_CANCELED"),
    ("NEW_CONTACT", "CONTACT_CREATED"),
    ("TAG_ADDED", "CONTACT_TAG_ADDED"),
    ("TAG_REMOVED", "CONTACT_TAG_REMOVED"),
];

/// Finds the name of the catalogue that is most likely meant by `name`.
///
/// If several names are equally near, the one that shares the first segments wins.
///
/// ```
/// # mod siohook { pub use siohook_events as event; }
/// use siohook::event::nearest;
///
/// assert_eq!(nearest("contact.tag.aded"), Some("contact.tag.added"));
/// assert_eq!(nearest("NEW_SALE"), Some("SALE_NEW"));
/// assert_eq!(nearest("order.shipped"), None);
/// ```
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    let mistaken = MISTAKEN.iter().find(|(wrong, _)| *wrong == name);
    if let Some((_, right)) = mistaken {
        return Some(right);
    }
    let tolerance = name.chars().count().max(3) / 4;
    let folded = fold(name);
    let rank = |event: &Event| {
        let listed = fold(event.name());
        let distance = osa_distance(&folded, &listed);
        (distance <= tolerance).then(|| {
            let shared = Reverse(shared_segments(&folded, &listed));
            // Names of the two mechanisms may differ in case and separator only.
            let respelt = osa_distance(name, event.name());
            (distance, shared, respelt, event.name())
        })
    };
    let (.., listed) = events().iter().filter_map(rank).min()?;
    Some(listed)
}

/// Removes differences of case and separator, which people confuse.
fn fold(name: &str) -> String {
    name.replace(['_', '-', ' ', ':'], ".").to_ascii_lowercase()
}

/// Counts the segments that both begin with.
fn shared_segments(from: &str, to: &str) -> usize {
    let pairs = from.split('.').zip(to.split('.'));
    pairs.take_while(|(from, to)| from == to).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistaken_name_leads_into_the_catalogue() {
        for (wrong, right) in MISTAKEN {
            assert!(events().iter().any(|event| event.name() == *right));
            assert!(events().iter().all(|event| event.name() != *wrong));
        }
    }

    #[test]
    fn slips_of_the_pen_are_found() {
        for (written, meant) in [
            ("contact.tag.aded", "contact.tag.added"),
            ("contact.tga.added", "contact.tag.added"),
            ("Contact.Tag.Added", "contact.tag.added"),
            ("sale_new", "SALE_NEW"),
            ("contact.opt_in.completed", "contact.optin.completed"),
            (
                "contact.course-bundle.enrolled",
                "contact.course_bundle.enrolled",
            ),
            ("NEW_SALE", "SALE_NEW"),
            ("OPT_IN", "CONTACT_OPT_IN"),
            ("SALE_CANCELLED", "SALE_CANCELED"),
            ("CONTACT_OPTIN", "CONTACT_OPT_IN"),
        ] {
            assert_eq!(nearest(written), Some(meant), "{written}");
        }
    }

    #[test]
    fn of_equally_near_names_the_first_segments_decide() {
        for (written, meant, as_near) in [
            (
                "CONTACT_TAG_CREATED",
                "CONTACT_TAG_REMOVED",
                "CONTACT_CREATED",
            ),
            (
                "contact.page.ompleted",
                "contact.page.visited",
                "contact.optin.completed",
            ),
            (
                "CONTACT_PAGE_TED",
                "contact.page.visited",
                "CONTACT_CREATED",
            ),
        ] {
            let distance = |listed| osa_distance(&fold(written), &fold(listed));
            assert_eq!(distance(meant), distance(as_near), "{written}");
            assert_eq!(nearest(written), Some(meant), "{written}");
        }
    }

    #[test]
    fn the_spelling_decides_between_the_mechanisms() {
        assert_eq!(nearest("contact.tag.aded"), Some("contact.tag.added"));
        assert_eq!(nearest("CONTACT_TAG_ADED"), Some("CONTACT_TAG_ADDED"));
    }

    #[test]
    fn far_names_have_no_neighbour() {
        for name in ["", "x", "order.shipped", "PAYMENT", "contact"] {
            assert_eq!(nearest(name), None, "{name}");
        }
    }
}
