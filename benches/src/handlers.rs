//! One handler for each event of the catalogue. Each only looks at the payload.
//! The receiver written by hand calls the same functions.

use std::hint::black_box;
use std::io;

use siohook::{account, automation, on_event};

macro_rules! handlers {
    ($($name:literal $mechanism:ident::$payload:ident $function:ident |$event:ident| $seen:expr;)*) => {$(
        #[doc = concat!("Looks at a `", $name, "`.")]
        ///
        /// # Errors
        ///
        /// It never fails, but its callers handle an error.
        #[on_event($name)]
        pub async fn $function($event: $mechanism::$payload) -> Result<(), io::Error> {
            black_box($seen);
            Ok(())
        }
    )*};
}

handlers! {
    "contact.optin.completed" automation::OptInCompleted opt_in_completed
        |event| (event.contact.id, &event.contact.email);
    "customer.sale.completed" automation::SaleCompleted sale_completed
        |event| (event.order_item.id, &event.customer.email);
    "contact.tag.added" automation::TagAdded tag_added
        |event| (event.tag.id, &event.contact.email);
    "contact.tag.removed" automation::TagRemoved tag_removed
        |event| (event.tag.id, &event.contact.email);
    "contact.webinar.registered" automation::WebinarRegistered webinar_registered
        |event| (event.webinar.id, &event.contact.email);
    "contact.course.enrolled" automation::CourseEnrolled course_enrolled
        |event| (event.course.id, &event.contact.email);
    "contact.course_bundle.enrolled" automation::CourseBundleEnrolled course_bundle_enrolled
        |event| (event.course_bundle.id, &event.contact.email);
    "contact.campaign.finished" automation::CampaignFinished campaign_finished
        |event| (event.campaign.id, &event.contact.email);
    "contact.page.visited" automation::PageVisited page_visited
        |event| (event.contact.id, &event.contact.email);
    "contact.email_link.clicked" automation::EmailLinkClicked email_link_clicked
        |event| (event.sent_email.id, &event.contact.email);
    "subscription.payment.failed" automation::PaymentFailed payment_failed
        |event| &event.0;
    "CONTACT_CREATED" account::ContactCreated contact_created
        |event| (event.contact.id, &event.contact.email);
    "CONTACT_TAG_ADDED" account::ContactTagAdded contact_tag_added
        |event| (event.tag.id, &event.contact.email);
    "CONTACT_TAG_REMOVED" account::ContactTagRemoved contact_tag_removed
        |event| (event.tag.id, &event.contact.email);
    "CONTACT_OPT_IN" account::ContactOptIn contact_opt_in
        |event| (event.contact.id, &event.contact.email);
    "SALE_NEW" account::SaleNew sale_new
        |event| (event.order_item.id, &event.customer.email);
    "SALE_CANCELED" account::SaleCanceled sale_canceled
        |event| (event.order_item.map(|item| item.id), &event.customer.email);
}
