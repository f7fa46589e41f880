//! The account itself.

use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::object::unknown;
use super::{Call, Fault, Reply, Target};
use crate::api::is_email;
use crate::state::State;
use crate::strict::Misfit;

/// The attributes of the account that are not objects.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    owner_email: String,
    strict_limits: bool,
}

impl Account {
    fn of(state: &State) -> Self {
        Self {
            owner_email: state.owner_email.clone(),
            strict_limits: state.strict_limits,
        }
    }
}

pub(super) fn serve(
    state: &mut State,
    call: &Call<'_>,
    target: Target<'_>,
) -> Result<Reply, Fault> {
    if let Some(key) = target.key {
        return Err(unknown("account", key));
    }
    let view =
        |state: &State| serde_json::to_value(Account::of(state)).expect("the account is JSON");
    match call.method.as_str() {
        "GET" | "HEAD" => {}
        "PATCH" => {
            let draft = Draft::new(state, call, &[], Some(view(state)))?;
            let account: Account = draft.read(state)?;
            let is_good = is_email(&account.owner_email);
            Misfit::unless(is_good, "/owner_email", "this is not an e-mail address")?;
            state.owner_email = account.owner_email;
            state.strict_limits = account.strict_limits;
        }
        _ => return Err(Fault::not_allowed(&["GET", "HEAD", "PATCH"])),
    }
    Ok(Reply::found(view(state)))
}
