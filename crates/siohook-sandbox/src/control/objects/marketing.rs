//! Campaigns, e-mails and webinars.

use super::draft::Draft;
use super::object::{Object, lies_in};
use crate::state::{Campaign, Email, State, Webinar};
use crate::strict::Misfit;

impl Object for Campaign {
    const NAME: &'static str = "campaign";
    lies_in!(campaigns);

    fn clean_up(&self, state: &mut State) {
        for contact in state.contacts.values_mut() {
            contact.campaigns.remove(&self.id);
        }
    }
}

impl Object for Email {
    const NAME: &'static str = "e-mail";
    lies_in!(emails);
}

impl Object for Webinar {
    const NAME: &'static str = "webinar";
    lies_in!(webinars);

    fn read(draft: &mut Draft<'_>, state: &State) -> Result<Self, Misfit> {
        draft.or("duration", 3600);
        draft.read(state)
    }
}
