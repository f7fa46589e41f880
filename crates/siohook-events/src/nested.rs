//! `contact.contact`: the documentation of `CONTACT_TAG_REMOVED` nests the
//! contact twice. Both forms are read, and each is written as it was.

use std::fmt;
use std::marker::PhantomData;

use serde::de::IntoDeserializer;
use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

const KEY: &str = "contact";

/// A value that knows whether it came inside another `contact`.
pub(crate) trait Nested {
    fn nested(&self) -> bool;
    fn nest(&mut self);
}

pub(crate) fn serialize<S, T>(contact: &T, serializer: S) -> Result<S::Ok, S::Error>
where
    S: Serializer,
    T: Serialize + Nested,
{
    if !contact.nested() {
        return contact.serialize(serializer);
    }
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(KEY, contact)?;
    map.end()
}

pub(crate) fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Nested,
{
    deserializer.deserialize_map(OnceOrTwice(PhantomData))
}

struct OnceOrTwice<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Nested> Visitor<'de> for OnceOrTwice<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a contact")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let first: Option<String> = map.next_key()?;
        if first.as_deref() != Some(KEY) {
            return T::deserialize(MapAccessDeserializer::new(Unread { first, map }));
        }
        let mut contact: T = map.next_value()?;
        contact.nest();
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(contact)
    }
}

/// A map whose first key was read to see which form it is.
struct Unread<A> {
    first: Option<String>,
    map: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Unread<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => {
                let key: StringDeserializer<A::Error> = key.into_deserializer();
                seed.deserialize(key).map(Some)
            }
            None => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}
