use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error, Expected, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use super::misfit::is_object;

/// A value of a document, to be read with any type of errors.
///
/// `Value` has a deserializer, but its errors are only a text.
pub(crate) struct Node<'a, E> {
    value: &'a Value,
    error: PhantomData<E>,
}

impl<'a, E> Node<'a, E> {
    pub(crate) fn new(value: &'a Value) -> Self {
        let error = PhantomData;
        Self { value, error }
    }
}

impl<'de, E: Error> IntoDeserializer<'de, E> for Node<'de, E> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de, E: Error> Deserializer<'de> for Node<'de, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Number(number) => {
                if let Some(number) = number.as_u64() {
                    visitor.visit_u64(number)
                } else if let Some(number) = number.as_i64() {
                    visitor.visit_i64(number)
                } else {
                    visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN))
                }
            }
            // serde would take the elements as the attributes of an object, in their order.
            Value::Array(_) if is_object(&(&visitor as &dyn Expected).to_string()) => {
                Err(E::invalid_type(Unexpected::Seq, &visitor))
            }
            Value::Array(items) => {
                let mut list = SeqDeserializer::new(items.iter().map(Self::new));
                let read = visitor.visit_seq(&mut list)?;
                list.end()?;
                Ok(read)
            }
            // serde would take a number as the index of a variant.
            Value::Object(members) if members.get("type").is_some_and(Value::is_number) => {
                Err(E::invalid_type(Unexpected::Other("a number"), &"a name"))
            }
            Value::Object(members) => {
                let members = members.iter();
                let members = members.map(|(name, value)| (Key::new(name), Self::new(value)));
                let mut object = MapDeserializer::new(members);
                let read = visitor.visit_map(&mut object)?;
                object.end()?;
                Ok(read)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        match self.value {
            Value::String(variant) => visitor.visit_enum(variant.as_str().into_deserializer()),
            Value::Object(members) if members.len() == 1 => {
                let members = members.iter();
                let members = members.map(|(name, value)| (Key::new(name), Self::new(value)));
                MapAccessDeserializer::new(MapDeserializer::new(members))
                    .deserialize_enum(name, variants, visitor)
            }
            Value::Object(_) => {
                let expected = &"an object with one member";
                Err(E::invalid_type(Unexpected::Map, expected))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// The name of a member, which may stand for a number.
struct Key<'a, E> {
    name: &'a str,
    error: PhantomData<E>,
}

impl<'a, E> Key<'a, E> {
    fn new(name: &'a str) -> Self {
        let error = PhantomData;
        Self { name, error }
    }
}

impl<'de, E: Error> IntoDeserializer<'de, E> for Key<'de, E> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de, E: Error> Deserializer<'de> for Key<'de, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_borrowed_str(self.name)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.name.parse() {
            Ok(number) => visitor.visit_u64(number),
            Err(_) => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}
