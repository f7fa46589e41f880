//! Messages of what happened.

use siohook_sender::Sample;

use super::run::Run;
use crate::state::Happening;
use crate::{Outgoing, Source, wire};

impl Run<'_> {
    /// Sends the event to each account webhook that has subscribed to it.
    pub(super) fn send_webhooks(&mut self, happening: &Happening) {
        let Some(sample) = wire::account(self.state, happening) else {
            return;
        };
        let event = sample.event().as_str();
        let webhooks = self.state.webhooks.values();
        let subscribed = webhooks.filter_map(|webhook| {
            let subscription = webhook.sends(event)?.to_owned();
            Some((webhook.id.clone(), subscription))
        });
        for (webhook, subscription) in subscribed.collect::<Vec<_>>() {
            let source = Source::Webhook {
                webhook,
                subscription,
            };
            self.send_signed(source, sample.clone(), happening.contact);
        }
    }

    /// Sends an account webhook with a new message id.
    pub(super) fn send_signed(&mut self, source: Source, sample: Sample, contact: u64) {
        let message = self.state.ids.uuid(self.now);
        let sample = sample.with_message_id(&message);
        self.outgoing.push(Outgoing {
            source,
            sample: sample.at(&self.now.to_string()),
            contact: Some(contact),
        });
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
