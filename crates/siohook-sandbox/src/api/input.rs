use serde_json::{Map, Value};

use super::problem::Problem;

/// The JSON object of a request. Members that are not read are ignored.
#[derive(Default)]
pub(super) struct Input {
    members: Map<String, Value>,
    /// Where it lies in the body of the request: `fields[0].`.
    path: String,
    /// The names of integers that came as strings.
    digits: Vec<String>,
}

impl Input {
    pub(super) fn parse(body: &[u8]) -> Result<Self, Problem> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self {
                members,
                ..Self::default()
            }),
            _ => Err(Problem::bad_request("Syntax error")),
        }
    }

    /// The names of the members that were not read.
    pub(super) fn unread(&self) -> Vec<String> {
        self.members.keys().cloned().collect()
    }

    /// What is accepted although systeme.io may refuse it.
    pub(super) fn note(&self) -> Option<String> {
        let names = self.digits.join("`, `");
        let note = || format!("`{names}`: digits in a string, which systeme.io may refuse");
        (!names.is_empty()).then(note)
    }

    /// Takes a string. `None` if it is null or absent.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong_type(name, "string", &other)),
        }
    }

    /// Takes an integer, or a string of digits.
    pub(super) fn integer(&mut self, name: &str) -> Result<Option<i64>, Problem> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let integer = self.read_integer(name, &value);
        integer
            .map(Some)
            .ok_or_else(|| self.wrong_type(name, "int", &value))
    }

    /// Takes a list of integers.
    pub(super) fn integers(&mut self, name: &str) -> Result<Vec<i64>, Problem> {
        let values = self.list(name)?.unwrap_or_default();
        let integers = values.iter().map(|value| {
            let integer = self.read_integer(name, value);
            integer.ok_or_else(|| self.wrong_type(name, "int[]", value))
        });
        integers.collect()
    }

    pub(super) fn flag(&mut self, name: &str) -> Result<Option<bool>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(other) => Err(self.wrong_type(name, "bool", &other)),
        }
    }

    /// Takes a list of any values.
    pub(super) fn list(&mut self, name: &str) -> Result<Option<Vec<Value>>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Array(values)) => Ok(Some(values)),
            Some(other) => Err(self.wrong_type(name, "array", &other)),
        }
    }

    /// Takes a list of objects.
    pub(super) fn objects(&mut self, name: &str) -> Result<Vec<Self>, Problem> {
        let values = self.list(name)?.unwrap_or_default().into_iter();
        let objects = values.enumerate().map(|(index, value)| match value {
            Value::Object(members) => Ok(Self {
                members,
                path: format!("{name}[{index}]."),
                digits: vec![],
            }),
            other => Err(self.wrong_type(&format!("{name}[{index}]"), "array", &other)),
        });
        objects.collect()
    }

    fn read_integer(&mut self, name: &str, value: &Value) -> Option<i64> {
        let Value::String(text) = value else {
            return value.as_i64();
        };
        let integer = text.parse().ok().filter(|_| !text.starts_with('+'))?;
        if !self.digits.iter().any(|own| own == name) {
            self.digits.push(name.to_owned());
        }
        Some(integer)
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    fn wrong_type(&self, name: &str, wanted: &str, given: &Value) -> Problem {
        let given = match given {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::Number(number) if number.is_f64() => "float",
            Value::Number(_) => "int",
            Value::String(_) => "string",
            Value::Array(_) | Value::Object(_) => "array",
        };
        let path = &self.path;
        Problem::bad_request(format!(
            r#"The type of the "{path}{name}" attribute must be "{wanted}", "{given}" given."#
        ))
    }
}
