//! Parses a body and its payload in one pass. If that pass fails, the body is parsed
//! again step by step to produce a precise error.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, Visitor,
};
use siohook_events::EventName;

use super::payload::{Payload, PayloadCell};
use crate::delivery::envelope::{self, Envelope};
use crate::delivery::{Delivery, Parts};
use crate::verify::Rejection;
use crate::verify::shape::{self, Shape};

/// Parses the envelope of an automation, and the payload in it.
pub(super) fn parse_automation<P: Payload>(parts: Parts) -> Result<Delivery, Rejection> {
    let (delivery, is_parsed) =
        with_payload::<P>(parts, |parts| envelope::payload(&parts.body).ok());
    if !is_parsed {
        delivery.set_envelope(Envelope::parse(delivery.body())?);
        PayloadCell::<P>::salvage(&delivery);
    }
    Ok(delivery)
}

/// Parses the body of an account webhook, which is its payload.
pub(super) fn parse_account<P: Payload>(parts: Parts) -> Result<Delivery, Rejection> {
    let (delivery, is_parsed) = with_payload::<P>(parts, |parts| {
        parse_shaped(envelope::text(&parts.body).ok()?, &parts.event)
    });
    if !is_parsed {
        shape::check_account(envelope::text(delivery.body())?, delivery.event())?;
        PayloadCell::<P>::salvage(&delivery);
    }
    Ok(delivery)
}

/// Makes a delivery with its payload. Returns `false` if the payload could not be parsed.
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

/// Parses a payload, unless the body has the shape of another event.
fn parse_shaped<P: DeserializeOwned>(json: &str, event: &EventName) -> Option<P> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let mut shape = Shape::default();
    let parsed = deserializer.deserialize_map(Shaped {
        payload: PhantomData,
        shape: &mut shape,
    });
    deserializer.end().ok()?;
    if shape.contradiction(event).is_some() {
        return None;
    }
    parsed.ok()
}

/// Parses a payload and notes the shape of the body on the way.
struct Shaped<'a, P> {
    payload: PhantomData<P>,
    shape: &'a mut Shape,
}

impl<'de, P: DeserializeOwned> Visitor<'de> for Shaped<'_, P> {
    type Value = P;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<P, A::Error> {
        P::deserialize(MapAccessDeserializer::new(ShapedMap {
            map,
            shape: self.shape,
            member: Shape::default(),
        }))
    }
}

struct ShapedMap<'a, A> {
    map: A,
    shape: &'a mut Shape,
    /// The shape of the last key.
    member: Shape,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for ShapedMap<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let member = &mut self.member;
        self.map.next_key_seed(ShapedKey { seed, member })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        let (shape, member) = (&mut *self.shape, self.member);
        self.map.next_value_seed(ShapedValue {
            seed,
            shape,
            member,
        })
    }
}

struct ShapedKey<'a, K> {
    seed: K,
    member: &'a mut Shape,
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
        *self.member = Shape::of(key);
        let key: StrDeserializer<'_, E> = key.into_deserializer();
        self.seed.deserialize(key)
    }
}

/// A value, which is part of the shape unless it is `null`.
struct ShapedValue<'a, V> {
    seed: V,
    shape: &'a mut Shape,
    member: Shape,
}

impl<'de, V: DeserializeSeed<'de>> DeserializeSeed<'de> for ShapedValue<'_, V> {
    type Value = V::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, V: DeserializeSeed<'de>> Visitor<'de> for ShapedValue<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.seed.deserialize(().into_deserializer())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.shape.add(self.member);
        self.seed.deserialize(deserializer)
    }
}
