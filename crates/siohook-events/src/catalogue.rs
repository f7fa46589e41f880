use std::fmt;

/// The table of events. Everything that is said of an event is said here, once:
/// names, payload types, documentation, lookup, and what the macro knows.
///
/// `$then` is a macro that is called with all rows. A row reads:
///
/// ```text
/// mechanism PayloadType "name on the wire" [UnifiedType] {
///     (members) [variants]
///     "what happened"
/// }
/// ```
///
/// The members are those that decide which event it is, of the body (account)
/// or of `data` (automation). A variant is what follows the name in the file of a
/// sample body: `fixtures/account/CONTACT_TAG_REMOVED.nested.json`. The first is
/// the usual form.
///
/// A macro that needs only the first columns takes the rest as one token tree:
///
/// ```text
/// ($($mechanism:ident $payload:ident $name:literal [$($unified:ident)?] $rest:tt)*)
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __for_each_event {
    ($then:path) => {
        $then! {
            automation OptInCompleted "contact.optin.completed" [OptIn] {
                (contact) [".funnel_step" ".page_model"]
                "A contact filled in the form of a funnel page or of a blog page."
            }
            automation SaleCompleted "customer.sale.completed" [Sale] {
                (customer order_item) [""]
                "A customer bought something: one delivery for each line of the order."
            }
            automation TagAdded "contact.tag.added" [TagAdded] {
                (contact tag) [""]
                "A tag was put on a contact."
            }
            automation TagRemoved "contact.tag.removed" [TagRemoved] {
                (contact tag) [""]
                "A tag was taken off a contact."
            }
            automation WebinarRegistered "contact.webinar.registered" [] {
                (contact webinar) [""]
                "A contact registered for a session of a webinar."
            }
            automation CourseEnrolled "contact.course.enrolled" [] {
                (contact course) [""]
                "A contact got access to a course."
            }
            automation CourseBundleEnrolled "contact.course_bundle.enrolled" [] {
                (contact course_bundle) [""]
                "A contact got access to a bundle of courses."
            }
            automation CampaignFinished "contact.campaign.finished" [] {
                (contact campaign) [""]
                "A contact received the last e-mail of a campaign."
            }
            automation PageVisited "contact.page.visited" [] {
                (contact) [""]
                "A known contact opened a page of a funnel."
            }
            automation EmailLinkClicked "contact.email_link.clicked" [] {
                (contact sent_email) [""]
                "A contact clicked a link in an e-mail."
            }
            automation PaymentFailed "subscription.payment.failed" [] {
                () [""]
                "A payment of a subscription failed. systeme.io has never published the body."
            }
            account ContactCreated "CONTACT_CREATED" [] {
                (contact) [""]
                "A contact was created, by whatever way."
            }
            account ContactTagAdded "CONTACT_TAG_ADDED" [TagAdded] {
                (contact tag) [""]
                "A tag was put on a contact."
            }
            account ContactTagRemoved "CONTACT_TAG_REMOVED" [TagRemoved] {
                (contact tag) ["" ".nested"]
                "A tag was taken off a contact."
            }
            account ContactOptIn "CONTACT_OPT_IN" [OptIn] {
                (contact) [""]
                "A contact filled in a form."
            }
            account SaleNew "SALE_NEW" [Sale] {
                (customer orderItem) [""]
                "A customer bought something: one delivery for each line of the order."
            }
            account SaleCanceled "SALE_CANCELED" [] {
                (customer orderItem) [""]
                "A subscription was cancelled or a payment was refunded."
            }
        }
    };
}

/// Which of the two ways systeme.io calls a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Mechanism {
    /// The action "Send webhook" of a rule or workflow: the event is named in
    /// the body, nothing is signed.
    Automation,
    /// A webhook of the account (Settings > Webhooks, or the public API): the
    /// event is named in a header, the body is signed.
    Account,
}

impl Mechanism {
    /// `automation` or `account`: also the name of the module with its payloads.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Automation => "automation",
            Self::Account => "account",
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An entry of the catalogue: an event that systeme.io is known to send.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Event {
    index: usize,
    name: &'static str,
    mechanism: Mechanism,
    payload: &'static str,
    unified: Option<&'static str>,
    members: &'static [&'static str],
    variants: &'static [&'static str],
    summary: &'static str,
}

impl Event {
    /// The place in [`events`], from 0.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// The name as on the wire, such as `contact.tag.added` or `SALE_NEW`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The way in which it is sent. Names of the two never coincide.
    #[must_use]
    pub const fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// The payload type: its name in the module of the [mechanism](Self::mechanism).
    #[must_use]
    pub const fn payload(&self) -> &'static str {
        self.payload
    }

    /// The type in [`unified`](crate::unified) that this event shares with the
    /// event of the other mechanism that means the same.
    #[must_use]
    pub const fn unified(&self) -> Option<&'static str> {
        self.unified
    }

    /// The members that tell this event's body (account) or `data` (automation)
    /// from others.
    #[must_use]
    pub const fn members(&self) -> &'static [&'static str] {
        self.members
    }

    /// The forms that the body comes in, the usual one first. A form without a name
    /// is `""`.
    ///
    /// ```
    /// let opt_in = siohook_events::EventName::new("contact.optin.completed").event().unwrap();
    /// let forms: Vec<&str> = opt_in.variants().collect();
    /// assert_eq!(forms, ["funnel_step", "page_model"]);
    /// ```
    pub fn variants(&self) -> impl Iterator<Item = &'static str> + use<> {
        let suffixes = self.variants.iter();
        suffixes.map(|suffix| suffix.trim_start_matches('.'))
    }

    /// What happened, in a sentence.
    #[must_use]
    pub const fn summary(&self) -> &'static str {
        self.summary
    }
}

/// Lists every event that systeme.io is known to send.
///
/// ```
/// let sale = siohook_events::events().iter().find(|event| event.name() == "SALE_NEW").unwrap();
/// assert_eq!(sale.payload(), "SaleNew");
/// assert_eq!(sale.unified(), Some("Sale"));
/// ```
#[must_use]
pub const fn events() -> &'static [Event] {
    EVENTS
}

macro_rules! define_catalogue {
    ($(
        $mechanism:ident $payload:ident $name:literal [$($unified:ident)?] {
            ($($member:ident)*) [$($variant:literal)*]
            $summary:literal
        }
    )*) => {
        enum Index {
            $($payload,)*
        }

        static EVENTS: &[Event] = &[$(Event {
            index: Index::$payload as usize,
            name: $name,
            mechanism: define_catalogue!(@mechanism $mechanism),
            payload: stringify!($payload),
            unified: define_catalogue!(@unified $($unified)?),
            members: &[$(stringify!($member)),*],
            variants: &[$($variant),*],
            summary: $summary,
        }),*];

        /// Written out, so that it compares lengths that the compiler knows.
        pub(crate) fn find(name: &[u8]) -> Option<&'static Event> {
            $(if name == $name.as_bytes() {
                return EVENTS.get(Index::$payload as usize);
            })*
            None
        }

        /// The first line of a payload's documentation.
        #[cfg(feature = "serde")]
        macro_rules! summary {
            $(($payload) => { concat!($summary, "\n\n", "Sent as `", $name, "`.") };)*
        }
    };
    (@mechanism automation) => { Mechanism::Automation };
    (@mechanism account) => { Mechanism::Account };
    (@unified) => { None };
    (@unified $unified:ident) => { Some(stringify!($unified)) };
}
__for_each_event!(define_catalogue);
