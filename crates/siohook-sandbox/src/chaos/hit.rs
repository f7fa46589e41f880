use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Damage;

/// What went wrong on purpose: see [`Chaos`](crate::Chaos).
///
/// ```
/// use siohook_sandbox::{ChaosHit, Damage};
///
/// assert_eq!(ChaosHit::Damage(Damage::Body).as_str(), "damage_body");
/// assert_eq!(ChaosHit::HangUp.to_string(), "hang_up");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChaosHit {
    /// The message waited for its first attempt.
    Delay,
    /// The message let others pass.
    Reorder,
    /// The attempt is a copy of another one.
    Duplicate,
    /// The request was lost.
    Drop,
    /// The request was damaged.
    Damage(Damage),
    /// The sandbox closed the connection before the answer.
    HangUp,
    /// The call to the API was answered without being performed.
    Status,
    /// The call to the API took longer.
    Latency,
}

impl ChaosHit {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Delay,
        Self::Reorder,
        Self::Duplicate,
        Self::Drop,
        Self::Damage(Damage::Signature),
        Self::Damage(Damage::Body),
        Self::Damage(Damage::Truncate),
        Self::Damage(Damage::Reserialise),
        Self::HangUp,
        Self::Status,
        Self::Latency,
    ];

    /// The damage that it is.
    pub(crate) fn damage(self) -> Option<Damage> {
        match self {
            Self::Damage(damage) => Some(damage),
            _ => None,
        }
    }

    /// Returns the word that JSON has.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delay => "delay",
            Self::Reorder => "reorder",
            Self::Duplicate => "duplicate",
            Self::Drop => "drop",
            Self::Damage(Damage::Signature) => "damage_signature",
            Self::Damage(Damage::Body) => "damage_body",
            Self::Damage(Damage::Truncate) => "damage_truncate",
            Self::Damage(Damage::Reserialise) => "damage_reserialise",
            Self::HangUp => "hang_up",
            Self::Status => "status",
            Self::Latency => "latency",
        }
    }
}

impl fmt::Display for ChaosHit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for ChaosHit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ChaosHit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let hit = Self::ALL.into_iter().find(|hit| hit.as_str() == word);
        hit.ok_or_else(|| de::Error::custom(format_args!("there is no chaos `{word}`")))
    }
}
