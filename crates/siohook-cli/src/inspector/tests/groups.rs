//! Attempts of one message.

use serde_json::{Value, json};
use siohook_sender::Sample;

use super::world::{SECRET, World};

/// Records attempts of these messages, one a second from this one on. Every second one is refused.
/// Returns their ids.
fn record(world: &World, start: usize, messages: &str) -> Vec<String> {
    let message = |letter| format!("01a0e6f0-4c11-7d20-9f3e-5b1c2a7d9e0{letter}");
    let attempts = messages.chars().enumerate().map(|(place, letter)| {
        let sample = Sample::of("SALE_NEW").with_message_id(&message(letter));
        let secret = if place % 2 == 0 { SECRET } else { "another" };
        let time = format!("2026-11-26T11:00:{:02}Z", start + place);
        world.record(&sample.signed_with(secret), &time).id
    });
    attempts.collect()
}

/// The ids of each group.
fn groups(list: &Value) -> Vec<Vec<String>> {
    let id = |one: &Value| one["id"].as_str().unwrap().to_owned();
    let ids = |group: &Value| {
        let earlier = group["earlier"].as_array();
        let earlier = earlier.into_iter().flatten().map(id);
        std::iter::once(id(group)).chain(earlier).collect()
    };
    list["deliveries"]
        .as_array()
        .unwrap()
        .iter()
        .map(ids)
        .collect()
}

/// The groups that these places of the deliveries make.
fn expected(ids: &[String], places: &[&[usize]]) -> Vec<Vec<String>> {
    let group = |places: &&[usize]| places.iter().map(|place| ids[*place].clone()).collect();
    places.iter().map(group).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_are_in_the_group_of_the_latest() {
    let world = World::new("http://127.0.0.1:1", None).await;
    let ids = record(&world, 0, "abacab");
    let without = Sample::of("contact.tag.added");
    let other = world.record(&without, "2026-11-26T11:00:10Z").id;
    let list = world.get("/deliveries").json();
    let mut all = expected(&ids, &[&[5, 1], &[4, 2, 0], &[3]]);
    all.insert(0, vec![other]);
    assert_eq!(groups(&list), all);
    assert_eq!(list["counts"]["all"], 7);
    assert_eq!(list["deliveries"][2]["attempt"], 3);
    assert_eq!(list["deliveries"][2]["earlier"][1]["attempt"], 1);
    let detail = world.get(&format!("/deliveries/{}", ids[2])).json();
    assert_eq!(detail["attempts"], json!([ids[0], ids[2], ids[4]]));
    assert_eq!(detail["attempt"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_group_is_in_one_part_of_the_list() {
    let world = World::new("http://127.0.0.1:1", None).await;
    let ids = record(&world, 0, "abcabad");
    let whole = expected(&ids, &[&[6], &[5, 3, 0], &[4, 1], &[2]]);
    for limit in 1..=4 {
        let (mut found, mut before) = (vec![], String::new());
        loop {
            let query = format!("/deliveries?limit={limit}{before}");
            let list = world.get(&query).json();
            let part = groups(&list);
            assert!(part.len() <= limit);
            before = format!("&before={}", part.last().unwrap()[0]);
            found.extend(part);
            if list["has_more"] == false {
                break;
            }
        }
        assert_eq!(found, whole, "{limit}");
    }
    // A further attempt brings its group to the top. The part below is without the rest of it.
    let further = record(&world, 10, "b").remove(0);
    let top = groups(&world.get("/deliveries").json()).remove(0);
    assert_eq!(top, [further, ids[4].clone(), ids[1].clone()]);
    let below = world.get(&format!("/deliveries?before={}", ids[5])).json();
    assert_eq!(groups(&below), expected(&ids, &[&[2]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_has_the_attempts_that_fit() {
    let world = World::new("http://127.0.0.1:1", None).await;
    let ids = record(&world, 0, "aabbab");
    let list = world.get("/deliveries?q=is:refused").json();
    assert_eq!(groups(&list), expected(&ids, &[&[5, 3], &[1]]));
    let list = world.get("/deliveries?q=is:refused&limit=1").json();
    assert_eq!(groups(&list), expected(&ids, &[&[5, 3]]));
    assert_eq!(list["has_more"], true);
    let below = format!("/deliveries?q=is:refused&before={}", ids[5]);
    assert_eq!(groups(&world.get(&below).json()), expected(&ids, &[&[1]]));
    // The attempts above do not fit, so the group begins below them.
    let below = format!("/deliveries?q=is:refused&before={}", ids[2]);
    assert_eq!(groups(&world.get(&below).json()), expected(&ids, &[&[1]]));
    let below = format!("/deliveries?before={}", ids[2]);
    assert_eq!(groups(&world.get(&below).json()), Vec::<Vec<String>>::new());
}
