use serde_json::{Value, json};

use super::schema::{flag, list, named, object};
use crate::api::page;

/// What the document says about an operation, in addition to the row of its route.
pub(in crate::api) struct Description {
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) answer: Answer,
    pub(super) query: &'static [Parameter],
    /// Problems that other operations do not have.
    pub(super) problems: &'static [u16],
    /// The largest `limit`, if the list is paged.
    pub(super) longest_page: Option<usize>,
}

/// What an operation answers when it succeeds, with the name of the schema.
#[derive(Clone, Copy)]
pub(super) enum Answer {
    /// 200.
    Found(&'static str),
    /// 200, with a list of these.
    List(&'static str),
    /// 201.
    Created(&'static str),
    /// 202.
    Accepted(&'static str),
    /// 204.
    NoContent,
}

/// A parameter of the query.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    pub(super) schema: fn() -> Value,
    pub(super) required: bool,
}

impl Description {
    pub(super) const fn new(id: &'static str, summary: &'static str, answer: Answer) -> Self {
        Self {
            id,
            summary,
            answer,
            query: &[],
            problems: &[],
            longest_page: None,
        }
    }

    pub(super) const fn query(self, query: &'static [Parameter]) -> Self {
        Self { query, ..self }
    }

    pub(super) const fn problems(self, problems: &'static [u16]) -> Self {
        Self { problems, ..self }
    }

    /// Adds the parameters of pages.
    pub(super) const fn paged(self) -> Self {
        self.paged_up_to(page::LONGEST)
    }

    pub(super) const fn paged_up_to(self, longest: usize) -> Self {
        Self {
            longest_page: Some(longest),
            ..self
        }
    }

    /// The schema of the list that is answered, with its name.
    pub(super) fn list(&self) -> Option<(String, Value)> {
        let Answer::List(name) = self.answer else {
            return None;
        };
        let listing = json!({ "items": list(named(name)), "hasMore": flag() });
        Some((name_of_list(name), object(listing)))
    }
}

impl Answer {
    pub(super) fn status(self) -> u16 {
        match self {
            Self::Found(_) | Self::List(_) => 200,
            Self::Created(_) => 201,
            Self::Accepted(_) => 202,
            Self::NoContent => 204,
        }
    }

    /// The schema of the body.
    pub(super) fn schema(self) -> Option<Value> {
        match self {
            Self::Found(name) | Self::Created(name) | Self::Accepted(name) => Some(named(name)),
            Self::List(name) => Some(named(&name_of_list(name))),
            Self::NoContent => None,
        }
    }
}

impl Parameter {
    pub(super) const fn new(name: &'static str, text: &'static str, schema: fn() -> Value) -> Self {
        let required = false;
        Self {
            name,
            text,
            schema,
            required,
        }
    }

    pub(super) const fn required(self) -> Self {
        let required = true;
        Self { required, ..self }
    }
}

fn name_of_list(of: &str) -> String {
    format!("{of}List")
}
