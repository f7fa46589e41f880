//! What happens, as the page is told.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use serde_json::{Value, json};
use siohook_sender::Sample;

use super::world::{SECRET, World};
use crate::inspector::change::Change;
use crate::inspector::stream::HEARTBEAT;
use crate::store::{Deed, Exchange};

const TIME: &str = "2026-11-26T11:02:13.482913Z";

fn sale() -> Sample {
    Sample::of("SALE_NEW").signed_with(SECRET)
}

/// Reads the lines of the stream.
fn stream(world: &World, query: &str) -> impl Iterator<Item = String> + use<> {
    let mut stream: TcpStream = world.connect();
    let request = format!(
        "GET /api/stream{query} HTTP/1.1\r\n{}\r\n{}\r\n\r\n",
        world.host(),
        world.bearer()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    let head: Vec<_> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    assert!(
        head.iter()
            .any(|line| line == "content-type: application/x-ndjson"),
        "{head:?}"
    );
    lines
}

fn next(lines: &mut impl Iterator<Item = String>) -> Value {
    let line = lines.find(|line| line.starts_with('{')).unwrap();
    serde_json::from_str(&line).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_tells_changes_and_what_was_missed() {
    let world = World::new("http://127.0.0.1:1", None).await;
    let first = world.record(&sale(), TIME);
    let mut lines = stream(&world, "");
    let second = world.record(&sale(), "2026-11-26T11:02:14Z");
    world.changes.tell(Change::Delivery(second.id.clone()));
    let line = next(&mut lines);
    assert_eq!(
        (&line["type"], &line["id"]),
        (&json!("delivery"), &json!(second.id))
    );
    assert_eq!(
        (&line["event"], &line["verdict"]["trusted"]),
        (&json!("SALE_NEW"), &json!(true))
    );
    world.send("DELETE", &format!("/deliveries/{}", second.id), "{}");
    assert_eq!(
        next(&mut lines),
        json!({"type": "deleted", "id": second.id})
    );

    let third = world.record(&sale(), "2026-11-26T11:02:15Z").id;
    let fourth = world.record(&sale(), "2026-11-26T11:02:16Z").id;
    let mut lines = stream(&world, &format!("?after={}", first.id));
    assert_eq!(
        [next(&mut lines), next(&mut lines)].map(|line| line["id"].clone()),
        [json!(third), json!(fourth)]
    );
    let mut lines = stream(&world, &format!("?after={}", second.id));
    assert_eq!(next(&mut lines), json!({"type": "missed"}), "it is deleted");
}

/// Another process writes to the store, and this one is not told.
#[tokio::test(flavor = "multi_thread")]
async fn the_stream_tells_what_another_process_did() {
    let world = World::new("http://127.0.0.1:1", None).await;
    let first = world.record(&sale(), TIME);
    assert_eq!(world.get("/deliveries").json()["counts"]["all"], 1);
    let mut lines = stream(&world, "");

    let exchange = Exchange {
        status: Some(503),
        ..Exchange::default()
    };
    world.store.log(&first, &Deed::Forward(exchange)).unwrap();
    let line = next(&mut lines);
    assert_eq!(
        (&line["id"], &line["answer"]["status"]),
        (&json!(first.id), &json!(503))
    );

    let second = world.record(&sale(), "2026-11-26T11:02:14Z").id;
    let line = next(&mut lines);
    assert_eq!(
        (&line["type"], &line["id"]),
        (&json!("delivery"), &json!(second))
    );

    world.store.delete(&first).unwrap();
    let line = next(&mut lines);
    assert_eq!(line, json!({"type": "deleted", "id": first.id}));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_has_heartbeats() {
    let world = World::new("http://127.0.0.1:1", None).await;
    let mut lines = stream(&world, "");
    let start = Instant::now();
    // A chunk of one line break: its length, the line, and what ends the chunk.
    let beats = lines.by_ref().filter(|line| line == "1").take(2).count();
    assert_eq!(beats, 2);
    let took = start.elapsed();
    assert!(
        took >= HEARTBEAT.mul_f32(0.9) && took < HEARTBEAT * 2,
        "{took:?}"
    );
}
