//! Parses a body and its payload in one pass. If that pass fails, the body is parsed
//! again step by step to produce a precise error.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, Visitor,
};

use super::payload::{Payload, PayloadCell};
use crate::delivery::envelope::{self, Envelope};
use crate::delivery::{Delivery, Parts};
use crate::verify::Rejection;
use crate::verify::shape::{self, SHAPE_KEYS};

/// Parses the envelope of an automation, and the payload in it.
pub(super) fn parse_automation<P: Payload>(parts: Parts) -> Result<Delivery, Rejection> {
    let (delivery, is_parsed) =
        with_payload::<P>(parts, |parts| envelope::payload(&parts.body).ok());
    if !is_parsed {
        delivery.set_envelope(Envelope::parse(delivery.body())?);
    }
    Ok(delivery)
}

/// Parses the body of an account webhook, which is its payload.
pub(super) fn parse_account<P: Payload>(parts: Parts) -> Result<Delivery, Rejection> {
    let (delivery, is_parsed) = with_payload::<P>(parts, |parts| {
        let event = parts.event.event()?;
        parse_shaped(envelope::text(&parts.body).ok()?, event.members())
    });
    if !is_parsed {
        shape::check_account(envelope::text(delivery.body())?, delivery.event())?;
    }
    Ok(delivery)
}

/// Makes a delivery with its payload, and tells whether that was parsed.
fn with_payload<P: Payload>(
    parts: Parts,
    parse: impl FnOnce(&Parts) -> Option<P>,
) -> (Delivery, bool) {
    let mut is_parsed = false;
    let delivery = Delivery::filled(parts, PayloadCell::default(), |parts, cell| {
        is_parsed = cell.fill(parse(parts));
    });
    (delivery, is_parsed)
}

/// Parses a payload that has all of these members, unless the body has one of the
/// [`SHAPE_KEYS`] that belongs to another event.
fn parse_shaped<P: DeserializeOwned>(json: &str, members: &[&str]) -> Option<P> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let payload = PhantomData;
    let parsed = deserializer.deserialize_map(Shaped { payload, members });
    deserializer.end().ok()?;
    parsed.ok()
}

/// Parses a payload and checks the keys on the way.
struct Shaped<'a, P> {
    payload: PhantomData<P>,
    members: &'a [&'a str],
}

impl<'de, P: DeserializeOwned> Visitor<'de> for Shaped<'_, P> {
    type Value = P;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<P, A::Error> {
        let members = self.members;
        P::deserialize(MapAccessDeserializer::new(ShapedMap { map, members }))
    }
}

struct ShapedMap<'a, A> {
    map: A,
    members: &'a [&'a str],
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for ShapedMap<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let members = self.members;
        self.map.next_key_seed(ShapedKey { seed, members })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

struct ShapedKey<'a, K> {
    seed: K,
    members: &'a [&'a str],
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for ShapedKey<'_, K> {
    type Value = K::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for ShapedKey<'_, K> {
    type Value = K::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<K::Value, E> {
        if SHAPE_KEYS.contains(&key) && !self.members.contains(&key) {
            return Err(E::custom("a member of another event"));
        }
        let key: StrDeserializer<'_, E> = key.into_deserializer();
        self.seed.deserialize(key)
    }
}
