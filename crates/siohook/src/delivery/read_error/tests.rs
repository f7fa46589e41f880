use serde::de::Error;

use super::*;

const SECRET: &str = "lea@example.com";

fn texts(error: &ReadError) -> [String; 2] {
    [error.to_string(), format!("{error:?}")]
}

#[test]
fn errors_keep_texts_of_the_type_and_drop_values() {
    let found = Unexpected::Str(SECRET);
    let names = &["id", "email"];
    for (error, text) in [
        (ReadError::custom(SECRET), "refused by the type"),
        (
            ReadError::invalid_type(found, &"a number"),
            "invalid type: string, expected a number",
        ),
        (
            ReadError::invalid_value(found, &"a number"),
            "invalid value: string, expected a number",
        ),
        (
            ReadError::invalid_length(5_550_199, &"a pair"),
            "invalid length, expected a pair",
        ),
        (
            ReadError::unknown_variant(SECRET, names),
            "unknown variant, expected one of `id`, `email`",
        ),
        (
            ReadError::unknown_field(SECRET, &["id"]),
            "unknown field, expected `id`",
        ),
        (ReadError::unknown_field(SECRET, &[]), "unknown field"),
        (ReadError::missing_field("email"), "missing field `email`"),
        (
            ReadError::duplicate_field("email"),
            "duplicate field `email`",
        ),
    ] {
        assert_eq!(error.to_string(), text);
        for text in texts(&error) {
            assert!(!text.contains("lea") && !text.contains("5550199"), "{text}");
        }
    }
}

#[test]
fn the_kind_of_a_value_is_shown_without_the_value() {
    for (found, kind) in [
        (Unexpected::Bool(true), Some("boolean")),
        (Unexpected::Unsigned(5_550_199), Some("integer")),
        (Unexpected::Signed(-5_550_199), Some("integer")),
        (Unexpected::Float(5_550_199.5), Some("floating point")),
        (Unexpected::Char('\u{e9}'), Some("string")),
        (Unexpected::Bytes(b"lea@example.com"), Some("byte array")),
        (Unexpected::Unit, Some("null")),
        (Unexpected::Map, Some("map")),
        (Unexpected::Other(SECRET), None),
    ] {
        let error = ReadError::invalid_value(found, &"a name");
        let text = match kind {
            Some(kind) => format!("invalid value: {kind}, expected a name"),
            None => "invalid value, expected a name".to_owned(),
        };
        assert_eq!(error.to_string(), text);
        let expected = "a name".to_owned();
        let reason = Reason::InvalidValue {
            found: kind,
            expected,
        };
        assert_eq!(*error.reason(), reason);
    }
}

#[test]
fn steps_are_written_as_a_path_and_as_a_pointer() {
    let error = |steps: Vec<Step>| {
        let error = ReadError::missing_field("id").at(7).at(3);
        let steps = steps.into_iter().rev();
        steps.fold(error, |error, step| error.under(step, 0))
    };
    let whole = error(vec![]);
    assert_eq!(whole.to_string(), "missing field `id`");
    assert_eq!(whole.pointer(0).as_deref(), Some(""));
    assert_eq!(whole.offset(), 7);

    let deep = error(vec![
        Step::Member(Some("customer")),
        Step::Member(Some("a/b~c")),
        Step::Element(0),
        Step::Member(Some("tag")),
    ]);
    assert_eq!(
        deep.to_string(),
        "`customer.a/b~c[0].tag`: missing field `id`"
    );
    assert_eq!(deep.pointer(4).as_deref(), Some("/customer/a~1b~0c/0/tag"));

    assert_eq!(deep.pointer(1).as_deref(), Some("/customer"));
    assert_eq!(
        deep.after(1).to_string(),
        "`a/b~c[0].tag`: missing field `id`"
    );
    assert_eq!(deep.after(4).to_string(), "missing field `id`");

    let unnamed = error(vec![Step::Element(2), Step::Member(None)]);
    assert_eq!(unnamed.to_string(), "`[2].*`: missing field `id`");
    assert_eq!(unnamed.pointer(2), None);
}
