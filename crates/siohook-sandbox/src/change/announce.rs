//! Messages of what happened.

use siohook_events::headers::SUBSCRIPTION_ID;

use super::run::Run;
use crate::state::Happening;
use crate::{Outgoing, Source, wire};

impl Run<'_> {
    /// Sends the event to each account webhook that has subscribed to it.
    pub(super) fn send_webhooks(&mut self, happening: &Happening) {
        let Some(sample) = wire::account(self.state, happening) else {
            return;
        };
        let event = sample.event().as_str().to_owned();
        for webhook in self.state.webhooks.values() {
            let Some(subscription) = webhook.sends(&event) else {
                continue;
            };
            let message = self.state.ids.uuid(self.now);
            let sample = sample.clone().with_message_id(&message);
            self.outgoing.push(Outgoing {
                source: Source::Webhook {
                    webhook: webhook.id.clone(),
                    subscription: subscription.to_owned(),
                },
                sample: sample
                    .at(&self.now.to_string())
                    .header(SUBSCRIPTION_ID, subscription),
                contact: Some(happening.contact),
            });
        }
    }

    /// Sends the event of a trigger to the URL of an action.
    pub(super) fn call(&mut self, source: Source, happening: &Happening) {
        let Some(sample) = wire::automation(self.state, happening) else {
            return;
        };
        let sample = sample.account_email(&self.state.owner_email);
        self.outgoing.push(Outgoing {
            source,
            sample: sample.at(&self.now.to_string()),
            contact: Some(happening.contact),
        });
    }
}
