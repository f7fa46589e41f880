//! What has to be clicked: automations can't be set up over the API.

use std::io;

use serde_json::json;
use siohook_events::Shown;

use crate::Output;
use crate::output::{self, FAINT};
use crate::table::{self, Cell};

/// The name of a trigger at systeme.io.
fn trigger(event: &str) -> &'static str {
    match event {
        "contact.tag.added" => "Tag added",
        "contact.tag.removed" => "Tag removed",
        "contact.optin.completed" => "Funnel step form subscribed, Blog page form subscribed",
        "customer.sale.completed" => "New sale",
        "contact.webinar.registered" => "Registered to a webinar",
        "contact.course.enrolled" => "Enrolled in a course",
        "contact.course_bundle.enrolled" => "Enrolled in a bundle",
        "contact.campaign.finished" => "Campaign finished",
        "contact.page.visited" => "Page visited",
        "contact.email_link.clicked" => "Email link clicked",
        "subscription.payment.failed" => "Subscription payment failed",
        _ => "the trigger of this event",
    }
}

/// Writes how to set up the automations of these events.
pub(super) fn write(output: Output, url: &str, events: &[String]) -> io::Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    let url = format!("{url}{separator}token=TOKEN");
    if output.is_json {
        for event in events {
            let (trigger, action) = (trigger(event), "Send webhook");
            let line = json!({"event": event, "trigger": trigger, "action": action, "url": url});
            output::json("automation", line)?;
        }
        return Ok(());
    }
    output.words(format_args!(
        "the API can't set up automations. At systeme.io, under Automations > Rules, make a rule for each\n\
         of these triggers, with the action \"Send webhook\" and the URL\n  \
         {}\n\
         where TOKEN is the token of the receiver:",
        Shown::value(&url)
    ));
    let rows = events.iter().map(|event| {
        vec![
            Cell::new("click").style(FAINT),
            Cell::new(event),
            Cell::new(trigger(event)),
        ]
    });
    table::write(output, &[], rows.collect())
}

#[cfg(test)]
mod tests {
    use siohook_events::{Mechanism, events};

    use super::*;

    #[test]
    fn each_automation_has_a_trigger() {
        let automations = events().iter();
        for event in automations.filter(|one| one.mechanism() == Mechanism::Automation) {
            assert_ne!(trigger(event.name()), trigger("other"), "{}", event.name());
        }
    }
}
