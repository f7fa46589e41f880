use std::borrow::Cow;

/// The schema of the tables, as statements name it.
pub(super) struct Names {
    schema: String,
    quoted: String,
}

/// The schema that stands in the texts of the statements.
const SCHEMA: &str = "siohook";

impl Names {
    pub(super) fn new(schema: &str) -> Self {
        Self {
            schema: schema.to_owned(),
            quoted: format!("\"{}\"", schema.replace('"', "\"\"")),
        }
    }

    /// The name, which is that of the channel of notifications as well.
    pub(super) fn schema(&self) -> &str {
        &self.schema
    }

    /// The name as a part of a statement.
    pub(super) fn quoted(&self) -> &str {
        &self.quoted
    }

    /// Puts a statement into the schema.
    pub(super) fn in_schema<'a>(&self, sql: &'a str) -> Cow<'a, str> {
        if self.schema == SCHEMA {
            Cow::Borrowed(sql)
        } else {
            Cow::Owned(sql.replace("siohook.", &format!("{}.", self.quoted)))
        }
    }
}
