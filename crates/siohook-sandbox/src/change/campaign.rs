//! Campaigns, e-mails, webinars and visits.

use siohook_events::Timestamp;

use super::Refusal;
use super::run::Run;
use crate::state::Kind;

impl Run<'_> {
    pub(super) fn subscribe_campaign(
        &mut self,
        contact: u64,
        campaign: u64,
    ) -> Result<Option<u64>, Refusal> {
        self.check_campaign(campaign)?;
        self.contact(contact)?.campaigns.insert(campaign);
        Ok(None)
    }

    pub(super) fn unsubscribe_campaign(
        &mut self,
        contact: u64,
        campaign: u64,
    ) -> Result<Option<u64>, Refusal> {
        self.check_campaign(campaign)?;
        self.contact(contact)?.campaigns.remove(&campaign);
        Ok(None)
    }

    pub(super) fn finish_campaign(
        &mut self,
        contact: u64,
        campaign: u64,
        depth: u32,
    ) -> Result<Option<u64>, Refusal> {
        self.unsubscribe_campaign(contact, campaign)?;
        self.announce(contact, Kind::CampaignFinished(campaign), depth);
        Ok(None)
    }

    fn check_campaign(&self, campaign: u64) -> Result<(), Refusal> {
        let is_known = self.state.campaigns.contains_key(&campaign);
        let unknown = || Refusal::unknown("campaign", campaign);
        is_known.then_some(()).ok_or_else(unknown)
    }

    pub(super) fn register_webinar(
        &mut self,
        contact: u64,
        webinar: u64,
        scheduled_at: Timestamp,
        depth: u32,
    ) -> Result<Option<u64>, Refusal> {
        self.contact(contact)?;
        if !self.state.webinars.contains_key(&webinar) {
            return Err(Refusal::unknown("webinar", webinar));
        }
        let registered = Kind::WebinarRegistered {
            webinar,
            registered_at: self.now,
            scheduled_at,
        };
        self.announce(contact, registered, depth);
        Ok(None)
    }

    pub(super) fn visit_page(
        &mut self,
        contact: u64,
        step: u64,
        depth: u32,
    ) -> Result<Option<u64>, Refusal> {
        self.contact(contact)?;
        if self.state.step(step).is_none() {
            return Err(Refusal::unknown("step", step));
        }
        self.announce(contact, Kind::PageVisited(step), depth);
        Ok(None)
    }

    pub(super) fn click_link(
        &mut self,
        contact: u64,
        email: u64,
        depth: u32,
    ) -> Result<Option<u64>, Refusal> {
        self.contact(contact)?;
        if !self.state.emails.contains_key(&email) {
            return Err(Refusal::unknown("e-mail", email));
        }
        let usage = self.state.usage.entry(contact).or_default();
        let is_over = usage.is_over_at_click(email, self.now);
        if is_over && self.state.strict_limits {
            return Ok(None);
        }
        self.announce(contact, Kind::LinkClicked(email), depth);
        Ok(None)
    }
}
