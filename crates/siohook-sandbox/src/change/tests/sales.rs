use serde_json::Value;

use crate::change::{Change, Ending};
use crate::state::{AccessType, Coupon, Discount, Resource, SubscriptionStatus};
use crate::test_account::{Account, buy};

fn bodies(account: &mut Account, change: Change) -> Vec<Value> {
    let outgoing = account.apply(change).outgoing;
    let bodies = outgoing
        .iter()
        .map(|one| serde_json::from_slice(one.sample.body()).unwrap());
    bodies.collect()
}

#[test]
fn a_sale_is_sent_for_each_line_and_then_gives() {
    let mut account = Account::new();
    let (tag, course) = (account.tag("Buyer"), account.course());
    let access_type = AccessType::DrippingContent;
    let main = account.plan(4700, vec![Resource::Tag { tag }]);
    let bump = account.plan(
        900,
        vec![Resource::Course {
            course,
            access_type,
        }],
    );
    let contact = account.contact("jane@example.com");
    account.webhook();
    account.rule(&format!(
        r#"{{"trigger": {{"type": "customer.sale.completed", "price_plan": {bump}}},
            "actions": [{{"type": "webhook", "url": "http://localhost/bump"}}]}}"#
    ));
    account.rule(
        r#"{"trigger": {"type": "contact.course.enrolled"},
            "actions": [{"type": "webhook", "url": "http://localhost/course"}]}"#,
    );
    let sent = account.sent(buy(contact, &[main, bump]));
    let order = [
        "SALE_NEW",
        "SALE_NEW",
        "customer.sale.completed http://localhost/bump",
        "CONTACT_TAG_ADDED",
        "contact.course.enrolled http://localhost/course",
    ];
    assert_eq!(sent, order);
    let enrolment = account.state.enrolments.first_key_value().unwrap().1;
    assert_eq!(enrolment.access_type, access_type);

    let buy = buy(contact, &[main, main]);
    let again = bodies(&mut account, buy);
    assert_eq!(again[0]["order"]["id"], again[1]["order"]["id"]);
    assert_ne!(again[0]["orderItem"]["id"], again[1]["orderItem"]["id"]);
    assert_eq!(again[0]["order"]["totalPrice"], 9400);
    assert_ne!(
        again[0]["customer"]["id"],
        again[0]["customer"]["contactId"]
    );
}

#[test]
fn a_coupon_takes_off_until_it_is_used_up() {
    let mut account = Account::new();
    let plan = account.plan(1000, vec![]);
    let contact = account.contact("jane@example.com");
    account.webhook();
    let buy = Change::Buy {
        contact,
        price_plans: vec![plan],
        step: None,
        coupon: Some("C1".to_owned()),
        ip: None,
    };
    let mut coupon = Coupon {
        code: "C1".to_owned(),
        inner_name: "One".to_owned(),
        discount: Discount::Fixed(300),
        expiration_date: None,
        limit_of_use: Some(2),
    };
    account
        .state
        .coupons
        .insert("C1".to_owned(), coupon.clone());
    let sale = bodies(&mut account, buy.clone());
    assert_eq!(sale[0]["order"]["totalPrice"], 700);
    assert_eq!(sale[0]["pricePlan"]["amount"], 1000);
    coupon.discount = Discount::Percent(25);
    account
        .state
        .coupons
        .insert("C1".to_owned(), coupon.clone());
    assert_eq!(
        bodies(&mut account, buy.clone())[0]["order"]["totalPrice"],
        750
    );
    assert!(account.state.apply(buy.clone(), account.now).is_err());
    coupon.limit_of_use = None;
    coupon.expiration_date = Some("2026-01-01T00:00:00Z".parse().unwrap());
    account.state.coupons.insert("C1".to_owned(), coupon);
    assert!(account.state.apply(buy, account.now).is_err());
}

#[test]
fn a_subscription_is_paid_until_it_is_complete() {
    let mut account = Account::new();
    let contact = account.contact("jane@example.com");
    account.webhook();
    let id = account.subscription(contact);
    let due = account.state.next_due().unwrap();
    assert_eq!(due.to_string(), "2026-02-28T12:00:00+00:00");
    assert_eq!(account.sent_until("2026-02-28T12:00:00Z"), ["SALE_NEW"]);
    assert_eq!(account.sent_until("2028-01-01T00:00:00Z"), ["SALE_NEW"]);
    let subscription = &account.state.subscriptions[&id];
    assert_eq!(subscription.payments, 3);
    assert_eq!(subscription.status, SubscriptionStatus::Completed);
    assert_eq!(account.state.next_due(), None);
    let pay = Change::Pay { subscription: id };
    assert!(account.state.apply(pay, account.now).is_err());
}

#[test]
fn a_cancellation_is_sent_at_once_or_when_the_period_ends() {
    let mut account = Account::new();
    let contact = account.contact("jane@example.com");
    account.webhook();
    let cancel = |subscription, ending| Change::Cancel {
        subscription,
        ending,
    };
    let id = account.subscription(contact);
    assert_eq!(account.sent(cancel(id, Ending::Now)), ["SALE_CANCELED"]);
    assert!(
        account
            .state
            .apply(cancel(id, Ending::Now), account.now)
            .is_err()
    );

    let id = account.subscription(contact);
    assert!(
        account
            .sent(cancel(id, Ending::WhenBillingPeriodEnds))
            .is_empty()
    );
    let subscription = &account.state.subscriptions[&id];
    assert_eq!(subscription.status, SubscriptionStatus::Active);
    assert_eq!(subscription.cancelled_at, Some(account.now));
    assert_eq!(
        account.sent_until("2026-03-31T00:00:00Z"),
        ["SALE_CANCELED"]
    );
    assert_eq!(account.state.next_due(), None);
}

#[test]
fn a_payment_that_failed_is_made_by_hand() {
    let mut account = Account::new();
    let contact = account.contact("jane@example.com");
    account.webhook();
    account.rule(
        r#"{"trigger": {"type": "subscription.payment.failed"},
            "actions": [{"type": "webhook", "url": "http://localhost/"}]}"#,
    );
    let subscription = account.subscription(contact);
    let sent = account.sent(Change::FailPayment { subscription });
    assert_eq!(sent, ["subscription.payment.failed http://localhost/"]);
    assert_eq!(account.state.next_due(), None);
    assert_eq!(account.sent(Change::Pay { subscription }), ["SALE_NEW"]);
    assert!(account.state.next_due().is_some());
    account.apply(Change::FailPayment { subscription });
    let ending = Ending::WhenBillingPeriodEnds;
    account.apply(Change::Cancel {
        subscription,
        ending,
    });
    assert_eq!(
        account.sent_until("2027-01-01T00:00:00Z"),
        ["SALE_CANCELED"]
    );
}

#[test]
fn a_refund_cancels_one_line_once() {
    let mut account = Account::new();
    let contact = account.contact("jane@example.com");
    account.webhook();
    let id = account.subscription(contact);
    let found = &account.state.subscriptions[&id];
    let refund = Change::Refund {
        order: found.order,
        line: found.line,
    };
    assert_eq!(account.sent(refund.clone()), ["SALE_CANCELED"]);
    assert!(account.sent(refund).is_empty());
    let status = account.state.subscriptions[&id].status;
    assert_eq!(status, SubscriptionStatus::Cancelled);
}
