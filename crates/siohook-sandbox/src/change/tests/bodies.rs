//! Bodies have the members of the samples in the same order.

use std::collections::{BTreeMap, BTreeSet};

use siohook_events::{Mechanism, events};
use siohook_sender::Sample;

use crate::Outgoing;
use crate::change::{Change, Ending};
use crate::state::{AccessType, Interval, RecurringOptions, Resource};
use crate::test_account::{Account, opt_in};

/// The names of the members in the order of the text.
fn shape(body: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(body).unwrap();
    let (mut shape, mut rest) = (vec![], text);
    while let Some(start) = rest.find('"') {
        let string = &rest[start + 1..];
        let mut escaped = false;
        let end = string.find(|letter| {
            let ends = letter == '"' && !escaped;
            escaped = letter == '\\' && !escaped;
            ends
        });
        let (string, after) = string.split_at(end.unwrap());
        rest = &after[1..];
        if rest.starts_with(':') {
            shape.push(string.to_owned());
        }
    }
    shape
}

#[test]
fn each_event_has_the_shape_of_its_sample() {
    let mut account = Account::new();
    let triggers = events()
        .iter()
        .filter(|event| event.mechanism() == Mechanism::Automation);
    for event in triggers {
        account.rule(&format!(
            r#"{{"trigger": {{"type": "{}"}},
                "actions": [{{"type": "webhook", "url": "http://localhost/"}}]}}"#,
            event.name()
        ));
    }
    account.webhook();
    account.state.contact_fields.truncate(3);
    let objects = objects(&mut account);
    let bodies = everything(&mut account, &objects);

    let mut seen = BTreeSet::new();
    for (event, body) in bodies {
        let samples = Sample::all()
            .into_iter()
            .filter(|one| *one.event() == *event);
        // Members of `fields`, and the empty list of an event without values, are no matter.
        let shapes: Vec<_> = samples
            .map(|sample| without_values(shape(sample.body())))
            .collect();
        let own = without_values(shape(body.as_bytes()));
        assert!(shapes.contains(&own), "{event}: {body}\n{shapes:#?}");
        seen.insert(event);
    }
    let all: BTreeSet<_> = events()
        .iter()
        .map(|event| event.name().to_owned())
        .collect();
    assert_eq!(seen, all);
}

/// Without what depends on the number of fields, tags and resources.
fn without_values(mut shape: Vec<String>) -> Vec<String> {
    const OF_VALUES: [&str; 9] = [
        "fieldName",
        "slug",
        "value",
        "first_name",
        "surname",
        "country",
        "postcode",
        "city",
        "phone_number",
    ];
    shape.retain(|name| !OF_VALUES.contains(&&**name) && name != "street_address");
    // Repeated elements of lists.
    let mut once: Vec<String> = vec![];
    for (index, name) in shape.iter().enumerate() {
        let is_in_tags = shape[..index]
            .iter()
            .rev()
            .take_while(|one| *one != "tag")
            .any(|one| one == "tags");
        if !(is_in_tags && ["id", "name"].contains(&&**name)) {
            once.push(name.clone());
        }
    }
    once
}

struct Objects {
    contact: u64,
    page: u64,
    blog_page: u64,
    tag: u64,
    bundle: u64,
    campaign: u64,
    email: u64,
    webinar: u64,
    /// Price plans.
    bought: u64,
    subscribed: u64,
}

fn objects(account: &mut Account) -> Objects {
    let contact = account.contact("jane@example.com");
    let fields = BTreeMap::from([("first_name".to_owned(), "L\u{e9}a/".to_owned())]);
    account.state.contacts.get_mut(&contact).unwrap().fields = fields;
    let page = account.step("squeeze");
    let (tag, course) = (account.tag("VIP"), account.course());
    let state = &mut account.state;
    let numbers: [u64; 6] = std::array::from_fn(|_| state.ids.number());
    let [bundle, campaign, email, webinar, blog, blog_page] = numbers;
    let named = |id| format!(r#"{{"id": {id}, "name": "Name""#);
    let text = format!(r#"{}, "courses": [{course}]}}"#, named(bundle));
    state
        .bundles
        .insert(bundle, serde_json::from_str(&text).unwrap());
    let text = format!(r#"{}, "description": "About"}}"#, named(campaign));
    state
        .campaigns
        .insert(campaign, serde_json::from_str(&text).unwrap());
    let text = format!(r#"{{"id": {email}, "subject": "Hello"}}"#);
    state
        .emails
        .insert(email, serde_json::from_str(&text).unwrap());
    let text = format!(r#"{{"id": {webinar}, "duration": 7200, "step": {page}}}"#);
    state
        .webinars
        .insert(webinar, serde_json::from_str(&text).unwrap());
    let text = format!(r#"{}, "pages": [{}}}]}}"#, named(blog), named(blog_page));
    state
        .blogs
        .insert(blog, serde_json::from_str(&text).unwrap());
    let coupon =
        r#"{"code": "C1", "inner_name": "One", "discount": {"type": "fixed", "amount": 300}}"#;
    state
        .coupons
        .insert("C1".to_owned(), serde_json::from_str(coupon).unwrap());

    let name = "Notebook".to_owned();
    let product = Resource::PhysicalProduct { id: 1, name };
    let subscribed = account.plan(4700, vec![product, Resource::Tag { tag }]);
    let plan = account.state.price_plans.get_mut(&subscribed).unwrap();
    plan.recurring_options = Some(RecurringOptions::every(1, Interval::Month));
    let access_type = AccessType::FullAccess;
    let course = Resource::Course {
        course,
        access_type,
    };
    let bought = account.plan(583, vec![Resource::Tag { tag }, course]);
    Objects {
        contact,
        page,
        blog_page,
        tag,
        bundle,
        campaign,
        email,
        webinar,
        bought,
        subscribed,
    }
}

/// Makes each event happen. Returns names and bodies.
fn everything(account: &mut Account, objects: &Objects) -> Vec<(String, String)> {
    let Objects {
        contact,
        page,
        tag,
        bundle,
        campaign,
        email,
        webinar,
        ..
    } = *objects;
    let access_type = AccessType::FullAccess;
    let changes = [
        opt_in(page),
        opt_in(objects.blog_page),
        Change::AddTag { contact, tag },
        Change::RemoveTag { contact, tag },
        Change::VisitPage {
            contact,
            step: page,
        },
        Change::ClickLink { contact, email },
        Change::GrantBundle {
            contact,
            bundle,
            access_type,
        },
        Change::FinishCampaign { contact, campaign },
        Change::RegisterWebinar {
            contact,
            webinar,
            scheduled_at: account.now,
        },
    ];
    let mut outgoing = vec![];
    for change in changes {
        outgoing.extend(account.apply(change).outgoing);
    }
    // The sample of one mechanism has a coupon and a notebook, that of the other a course.
    let buy = |plan, coupon: Option<&str>| Change::Buy {
        contact,
        price_plans: vec![plan],
        step: Some(page),
        coupon: coupon.map(str::to_owned),
        ip: None,
    };
    let is_account = |one: &Outgoing| one.sample.mechanism() == Mechanism::Account;
    let mut sales = account.apply(buy(objects.subscribed, Some("C1"))).outgoing;
    sales.retain(is_account);
    outgoing.extend(sales);
    let subscription = *account.state.subscriptions.last_key_value().unwrap().0;
    let ending = Ending::Now;
    for change in [
        Change::FailPayment { subscription },
        Change::Cancel {
            subscription,
            ending,
        },
    ] {
        outgoing.extend(account.apply(change).outgoing);
    }
    account.state.enrolments.clear();
    let mut sales = account.apply(buy(objects.bought, None)).outgoing;
    sales.retain(|one| !is_account(one));
    outgoing.extend(sales);

    let written = outgoing.iter().map(|one| {
        let body = String::from_utf8(one.sample.body().to_vec()).unwrap();
        assert!(body.is_ascii(), "{body}");
        (one.sample.event().to_string(), body)
    });
    written.collect()
}
