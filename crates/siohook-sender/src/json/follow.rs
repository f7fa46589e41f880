//! A change of one document, made to another one that is like it.

use super::{Json, Members};

impl Json {
    /// Does to this document what was done to another one, `before`, to make it `after`.
    /// Whatever the two have in common stays as it is here, members that neither has
    /// included.
    pub(crate) fn follow(&mut self, mut before: Self, after: Self) {
        if before == after {
            return;
        }
        match (self, &mut before, after) {
            (Self::Object(own), Self::Object(before), Self::Object(after)) => {
                follow_members(own, before, after);
            }
            (Self::Array(own), Self::Array(before), Self::Array(after))
                if own.len() == before.len() =>
            {
                follow_elements(own, std::mem::take(before), after);
            }
            (own, _, after) => *own = after,
        }
    }
}

fn follow_members(own: &mut Members, before: &mut Members, after: Members) {
    let has = |members: &Members, name: &str| members.iter().any(|(own, _)| own == name);
    own.retain(|(name, _)| has(&after, name) || !has(before, name));
    for (name, new) in after {
        let old = before.iter().position(|(own, _)| *own == name);
        let old = old.map(|at| before.swap_remove(at).1);
        let here = own.iter_mut().find(|(own, _)| *own == name);
        match (here, old) {
            (Some((_, here)), Some(old)) => here.follow(old, new),
            (Some((_, here)), None) => *here = new,
            // A member that came into being when it was read: null for absent.
            (None, Some(old)) if old == new => {}
            (None, _) => own.push((name, new)),
        }
    }
}

fn follow_elements(own: &mut Vec<Json>, before: Vec<Json>, after: Vec<Json>) {
    if before.len() == after.len() {
        for ((own, before), after) in own.iter_mut().zip(before).zip(after) {
            own.follow(before, after);
        }
        return;
    }
    let mut known: Vec<(Json, Json)> = before.into_iter().zip(own.drain(..)).collect();
    own.extend(after.into_iter().map(|new| {
        let same = known.iter().position(|(before, _)| *before == new);
        same.map_or(new, |at| known.remove(at).1)
    }));
}
