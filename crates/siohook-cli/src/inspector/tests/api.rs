//! What the page is told, and what it can do.

use serde_json::{Value, json};
use siohook_sender::{Sample, sign};

use super::receiver::{Receiver, nowhere};
use super::world::{SECRET, TOKEN, World};
use crate::forward::{self, Changes as Edits};
use crate::store::{Deed, Exchange};

const TIME: &str = "2026-11-26T11:02:13.482913Z";

fn sale() -> Sample {
    Sample::of("SALE_NEW").signed_with(SECRET)
}

fn ids(list: &Value) -> Vec<&str> {
    let deliveries = list["deliveries"].as_array().unwrap().iter();
    deliveries.map(|one| one["id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_filtered_as_the_box_says() {
    let world = World::new("http://127.0.0.1:1", None).await;
    let good = world.record(&sale(), "2026-11-26T11:00:00Z").id;
    let refused = world
        .record(
            &Sample::of("SALE_NEW").signed_with("another"),
            "2026-11-26T11:00:01Z",
        )
        .id;
    let failed = world.record(
        &Sample::of("contact.tag.added").token(TOKEN),
        "2026-11-26T11:00:02Z",
    );
    let exchange = Exchange {
        status: Some(500),
        ..Exchange::default()
    };
    world.store.log(&failed, &Deed::Forward(exchange)).unwrap();
    let failed = failed.id;
    let email = {
        let body: Value = serde_json::from_slice(sale().body()).unwrap();
        body["customer"]["email"].as_str().unwrap().to_owned()
    };
    let upper = email.to_uppercase();
    for (q, found) in [
        ("", vec![&failed, &refused, &good]),
        ("event:SALE_*", vec![&refused, &good]),
        ("is:refused", vec![&refused]),
        ("is:failed", vec![&failed]),
        ("is:failed is:refused", vec![]),
        ("since:2026-11-26T11:00:01Z", vec![&failed, &refused]),
        ("until:2026-11-26T11:00:01Z event:SALE_NEW", vec![&good]),
        (&upper, vec![&refused, &good]),
        (&format!("is:refused {email} customer"), vec![&refused]),
        ("no-such-text", vec![]),
        ("http://no.such.host", vec![]),
    ] {
        let query: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
        let list = world.get(&format!("/deliveries?q={query}")).json();
        assert_eq!(ids(&list), found, "{q}");
        assert_eq!(list["counts"], json!({"all": 3, "refused": 1, "failed": 1}));
    }
    for q in ["is:good", "since:yesterday", "event:*A*"] {
        let query: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
        let answer = world.get(&format!("/deliveries?q={query}"));
        assert_eq!(answer.status, 422, "{q}");
        assert!(answer.text().contains(q), "{}", answer.text());
    }
    let first = world.get("/deliveries?limit=2").json();
    assert_eq!(
        (ids(&first), &first["has_more"]),
        (vec![&*failed, &*refused], &json!(true))
    );
    let rest = world
        .get(&format!("/deliveries?limit=2&before={refused}"))
        .json();
    assert_eq!(
        (ids(&rest), &rest["has_more"]),
        (vec![&*good], &json!(false))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_current_after_each_change() {
    let world = World::new("http://127.0.0.1:1", None).await;
    let entry = world.record(&sale(), TIME);
    let of = |list: Value| list["deliveries"][0]["answer"]["status"].clone();
    assert_eq!(of(world.get("/deliveries").json()), Value::Null);
    for status in [500, 200] {
        let exchange = Exchange {
            status: Some(status),
            ..Exchange::default()
        };
        world.store.log(&entry, &Deed::Forward(exchange)).unwrap();
        assert_eq!(of(world.get("/deliveries").json()), status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_detail_has_steps_fields_and_a_handler() {
    let world = World::new("http://127.0.0.1:1", None).await;
    let id = world
        .record(&sale().add("/unheard-of", json!({"a": [1]})), TIME)
        .id;
    let detail = world.get(&format!("/deliveries/{id}")).json();
    assert_eq!(detail["id"], id);
    assert_eq!(
        (&detail["method"], &detail["target"]),
        (&json!("POST"), &json!("/systeme"))
    );
    assert_eq!(detail["explanation"]["trusted"], true);
    assert!(detail["explanation"]["steps"].as_array().unwrap().len() >= 3);
    let unknown: Vec<_> = detail["fields"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["is_known"] == false)
        .collect();
    assert_eq!(
        unknown,
        [&json!({"pointer": "/unheard-of/a/0", "kind": "number", "value": 1, "is_known": false})]
    );
    let handler = detail["handler"].as_str().unwrap();
    assert!(
        handler.starts_with("#[siohook::on_event(\"SALE_NEW\")]"),
        "{handler}"
    );
    let names: Vec<_> = detail["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| pair[0].clone())
        .collect();
    let capture = world.store.contents().unwrap().entries[0].read().unwrap();
    assert_eq!(
        names,
        capture
            .headers()
            .map(|(name, _)| json!(name))
            .collect::<Vec<_>>()
    );

    let forged = world.record(&sale().with_body("{}"), TIME).id;
    let forged = world
        .record(&sale().signed_with("wrong").with_message_id(&forged), TIME)
        .id;
    let detail = world.get(&format!("/deliveries/{forged}")).json();
    assert_eq!(detail["explanation"]["code"], "signature_wrong");
    assert_eq!(detail["verdict"]["trusted"], false);
    assert_eq!(world.get("/deliveries/000000").status, 404);
    assert_eq!(
        world.get(&format!("/deliveries/{}", &id[..3])).status,
        404,
        "an id is whole"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sample_has_known_fields_only() {
    let world = World::new("http://127.0.0.1:1", None).await;
    for event in siohook_events::events() {
        let forms = std::iter::once(Sample::of(event.name()));
        let variants = event.variants().filter(|form| !form.is_empty());
        let forms =
            forms.chain(variants.map(|form| Sample::try_variant(event.name(), form).unwrap()));
        for sample in forms {
            let id = world.record(&sample, TIME).id;
            let detail = world.get(&format!("/deliveries/{id}")).json();
            let fields = detail["fields"].as_array().unwrap();
            assert!(
                fields.iter().all(|field| field["is_known"] == true),
                "{}",
                event.name()
            );
            assert_eq!(detail["payload"], event.payload());
            assert_eq!(detail["unread"], json!([]));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_are_the_very_bytes() {
    let world = World::new("http://127.0.0.1:1", None).await;
    let body = b"{\"a\":\"\\u00e9\\/\x00\xff\"}\n";
    let entry = world.record(&sale().with_body(&body[..]).signed_with(SECRET), TIME);
    let part = |name: &str| world.get(&format!("/deliveries/{}/{name}", entry.id)).body;
    assert_eq!(part("body"), body);
    assert_eq!(part("file"), std::fs::read(&entry.path).unwrap());
    let curl = crate::deliveries::export::curl::command(&entry.read().unwrap());
    assert_eq!(part("curl"), curl.into_bytes());
    assert!(
        String::from_utf8(part("test"))
            .unwrap()
            .contains("Sample::captured")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_sends_what_a_live_forward_sends_and_is_logged() {
    let receiver = Receiver::accepting();
    let world = World::new("http://127.0.0.1:1", Some(&receiver.url)).await;
    let entry = world.record(&sale(), TIME);
    let path = format!("/deliveries/{}/replay", entry.id);
    let answer = world.send("POST", &path, r#"{"as":"same"}"#).json();
    assert_eq!(
        (&answer["status"], &answer["outcome"]),
        (&json!(200), &json!("done"))
    );
    let live = forward::to(&receiver.url, &entry.read().unwrap(), &Edits::default());
    assert_eq!(receiver.request(), live);
    for kind in ["attempt", "new"] {
        world.send("POST", &path, &json!({"as": kind}).to_string());
        let sent = receiver.request();
        assert_ne!(sent, live);
        assert!(sent.ends_with(entry.read().unwrap().body()));
    }
    let kinds = entry.deeds().deeds.into_iter().map(|deed| match deed {
        Deed::Replayed { r#as, .. } => r#as,
        other => panic!("{other:?}"),
    });
    assert_eq!(kinds.collect::<Vec<_>>(), ["same", "attempt", "new"]);

    let down = World::new("http://127.0.0.1:1", Some(&nowhere())).await;
    let entry = down.record(&sale(), TIME);
    let answer = down.send(
        "POST",
        &format!("/deliveries/{}/replay", entry.id),
        r#"{"as":"same"}"#,
    );
    assert_eq!(answer.json()["error"], "receiver_unreachable");
    assert_eq!(
        entry.deeds().last().unwrap().error.as_deref(),
        Some("receiver_unreachable")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_deleted_with_its_log() {
    let world = World::new("http://127.0.0.1:1", None).await;
    let entry = world.record(&sale(), TIME);
    world
        .store
        .log(&entry, &Deed::Forward(Exchange::default()))
        .unwrap();
    let path = format!("/deliveries/{}", entry.id);
    assert_eq!(world.send("DELETE", &path, "{}").status, 200);
    assert!(!entry.path.exists());
    assert_eq!(world.send("DELETE", &path, "{}").status, 404);
    assert_eq!(world.get("/deliveries").json()["deliveries"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_goes_to_the_endpoint_signed() {
    let endpoint = Receiver::accepting();
    let world = World::new(&endpoint.url, None).await;
    let order = json!({"event": "SALE_NEW", "set": {"/pricePlan/amount": 9900, "/customer/email": "@/etc/passwd"}});
    let answer = world.send("POST", "/trigger", &order.to_string()).json();
    assert_eq!(answer["status"], 200, "{answer}");
    let sent = String::from_utf8(endpoint.request()).unwrap();
    let (head, body) = sent.split_once("\r\n\r\n").unwrap();
    assert!(
        head.to_ascii_lowercase()
            .contains(&format!("x-webhook-signature: {}", sign(SECRET, body)))
    );
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["pricePlan"]["amount"], 9900);
    // A value is never the name of a file.
    assert_eq!(body["customer"]["email"], "@/etc/passwd");

    let answer = world
        .send("POST", "/trigger", r#"{"event":"contact.tag.added"}"#)
        .json();
    assert_eq!(answer["status"], 200, "{answer}");
    assert!(
        String::from_utf8(endpoint.request())
            .unwrap()
            .starts_with(&format!("POST /systeme?token={TOKEN} "))
    );

    for (order, at) in [
        (json!({"event": "NEW_SALE"}), Value::Null),
        (
            json!({"event": "SALE_NEW", "set": {"/pricePlan/amuont": 1}}),
            json!("/set/~1pricePlan~1amuont"),
        ),
    ] {
        let answer = world.send("POST", "/trigger", &order.to_string());
        assert_eq!(
            (answer.status, &answer.json()["at"]),
            (422, &at),
            "{}",
            answer.text()
        );
        assert!(answer.text().contains("did you mean"), "{}", answer.text());
    }
    let members = world.get("/events/SALE_NEW").json();
    assert!(
        members["members"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["pointer"] == "/pricePlan/amount")
    );
    let events = world.get("/events").json();
    assert_eq!(
        events["events"].as_array().unwrap().len(),
        siohook_events::events().len()
    );
}
