//! A sandbox whose account has objects that systeme.io's API can't create: a course, a community
//! and a subscription. It has a webhook as well. Prints the URL.

use std::error::Error;
use std::future::pending;

use serde_json::json;
use siohook_sandbox::state::{Change, State};
use siohook_sandbox::{Sandbox, Timestamp};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut account = State::new(7);
    let [course, community, plan] = [(); 3].map(|()| account.ids.number());
    let modules = [json!({ "id": account.ids.number(), "name": "Module" })];
    let found = json!({
        "id": course, "name": "Course", "locale": "en", "path": "course", "active": true,
        "modules": modules,
    });
    account
        .courses
        .insert(course, serde_json::from_value(found)?);
    let found = json!({
        "id": community, "name": "Community", "domain_name": "example.com", "path": "community",
    });
    account
        .communities
        .insert(community, serde_json::from_value(found)?);
    let found = json!({
        "id": plan, "name": "Plan", "inner_name": "plan", "statement_descriptor": "PLAN",
        "type": "subscription", "amount": 1000, "currency": "eur", "resources": [],
        "recurring_options": {
            "id": 1, "interval": "month", "interval_count": 1, "trial_period": 0,
            "trial_interval": "day",
        },
    });
    account
        .price_plans
        .insert(plan, serde_json::from_value(found)?);
    let webhook = "019b7755-5800-7000-8000-000000000001";
    let found = json!({
        "id": webhook, "name": "Main", "url": "http://localhost:3000/", "secret": "s3cret",
        "active": true, "subscriptions": [],
    });
    account
        .webhooks
        .insert(webhook.to_owned(), serde_json::from_value(found)?);

    let now = Timestamp::try_from(std::time::SystemTime::now())?;
    let jane = Change::create_contact("jane@example.com");
    let contact = account.apply(jane, now)?.id.ok_or("a contact has an id")?;
    account.apply(
        Change::Buy {
            contact,
            price_plans: vec![plan],
            step: None,
            coupon: None,
            ip: None,
        },
        now,
    )?;

    let sandbox = Sandbox::builder()
        .state(account)
        .api_key("key")
        .start()
        .await?;
    println!("{}", sandbox.url());
    pending().await
}
