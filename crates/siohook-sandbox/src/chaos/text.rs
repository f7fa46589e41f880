//! Probabilities, durations and statuses in JSON.

use serde::de::{Deserialize, Deserializer, Error};

/// A number from 0 to 1.
pub(super) fn probability<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let probability = f64::deserialize(deserializer)?;
    if (0.0..=1.0).contains(&probability) {
        return Ok(probability);
    }
    let error = format!("`{probability}` is not a probability: write a number from 0 to 1");
    Err(D::Error::custom(error))
}

/// A status of an error.
pub(super) fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    let status = Option::<u16>::deserialize(deserializer)?;
    match status {
        Some(status) if !(400..=599).contains(&status) => Err(D::Error::custom(format!(
            "`{status}` is not a status of an error: write one from 400 to 599"
        ))),
        status => Ok(status),
    }
}

/// A duration such as `2s`.
pub(super) mod duration {
    use std::time::Duration;

    use jiff::SignedDuration;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::{Serialize, Serializer};
    use siohook_events::Shown;

    use crate::schedule::shown;

    #[expect(clippy::ref_option, reason = "serde passes references")]
    pub(crate) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        duration.map(shown).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let duration = text.as_deref().map(parse).transpose();
        duration.map_err(D::Error::custom)
    }

    pub(super) fn parse(text: &str) -> Result<Duration, String> {
        let duration: Result<SignedDuration, _> = text.parse();
        let duration = duration.ok().and_then(|one| Duration::try_from(one).ok());
        duration.ok_or_else(|| {
            let text = Shown::value(text);
            format!("`{text}` is not a duration: write one such as `500ms` or `2s`")
        })
    }
}

/// The shortest and the longest duration: `["0s", "5s"]`.
pub(super) mod range {
    use std::time::Duration;

    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::{Serialize, Serializer};

    use super::duration::parse;
    use crate::schedule::shown;

    #[expect(clippy::ref_option, reason = "serde passes references")]
    pub(crate) fn serialize<S: Serializer>(
        range: &Option<(Duration, Duration)>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let range = range.map(|(shortest, longest)| [shown(shortest), shown(longest)]);
        range.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<(Duration, Duration)>, D::Error> {
        let Some([shortest, longest]) = Option::<[String; 2]>::deserialize(deserializer)? else {
            return Ok(None);
        };
        let parse = |text: &str| parse(text).map_err(D::Error::custom);
        let (shortest, longest) = (parse(&shortest)?, parse(&longest)?);
        if shortest > longest {
            let error = "the first duration is the shortest: write `[\"0s\", \"5s\"]`";
            return Err(D::Error::custom(error));
        }
        Ok(Some((shortest, longest)))
    }
}
