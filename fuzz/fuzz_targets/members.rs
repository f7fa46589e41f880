//! Mutations that change a member of a body.

use libfuzzer_sys::fuzzer_mutate;
use serde_json::Value;

/// Keys of new members. Some decide how other members are parsed and written.
const KEYS: [&str; 12] = [
    "contact",
    "fields",
    "slug",
    "value",
    "data",
    "type",
    "tag",
    "course",
    "course_bundle",
    "physical_product",
    "description",
    "created_at",
];

const VALUES: [&str; 20] = [
    "null",
    "true",
    "0",
    "-1",
    "-0.0",
    "0.1",
    "583.0",
    "9007199254740993",
    "18446744073709551616",
    "\"7200\"",
    "\"\"",
    "\"systemeio_tag\"",
    "\"membership_course\"",
    "\"course_bundle\"",
    "\"2021-10-05T08:10:29.05-00:30\"",
    "\"-0001-11-30T00:00:00+00:00\"",
    "[]",
    "{}",
    "{\"id\":1,\"name\":null}",
    "[{\"slug\":\"a\",\"value\":null},{\"slug\":\"a\",\"value\":\"b\"}]",
];

/// Mutates an input: JSON after a byte that selects a type, or JSON that begins with `{`.
///
/// A body with changed bytes is seldom JSON, so half of the mutations change a member.
pub(crate) fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut dice = Dice(seed);
    let start = usize::from(data[..size].first() != Some(&b'{'));
    if dice.below(2) == 0
        && let Some(json) = data.get(start..size)
        && let Ok(mut json) = serde_json::from_slice::<Value>(json)
    {
        change(&mut json, &mut dice);
        let json = json.to_string();
        if let Some(room) = data.get_mut(start..(start + json.len()).min(max_size))
            && room.len() == json.len()
        {
            room.copy_from_slice(json.as_bytes());
            return start + json.len();
        }
    }
    fuzzer_mutate(data, size, max_size)
}

/// Adds a member to one of the values, or replaces the value.
fn change(json: &mut Value, dice: &mut Dice) {
    let mut which = dice.below(count(json));
    match nth(json, &mut which) {
        Some(Value::Object(members)) if dice.below(4) > 0 => {
            let key = KEYS[dice.below(KEYS.len())];
            members.insert(key.to_owned(), value(dice));
        }
        Some(json) => *json = value(dice),
        None => {}
    }
}

/// The number of values in a document.
fn count(json: &Value) -> usize {
    let inside: usize = match json {
        Value::Object(members) => members.values().map(count).sum(),
        Value::Array(list) => list.iter().map(count).sum(),
        _ => 0,
    };
    1 + inside
}

/// The value that has `left` values before it.
fn nth<'a>(json: &'a mut Value, left: &mut usize) -> Option<&'a mut Value> {
    if *left == 0 {
        return Some(json);
    }
    *left -= 1;
    match json {
        Value::Object(members) => members.values_mut().find_map(|json| nth(json, left)),
        Value::Array(list) => list.iter_mut().find_map(|json| nth(json, left)),
        _ => None,
    }
}

fn value(dice: &mut Dice) -> Value {
    serde_json::from_str(VALUES[dice.below(VALUES.len())]).expect("every value is JSON")
}

/// Random numbers from the fuzzer's seed, so that a run can be repeated.
struct Dice(u32);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
        (self.0 >> 16) as usize % sides
    }
}
