//! The most similar pointer to one that leads nowhere.

use std::cmp::Reverse;

use super::{Json, Pointer};

impl Pointer {
    /// A pointer to a similar name in the same object, or else anywhere in the document.
    pub(super) fn near(&self, json: &Json) -> Option<Self> {
        self.near_here(json).or_else(|| self.near_elsewhere(json))
    }

    /// `/contact/emial` is near `/contact/email`, and `/custmer/email` near `/customer/email`.
    fn near_here(&self, json: &Json) -> Option<Self> {
        let (found, parent) = self.found(json);
        let Json::Object(members) = parent else {
            return None;
        };
        let names = members.iter().map(|(name, _)| &**name);
        let name = nearest(&self.0[found], names)?;
        let mut near = self.clone();
        name.clone_into(&mut near.0[found]);
        if near.get(json).is_none() {
            near.0.truncate(found + 1);
        }
        Some(near)
    }

    /// `/email` is near `/customer/email`, unless another pointer is equally near. The more
    /// names at the end are equal, the nearer it is.
    fn near_elsewhere(&self, json: &Json) -> Option<Self> {
        let rank = |other: &Self| {
            let distance = distance(self.0.last()?, other.0.last()?)?;
            let both = self.0.iter().rev().zip(other.0.iter().rev());
            Some((Reverse(both.take_while(|(a, b)| a == b).count()), distance))
        };
        let all = members_of(json, &Self(vec![])).into_iter();
        let mut ranked: Vec<_> = all.filter_map(|it| Some((rank(&it)?, it))).collect();
        ranked.sort_by_key(|(rank, _)| *rank);
        match &*ranked {
            [(first, _), (second, _), ..] if first == second => None,
            [(_, nearest), ..] => Some(nearest.clone()),
            [] => None,
        }
    }
}

/// The pointers to all members of a document, which is itself at `place`.
fn members_of(json: &Json, place: &Pointer) -> Vec<Pointer> {
    let below = |name: &str| Pointer([&*place.0, &[name.to_owned()]].concat());
    match json {
        Json::Object(members) => {
            let own = members.iter().map(|(name, value)| (below(name), value));
            own.flat_map(|(at, value)| [vec![at.clone()], members_of(value, &at)].concat())
                .collect()
        }
        Json::Array(elements) => {
            let own = elements.iter().enumerate();
            own.flat_map(|(index, value)| members_of(value, &below(&index.to_string())))
                .collect()
        }
        Json::Scalar(_) => vec![],
    }
}

/// The known name that is most likely meant by a misspelt one.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let known = known.into_iter();
    let near = known.filter_map(|name| Some((distance(written, name)?, name)));
    let (_, name) = near.min_by_key(|(distance, _)| *distance)?;
    Some(name)
}

/// The number of typing errors between two names, if it is small for the length of the name.
/// Case and underscores are ignored, because one mechanism writes `clientIp` and the other
/// `client_ip`.
fn distance(written: &str, meant: &str) -> Option<usize> {
    let fold = |name: &str| name.replace('_', "").to_lowercase();
    let (written, meant) = (fold(written), fold(meant));
    let distance = strsim::osa_distance(&written, &meant);
    (distance <= written.chars().count() / 3).then_some(distance)
}
