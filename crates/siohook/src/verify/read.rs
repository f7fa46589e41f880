//! From a body that is trusted to a delivery.
//!
//! The payload is read in the pass that checks the body, if there is a handler
//! that takes it. What does not work out in that pass is read again, piece by
//! piece, to tell what is wrong with it. What is around the payload of an
//! automation is kept where it was found, else looked for when somebody asks.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, Visitor,
};
use siohook_events::Mechanism;

use super::envelope::{self, Around, Automation, TELLING};
use crate::delivery::{Delivery, Parts};
use crate::payload::Payload;
use crate::rejection::Rejection;

/// Reads the body of a delivery whose event is known.
pub(crate) type Reader = fn(Parts) -> Result<Delivery, Rejection>;

/// Reads no payload: for events whose payload no handler takes.
pub(crate) fn bare(mechanism: Mechanism) -> Reader {
    match mechanism {
        Mechanism::Automation => |parts| {
            let around = Around::read(&parts.body)?;
            envelope::check_automation(&parts.event)?;
            let delivery = Delivery::new(parts);
            delivery.set_around(around);
            Ok(delivery)
        },
        Mechanism::Account => |parts| {
            envelope::check_account(envelope::text(&parts.body)?, &parts.event)?;
            Ok(Delivery::new(parts))
        },
    }
}

/// Reads an automation and its payload.
pub(crate) fn automation<P: Payload>(parts: Parts) -> Result<Delivery, Rejection> {
    let (delivery, is_read) = Delivery::with_payload::<P>(parts, |delivery| {
        let json = envelope::text(delivery.body()).ok()?;
        Some(Automation::read(json).ok()?.data)
    });
    if !is_read {
        delivery.set_around(Around::read(delivery.body())?);
    }
    Ok(delivery)
}

/// Reads an account webhook, which is its payload.
pub(crate) fn account<P: Payload>(parts: Parts) -> Result<Delivery, Rejection> {
    let (delivery, is_read) = Delivery::with_payload::<P>(parts, |delivery| {
        let event = delivery.event().event()?;
        telling(envelope::text(delivery.body()).ok()?, event.members())
    });
    if !is_read {
        envelope::check_account(envelope::text(delivery.body())?, delivery.event())?;
    }
    Ok(delivery)
}

/// Reads a payload that has all of these members, unless there is one that tells
/// of another event.
fn telling<P: DeserializeOwned>(json: &str, members: &[&str]) -> Option<P> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let payload = PhantomData;
    let read = deserializer.deserialize_map(Watched { payload, members });
    deserializer.end().ok()?;
    read.ok()
}

/// Reads a payload and watches the keys that pass.
struct Watched<'a, P> {
    payload: PhantomData<P>,
    members: &'a [&'a str],
}

impl<'de, P: DeserializeOwned> Visitor<'de> for Watched<'_, P> {
    type Value = P;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<P, A::Error> {
        let members = self.members;
        P::deserialize(MapAccessDeserializer::new(WatchedMap { map, members }))
    }
}

struct WatchedMap<'a, A> {
    map: A,
    members: &'a [&'a str],
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WatchedMap<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let members = self.members;
        self.map.next_key_seed(WatchedKey { seed, members })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

struct WatchedKey<'a, K> {
    seed: K,
    members: &'a [&'a str],
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for WatchedKey<'_, K> {
    type Value = K::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for WatchedKey<'_, K> {
    type Value = K::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<K::Value, E> {
        if TELLING.contains(&key) && !self.members.contains(&key) {
            return Err(E::custom("a member of another event"));
        }
        let key: StrDeserializer<'_, E> = key.into_deserializer();
        self.seed.deserialize(key)
    }
}
