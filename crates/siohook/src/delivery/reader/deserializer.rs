use std::borrow::Cow;

use serde::de::{Deserializer, Visitor};

use super::access::Variant;
use super::{Kind, Node, ReadError};

/// Prefix of the names of types that only `serde_json` can read.
const OF_SERDE_JSON: &str = "$serde_json::private::";

macro_rules! read_as {
    ($($kind:ident: $($method:ident $(($($argument:ty),*))?),*;)*) => {$($(
        fn $method<V: Visitor<'de>>(
            self,
            $($(_: $argument,)*)?
            visitor: V,
        ) -> Result<V::Value, ReadError> {
            self.unquoted(Kind::$kind).read_kind(Kind::$kind, visitor)
        }
    )*)*};
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.kind() {
            Kind::Null => visitor.visit_unit(),
            Kind::Boolean => visitor.visit_bool(self.json == "true"),
            Kind::Number => self.read_number(visitor),
            Kind::String => match self.text()? {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_str(&text),
            },
            Kind::List => self.read_list(visitor),
            Kind::Map => self.read_map(&[], visitor),
        }
    }

    read_as! {
        Null: deserialize_unit, deserialize_unit_struct(&'static str);
        Boolean: deserialize_bool;
        Number:
            deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64,
            deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64,
            deserialize_f32, deserialize_f64;
        String:
            deserialize_char, deserialize_str, deserialize_string, deserialize_identifier;
        List: deserialize_seq;
        Map: deserialize_map;
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.read_positions(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.read_positions(visitor)
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.unquoted(Kind::Number).json.parse() {
            Ok(number) => visitor.visit_i128(number),
            Err(_) => self.deserialize_i64(visitor),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.unquoted(Kind::Number).json.parse() {
            Ok(number) => visitor.visit_u128(number),
            Err(_) => self.deserialize_u64(visitor),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.kind() {
            Kind::String => self.read_by_serde_json(|json| json.deserialize_bytes(visitor)),
            _ => self.deserialize_seq(visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.kind() {
            Kind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        if name.starts_with(OF_SERDE_JSON) {
            self.read_by_serde_json(|json| json.deserialize_newtype_struct(name, visitor))
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.kind() {
            Kind::Map => self.read_map(fields, visitor),
            _ => self.read_positions(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.kind() {
            Kind::String => visitor.visit_enum(Variant::of_name(self)),
            Kind::Map => visitor.visit_enum(Variant::of_member(self.enter()?, variants)?),
            _ => Err(self.unexpected(&"the name of a variant, or a map of one")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_unit()
    }
}
