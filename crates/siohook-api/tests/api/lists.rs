use std::pin::pin;

use futures_util::{StreamExt as _, TryStreamExt as _};
use siohook_api::{Client, ErrorKind, Order};
use siohook_sandbox::Sandbox;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::safety::server;
use crate::{KEY, World};

/// Adds so many tags, and returns their ids in ascending order.
fn add_tags(world: &World, count: usize) -> Vec<u64> {
    world.sandbox.edit(|state| {
        let now = "2026-01-01T00:00:00+00:00".parse().unwrap();
        let ids: Vec<_> = (0..count).map(|_| state.ids.number()).collect();
        for id in &ids {
            let tag = siohook_sandbox::state::Tag {
                id: *id,
                name: format!("Tag {id}"),
                created_at: now,
            };
            state.tags.insert(*id, tag);
        }
        state.tags.keys().copied().collect()
    })
}

#[tokio::test]
async fn a_list_goes_through_all_pages() {
    let world = World::new().await;
    for (more, size) in [
        (0, 100),
        (9, 10),
        (1, 10),
        (1, 10),
        (224, 10),
        (0, 100),
        (65, 1),
    ] {
        let ids = add_tags(&world, more);
        let tags = world.client.tags().page_size(size).order(Order::Ascending);
        let found = tags.all().await.unwrap();
        assert!(
            found.iter().map(|tag| tag.id.get()).eq(ids.iter().copied()),
            "{size}"
        );
        let tags = world.client.tags().page_size(size).all().await.unwrap();
        assert!(
            tags.iter()
                .map(|tag| tag.id.get())
                .eq(ids.into_iter().rev()),
            "{size}"
        );
    }
}

#[tokio::test]
async fn a_list_is_a_stream_and_asks_for_what_is_taken() {
    let world = World::new().await;
    let ids = add_tags(&world, 35);
    let tags = world.client.tags().page_size(10);
    assert_eq!(calls(&world.sandbox).await, 0);
    let taken = tags.map_ok(|tag| tag.id.get()).take(11);
    let taken: Vec<_> = taken.try_collect().await.unwrap();
    assert!(taken.iter().eq(ids.iter().rev().take(11)));
    assert_eq!(calls(&world.sandbox).await, 2);
    let mut all = pin!(world.client.tags().starting_after(ids[1]));
    assert_eq!(all.next().await.unwrap().unwrap().id, ids[0]);
    assert!(all.next().await.is_none() && all.next().await.is_none());
}

/// The number of calls of the API so far.
async fn calls(sandbox: &Sandbox) -> usize {
    let mut stream = TcpStream::connect(sandbox.address()).await.unwrap();
    let request = format!(
        "GET /sandbox/v1/requests HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
        sandbox.address()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.matches("/api/tags").count()
}

#[tokio::test]
async fn a_list_that_does_not_go_on_ends_with_an_error() {
    let page = r#"{"items":[{"id":7,"name":"x"}],"hasMore":true}"#;
    let (url, _) = server(200, page).await;
    let client = Client::builder(KEY).url(url).build().unwrap();
    let mut tags = client.tags();
    assert_eq!(tags.next().await.unwrap().unwrap().id, 7);
    let error = tags.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unexpected);
    assert_eq!(error.to_string(), "GET /tags: the same page came twice");
    assert!(tags.next().await.is_none());

    let (url, _) = server(200, r#"{"items":[],"hasMore":true}"#).await;
    let client = Client::builder(KEY).url(url).build().unwrap();
    assert!(client.tags().all().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_page_that_is_refused_becomes_smaller_down_to_the_smallest() {
    let refused =
        r#"{"detail":"x","violations":[{"propertyPath":"pagination.limit","message":"Wrong"}]}"#;
    let (url, log) = server(422, refused).await;
    let client = Client::builder(KEY).url(url).build().unwrap();
    let error = client.tags().all().await.unwrap_err();
    assert_eq!(error.violations()[0].path, "pagination.limit");
    let log = log.lock().unwrap().concat();
    let sizes: Vec<_> = log
        .split("limit=")
        .skip(1)
        .map(|rest| rest.split(' ').next().unwrap())
        .collect();
    assert_eq!(sizes, ["100", "50", "20", "10"]);
}
