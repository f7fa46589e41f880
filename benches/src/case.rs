use std::fmt;

use crate::{Request, bodies};

/// A kind of delivery that is measured.
pub struct Case {
    name: &'static str,
    request: Box<dyn Fn(u64) -> Request>,
}

/// A tag and a sale of each mechanism, the signed ones first.
#[must_use]
pub fn cases() -> Vec<Case> {
    vec![
        Case::account("account, tag", "CONTACT_TAG_ADDED", &bodies::tag()),
        Case::account("account, sale", "SALE_NEW", &bodies::sale()),
        Case::new("automation, tag", |number| {
            Request::automation(&bodies::tag_automation(number))
        }),
        Case::new("automation, sale", |number| {
            Request::automation(&bodies::sale_automation(number))
        }),
    ]
}

impl Case {
    fn new(name: &'static str, request: impl Fn(u64) -> Request + 'static) -> Self {
        Self {
            name,
            request: Box::new(request),
        }
    }

    /// Signed account webhooks with this body.
    #[must_use]
    pub fn account(name: &'static str, event: &'static str, body: &str) -> Self {
        let request = Request::account(event, body, 0);
        Self::new(name, move |number| request.numbered(number))
    }

    /// The name of the case.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// A delivery. Different numbers give different events: account webhooks
    /// differ in their message ids, automations in their bodies.
    #[must_use]
    pub fn request(&self, number: u64) -> Request {
        (self.request)(number)
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.name).finish()
    }
}
