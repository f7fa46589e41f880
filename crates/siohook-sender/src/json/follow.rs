//! Applies the changes of one document to a similar one.

use super::{Json, Members};

impl Json {
    /// Applies the difference between `before` and `after` to this document. The rest stays
    /// as it is, including members that neither of the two has.
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
            // The type wrote an absent member as null.
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
