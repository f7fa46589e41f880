//! A contact inside another `contact`, as the documentation of `CONTACT_TAG_REMOVED` has it.
//! Both forms are read, and each is written as it came.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, Visitor,
};
use serde::ser::{Serialize, SerializeMap, Serializer};

const KEY: &str = "contact";

/// A value that knows whether it came inside another `contact`. It has no member of that
/// name.
pub(crate) trait Nested {
    /// Keys of its members and `contact`, for deserializers whose errors name the place.
    const KEYS: &'static [&'static str];

    fn form(&self) -> Form;
    fn set_form(&mut self, form: Form);
}

/// How a contact is written. All forms are equal, so that contacts compare without it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Form {
    /// `"contact": {…}`
    #[default]
    Once,
    /// `"contact": {"contact": {…}}`
    Twice,
}

impl PartialEq for Form {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

pub(crate) fn serialize<S, T>(contact: &T, serializer: S) -> Result<S::Ok, S::Error>
where
    S: Serializer,
    T: Serialize + Nested,
{
    match contact.form() {
        Form::Once => contact.serialize(serializer),
        Form::Twice => {
            let mut map = serializer.serialize_map(Some(1))?;
            map.serialize_entry(KEY, contact)?;
            map.end()
        }
    }
}

pub(crate) fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Nested,
{
    deserializer.deserialize_struct(KEY, T::KEYS, OnceOrTwice(PhantomData))
}

pub(crate) struct OnceOrTwice<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Nested> Visitor<'de> for OnceOrTwice<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a contact")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let mut outer: Outer<_, T> = Outer {
            map,
            at_inner: false,
            inner: None,
            read_to_end: false,
        };
        let contact = T::deserialize(MapAccessDeserializer::new(&mut outer));
        match outer {
            // The outer contact can only lack members, which is no error here.
            Outer {
                inner: Some(mut inner),
                read_to_end: true,
                ..
            } => {
                inner.set_form(Form::Twice);
                Ok(inner)
            }
            _ => contact,
        }
    }
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for OnceOrTwice<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{}.OnceOrTwice", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let contact = generator.subschema_for::<T>();
        schemars::json_schema!({
            "anyOf": [
                contact,
                {
                    "type": "object",
                    "properties": { KEY: contact },
                    "required": [KEY],
                },
            ],
        })
    }
}

/// A map that keeps the value of its member `contact` and shows null instead, which a type
/// without such a member ignores.
struct Outer<A, T> {
    map: A,
    at_inner: bool,
    inner: Option<T>,
    read_to_end: bool,
}

impl<'de, A: MapAccess<'de>, T: Deserialize<'de>> MapAccess<'de> for &mut Outer<A, T> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let at_inner = &mut self.at_inner;
        let key = self.map.next_key_seed(Watch { seed, at_inner })?;
        self.read_to_end = key.is_none();
        Ok(key)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        if !self.at_inner {
            return self.map.next_value_seed(seed);
        }
        self.inner = self.map.next_value()?;
        seed.deserialize(().into_deserializer())
    }
}

/// Records whether the key is `contact`.
struct Watch<'a, K> {
    seed: K,
    at_inner: &'a mut bool,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Watch<'_, K> {
    type Value = K::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for Watch<'_, K> {
    type Value = K::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<K::Value, E> {
        *self.at_inner = key == KEY;
        let key: StrDeserializer<'_, E> = key.into_deserializer();
        self.seed.deserialize(key)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;
    use crate::{account, unified};

    #[track_caller]
    fn assert_keys<T: Nested + Serialize + DeserializeOwned>() {
        let contact: T =
            serde_json::from_value(json!({"id": 7, "email": "lea.martin@example.com"})).unwrap();
        let Value::Object(written) = serde_json::to_value(contact).unwrap() else {
            panic!("it is written as a map");
        };
        let mut written: BTreeSet<&str> = written.keys().map(String::as_str).collect();
        written.insert(KEY);
        assert_eq!(written, T::KEYS.iter().copied().collect());
    }

    #[test]
    fn the_keys_are_those_of_the_members() {
        assert_keys::<account::Contact>();
        assert_keys::<unified::Contact>();
    }
}
