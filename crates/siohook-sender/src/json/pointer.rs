//! JSON pointers, RFC 6901.

use std::fmt;

use super::Json;

/// A JSON pointer as a list of names.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pointer(pub(super) Vec<String>);

impl Pointer {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if !text.is_empty() && !text.starts_with('/') {
            return Err(format!(
                "`{text}` is not a JSON pointer: it begins with `/`, as in `/contact/email`"
            ));
        }
        let tokens = text.split('/').skip(1);
        let unescaped = |token: &str| token.replace("~1", "/").replace("~0", "~");
        Ok(Self(tokens.map(unescaped).collect()))
    }

    /// Replaces the value at the pointer.
    pub(crate) fn set(&self, json: &mut Json, value: Json) -> Result<(), String> {
        *self.find(json)? = value;
        Ok(())
    }

    /// Adds a new member, or with `-` an element at the end of a list.
    pub(crate) fn add(&self, json: &mut Json, value: Json) -> Result<(), String> {
        let (parent, name) = self.split()?;
        if let Some(Json::Scalar(_)) = parent.get(json) {
            return Err(self.missing(json));
        }
        let parent = parent.find(json)?;
        let is_there = parent.child(name).is_some();
        match parent {
            Json::Object(members) if !is_there => members.push((name.to_owned(), value)),
            Json::Array(elements) if name == "-" => elements.push(value),
            Json::Array(elements) if elements.is_empty() && name.parse::<usize>().is_err() => {
                *parent = Json::Object(vec![(name.to_owned(), value)]);
            }
            Json::Array(_) => {
                return Err(format!(
                    "`{self}` is in a list: `-` adds an element at its end"
                ));
            }
            Json::Object(_) | Json::Scalar(_) => {
                return Err(format!("`{self}` is there already: `.set(…)` replaces it"));
            }
        }
        Ok(())
    }

    /// Removes the value at the pointer.
    pub(crate) fn remove(&self, json: &mut Json) -> Result<(), String> {
        let (parent, name) = self.split()?;
        self.find(json)?;
        match parent.find(json)? {
            Json::Object(members) => members.retain(|(own, _)| own != name),
            Json::Array(elements) => {
                let mut at = 0..;
                elements.retain(|_| at.next() != name.parse().ok());
            }
            Json::Scalar(_) => {}
        }
        Ok(())
    }

    pub(super) fn get<'a>(&self, json: &'a Json) -> Option<&'a Json> {
        self.0.iter().try_fold(json, |at, name| at.child(name))
    }

    fn find<'a>(&self, json: &'a mut Json) -> Result<&'a mut Json, String> {
        if self.get(json).is_none() {
            return Err(self.missing(json));
        }
        let mut names = self.0.iter();
        let found = names.try_fold(json, |at, name| at.child_mut(name));
        Ok(found.expect("`get` found it"))
    }

    /// The pointer to the parent, and the name in it.
    fn split(&self) -> Result<(Self, &str), String> {
        let split = self.0.split_last();
        let (name, parent) = split.ok_or("the whole payload can only be set")?;
        Ok((Self(parent.to_vec()), name))
    }

    /// The error text of a pointer that leads nowhere: the missing part, the members that
    /// exist, and a similar pointer.
    fn missing(&self, json: &Json) -> String {
        let (found, parent) = self.found(json);
        let of = match found {
            0 => "the payload".to_owned(),
            _ => format!("`{}`", Self(self.0[..found].to_vec())),
        };
        let missing = Self(self.0[..=found].to_vec());
        let there = match parent {
            Json::Object(members) if members.is_empty() => "has no members".to_owned(),
            Json::Object(members) => {
                let names: Vec<_> = members.iter().map(|(name, _)| name.as_str()).collect();
                format!("has {}", names.join(", "))
            }
            Json::Array(elements) => format!("is a list of {}", elements.len()),
            Json::Scalar(scalar) => format!("is {} and has no members", kind(scalar.get())),
        };
        let near = self.near(json);
        let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        format!("there is no `{missing}`: {of} {there}{near}")
    }

    /// The number of names that can be followed, and the value that they lead to.
    pub(super) fn found<'a>(&self, json: &'a Json) -> (usize, &'a Json) {
        let mut found = (0, json);
        while let Some(child) = self.0.get(found.0).and_then(|name| found.1.child(name)) {
            found = (found.0 + 1, child);
        }
        found
    }
}

fn kind(scalar: &str) -> &'static str {
    match scalar.as_bytes().first() {
        Some(b'"') => "a string",
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
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
