//! Reads a payload and leaves out the optional members that can't be read.
//!
//! It needs no list of optional members. A member that can't be read is left out, and the
//! body is read again. If that reports a missing field, the member was required. Then the
//! object around it is left out instead, and so on up to the whole payload, which can't be
//! left out.

#[cfg(test)]
mod tests;

use std::iter;

use serde::de::DeserializeOwned;

use super::read_error::{ReadError, Reason, Step};
use super::reader::Node;

/// The most members and elements that are left out. Beyond that, a whole list is.
const MOST: usize = 16;

/// A member of a body, or an element of a list, that is left out.
pub(super) struct LeftOut {
    /// Why it can't be read. The path of the error leads to the member or into it.
    cause: ReadError,
    /// The number of steps from the payload to the member.
    depth: usize,
}

impl LeftOut {
    /// The member as a JSON pointer from the payload.
    pub(super) fn pointer(&self) -> String {
        self.cause.pointer(self.depth).unwrap_or_default()
    }

    pub(super) fn reason(&self) -> String {
        self.cause.after(self.depth).to_string()
    }

    fn step(&self) -> Option<(&Step, usize)> {
        self.cause.steps().nth(self.depth - 1)
    }

    fn offset(&self) -> usize {
        self.step().map_or(0, |(_, offset)| offset)
    }

    fn is_within(&self, other: &Self) -> bool {
        let mut way = self.cause.steps().take(self.depth);
        way.any(|(_, offset)| offset == other.offset())
    }

    /// Whether `error` is a consequence of leaving this out: the object around it now lacks
    /// a required field.
    fn leads_to(&self, error: &ReadError) -> bool {
        let Reason::MissingField(field) = error.reason() else {
            return false;
        };
        let is_field = |(step, _): (&Step, usize)| *step == Step::Member(Some(field));
        // A contact inside `contact` is left out under a name that differs from that of the
        // missing field.
        let is_of_field = self.step().is_some_and(is_field)
            || self.cause.steps().last().is_some_and(is_field)
            || self.cause.reason() == error.reason();
        is_of_field && error.steps().eq(self.cause.steps().take(self.depth - 1))
    }

    /// The innermost list around it.
    fn list(&self) -> Option<Self> {
        let steps = self.cause.steps().take(self.depth);
        let is_element =
            |(_, (step, _)): &(usize, (&Step, usize))| matches!(step, Step::Element(_));
        let (depth, _) = steps.enumerate().filter(is_element).last()?;
        let cause = self.cause.clone();
        (depth > 0).then_some(Self { cause, depth })
    }
}

/// Reads `json`, which is at `offset` in the body. Returns the payload and the left-out
/// members, or the error of a required member.
///
/// The loop ends because each pass leaves out more of the body.
pub(super) fn salvage<P: DeserializeOwned>(
    json: &str,
    offset: usize,
) -> Result<(P, Vec<LeftOut>), ReadError> {
    let mut all: Vec<LeftOut> = vec![];
    loop {
        let offsets: Vec<usize> = all.iter().map(LeftOut::offset).collect();
        match Node::read(json, offset, &offsets, |node| P::deserialize(node)) {
            Ok(payload) => {
                all.sort_by_key(LeftOut::offset);
                return Ok((payload, all));
            }
            Err(error) => leave_out(&mut all, error)?,
        }
    }
}

/// Leaves out the member that has the error, or the object around it.
fn leave_out(all: &mut Vec<LeftOut>, error: ReadError) -> Result<(), ReadError> {
    // A key that is not a field of the type can't be named, so the object around it goes.
    let is_named = |(step, _): &(&Step, usize)| **step != Step::Member(None);
    let depth = error.steps().take_while(is_named).count();
    let before = all.iter().position(|it| it.leads_to(&error));
    let cause = before.map_or(error, |at| all.remove(at).cause);
    if depth == 0 {
        return Err(cause);
    }
    let mut next = LeftOut { cause, depth };
    all.retain(|it| !it.is_within(&next));
    if all.len() == MOST {
        let list = iter::once(&next).chain(&*all).find_map(LeftOut::list);
        let Some(list) = list else {
            return Err(next.cause);
        };
        all.retain(|it| !it.is_within(&list));
        if next.is_within(&list) {
            next = list;
        } else {
            all.push(list);
        }
    }
    if all.len() == MOST {
        return Err(next.cause);
    }
    all.push(next);
    Ok(())
}
