//! Access to the parts of lists, maps and enum variants.

use std::fmt;
use std::vec;

use serde::Deserialize;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde_json::value::RawValue;

use super::super::read_error::{ReadError, Step};
use super::{MALFORMED, Node};

/// Reads a part and adds its step to the path of an error.
fn read_part<'de, T>(
    step: Step,
    part: Node<'de>,
    read: impl FnOnce(Node<'de>) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    read(part).map_err(|error| error.at(part.offset).under(step, part.offset))
}

fn read_key<'de, S: DeserializeSeed<'de>>(key: Node<'de>, seed: S) -> Result<S::Value, ReadError> {
    let read = seed.deserialize(key);
    read.map_err(|error| error.at(key.offset))
}

/// The remaining elements of a list.
pub(super) struct Elements<'de> {
    rest: vec::IntoIter<(usize, Node<'de>)>,
}

impl<'de> Elements<'de> {
    pub(super) fn of(list: Node<'de>) -> Result<Self, ReadError> {
        let elements: Vec<&RawValue> = list.parse(MALFORMED)?;
        let elements = elements.into_iter().map(|raw| list.part(raw)).enumerate();
        let kept: Vec<_> = elements.filter(|(_, it)| !it.is_left_out()).collect();
        let rest = kept.into_iter();
        Ok(Self { rest })
    }

    /// Refuses a list that the type did not read to its end.
    pub(super) fn end(&self) -> Result<(), ReadError> {
        match self.rest.len() {
            0 => Ok(()),
            more => Err(ReadError::invalid_length(more, &"fewer elements")),
        }
    }
}

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ReadError> {
        let Some((index, element)) = self.rest.next() else {
            return Ok(None);
        };
        read_part(Step::Element(index), element, |element| {
            seed.deserialize(element)
        })
        .map(Some)
    }
}

/// The remaining members of a map.
pub(super) struct Members<'de> {
    names: &'static [&'static str],
    rest: vec::IntoIter<(Node<'de>, Node<'de>)>,
    /// The value of the last key.
    value: Option<(Step, Node<'de>)>,
}

impl<'de> Members<'de> {
    pub(super) fn of(map: Node<'de>, names: &'static [&'static str]) -> Result<Self, ReadError> {
        Ok(Self {
            names,
            rest: members(map)?.into_iter(),
            value: None,
        })
    }

    /// Refuses a map that the type did not read to its end.
    pub(super) fn end(&self) -> Result<(), ReadError> {
        match self.rest.len() {
            0 => Ok(()),
            more => Err(ReadError::invalid_length(more, &"fewer members")),
        }
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        let Some((key, value)) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some((member(key, self.names), value));
        read_key(key, seed).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        match self.value.take() {
            Some((step, value)) => read_part(step, value, |value| seed.deserialize(value)),
            None => Err(ReadError::custom("a value without a key")),
        }
    }
}

/// The variant of an enum, written as its name or as a map with one member.
pub(super) struct Variant<'de> {
    name: Node<'de>,
    content: Option<(Step, Node<'de>)>,
}

impl<'de> Variant<'de> {
    pub(super) fn of_name(name: Node<'de>) -> Self {
        let content = None;
        Self { name, content }
    }

    pub(super) fn of_member(
        map: Node<'de>,
        variants: &'static [&'static str],
    ) -> Result<Self, ReadError> {
        match members(map)?[..] {
            [(name, content)] => Ok(Self {
                name,
                content: Some((member(name, variants), content)),
            }),
            _ => Err(ReadError::invalid_value(
                Unexpected::Map,
                &"a map with one member",
            )),
        }
    }

    fn read_content<T>(
        self,
        expected: &str,
        read: impl FnOnce(Node<'de>) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        match self.content {
            Some((step, content)) => read_part(step, content, read),
            None => Err(ReadError::invalid_type(Unexpected::UnitVariant, &expected)),
        }
    }
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = ReadError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), ReadError> {
        Ok((read_key(self.name, seed)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        match self.content {
            Some((step, content)) => read_part(step, content, Deserialize::deserialize),
            None => Ok(()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ReadError> {
        self.read_content("newtype variant", |content| seed.deserialize(content))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ReadError> {
        self.read_content("tuple variant", |content| content.deserialize_seq(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.read_content("struct variant", |content| {
            content.deserialize_struct("", fields, visitor)
        })
    }
}

/// The step to the member with this key. It keeps the name of the type's field, and not
/// the key, which may be personal.
fn member(key: Node<'_>, names: &'static [&'static str]) -> Step {
    let key = key.text().unwrap_or_default();
    Step::Member(names.iter().find(|name| **name == key).copied())
}

/// Keys and values in the order of the body, without those that are left out. A key may
/// occur twice.
fn members(map: Node<'_>) -> Result<Vec<(Node<'_>, Node<'_>)>, ReadError> {
    struct Pairs<'a>(Vec<(&'a RawValue, &'a RawValue)>);

    impl<'de> Deserialize<'de> for Pairs<'de> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_map(PairsVisitor)
        }
    }

    struct PairsVisitor;

    impl<'de> Visitor<'de> for PairsVisitor {
        type Value = Pairs<'de>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
            let mut pairs = vec![];
            while let Some(pair) = map.next_entry()? {
                pairs.push(pair);
            }
            Ok(Pairs(pairs))
        }
    }

    let Pairs(pairs) = map.parse(MALFORMED)?;
    let nodes = pairs.into_iter().map(|(key, value)| {
        let is_key = true;
        (
            Node {
                is_key,
                ..map.part(key)
            },
            map.part(value),
        )
    });
    Ok(nodes.filter(|(_, value)| !value.is_left_out()).collect())
}
