//! Every operation against a sandbox.

mod communities;
mod contacts;
mod limits;
mod lists;
mod safety;
mod school;
mod subscriptions;
mod tags;
mod webhooks;

use serde::de::DeserializeOwned;
use serde_json::Value;
use siohook_api::{Client, Error, ErrorKind};
use siohook_sandbox::{Sandbox, state::State};

const KEY: &str = "k3y-of-a-test";

const USED: &str = "This value is already used.";
const BLANK: &str = "This value should not be blank.";
const CHOICE: &str = "The value you selected is not a valid choice.";

/// A sandbox that takes one key, and a client that has it.
struct World {
    sandbox: Sandbox,
    client: Client,
}

impl World {
    async fn new() -> Self {
        let sandbox = Sandbox::builder().api_key(KEY).start().await.unwrap();
        let client = client_of(&sandbox);
        Self { sandbox, client }
    }

    /// Makes something that the API can't create.
    fn make<T: DeserializeOwned>(
        &self,
        mut object: Value,
        add: impl FnOnce(&mut State, u64, T),
    ) -> u64 {
        self.sandbox.edit(|state| {
            let id = state.ids.number();
            object["id"] = id.into();
            add(state, id, serde_json::from_value(object).unwrap());
            id
        })
    }
}

fn url_of(sandbox: &Sandbox) -> String {
    format!("{}/api", sandbox.url())
}

fn client_of(sandbox: &Sandbox) -> Client {
    Client::builder(KEY).url(url_of(sandbox)).build().unwrap()
}

#[track_caller]
fn assert_not_found<T: std::fmt::Debug>(result: Result<T, Error>) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    assert_eq!((error.status(), error.detail()), (Some(404), "Not Found"));
}

/// Asserts that these values are refused, written as path and text.
#[track_caller]
fn assert_invalid<T: std::fmt::Debug>(result: Result<T, Error>, violations: &[(&str, &str)]) {
    let error = result.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Invalid, Some(422))
    );
    let found = error.violations().iter();
    let found: Vec<_> = found.map(|one| (&*one.path, &*one.message)).collect();
    assert_eq!(found, violations);
    assert!(error.violations().iter().all(|one| one.code.is_some()));
}
