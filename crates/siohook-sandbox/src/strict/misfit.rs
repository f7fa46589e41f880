use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};
use serde_path_to_error::{Path, Segment};
use siohook_events::Shown;
use siohook_sender::nearest;

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// JSON pointer to the place. The document itself is the empty one.
    pub(crate) at: String,
    /// What is wrong.
    pub(crate) error: String,
    /// The known name that is nearest to an unknown one.
    pub(crate) did_you_mean: Option<String>,
    pub(super) kind: Kind,
}

/// How the place of a [`Misfit`] is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is the place.
    Exact,
    /// It is the place, or lies below it.
    Value,
    /// The attribute of this name is missing at the place, or below it.
    Missing(&'static str),
}

impl Misfit {
    pub(crate) fn new(at: impl Into<String>, error: impl Display) -> Self {
        Self {
            at: at.into(),
            error: error.to_string(),
            did_you_mean: None,
            kind: Kind::Exact,
        }
    }

    /// Refuses a name that is not among the known ones.
    pub(crate) fn unknown<'a, I>(at: impl Into<String>, name: &str, known: I) -> Self
    where
        I: IntoIterator<Item = &'a str, IntoIter: Clone>,
    {
        let known = known.into_iter();
        let names: Vec<_> = known.clone().map(|name| format!("`{name}`")).collect();
        let known_are = match &*names {
            [] => "no name is known here".to_owned(),
            names => format!("known are {}", names.join(", ")),
        };
        let error = format!("`{}` is unknown: {known_are}", Shown::value(name));
        Self {
            did_you_mean: nearest(name, known).map(str::to_owned),
            kind: Kind::Value,
            ..Self::new(at, error)
        }
    }

    /// Refuses a place, unless it holds what it should.
    pub(crate) fn unless(is_good: bool, at: &str, error: &str) -> Result<(), Self> {
        is_good.then_some(()).ok_or_else(|| Self::new(at, error))
    }

    /// Suggests the name that was probably meant.
    pub(crate) fn suggesting(self, name: Option<&str>) -> Self {
        let did_you_mean = name.map(str::to_owned);
        Self {
            did_you_mean,
            ..self
        }
    }

    /// The same at a place of a larger document.
    pub(crate) fn below(self, place: &str) -> Self {
        let at = format!("{place}{}", self.at);
        Self { at, ..self }
    }
}

/// The step of a pointer to a member or an element.
pub(crate) fn step(name: impl Display) -> String {
    let name = name.to_string().replace('~', "~0").replace('/', "~1");
    format!("/{name}")
}

pub(super) fn pointer(path: &Path) -> String {
    let steps = path.iter().map(|segment| match segment {
        Segment::Seq { index } => step(index),
        Segment::Map { key: name } | Segment::Enum { variant: name } => step(name),
        Segment::Unknown => String::new(),
    });
    steps.collect()
}

impl Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: Display>(text: T) -> Self {
        Self::new("", Shown::value(text))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Unit => "null".to_owned(),
            Unexpected::Map => "an object".to_owned(),
            Unexpected::Seq => "a list".to_owned(),
            other => Shown::value(other).to_string(),
        };
        let expected = in_words(&expected.to_string());
        Self {
            kind: Kind::Value,
            ..Self::new("", format!("expected {expected}, found {found}"))
        }
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        Self::unknown("", name, known.iter().copied())
    }

    fn unknown_variant(name: &str, known: &'static [&'static str]) -> Self {
        Self::unknown("", name, known.iter().copied())
    }

    fn missing_field(name: &'static str) -> Self {
        Self {
            kind: Kind::Missing(name),
            ..Self::new("", format!("`{name}` is missing"))
        }
    }
}

/// What serde expects, in the words of JSON.
fn in_words(expected: &str) -> String {
    let words = match expected {
        "u64" => "a whole number from 0",
        "u32" => "a whole number from 0 to 4294967295",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "map with a single key" => "an object with one member",
        "variant identifier" => "a name",
        other if is_object(other) => "an object",
        other => other,
    };
    words.to_owned()
}

/// Whether serde expects an object, told by the text of what it expects.
pub(super) fn is_object(expected: &str) -> bool {
    expected == "a map" || expected.starts_with("struct") || expected.contains("tagged enum")
}
