//! An account as JSON: the state file, and the whole state in the control API.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use siohook_events::Shown;

use super::State;

/// Version of the format that is written and read.
const VERSION: u64 = 1;

/// # JSON
impl State {
    /// Returns the account as JSON: indented, objects in the order of their ids, with
    /// `"version": 1` and a newline at the end. The same account gives the same bytes, so that
    /// version control shows what changed.
    ///
    /// Secrets of webhooks are part of it.
    ///
    /// ```
    /// use siohook_sandbox::state::State;
    ///
    /// let json = State::new(7).to_json();
    /// assert!(json.starts_with(b"{\n  \"version\": 1,\n"));
    /// assert_eq!(State::from_json(&json)?, State::new(7));
    /// # Ok::<(), siohook_sandbox::state::ParseStateError>(())
    /// ```
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "it does not fail")]
    pub fn to_json(&self) -> Vec<u8> {
        let json = serde_json::to_vec_pretty(self);
        let mut json = json.expect("keys are texts and numbers");
        json.push(b'\n');
        json
    }

    /// Reads an account from JSON.
    ///
    /// The key of each object is its id. A number is the id of one object of the account only,
    /// from 1 to 9007199254740991. If the source of ids has not reached the greatest one, it
    /// goes on behind it, so a file that is written by hand need not count.
    ///
    /// An object may name others that do not exist, as a rule does whose tag was deleted.
    ///
    /// ```
    /// use siohook_sandbox::state::State;
    ///
    /// let error = State::from_json(br#"{"version": 2}"#).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "it has version 2 of the format, and this sandbox reads version 1: read it with the \
    ///      siohook that wrote it, or a newer one",
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// If it is not JSON, is not an account, has another version, or has ids that clash.
    pub fn from_json(json: &[u8]) -> Result<Self, ParseStateError> {
        let head: Head = serde_json::from_slice(json).map_err(Problem::Json)?;
        if head.version != Some(VERSION) {
            return Err(Problem::Version(head.version).into());
        }
        serde_json::from_slice::<Unique>(json).map_err(Problem::Json)?;
        let mut state: Self = serde_json::from_slice(json).map_err(Problem::Json)?;
        state.settle_ids().map_err(Problem::Ids)?;
        Ok(state)
    }
}

/// The member `version` of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version;

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(VERSION)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Its value was checked before the rest was read.
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// What is read of any version.
#[derive(Deserialize)]
#[serde(expecting = "an account")]
struct Head {
    version: Option<u64>,
}

/// A document in which no object has a key twice. A map would keep the last one only, and a
/// merge of two files can leave both.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if let Some(key) = keys.replace(key) {
                return Err(A::Error::custom(format_args!(
                    "the key {key:?} comes twice"
                )));
            }
            map.next_value::<Self>()?;
        }
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }
}

/// Error of JSON that is not an account. Its text has the line and the column, or the ids.
#[derive(Debug)]
pub struct ParseStateError(Problem);

#[derive(Debug)]
enum Problem {
    Json(serde_json::Error),
    Version(Option<u64>),
    Ids(String),
}

impl From<Problem> for ParseStateError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl fmt::Display for ParseStateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Problem::Json(error) => Shown::text(error).fmt(f),
            Problem::Version(None) => {
                write!(f, "it has no `\"version\": {VERSION}`: is it an account?")
            }
            Problem::Version(Some(version)) => write!(
                f,
                "it has version {version} of the format, and this sandbox reads version \
                 {VERSION}: read it with the siohook that wrote it, or a newer one"
            ),
            Problem::Ids(problem) => Shown::text(problem).fmt(f),
        }
    }
}

impl std::error::Error for ParseStateError {}
