use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
#[cfg(feature = "schema")]
use {crate::schema::tolerant, schemars::JsonSchema};

/// The fields of a person: an ordered map from slug to value.
///
/// systeme.io writes them in three forms, and all are read: `[]` when there are none, an
/// object from slug to value (automation, and the customer of a sale), and a list of
/// `{fieldName, slug, value}` (account). Serialising gives back the form that was read.
///
/// Every value that was captured is a string or null. [`get`](Self::get) returns strings,
/// and [`Field::value`] any JSON.
///
/// `==` compares the values of all slugs, and null equals absent. It ignores form, order and
/// the [name](Field::field_name) that the owner sees, so a person's fields are equal
/// whichever mechanism sent them.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::Fields;
///
/// let fields: Fields = serde_json::from_str(r#"{"first_name": "Léa", "shoe_size": "38"}"#)?;
/// assert_eq!(fields.first_name(), Some("Léa"));
/// assert_eq!(fields.get("shoe_size"), Some("38"));
/// assert_eq!(fields.surname(), None);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Collect them in your own tests:
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::Fields;
///
/// let fields = Fields::from_iter([("first_name", Some("Léa")), ("phone_number", None)]);
/// assert_eq!(fields.first_name(), Some("Léa"));
/// assert_eq!(fields.len(), 2);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Fields {
    fields: Vec<Field>,
    form: Form,
}

/// With the feature `arbitrary_precision` of `serde_json`, which any crate of the program
/// may turn on, a number comes as a map with this one key.
const NUMBER: &str = "$serde_json::private::Number";

/// Few maps have more fields.
const USUAL: usize = 8;

#[derive(Clone, Copy, Debug, Default)]
enum Form {
    /// `[…]`, which is also how PHP writes an empty map.
    #[default]
    List,
    /// `{…}`
    Map,
}

/// One of the [`Fields`].
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::Fields;
///
/// let fields: Fields = serde_json::from_str(
///     r#"[{"fieldName": "Vorname", "slug": "first_name", "value": "Lea"}]"#,
/// )?;
/// for field in &fields {
///     assert_eq!(field.field_name.as_deref(), Some("Vorname"));
///     assert_eq!(field.slug, "first_name");
///     assert_eq!(field.value, "Lea");
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema), schemars(transform = tolerant))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Field {
    /// Name that the owner of the account sees, in the account's language. Captured; only
    /// account webhooks send it.
    #[serde(default)]
    pub field_name: Option<String>,
    /// Name for programs: `first_name`, or one that the owner chose. Captured and documented.
    pub slug: String,
    /// Value of the field. Captured and documented as a string, captured as null; anything
    /// else was never seen.
    #[serde(default)]
    pub value: Value,
}

impl Fields {
    /// Returns the value of a field, if it is a string.
    ///
    /// Known slugs: `first_name`, `surname` or `last_name`, `phone_number`, `country`,
    /// `postcode`, `street_address`, `city`, `company_name`, `tax_number`.
    #[must_use]
    pub fn get(&self, slug: &str) -> Option<&str> {
        self.value(slug)?.as_str()
    }

    /// Returns the first name.
    #[must_use]
    pub fn first_name(&self) -> Option<&str> {
        self.get("first_name")
    }

    /// Returns the last name. Its slug is `surname` on some accounts, `last_name` on others.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// use siohook::Fields;
    ///
    /// for slug in ["surname", "last_name"] {
    ///     assert_eq!(Fields::from_iter([(slug, "Martin")]).surname(), Some("Martin"));
    /// }
    /// ```
    #[must_use]
    pub fn surname(&self) -> Option<&str> {
        self.get("surname").or_else(|| self.get("last_name"))
    }

    /// Returns the phone number as the person typed it.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// use siohook::Fields;
    ///
    /// let fields = Fields::from_iter([("phone_number", "+33 1 23 45 67 89")]);
    /// assert_eq!(fields.phone_number(), Some("+33 1 23 45 67 89"));
    /// ```
    #[must_use]
    pub fn phone_number(&self) -> Option<&str> {
        self.get("phone_number")
    }

    /// Iterates over all fields in the order of the body, including those without a value.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// use siohook::Fields;
    ///
    /// let fields: Fields = serde_json::from_str(r#"{"city": "Lyon", "country": null}"#)?;
    /// assert!(fields.iter().map(|field| &field.slug).eq(["city", "country"]));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn iter(&self) -> std::slice::Iter<'_, Field> {
        self.fields.iter()
    }

    /// Returns the number of fields.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Returns whether there are no fields.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// assert!(siohook::Fields::default().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    fn value(&self, slug: &str) -> Option<&Value> {
        let field = self.iter().find(|field| field.slug == slug)?;
        Some(&field.value).filter(|value| !value.is_null())
    }
}

impl PartialEq for Fields {
    fn eq(&self, other: &Self) -> bool {
        self.iter()
            .chain(other)
            .all(|Field { slug, .. }| self.value(slug) == other.value(slug))
    }
}

impl<'a> IntoIterator for &'a Fields {
    type Item = &'a Field;
    type IntoIter = std::slice::Iter<'a, Field>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Collects slugs and values into the form of an object. If a slug comes again, its last value
/// counts.
impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Fields {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(fields: I) -> Self {
        let mut collected: Vec<Field> = vec![];
        for (slug, value) in fields {
            let (slug, value) = (slug.into(), value.into());
            match collected.iter_mut().find(|field| field.slug == slug) {
                Some(field) => field.value = value,
                None => collected.push(Field {
                    field_name: None,
                    slug,
                    value,
                }),
            }
        }
        // PHP writes an empty map as a list.
        let form = if collected.is_empty() {
            Form::List
        } else {
            Form::Map
        };
        Self {
            fields: collected,
            form,
        }
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.form {
            Form::List => self.fields.serialize(serializer),
            Form::Map => {
                let mut map = serializer.serialize_map(Some(self.fields.len()))?;
                for Field { slug, value, .. } in &self.fields {
                    map.serialize_entry(slug, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyForm)
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for Fields {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Fields".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let field = generator.subschema_for::<Field>();
        schemars::json_schema!({
            "description": "The fields of a person: an object from slug to value (automation, and the \
                customer of a sale), a list (account), or `[]` if there are none.",
            "anyOf": [
                {
                    "description": "Slug to value. Every value that was captured is a string or null.",
                    "type": "object",
                    "examples": [{ "first_name": "Léa", "surname": "Martin" }],
                },
                {
                    "type": "array",
                    "items": field,
                },
                { "type": "null" },
            ],
        })
    }
}

struct AnyForm;

impl<'de> Visitor<'de> for AnyForm {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of fields, or a list of them")
    }

    fn visit_unit<E>(self) -> Result<Fields, E> {
        Ok(Fields::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Fields, A::Error> {
        let mut fields = vec![];
        while let Some(field) = list.next_element()? {
            fields.push(field);
        }
        Ok(Fields {
            fields,
            form: Form::List,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Vec::with_capacity(USUAL);
        while let Some(slug) = map.next_key()? {
            fields.push(Field {
                field_name: None,
                slug,
                value: map.next_value()?,
            });
        }
        if let [field] = &fields[..]
            && field.slug == NUMBER
        {
            return Err(A::Error::invalid_type(Unexpected::Other("number"), &self));
        }
        Ok(Fields {
            fields,
            form: Form::Map,
        })
    }
}
