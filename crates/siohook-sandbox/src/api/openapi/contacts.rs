use serde_json::{Value, json};

use super::description::Answer::{Created, Found, List, NoContent};
use super::description::{Description, Parameter};
use super::schema::{choice, flag, id, input, list, named, object, or_null, text, time};
use crate::state::LOCALES;

pub(in crate::api) const LIST: Description = Description::new(
    "listContacts",
    "Lists contacts, always the newest first",
    List("Contact"),
)
.query(&[
    Parameter::new("email", "The address. Its case is ignored", email),
    Parameter::new(
        "tags",
        "Ids of tags, with commas. A contact has all of them",
        ids,
    ),
    Parameter::new("bounced", "Whether e-mail bounced", flag),
    Parameter::new("unsubscribed", "Whether the contact unsubscribed", flag),
    Parameter::new(
        "needsConfirmation",
        "Whether the address is to be confirmed",
        flag,
    ),
    Parameter::new("registeredBefore", "A time after the registration", moment),
    Parameter::new("registeredAfter", "A time before the registration", moment),
])
.paged();
pub(in crate::api) const CREATE: Description =
    Description::new("createContact", "Creates a contact", Created("Contact"));
pub(in crate::api) const GET: Description =
    Description::new("getContact", "Returns a contact", Found("Contact"));
pub(in crate::api) const UPDATE: Description = Description::new(
    "updateContact",
    "Changes the language and the named fields of a contact",
    Found("Contact"),
);
pub(in crate::api) const DELETE: Description =
    Description::new("deleteContact", "Deletes a contact", NoContent);

pub(super) fn schemas() -> Value {
    let locale = or_null(choice(&LOCALES));
    let fields = or_null(list(named("FieldValueInput")));
    json!({
        "Contact": contact(json!({
            "fields": list(named("FieldValue")),
            "tags": list(named("ContactTag")),
        })),
        "ContactTag": object(json!({ "id": id(), "name": text() })),
        "FieldValue": object(json!({
            "fieldName": text(),
            "slug": text(),
            "value": or_null(text()),
        })),
        "ContactInput": input(
            &["email"],
            json!({ "email": email(), "locale": locale, "fields": fields }),
        ),
        "ContactPatch": input(&[], json!({ "locale": locale, "fields": fields })),
        "FieldValueInput": input(&["slug"], json!({ "slug": text(), "value": or_null(text()) })),
    })
}

/// A contact with these members and the usual ones.
pub(super) fn contact(mut others: Value) -> Value {
    let usual = [
        ("id", id()),
        ("email", text()),
        ("registeredAt", time()),
        ("locale", choice(&LOCALES)),
        ("sourceURL", or_null(text())),
        ("unsubscribed", flag()),
        ("bounced", flag()),
        ("needsConfirmation", flag()),
    ];
    for (name, schema) in usual {
        others[name] = schema;
    }
    object(others)
}

fn email() -> Value {
    json!({ "type": "string", "format": "email" })
}

fn ids() -> Value {
    json!({ "type": "string", "pattern": r"^\d+(,\d+)*$" })
}

fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}
