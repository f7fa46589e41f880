//! Courses, bundles and communities.

use super::Refusal;
use super::run::Run;
use crate::state::{AccessType, Enrolment, Kind, Membership};

impl Run<'_> {
    pub(super) fn enroll(
        &mut self,
        contact: u64,
        course: u64,
        access_type: AccessType,
        modules: Vec<u64>,
        depth: u32,
    ) -> Result<Option<u64>, Refusal> {
        self.contact(contact)?;
        if !self.state.courses.contains_key(&course) {
            return Err(Refusal::unknown("course", course));
        }
        let (id, is_new) = self.open_course(contact, course, access_type, modules);
        if is_new {
            let enrolled = Kind::Enrolled {
                course,
                access_type,
            };
            self.announce(contact, enrolled, depth);
        }
        Ok(Some(id))
    }

    pub(super) fn grant_bundle(
        &mut self,
        contact: u64,
        bundle: u64,
        access_type: AccessType,
        depth: u32,
    ) -> Result<Option<u64>, Refusal> {
        self.contact(contact)?;
        let found = self.state.bundles.get(&bundle);
        let found = found.ok_or_else(|| Refusal::unknown("bundle", bundle))?;
        for course in found.courses.clone() {
            if self.state.courses.contains_key(&course) {
                self.open_course(contact, course, access_type, vec![]);
            }
        }
        let granted = Kind::BundleGranted {
            bundle,
            access_type,
        };
        self.announce(contact, granted, depth);
        Ok(None)
    }

    /// Opens a course. Returns the id of the enrolment, and whether the contact had no access.
    fn open_course(
        &mut self,
        contact: u64,
        course: u64,
        access_type: AccessType,
        modules: Vec<u64>,
    ) -> (u64, bool) {
        if let Some(enrolment) = self.state.enrolment_mut(contact, course) {
            let was_active = enrolment.active;
            enrolment.active = true;
            enrolment.access_type = access_type;
            enrolment.modules = modules;
            return (enrolment.id, !was_active);
        }
        let id = self.state.ids.number();
        let enrolment = Enrolment {
            id,
            contact,
            course,
            access_type,
            modules,
            active: true,
        };
        self.state.enrolments.insert(id, enrolment);
        (id, true)
    }

    pub(super) fn join(&mut self, contact: u64, community: u64) -> Result<Option<u64>, Refusal> {
        self.contact(contact)?;
        if !self.state.communities.contains_key(&community) {
            return Err(Refusal::unknown("community", community));
        }
        if self.state.is_member(contact, community) {
            return Ok(None);
        }
        let id = self.state.ids.number();
        let membership = Membership {
            id,
            community,
            contact,
        };
        self.state.memberships.insert(id, membership);
        Ok(Some(id))
    }
}
