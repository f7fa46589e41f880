use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Call, Fault, OWN_NAMES, references};
use crate::Outgoing;
use crate::state::{Change, Ids, Refusal, State};
use crate::strict::{self, Misfit, step};

/// An object on its way from a body into the account.
pub(super) struct Draft<'a> {
    pub(super) call: &'a Call<'a>,
    /// The members of the object: those of the body, over those that it had.
    pub(super) members: Map<String, Value>,
    /// The object before the change. `None` if it is new.
    pub(super) old: Option<Value>,
    /// The account's source of ids, of which a refused draft uses none.
    pub(super) ids: Ids,
    body: Value,
}

impl<'a> Draft<'a> {
    /// Makes a draft of the body, over the object that it changes, if there is one.
    pub(super) fn new(
        state: &State,
        call: &'a Call<'a>,
        fixed: &[&str],
        old: Option<Value>,
    ) -> Result<Self, Fault> {
        let patch = call.object()?;
        let body = Value::Object(patch.clone());
        for pointer in fixed {
            let given = body.pointer(pointer);
            let is_kept = given == old.as_ref().and_then(|old| old.pointer(pointer));
            if given.is_some() && !is_kept {
                let error = "this can't be set here: the sandbox sets it";
                return Err(Misfit::new(*pointer, error).into());
            }
        }
        let members = match &old {
            Some(Value::Object(old)) => {
                let mut members = old.clone();
                merge(&mut members, patch);
                members
            }
            _ => patch,
        };
        Ok(Self {
            call,
            members,
            old,
            ids: state.ids.clone(),
            body,
        })
    }

    /// Reads the members, and checks what the body names.
    pub(super) fn read<T: DeserializeOwned>(&self, state: &State) -> Result<T, Misfit> {
        let read = strict::read(&Value::Object(self.members.clone()))?;
        references::check(&self.body, state, self.call.accepts_url)?;
        Ok(read)
    }

    /// Takes a member that is read apart from the others.
    pub(super) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Misfit> {
        let Some(value) = self.members.remove(name) else {
            return Ok(None);
        };
        let read = strict::read(&value).map_err(|misfit| misfit.below(&step(name)));
        read.map(Some)
    }

    /// The text of a member. An absent one is empty.
    pub(super) fn text(&self, name: &str) -> String {
        let text = self.members.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    }

    /// Sets a member that is absent.
    pub(super) fn or(&mut self, name: &str, value: impl Into<Value>) {
        self.members.entry(name).or_insert_with(|| value.into());
    }

    /// Sets a member to a new number.
    pub(super) fn number(&mut self, name: &str) {
        self.members
            .insert(name.to_owned(), self.ids.number().into());
    }

    /// A new UUID.
    pub(super) fn uuid(&mut self) -> String {
        self.ids.uuid(self.call.now)
    }

    /// Refuses a key that another object has, and a change of the key.
    pub(super) fn check_key(&self, name: &str, exists: bool) -> Result<(), Misfit> {
        let at = step(name);
        let Some(old) = &self.old else {
            return Misfit::unless(!exists, &at, "another one has this");
        };
        let is_kept = old.get(name) == self.members.get(name);
        Misfit::unless(is_kept, &at, "this can't be changed: create another one")
    }

    /// Changes the account. Returns the id of what was created, and the messages that follow.
    pub(super) fn apply(
        &self,
        state: &mut State,
        change: Change,
        place: impl Fn(&Refusal) -> &'static str,
    ) -> Result<(u64, Vec<Outgoing>), Misfit> {
        let applied = state.apply(change, self.call.now);
        let applied = applied.map_err(|refusal| Misfit::new(place(&refusal), &refusal))?;
        Ok((applied.id.unwrap_or_default(), applied.outgoing))
    }
}

/// Merges a patch as RFC 7386 does, but an object of another `type` replaces the old one: it has
/// other attributes.
fn merge(members: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, value) in patch {
        match (members.get_mut(&name), value) {
            (_, Value::Null) => {
                members.remove(&name);
            }
            (Some(Value::Object(old)), Value::Object(patch))
                if name == OWN_NAMES
                    || !patch.contains_key("type")
                    || patch.get("type") == old.get("type") =>
            {
                merge(old, patch);
            }
            (_, Value::Object(patch)) => {
                let mut new = Map::new();
                merge(&mut new, patch);
                members.insert(name, Value::Object(new));
            }
            (_, value) => {
                members.insert(name, value);
            }
        }
    }
}
