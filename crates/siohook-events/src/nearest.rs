use crate::catalogue::{Event, events};

/// Names that people use, which systeme.io never sends, and what they mean.
const MISTAKEN: &[(&str, &str)] = &[
    ("NEW_SALE", "SALE_NEW"),
    ("OPT_IN", "CONTACT_OPT_IN"),
    ("SALE_CANCELLED", "SALE_CANCELED"),
    ("NEW_CONTACT", "CONTACT_CREATED"),
    ("TAG_ADDED", "CONTACT_TAG_ADDED"),
    ("TAG_REMOVED", "CONTACT_TAG_REMOVED"),
];

/// The name of the catalogue that somebody who wrote `name` most likely meant.
///
/// ```
/// use siohook_events::nearest;
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
    events()
        .iter()
        .map(Event::name)
        .map(|listed| {
            (
                distance(&fold(name), &fold(listed)),
                distance(&chars(name), &chars(listed)),
                listed,
            )
        })
        .filter(|(folded, ..)| *folded <= tolerance)
        .min()
        .map(|(.., listed)| listed)
}

fn chars(name: &str) -> Vec<char> {
    name.chars().collect()
}

/// Takes away what people confuse: case, and the separator.
fn fold(name: &str) -> Vec<char> {
    name.chars()
        .map(|c| match c {
            '_' | '-' | ' ' | ':' => '.',
            c => c.to_ascii_lowercase(),
        })
        .collect()
}

/// How many insertions, deletions, replacements and swaps of neighbours lead
/// from one to the other.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut before: Vec<usize> = vec![];
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for (i, &a) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &b) in to.iter().enumerate() {
            let mut least = (above[j] + usize::from(a != b))
                .min(above[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && a == to[j - 1] && b == from[i - 1] {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[to.len()]
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
            ("SALE_CANCELLED", "SALE_CANCELED"),
            ("CONTACT_OPTIN", "CONTACT_OPT_IN"),
        ] {
            assert_eq!(nearest(written), Some(meant), "{written}");
        }
    }

    #[test]
    fn far_names_have_no_neighbour() {
        for name in ["", "x", "order.shipped", "PAYMENT", "contact"] {
            assert_eq!(nearest(name), None, "{name}");
        }
    }
}
