//! Where a replay may go: to the receiver of the command line, and to those that the user confirmed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::problem::Problem;
use crate::Failure;
use crate::deliveries::target::shown;
use crate::receiver::Receiver;

pub(super) struct Targets(Mutex<Vec<Arc<Receiver>>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    url: String,
    /// The user has read the URL once more.
    #[serde(default)]
    confirmed: bool,
}

impl Targets {
    pub(super) fn new(forward_to: Option<&str>, timeout: Duration) -> Result<Self, Failure> {
        let first = forward_to.map(|url| Receiver::new(url, timeout).map(Arc::new));
        Ok(Self(Mutex::new(Vec::from_iter(first.transpose()?))))
    }

    /// The target of this number.
    pub(super) fn find(&self, number: usize) -> Result<Arc<Receiver>, Problem> {
        let targets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let target = targets.get(number).map(Arc::clone);
        target.ok_or_else(|| {
            let error =
                "there is no such target: confirm a URL first, or start with `--forward-to`";
            Problem::invalid(error).at("/target")
        })
    }

    fn add(&self, receiver: Receiver) {
        let mut targets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !targets.iter().any(|target| target.url() == receiver.url()) {
            targets.push(Arc::new(receiver));
        }
    }

    /// The URLs, without the values of tokens.
    pub(super) fn shown(&self) -> Vec<String> {
        let targets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        targets
            .iter()
            .map(|target| shown(target.url().as_bytes()))
            .collect()
    }
}

/// Adds a target that the user typed and confirmed.
pub(super) async fn add(
    State(subject): Shared,
    given: Result<Json<New>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(New { url, confirmed }) = given?;
    let receiver = Receiver::new(&url, subject.timeout);
    let receiver = receiver.map_err(|failure| Problem::from(failure).at("/url"))?;
    if !confirmed {
        let error = format!("confirm that deliveries may go to {}", receiver.origin());
        return Err(Problem::invalid(error).at("/confirmed"));
    }
    subject.targets.add(receiver);
    Ok(Json(json!({"targets": subject.targets.shown()})))
}
