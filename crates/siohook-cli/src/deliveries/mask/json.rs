//! Finds the values of JSON that are personal by their name. Nothing else of the text changes.

use super::value::{fill, fill_digits, fill_email};
use crate::deliveries::target::is_secret;

/// Parts of names of personal values, without `_` and `-`.
const PERSONAL: &[&str] = &[
    "email",
    "phone",
    "mobile",
    "firstname",
    "lastname",
    "surname",
    "fullname",
    "username",
    "nickname",
    "street",
    "address",
    "city",
    "postcode",
    "postalcode",
    "zip",
    "birth",
    "iban",
    "companyname",
    "taxnumber",
    "vatnumber",
    "taxid",
];

/// Objects whose `name` is that of a person.
const PEOPLE: &[&str] = &[
    "contact",
    "customer",
    "user",
    "student",
    "affiliate",
    "buyer",
    "owner",
];

/// Members of a contact's field that say what it is.
const LABELS: &[&str] = &["slug", "fieldname"];

/// Replaces personal values. A body may have been cut, or be no JSON at all.
pub(super) fn mask(text: &mut [u8]) {
    let mut places: Vec<Place> = vec![];
    let mut key = String::new();
    let mut at = 0;
    while at < text.len() {
        let length = match text[at] {
            b'{' | b'[' => {
                places.push(Place::inside(places.last(), &key, text[at] == b'{'));
                1
            }
            b'}' | b']' => {
                places.pop();
                1
            }
            b',' | b':' => {
                if let Some(place) = places.last_mut() {
                    place.is_at_key = place.is_object && text[at] == b',';
                }
                1
            }
            b'"' => {
                let end = string_end(text, at + 1);
                let string = &mut text[at + 1..end];
                if places.last().is_some_and(|place| place.is_at_key) {
                    key = normal(string);
                } else if is_personal(places.last(), &key) {
                    if string.contains(&b'@') {
                        fill_email(string);
                    } else {
                        fill(string, b'x');
                    }
                }
                end + 1 - at
            }
            b'-' | b'0'..=b'9' => {
                let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                let length = text[at..].iter().take_while(is_part).count();
                if is_personal(places.last(), &key) {
                    fill_digits(&mut text[at..at + length]);
                }
                length
            }
            _ => 1,
        };
        at += length;
    }
}

/// An object or a list around a value.
struct Place {
    is_object: bool,
    is_at_key: bool,
    /// Its own name, or that of the list in which it is.
    name: String,
    /// Whether it is in the fields of a contact, or in an address.
    is_personal: bool,
}

impl Place {
    fn inside(outer: Option<&Self>, key: &str, is_object: bool) -> Self {
        let name = match outer {
            Some(list) if !list.is_object => list.name.clone(),
            _ => key.to_owned(),
        };
        Self {
            is_object,
            is_at_key: is_object,
            is_personal: outer.is_some_and(|outer| outer.is_personal)
                || name == "fields"
                || name.contains("address"),
            name,
        }
    }
}

fn is_personal(place: Option<&Place>, key: &str) -> bool {
    let Some(place) = place else {
        return false;
    };
    if place.is_personal {
        return !(place.is_object && LABELS.contains(&key));
    }
    let key = if place.is_object { key } else { &place.name };
    key == "ip"
        || key.ends_with("ip") && key.starts_with("client")
        || key == "name" && PEOPLE.contains(&&*place.name)
        || PERSONAL.iter().any(|part| key.contains(part))
        || is_secret(key)
}

/// A name without what its spelling does not tell.
fn normal(name: &[u8]) -> String {
    let letters = name.iter().filter(|byte| byte.is_ascii_alphanumeric());
    letters
        .map(|byte| char::from(byte.to_ascii_lowercase()))
        .collect()
}

/// Where a string ends whose first letter is here.
fn string_end(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && text[at] != b'"' {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at.min(text.len())
}
