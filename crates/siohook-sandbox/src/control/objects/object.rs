use std::fmt::Display;
use std::str::FromStr;

use http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use siohook_events::Shown;

use super::draft::Draft;
use super::query::Query;
use super::shelf::{self, Shelf};
use super::{Call, Fault, Reply, Target};
use crate::Outgoing;
use crate::state::State;
use crate::strict::Misfit;

/// A kind of object of the account.
pub(super) trait Object: Serialize + DeserializeOwned {
    /// What texts call it.
    const NAME: &'static str;
    /// What texts call the object that the collection belongs to.
    const PARENT: &'static str = "account";
    /// The methods other than `GET`.
    const METHODS: &'static [&'static str] = &["POST", "PATCH", "DELETE"];
    /// Pointers to the attributes that a body can't set.
    const FIXED: &'static [&'static str] = &["/id"];

    type Key: Ord + FromStr + Display;
    type Shelf: Shelf<Self>;

    fn key(&self) -> Self::Key;

    /// Where the objects lie. `None` if there is no such parent.
    fn shelf<'a>(state: &'a State, parent: &str) -> Option<&'a Self::Shelf>;

    fn shelf_mut<'a>(state: &'a mut State, parent: &str) -> Option<&'a mut Self::Shelf>;

    /// Gives a new object its id.
    fn identify(_: &mut Draft<'_>) {}

    /// Reads an object, with defaults for what is absent.
    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        draft.read(state)
    }

    /// Adds an object to the account. Returns its key and the messages that follow.
    fn create(
        draft: &mut Draft<'_>,
        state: &mut State,
        parent: &str,
    ) -> Result<(Self::Key, Vec<Outgoing>), Misfit> {
        Self::identify(draft);
        let item = Self::read(draft, state)?;
        let key = item.key();
        put(item, draft, state, parent);
        Ok((key, vec![]))
    }

    /// The JSON of an answer.
    fn view(&self) -> Value {
        serde_json::to_value(self).expect("objects are JSON")
    }

    /// Deletes what hangs on a deleted object.
    fn clean_up(&self, _: &mut State) {}
}

impl<T: Object> shelf::Keyed for T {
    type Key = <T as Object>::Key;

    fn key(&self) -> Self::Key {
        Object::key(self)
    }
}

/// Answers for the collection of an object.
pub(super) fn serve<T: Object>(
    state: &mut State,
    call: &Call<'_>,
    target: Target<'_>,
) -> Result<Reply, Fault> {
    let allowed = T::METHODS.iter().filter(|method| {
        let is_of_collection = **method == "POST";
        is_of_collection == target.key.is_none()
    });
    let allowed: Vec<_> = ["GET", "HEAD"].iter().chain(allowed).copied().collect();
    if !allowed.contains(&call.method.as_str()) {
        return Err(Fault::not_allowed(&allowed));
    }
    if T::shelf(state, target.parent).is_none() {
        return Err(unknown(T::PARENT, target.parent));
    }
    match (call.method.as_str(), target.key) {
        ("POST", _) => create::<T>(state, call, target.parent),
        ("PATCH", Some(key)) => update::<T>(state, call, target.parent, key),
        ("DELETE", Some(key)) => delete::<T>(state, target.parent, key),
        (_, Some(key)) => {
            let found = find::<T>(state, target.parent, key)?;
            Ok(Reply::found(found.view()))
        }
        (_, None) => list::<T>(state, call, target.parent),
    }
}

/// Says that no object of this kind has the key.
pub(super) fn unknown(kind: &str, key: &str) -> Fault {
    let key = Shown::value(key);
    Fault::not_found(format!("there is no {kind} {key}"))
}

fn find<'a, T: Object + 'a>(state: &'a State, parent: &str, key: &str) -> Result<&'a T, Fault> {
    let found = T::shelf(state, parent).and_then(|shelf| shelf.find(key));
    found.ok_or_else(|| unknown(T::NAME, key))
}

fn list<T: Object>(state: &State, call: &Call<'_>, parent: &str) -> Result<Reply, Fault> {
    let query = Query::parse(call.query)?;
    let after = query.after.as_deref();
    let shelf = T::shelf(state, parent);
    let items = shelf.and_then(|shelf| {
        if query.is_newest_first {
            shelf.before(after)
        } else {
            shelf.after(after)
        }
    });
    let items = items.ok_or_else(|| {
        let key = Shown::value(after.unwrap_or_default());
        Misfit::new("after", format!("there is no {} {key}", T::NAME))
    })?;
    let views = items.map(T::view).filter(|view| query.finds(view));
    let mut views: Vec<_> = views.take(query.limit + 1).collect();
    let has_more = views.len() > query.limit;
    views.truncate(query.limit);
    Ok(Reply::found(json!({"items": views, "hasMore": has_more})))
}

fn create<T: Object>(state: &mut State, call: &Call<'_>, parent: &str) -> Result<Reply, Fault> {
    let mut draft = Draft::new(state, call, T::FIXED, None)?;
    let (key, outgoing) = T::create(&mut draft, state, parent)?;
    let created = find::<T>(state, parent, &key.to_string())?;
    Ok(Reply {
        status: StatusCode::CREATED,
        body: Some(created.view()),
        outgoing,
    })
}

fn update<T: Object>(
    state: &mut State,
    call: &Call<'_>,
    parent: &str,
    key: &str,
) -> Result<Reply, Fault> {
    let old = find::<T>(state, parent, key)?.view();
    let mut draft = Draft::new(state, call, T::FIXED, Some(old))?;
    let item = T::read(&mut draft, state)?;
    let view = item.view();
    put(item, &draft, state, parent);
    Ok(Reply::found(view))
}

fn delete<T: Object>(state: &mut State, parent: &str, key: &str) -> Result<Reply, Fault> {
    let taken = T::shelf_mut(state, parent).and_then(|shelf| shelf.take(key));
    let taken = taken.ok_or_else(|| unknown(T::NAME, key))?;
    taken.clean_up(state);
    Ok(Reply {
        status: StatusCode::NO_CONTENT,
        body: None,
        outgoing: vec![],
    })
}

/// Adds an object to the account, or replaces the old one.
fn put<T: Object>(item: T, draft: &Draft<'_>, state: &mut State, parent: &str) {
    state.ids = draft.ids.clone();
    if let Some(shelf) = T::shelf_mut(state, parent) {
        shelf.put(item);
    }
}

/// Where the objects of a collection of the account lie, and their keys.
macro_rules! lies_in {
    ($shelf:ident: $type:ty, by $attribute:ident: $key:ty) => {
        type Key = $key;
        type Shelf = $type;

        fn key(&self) -> $key {
            self.$attribute.clone()
        }

        fn shelf<'a>(state: &'a State, _: &str) -> Option<&'a Self::Shelf> {
            Some(&state.$shelf)
        }

        fn shelf_mut<'a>(state: &'a mut State, _: &str) -> Option<&'a mut Self::Shelf> {
            Some(&mut state.$shelf)
        }
    };
    ($map:ident) => {
        lies_in!($map: std::collections::BTreeMap<u64, Self>, by id: u64);

        fn identify(draft: &mut Draft<'_>) {
            draft.number("id");
        }
    };
}
pub(super) use lies_in;
