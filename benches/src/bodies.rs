//! Bodies made from the fixtures, in PHP's spelling of JSON.

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

/// A small body of an automation: `contact.tag.added`, with another contact for each number.
#[must_use]
pub fn tag_automation(number: u64) -> String {
    fixture!("automation/contact.tag.added").replacen("29143587", &contact(number), 1)
}

/// A large body of an automation: `customer.sale.completed`, with another contact for each
/// number.
#[must_use]
pub fn sale_automation(number: u64) -> String {
    fixture!("automation/customer.sale.completed").replacen("20756080", &contact(number), 1)
}

/// Contact ids of equal length.
fn contact(number: u64) -> String {
    (20_000_000 + number).to_string()
}

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../fixtures/", $name, ".json")).to_owned()
    };
}
use fixture;

fn without(body: String, part: &str) -> String {
    let (before, after) = body.split_once(part).expect("the fixture has this part");
    format!("{before}{after}")
}

#[cfg(test)]
mod tests {
    use siohook::account::{ContactTagAdded, SaleNew};

    use super::*;

    #[test]
    fn bodies_have_the_documented_sizes() {
        let small: ContactTagAdded = serde_json::from_str(&tag()).unwrap();
        assert_eq!(small.contact.fields.first_name(), Some("Léa"));
        assert!((320..=360).contains(&tag().len()), "{}", tag().len());
        serde_json::from_str::<SaleNew>(&sale()).unwrap();
        assert!((1400..=1600).contains(&sale().len()), "{}", sale().len());
    }
}
