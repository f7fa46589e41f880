//! Keys of the public API.

use super::draft::Draft;
use super::object::{Object, lies_in};
use crate::state::{ApiKey, State};
use crate::strict::Misfit;

impl Object for ApiKey {
    const NAME: &'static str = "key";
    lies_in!(api_keys);

    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        if !draft.members.contains_key("key") {
            let key = draft.uuid().replace('-', "");
            draft.or("key", key);
        }
        let key: Self = draft.read(state)?;
        let mut others = state.api_keys.values().filter(|other| other.id != key.id);
        let is_free = others.all(|other| other.key != key.key);
        Misfit::unless(is_free, "/key", "another key has this value")?;
        let is_one_more = draft.old.is_none() && state.api_keys.len() >= Self::MOST;
        let error = "under `strict_limits`, an account has at most 3 keys";
        Misfit::unless(!(state.strict_limits && is_one_more), "", error)?;
        Ok(key)
    }
}
