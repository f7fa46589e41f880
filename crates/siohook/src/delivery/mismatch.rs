use std::any::type_name;
use std::borrow::Cow;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use heck::{ToLowerCamelCase, ToSnakeCase};
use serde::Deserialize;
use serde::de::Error as _;
use serde_json::value::RawValue;
use siohook_events::Shown;

use super::read_error::{ReadError, Reason};
use super::reader::Node;

/// Error of an argument that could not be read from a delivery, because the body is not
/// what the argument's type expects.
///
/// The text names the place and the expected type. Line and column count from 1 in the
/// whole body, columns in bytes:
///
/// ```standalone_crate
/// # let dispatcher = siohook::Dispatcher::builder().accept_unverified().allow_no_handlers().build()?;
/// # mod shop {
/// #[derive(Debug, serde::Deserialize)]
/// pub struct Order {
///     pub lines: Vec<u64>,
/// }
/// # }
/// # use shop::Order;
///
/// let body = r#"{"type": "order.placed", "data": {"lines": [7, "eight"]}}"#;
/// let delivery = dispatcher.verify(siohook::Incoming::post(body))?;
/// let mismatch = delivery.data::<Order>().unwrap_err();
/// assert!(mismatch.to_string().ends_with(
///     "Order`: `lines[1]`: invalid type: string, expected u64 (line 1 column 48)",
/// ));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The text never holds a value or a key of the body, because bodies hold personal data
/// and texts end up in logs:
///
/// * A key that is not a field of the type is shown as `*`.
/// * An error from the type's own code (`try_from`, `deserialize_with`) is shown as
///   `refused by the type`.
///
/// If the body spells a missing field differently (`orderId` for `order_id`), the text
/// suggests `#[serde(rename_all)]`. For an account webhook, the text names the
/// [schema version](crate::Delivery::schema_version).
#[derive(Clone, PartialEq, Eq)]
pub struct Mismatch {
    text: Arc<str>,
    /// Whether the adapter caused it, and not the body.
    is_of_adapter: bool,
}

impl Mismatch {
    /// Creates the error of an argument of your own, from a text that says what is wrong.
    ///
    /// Keep values of the body out of the text: it is logged. At most 2 KiB of it are
    /// shown.
    ///
    /// ```
    /// use siohook::{Delivery, Mismatch};
    ///
    /// fn tier(delivery: &Delivery) -> Result<String, Mismatch> {
    ///     let tier = delivery.query("tier");
    ///     let tier = tier.ok_or_else(|| Mismatch::new("the URL has no parameter `tier`"))?;
    ///     Ok(tier.into_owned())
    /// }
    /// ```
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            text: reason.into().into(),
            is_of_adapter: false,
        }
    }

    /// Creates the error of a value that the adapter did not provide.
    pub(crate) fn of_adapter(reason: String) -> Self {
        Self {
            is_of_adapter: true,
            ..Self::new(reason)
        }
    }

    pub(crate) fn is_of_adapter(&self) -> bool {
        self.is_of_adapter
    }

    /// Explains why a type can't be read from `json`, which is a part of `body`.
    ///
    /// The errors of `serde_json` hold values, and a text written by a type can look like
    /// one of them. So `json` is read again with errors that can't hold a value.
    #[cold]
    pub(crate) fn of<'de, T>(
        body: &[u8],
        json: &'de str,
        schema_version: Option<u32>,
        read: impl FnOnce(Node<'de>) -> Result<T, ReadError>,
    ) -> Self {
        let offset = json.as_ptr().addr() - body.as_ptr().addr();
        let error = match Node::read(json, offset, &[], read) {
            Ok(_) => ReadError::custom("refused the first time").at(offset),
            Err(error) => error,
        };
        Self::explained::<T>(&error, body, schema_version)
    }

    pub(crate) fn explained<T>(
        error: &ReadError,
        body: &[u8],
        schema_version: Option<u32>,
    ) -> Self {
        let name = type_name::<T>();
        let position = Position::of(body, error.offset());
        let version = schema_version
            .map_or_else(String::new, |version| format!(", schema version {version}"));
        let twin = Twin::of(error, body).map_or_else(String::new, |twin| twin.to_string());
        Self::new(format!(
            "not a `{name}`: {error} ({position}{version}){twin}"
        ))
    }
}

/// A key of the body that is a missing field in another spelling.
struct Twin {
    key: String,
    rename_all: &'static str,
}

impl Twin {
    fn of(error: &ReadError, body: &[u8]) -> Option<Self> {
        let Reason::MissingField(field) = *error.reason() else {
            return None;
        };
        let mut holder = serde_json::Deserializer::from_slice(body.get(error.offset()..)?);
        let keys = HashMap::<Cow<'_, str>, &RawValue>::deserialize(&mut holder).ok()?;
        let spellings = [
            (field.to_lower_camel_case(), "camelCase"),
            (field.to_snake_case(), "snake_case"),
        ];
        let mut twins = spellings.into_iter().filter(|(key, _)| key != field);
        let (key, rename_all) = twins.find(|(key, _)| keys.contains_key(&**key))?;
        Some(Self { key, rename_all })
    }
}

impl fmt::Display for Twin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, rename_all } = self;
        write!(
            f,
            "; there is `{key}`: does the type lack `#[serde(rename_all = \"{rename_all}\")]`?"
        )
    }
}

/// A place in a body. Columns are counted in bytes, as in `serde_json`.
struct Position {
    line: usize,
    column: usize,
}

impl Position {
    fn of(body: &[u8], offset: usize) -> Self {
        let mut lines = body[..offset].rsplit(|byte| *byte == b'\n');
        let column = lines.next().map_or(0, <[u8]>::len) + 1;
        let line = lines.count() + 1;
        Self { line, column }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} column {}", self.line, self.column)
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown::text(&self.text).fmt(f)
    }
}

impl fmt::Debug for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mismatch")
            .field(&Shown::text(&self.text))
            .finish()
    }
}

impl Error for Mismatch {}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::*;

    #[track_caller]
    fn text<T: DeserializeOwned>(body: &str, json: &str) -> String {
        assert!(serde_json::from_str::<T>(json).is_err());
        let text = Mismatch::of(body.as_bytes(), json, None, T::deserialize).to_string();
        let start = format!("not a `{}`: ", type_name::<T>());
        text.strip_prefix(&start).unwrap().to_owned()
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "it is never constructed")]
    struct Strict {
        #[serde(default)]
        id: u64,
        tags: Vec<Tag>,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "it is never constructed")]
    struct Tag {
        id: u64,
    }

    #[test]
    fn line_and_column_count_from_the_start_of_the_body() {
        let data = r#"{"tags": [{"id": 1}, {"id": "lea@example.com"}]}"#;
        let body = format!(r#"{{"type":"a","data":{data}}}"#);
        let json = &body[body.find(data).unwrap()..body.len() - 1];
        assert_eq!(
            text::<Strict>(&body, json),
            "`tags[1].id`: invalid type: string, expected u64 (line 1 column 48)"
        );
        assert_eq!(&body[47..53], "\"lea@e");
    }

    #[test]
    fn lines_are_counted() {
        let body = "\n{\n  \"tags\": [],\n  \"id\": -1\n}";
        assert_eq!(
            text::<Strict>(body, body),
            "`id`: invalid value: integer, expected u64 (line 4 column 9)"
        );
        assert_eq!(
            text::<Strict>("\n {}", "\n {}"),
            "missing field `tags` (line 2 column 2)"
        );
    }

    #[test]
    fn a_missing_field_is_suggested_in_its_other_spelling() {
        #[derive(Deserialize)]
        #[expect(dead_code, reason = "it is never constructed")]
        struct Order {
            order_id: u64,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[expect(dead_code, reason = "it is never constructed")]
        struct Sale {
            order_id: u64,
        }

        let body = r#"[{"orderId": 1, "a": {}}]"#;
        assert_eq!(
            text::<Vec<Order>>(body, body),
            "`[0]`: missing field `order_id` (line 1 column 2); there is `orderId`: does the \
             type lack `#[serde(rename_all = \"camelCase\")]`?"
        );
        let body = r#"{"order_id": 1}"#;
        assert_eq!(
            text::<Sale>(body, body),
            "missing field `orderId` (line 1 column 1); there is `order_id`: does the type lack \
             `#[serde(rename_all = \"snake_case\")]`?"
        );
        let body = r#"{"order": {"orderId": 1}}"#;
        assert_eq!(
            text::<Order>(body, body),
            "missing field `order_id` (line 1 column 1)"
        );
    }

    /// `serde_json` parses a position from the end of such a text.
    #[test]
    fn a_custom_error_that_imitates_serde_json_is_not_shown() {
        #[derive(Debug, Deserialize)]
        #[serde(try_from = "String")]
        struct Imitation;

        impl TryFrom<String> for Imitation {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                Err(text)
            }
        }

        for imitation in [
            "invalid type: string, expected lea at line 1 column 5550199",
            "missing field `lea@example.com` at line 5550199 column 1",
            "unknown variant `a`, expected `lea` at line 1 column 5550199",
        ] {
            let body = format!("[{imitation:?}]");
            assert_eq!(
                text::<Vec<Imitation>>(&body, &body),
                "`[0]`: refused by the type (line 1 column 2)"
            );
        }
    }

    #[test]
    fn a_value_that_is_readable_the_second_time_is_refused_without_a_reason() {
        let body = " 7";
        let mismatch = Mismatch::of(body.as_bytes(), &body[1..], None, u64::deserialize);
        assert_eq!(
            mismatch.to_string(),
            "not a `u64`: refused by the type (line 1 column 2)"
        );
    }
}
