//! Bodies, made from the fixtures, so that they are as PHP writes them.

/// A small body of an account webhook: `CONTACT_TAG_ADDED` in about 340 bytes.
#[must_use]
pub fn tag() -> String {
    [
        r#""locale":"fr","#,
        "?utm_source=newsletter",
        r#",{"fieldName":"Nom","slug":"surname","value":"Martin"}"#,
        r#",{"fieldName":"T\u00e9l\u00e9phone","slug":"phone_number","value":null}"#,
        r#"{"id":1758301,"name":"Newsletter"},{"id":1758324,"name":"\u00c9l\u00e8ve"}"#,
    ]
    .into_iter()
    .fold(fixture!("account/CONTACT_TAG_ADDED"), without)
}

/// A large body of an account webhook: `SALE_NEW` in about 1.5 KB.
#[must_use]
pub fn sale() -> String {
    fixture!("account/SALE_NEW")
}

/// A small body of an automation: `contact.tag.added`.
#[must_use]
pub fn tag_automation() -> String {
    fixture!("automation/contact.tag.added")
}

/// A large body of an automation: `customer.sale.completed`.
#[must_use]
pub fn sale_automation() -> String {
    fixture!("automation/customer.sale.completed")
}

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../fixtures/", $name, ".json")).to_owned()
    };
}
use fixture;

/// A [`tag`] of at least this many bytes: with as many fields as that takes.
#[must_use]
#[expect(clippy::missing_panics_doc, reason = "the tag has a field")]
pub fn tag_of(bytes: usize) -> String {
    let body = tag();
    let (before, after) = body.split_once("}],").expect("it has one field");
    let mut longer = format!("{before}}}");
    for number in 0.. {
        if longer.len() + after.len() + 2 >= bytes {
            break;
        }
        let value = format!(r#""value":"\u00e9t\u00e9 {number}""#);
        let names = format!(r#""fieldName":"Champ {number}","slug":"champ_{number}""#);
        longer.extend([",{", &names, ",", &value, "}"]);
    }
    longer + "]," + after
}

fn without(body: String, part: &str) -> String {
    let (before, after) = body.split_once(part).expect("the fixture has this part");
    format!("{before}{after}")
}

#[cfg(test)]
mod tests {
    use siohook::account::{ContactTagAdded, SaleNew};

    use super::*;

    #[test]
    fn bodies_are_what_they_are_said_to_be() {
        let small: ContactTagAdded = serde_json::from_str(&tag()).unwrap();
        assert_eq!(small.contact.fields.first_name(), Some("Léa"));
        assert!((320..=360).contains(&tag().len()), "{}", tag().len());
        serde_json::from_str::<SaleNew>(&sale()).unwrap();
        assert!((1400..=1600).contains(&sale().len()), "{}", sale().len());
    }

    #[test]
    fn long_bodies_are_as_long_as_asked_for() {
        for bytes in [1000, 1 << 20] {
            let body = tag_of(bytes);
            assert!((bytes..bytes + 100).contains(&body.len()), "{}", body.len());
            serde_json::from_str::<ContactTagAdded>(&body).unwrap();
        }
    }
}
