//! The error of reading a type from JSON.

#[cfg(test)]
mod tests;

use std::fmt;

use serde::de::{self, Expected, Unexpected};

/// Why and where a type can't be read from JSON.
///
/// It holds texts of the type and positions. It can't hold a value or a key of the body.
#[derive(Clone, Debug)]
pub(crate) struct ReadError {
    reason: Reason,
    /// The path to the place, last step first, and the offset of each step in the body.
    steps: Vec<(Step, usize)>,
    /// The offset of the place in the body, in bytes.
    offset: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reason {
    InvalidType {
        found: Option<&'static str>,
        expected: String,
    },
    InvalidValue {
        found: Option<&'static str>,
        expected: String,
    },
    InvalidLength {
        expected: String,
    },
    MissingField(&'static str),
    DuplicateField(&'static str),
    UnknownField(&'static [&'static str]),
    UnknownVariant(&'static [&'static str]),
    /// No type can be read from the JSON. The text says why.
    Unreadable(&'static str),
    /// The type's own error. Its text may hold values, so it is dropped.
    Refused,
}

/// One step of the path from the root to a place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// The member of this name. `None` if the key is not a field of the type.
    Member(Option<&'static str>),
    /// The element at this index.
    Element(usize),
}

impl ReadError {
    pub(super) fn new(reason: Reason) -> Self {
        Self {
            reason,
            steps: vec![],
            offset: None,
        }
    }

    /// Sets the offset, unless the error has one.
    pub(super) fn at(mut self, offset: usize) -> Self {
        self.offset.get_or_insert(offset);
        self
    }

    /// Puts a step to `offset` before the path.
    pub(super) fn under(mut self, step: Step, offset: usize) -> Self {
        self.steps.push((step, offset));
        self
    }

    pub(crate) fn reason(&self) -> &Reason {
        &self.reason
    }

    /// The offset of the place in the body, in bytes.
    pub(crate) fn offset(&self) -> usize {
        self.offset.unwrap_or_default()
    }

    /// The steps of the path, and the offset of each in the body.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (&Step, usize)> {
        self.steps
            .iter()
            .rev()
            .map(|(step, offset)| (step, *offset))
    }

    /// The place after `depth` steps, as a JSON pointer from the root. `None` if a key on
    /// the path is not a field of the type.
    pub(crate) fn pointer(&self, depth: usize) -> Option<String> {
        let token = |step: &Step| match step {
            Step::Member(name) => name.map(|name| name.replace('~', "~0").replace('/', "~1")),
            Step::Element(index) => Some(index.to_string()),
        };
        let steps = self.steps().take(depth);
        steps
            .map(|(step, _)| Some(format!("/{}", token(step)?)))
            .collect()
    }

    /// Displays the rest of the path after `depth` steps in Rust's notation, and the reason:
    /// `` `tags[0].id`: missing field… ``
    pub(crate) fn after(&self, depth: usize) -> impl fmt::Display {
        After { error: self, depth }
    }
}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::new(Reason::Refused)
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Reason::InvalidType {
            found: kind(found),
            expected: expected.to_string(),
        })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Reason::InvalidValue {
            found: kind(found),
            expected: expected.to_string(),
        })
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::new(Reason::InvalidLength {
            expected: expected.to_string(),
        })
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Reason::UnknownVariant(expected))
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Reason::UnknownField(expected))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Reason::MissingField(field))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(Reason::DuplicateField(field))
    }
}

/// The kind of a value, without the value. `None` if serde only has a text for it.
fn kind(found: Unexpected<'_>) -> Option<&'static str> {
    Some(match found {
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Bool(_) => "boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "integer",
        Unexpected::Float(_) => "floating point",
        Unexpected::Char(_) | Unexpected::Str(_) => "string",
        Unexpected::Bytes(_) => "byte array",
        Unexpected::Seq => "sequence",
        Unexpected::Map => "map",
        Unexpected::NewtypeStruct => "newtype struct",
        Unexpected::Enum => "enum",
        Unexpected::UnitVariant => "unit variant",
        Unexpected::NewtypeVariant => "newtype variant",
        Unexpected::TupleVariant => "tuple variant",
        Unexpected::StructVariant => "struct variant",
        Unexpected::Other(_) => return None,
    })
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.after(0).fmt(f)
    }
}

struct After<'a> {
    error: &'a ReadError,
    depth: usize,
}

impl fmt::Display for After<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut steps = self.error.steps().skip(self.depth).peekable();
        if steps.peek().is_some() {
            f.write_str("`")?;
            for (at, (step, _)) in steps.enumerate() {
                match step {
                    Step::Element(index) => write!(f, "[{index}]")?,
                    Step::Member(name) => {
                        let dot = if at == 0 { "" } else { "." };
                        write!(f, "{dot}{}", name.unwrap_or("*"))?;
                    }
                }
            }
            f.write_str("`: ")?;
        }
        self.error.reason.fmt(f)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (headline, found, expected) = match self {
            Self::InvalidType { found, expected } => ("invalid type", found, expected),
            Self::InvalidValue { found, expected } => ("invalid value", found, expected),
            Self::InvalidLength { expected } => ("invalid length", &None, expected),
            Self::MissingField(name) => return write!(f, "missing field `{name}`"),
            Self::DuplicateField(name) => return write!(f, "duplicate field `{name}`"),
            Self::UnknownField(names) => return unknown(f, "field", names),
            Self::UnknownVariant(names) => return unknown(f, "variant", names),
            Self::Unreadable(what) => return f.write_str(what),
            Self::Refused => return f.write_str("refused by the type"),
        };
        f.write_str(headline)?;
        if let Some(kind) = found {
            write!(f, ": {kind}")?;
        }
        write!(f, ", expected {expected}")
    }
}

fn unknown(f: &mut fmt::Formatter<'_>, what: &str, names: &[&str]) -> fmt::Result {
    write!(f, "unknown {what}")?;
    for (at, name) in names.iter().enumerate() {
        let before = match (at, names.len()) {
            (0, 1) => ", expected ",
            (0, _) => ", expected one of ",
            _ => ", ",
        };
        write!(f, "{before}`{name}`")?;
    }
    Ok(())
}

impl std::error::Error for ReadError {}
