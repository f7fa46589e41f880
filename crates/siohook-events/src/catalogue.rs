use crate::Mechanism;

/// The table of events. Names, payload types, documentation, lookup and the attribute
/// macro all come from it.
///
/// Calls the macro `$then` with all rows. A row reads:
///
/// ```text
/// mechanism PayloadType "name on the wire" [UnifiedType] {
///     (members) [variants]
///     "what happened"
/// }
/// ```
///
/// The members tell the body (account) or `data` (automation) of this event from those of
/// others. A variant is the part after the name in the file of a sample body:
/// `fixtures/account/CONTACT_TAG_REMOVED.nested.json`. The usual form comes first.
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
                "A contact was created."
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

/// An entry of the catalogue: an event that systeme.io is known to send.
///
/// ```
/// # use siohook_events as siohook;
/// use siohook::events;
///
/// // The type that a handler of each event takes.
/// for event in events() {
///     println!("{}: {}::{}", event.name(), event.mechanism(), event.payload());
/// }
/// ```
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
    /// Returns the place in [`events`], from 0.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// let events = siohook::events();
    /// assert_eq!(events[3].index(), 3);
    /// ```
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// Returns the name on the wire, such as `contact.tag.added` or `SALE_NEW`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the mechanism that sends it. No name is sent by both.
    #[must_use]
    pub const fn mechanism(&self) -> Mechanism {
        self.mechanism
    }

    /// Returns the name of the payload type in the module of the
    /// [mechanism](Self::mechanism).
    #[must_use]
    pub const fn payload(&self) -> &'static str {
        self.payload
    }

    /// Returns the name of the type in [`unified`](crate::unified) that this event shares
    /// with the event of the other mechanism that means the same.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// use siohook::EventName;
    ///
    /// let unified = |name| EventName::new(name).event().unwrap().unified();
    /// assert_eq!(unified("contact.tag.added"), Some("TagAdded"));
    /// assert_eq!(unified("CONTACT_TAG_ADDED"), Some("TagAdded"));
    /// assert_eq!(unified("CONTACT_CREATED"), None);
    /// ```
    #[must_use]
    pub const fn unified(&self) -> Option<&'static str> {
        self.unified
    }

    /// Returns the members that tell the body (account) or `data` (automation) of this event
    /// from those of others.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// let tagged = siohook::EventName::new("CONTACT_TAG_ADDED").event().unwrap();
    /// assert_eq!(tagged.members(), ["contact", "tag"]);
    /// ```
    #[must_use]
    pub const fn members(&self) -> &'static [&'static str] {
        self.members
    }

    /// Returns the forms of the body, the usual one first. A form without a name is `""`.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// let opt_in = siohook::EventName::new("contact.optin.completed").event().unwrap();
    /// let forms: Vec<&str> = opt_in.variants().collect();
    /// assert_eq!(forms, ["funnel_step", "page_model"]);
    /// ```
    pub fn variants(&self) -> impl Iterator<Item = &'static str> + use<> {
        let suffixes = self.variants.iter();
        suffixes.map(|suffix| suffix.trim_start_matches('.'))
    }

    /// Returns a sentence that says when the event is sent.
    ///
    /// ```
    /// # use siohook_events as siohook;
    /// let tagged = siohook::EventName::new("CONTACT_TAG_ADDED").event().unwrap();
    /// assert_eq!(tagged.summary(), "A tag was put on a contact.");
    /// ```
    #[must_use]
    pub const fn summary(&self) -> &'static str {
        self.summary
    }
}

/// A link in the documentation.
macro_rules! link {
    ($name:ident $(in $module:ident)?) => {
        concat!(
            "[`", stringify!($name), "`](crate::",
            $(stringify!($module), "::",)? stringify!($name), ")"
        )
    };
}

/// The cells with the types of an event.
macro_rules! types {
    ($mechanism:ident $payload:ident $($unified:ident)?) => {
        concat!(" | ", link!($payload in $mechanism), " | ", $(link!($unified in unified),)? " | ")
    };
}

/// A text that only the table of one mechanism has.
#[cfg(feature = "serde")]
macro_rules! only {
    (automation automation $($text:tt)*) => { concat!($($text)*) };
    (account account $($text:tt)*) => { concat!($($text)*) };
    ($sender:ident $mechanism:ident $($text:tt)*) => { "" };
}

macro_rules! define_catalogue {
    ($(
        $mechanism:ident $payload:ident $name:literal [$($unified:ident)?] {
            ($($member:ident)*) [$($variant:literal)*]
            $summary:literal
        }
    )*) => {
        /// Returns every event that systeme.io is known to send.
        ///
        #[doc = concat!(
            "| event, and when it is sent | sent by | payload | unified type |\n|---|---|---|---|\n",
            $("| `", $name, "`<br>", $summary, " | ", link!($mechanism),
                types!($mechanism $payload $($unified)?), "\n",)*
        )]
        ///
        /// systeme.io also sends events whose names it has never published.
        /// [`EventName`](crate::EventName) holds any name.
        ///
        /// ```
        /// # use siohook_events as siohook;
        /// let events = siohook::events();
        /// let sale = events.iter().find(|event| event.name() == "SALE_NEW").unwrap();
        /// assert_eq!(sale.payload(), "SaleNew");
        /// assert_eq!(sale.unified(), Some("Sale"));
        /// ```
        #[must_use]
        pub const fn events() -> &'static [Event] {
            EVENTS
        }

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

        /// The first lines of a payload's documentation.
        #[cfg(feature = "serde")]
        macro_rules! summary {
            $(($payload) => { concat!($summary, "\n\n", "Sent as `", $name, "`.") };)*
        }

        /// The events that one mechanism sends, for the documentation of its module.
        #[cfg(feature = "serde")]
        macro_rules! table {
            ($sender:ident) => { concat!(
                "| event, and when it is sent | payload | unified type |\n|---|---|---|\n",
                $(only!($sender $mechanism
                    "| `", $name, "`<br>", $summary, types!($mechanism $payload $($unified)?), "\n"
                ),)*
            ) };
        }
    };
    (@mechanism automation) => { Mechanism::Automation };
    (@mechanism account) => { Mechanism::Account };
    (@unified) => { None };
    (@unified $unified:ident) => { Some(stringify!($unified)) };
}
__for_each_event!(define_catalogue);
