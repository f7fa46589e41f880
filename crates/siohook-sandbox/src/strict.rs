//! Strict reading of JSON. An error names its place, and the name that was probably meant.

mod misfit;
mod narrow;
mod node;
#[cfg(test)]
pub(crate) mod tests;

use serde::de::DeserializeOwned;
use serde_json::Value;

use self::narrow::narrow;

pub(crate) use self::misfit::{Misfit, step};
pub(crate) use self::node::Node;

/// Reads a value of a document that was parsed as JSON.
pub(crate) fn read<T: DeserializeOwned>(document: &Value) -> Result<T, Misfit> {
    attempt(document)
        .map_err(|misfit| narrow(document, misfit, &|edited| attempt::<T>(edited).err()))
}

fn attempt<T: DeserializeOwned>(document: &Value) -> Result<T, Misfit> {
    serde_path_to_error::deserialize(Node::<Misfit>::new(document)).map_err(|error| {
        let place = misfit::pointer(error.path());
        error.into_inner().below(&place)
    })
}
