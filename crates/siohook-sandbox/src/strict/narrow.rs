use serde_json::{Value, json};

use super::Misfit;
use super::misfit::{Kind, step};

/// Finds the place of an error in an enum with a `type`. serde reads such an enum from a buffer,
/// where places are lost. The member at fault is the one without which the error changes.
pub(super) fn narrow(
    document: &Value,
    misfit: Misfit,
    attempt: &dyn Fn(&Value) -> Option<Misfit>,
) -> Misfit {
    let is_missing = match misfit.kind {
        Kind::Exact => return misfit,
        Kind::Value => false,
        Kind::Missing(_) => true,
    };
    let mut place = misfit.at.clone();
    let fails_alike = |document: &Value| attempt(document).as_ref() == Some(&misfit);
    while let Some(child) = child_at_fault(document, &place, is_missing, &fails_alike) {
        place.push_str(&step(child));
    }
    if let Kind::Missing(name) = misfit.kind {
        place.push_str(&step(name));
    }
    Misfit {
        at: place,
        ..misfit
    }
}

fn child_at_fault(
    document: &Value,
    place: &str,
    is_missing: bool,
    fails_alike: &dyn Fn(&Value) -> bool,
) -> Option<String> {
    let edited = |edit: &dyn Fn(&mut Value)| {
        let mut document = document.clone();
        document.pointer_mut(place).map(edit);
        fails_alike(&document)
    };
    match document.pointer(place)? {
        // If an empty object fails alike, no member is at fault.
        Value::Object(_) if !is_missing && edited(&|object| *object = json!({})) => None,
        Value::Object(members) => {
            // Without its type, an object fails in another way, whatever else is wrong.
            let (types, others): (Vec<_>, Vec<_>) =
                members.iter().partition(|(name, _)| *name == "type");
            let mut names = others.into_iter().chain(types);
            let found = names.find(|(name, value)| {
                // Without another member, something else may be missing. A list can be emptied.
                if is_missing {
                    return value.is_array() && !edited(&|object| object[&**name] = json!([]));
                }
                !edited(&|object| {
                    object
                        .as_object_mut()
                        .and_then(|object| object.remove(*name));
                })
            });
            found.map(|(name, _)| name.clone())
        }
        Value::Array(items) => {
            let lengths: Vec<_> = (0..=items.len()).collect();
            let shortest = lengths.partition_point(|length| {
                !edited(&|list| {
                    if let Value::Array(list) = list {
                        list.truncate(*length);
                    }
                })
            });
            let last = shortest.checked_sub(1)?;
            Some(last.to_string())
        }
        _ => None,
    }
}
