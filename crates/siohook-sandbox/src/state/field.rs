use serde::{Deserialize, Serialize};

/// Field that each contact has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactField {
    /// Name in URLs and bodies: `first_name`.
    pub slug: String,
    /// Name that people see: `First name`.
    pub field_name: String,
}

impl ContactField {
    /// The fields of a new account.
    pub(super) fn of_new_account() -> Vec<Self> {
        let fields = [
            ("first_name", "First name"),
            ("surname", "Surname"),
            ("phone_number", "Phone number"),
            ("country", "Country"),
            ("postcode", "Postcode"),
            ("street_address", "Street address"),
            ("city", "City"),
            ("company_name", "Company name"),
            ("tax_number", "Tax number"),
        ];
        let fields = fields.map(|(slug, name)| Self {
            slug: slug.to_owned(),
            field_name: name.to_owned(),
        });
        fields.into()
    }
}
