//! Places in a JSON document, by RFC 6901.

use std::fmt;

use super::json::Json;

/// `/contact/email`, taken apart.
pub(super) struct Pointer(Vec<String>);

impl Pointer {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if !text.is_empty() && !text.starts_with('/') {
            return Err(format!(
                "`{text}` is not a JSON pointer: it begins with `/`, as in `/contact/email`"
            ));
        }
        let tokens = text.split('/').skip(1);
        let unescaped = |token: &str| token.replace("~1", "/").replace("~0", "~");
        Ok(Self(tokens.map(unescaped).collect()))
    }

    /// Replaces what is there.
    pub(super) fn set(&self, json: &mut Json, value: Json) -> Result<(), String> {
        *self.find(json, self.0.len())? = value;
        Ok(())
    }

    /// Adds what is not there yet: a member, or with `-` an element at the end.
    pub(super) fn add(&self, json: &mut Json, value: Json) -> Result<(), String> {
        let (parent, name) = self.parent(json)?;
        match parent {
            Json::Object(members) if members.iter().all(|(own, _)| own != name) => {
                members.push((name.to_owned(), value));
                Ok(())
            }
            Json::Array(elements) if name == "-" => {
                elements.push(value);
                Ok(())
            }
            Json::Array(elements) if elements.is_empty() && name.parse::<usize>().is_err() => {
                *parent = Json::Object(vec![(name.to_owned(), value)]);
                Ok(())
            }
            Json::Object(_) => Err(format!("`{self}` is there already: `.set(…)` replaces it")),
            Json::Array(_) => Err(format!(
                "`{self}` is in a list: `-` adds an element at its end"
            )),
            Json::Scalar(_) => Err(self.misses(parent, self.0.len() - 1)),
        }
    }

    /// Takes away what is there.
    pub(super) fn remove(&self, json: &mut Json) -> Result<(), String> {
        self.find(json, self.0.len())?;
        let (parent, name) = self.parent(json)?;
        match parent {
            Json::Object(members) => members.retain(|(own, _)| own != name),
            Json::Array(elements) => {
                let mut at = 0..;
                elements.retain(|_| at.next() != name.parse().ok());
            }
            Json::Scalar(_) => {}
        }
        Ok(())
    }

    /// What the last name is looked up in, and that name.
    fn parent<'a>(&self, json: &'a mut Json) -> Result<(&'a mut Json, &str), String> {
        let (name, parents) = self
            .0
            .split_last()
            .ok_or("the whole payload can only be set")?;
        Ok((self.find(json, parents.len())?, name))
    }

    /// What the first names lead to.
    fn find<'a>(&self, json: &'a mut Json, names: usize) -> Result<&'a mut Json, String> {
        let mut at = json;
        for (depth, name) in self.0[..names].iter().enumerate() {
            if step(at, name).is_none() {
                return Err(self.misses(at, depth));
            }
            at = step(at, name).expect("it was there a line ago");
        }
        Ok(at)
    }

    /// Says that the name at this depth is not in what the names before it lead to.
    fn misses(&self, parent: &Json, depth: usize) -> String {
        let of = match depth {
            0 => "the payload".to_owned(),
            _ => format!("`{}`", Self(self.0[..depth].to_vec())),
        };
        let missing = Self(self.0[..=depth].to_vec());
        let there = match parent {
            Json::Object(members) => {
                let names: Vec<_> = members.iter().map(|(name, _)| name.as_str()).collect();
                format!(
                    "has {}",
                    if names.is_empty() {
                        "no members".to_owned()
                    } else {
                        names.join(", ")
                    }
                )
            }
            Json::Array(elements) => format!("is a list of {}", elements.len()),
            Json::Scalar(text) => format!("is {} and has no members", kind(text)),
        };
        format!("there is no `{missing}`: {of} {there}")
    }
}

fn step<'a>(json: &'a mut Json, name: &str) -> Option<&'a mut Json> {
    match json {
        Json::Object(_) => json.member_mut(name),
        Json::Array(elements) => elements.get_mut(name.parse::<usize>().ok()?),
        Json::Scalar(_) => None,
    }
}

fn kind(scalar: &str) -> &'static str {
    match scalar.as_bytes().first() {
        Some(b'"') => "a text",
        Some(b'n') => "null",
        Some(b't' | b'f') => "a truth value",
        _ => "a number",
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|name| write!(f, "/{}", name.replace('~', "~0").replace('/', "~1")))
    }
}
