//! The handlers that reports suggest.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![deny(warnings)]

#[siohook::on_event("contact.optin.completed")]
async fn on_opt_in_completed(event: siohook::automation::OptInCompleted) {
    let _ = event;
}

#[siohook::on_event("customer.sale.completed")]
async fn on_sale_completed(event: siohook::automation::SaleCompleted) {
    let _ = event;
}

#[siohook::on_event("contact.tag.added")]
async fn on_tag_added(event: siohook::automation::TagAdded) {
    let _ = event;
}

#[siohook::on_event("contact.tag.removed")]
async fn on_tag_removed(event: siohook::automation::TagRemoved) {
    let _ = event;
}

#[siohook::on_event("contact.webinar.registered")]
async fn on_webinar_registered(event: siohook::automation::WebinarRegistered) {
    let _ = event;
}

#[siohook::on_event("contact.course.enrolled")]
async fn on_course_enrolled(event: siohook::automation::CourseEnrolled) {
    let _ = event;
}

#[siohook::on_event("contact.course_bundle.enrolled")]
async fn on_course_bundle_enrolled(event: siohook::automation::CourseBundleEnrolled) {
    let _ = event;
}

#[siohook::on_event("contact.campaign.finished")]
async fn on_campaign_finished(event: siohook::automation::CampaignFinished) {
    let _ = event;
}

#[siohook::on_event("contact.page.visited")]
async fn on_page_visited(event: siohook::automation::PageVisited) {
    let _ = event;
}

#[siohook::on_event("contact.email_link.clicked")]
async fn on_email_link_clicked(event: siohook::automation::EmailLinkClicked) {
    let _ = event;
}

#[siohook::on_event("subscription.payment.failed")]
async fn on_payment_failed(event: siohook::automation::PaymentFailed) {
    let _ = event;
}

#[siohook::on_event("CONTACT_CREATED")]
async fn on_contact_created(event: siohook::account::ContactCreated) {
    let _ = event;
}

#[siohook::on_event("CONTACT_TAG_ADDED")]
async fn on_contact_tag_added(event: siohook::account::ContactTagAdded) {
    let _ = event;
}

#[siohook::on_event("CONTACT_TAG_REMOVED")]
async fn on_contact_tag_removed(event: siohook::account::ContactTagRemoved) {
    let _ = event;
}

#[siohook::on_event("CONTACT_OPT_IN")]
async fn on_contact_opt_in(event: siohook::account::ContactOptIn) {
    let _ = event;
}

#[siohook::on_event("SALE_NEW")]
async fn on_sale_new(event: siohook::account::SaleNew) {
    let _ = event;
}

#[siohook::on_event("SALE_CANCELED")]
async fn on_sale_canceled(event: siohook::account::SaleCanceled) {
    let _ = event;
}

mod unlisted_1 {
/// The fields that you need, named as in the body.
#[derive(serde::Deserialize)]
struct EventContactCommunityJoined {}

#[siohook::on_event(unlisted("contact.community.joined"))]
async fn on_contact_community_joined(siohook::Data(event): siohook::Data<EventContactCommunityJoined>) {
    let _ = event;
}
}

mod unlisted_2 {
/// The fields that you need, named as in the body.
#[derive(serde::Deserialize)]
struct EventSaleRefunded {}

#[siohook::on_event(unlisted("SALE_REFUNDED"))]
async fn on_sale_refunded(siohook::Data(event): siohook::Data<EventSaleRefunded>) {
    let _ = event;
}
}

mod unlisted_3 {
/// The fields that you need, named as in the body.
#[derive(serde::Deserialize)]
struct Event123456 {}

#[siohook::on_event(unlisted("123.456"))]
async fn on_123_456(siohook::Data(event): siohook::Data<Event123456>) {
    let _ = event;
}
}

mod unlisted_4 {
/// The fields that you need, named as in the body.
#[derive(serde::Deserialize)]
struct EventSelf {}

#[siohook::on_event(unlisted("self"))]
async fn on_self(siohook::Data(event): siohook::Data<EventSelf>) {
    let _ = event;
}
}

mod unlisted_5 {
/// The fields that you need, named as in the body.
#[derive(serde::Deserialize)]
struct EventFn {}

#[siohook::on_event(unlisted("fn"))]
async fn on_fn(siohook::Data(event): siohook::Data<EventFn>) {
    let _ = event;
}
}

mod unlisted_6 {
/// The fields that you need, named as in the body.
#[derive(serde::Deserialize)]
struct EventUnlisted {}

#[siohook::on_event(unlisted("..."))]
async fn on_unlisted(siohook::Data(event): siohook::Data<EventUnlisted>) {
    let _ = event;
}
}

mod unlisted_7 {
/// The fields that you need, named as in the body.
#[derive(serde::Deserialize)]
struct EventOnEvent {}

#[siohook::on_event(unlisted("on_event"))]
async fn on_on_event(siohook::Data(event): siohook::Data<EventOnEvent>) {
    let _ = event;
}
}

mod unlisted_8 {
/// The fields that you need, named as in the body.
#[derive(serde::Deserialize)]
struct EventUnlisted {}

#[siohook::on_event(unlisted("\u{e9}.\u{fc}"))]
async fn on_unlisted(siohook::Data(event): siohook::Data<EventUnlisted>) {
    let _ = event;
}
}

mod unlisted_9 {
/// The fields that you need, named as in the body.
#[derive(serde::Deserialize)]
struct EventACompileErrorB {}

#[siohook::on_event(unlisted("a\");compile_error!(\"b"))]
async fn on_a_compile_error_b(siohook::Data(event): siohook::Data<EventACompileErrorB>) {
    let _ = event;
}
}

mod unlisted_10 {
/// The fields that you need, named as in the body.
#[derive(serde::Deserialize)]
struct EventA {}

#[siohook::on_event(unlisted("a\\"))]
async fn on_a(siohook::Data(event): siohook::Data<EventA>) {
    let _ = event;
}
}

mod unlisted_11 {
/// The fields that you need, named as in the body.
#[derive(serde::Deserialize)]
struct EventX {}

#[siohook::on_event(unlisted("/}#![x]//`{}`\'"))]
async fn on_x(siohook::Data(event): siohook::Data<EventX>) {
    let _ = event;
}
}

mod unlisted_12 {
/// The fields that you need, named as in the body.
#[derive(serde::Deserialize)]
struct Event31m {}

#[siohook::on_event(unlisted("\u{202e}\u{1b}[31m\u{0}"))]
async fn on_31m(siohook::Data(event): siohook::Data<Event31m>) {
    let _ = event;
}
}

#[test]
fn each_suggestion_compiles() {
    let dispatcher = siohook::Dispatcher::builder().accept_unverified().build().unwrap();
    assert_eq!(dispatcher.handlers().len(), 29);
}
