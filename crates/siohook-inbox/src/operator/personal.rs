//! The deliveries of a person are found and erased.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde_json::Value;
use siohook::Delivery;

use super::batches::in_batches;
use super::{Operator, Shared};
use crate::InboxError;
use crate::store::{DeliveryId, Records, Stored};

/// Names more e-mail addresses in a delivery.
pub(crate) type Personal = Arc<dyn Fn(&Delivery) -> Vec<String> + Send + Sync>;

/// What [`Operator::erase_contact`] did.
///
/// ```
/// use siohook_inbox::Erased;
///
/// fn log(erased: &Erased) {
///     println!("{} deliveries, {} runs stopped", erased.deliveries, erased.runs_stopped);
///     if erased.unreadable > 0 {
///         println!("{} bodies could not be read, and were left", erased.unreadable);
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Erased {
    /// Deliveries whose bodies were erased.
    pub deliveries: u64,
    /// Their runs that were waiting or in progress. They are dead as
    /// [`erased`](crate::DeadReason::Erased).
    pub runs_stopped: u64,
    /// Bodies that could not be read, because they were changed by hand. They were not erased.
    pub unreadable: u64,
}

impl Operator {
    /// Erases the deliveries of a person.
    ///
    /// All bodies that are still stored are read. A delivery is one of the person if its contact or
    /// its customer has this e-mail address, in upper or lower case, or if
    /// [`personal`](crate::InboxBuilder::personal) names it. Who is named as the referrer of a
    /// contact, or is the owner of the account, is not looked at. Its body, the texts of its errors
    /// and the parameters of the URL are erased. Its key stays, which is a hash, so copies are
    /// recognised. Nothing is left in the file of SQLite and its `-wal`; PostgreSQL needs a `VACUUM`.
    ///
    /// A run that waits is dead as [`erased`](crate::DeadReason::Erased), and so is one in progress:
    /// its handler goes on, but how it ends is not recorded, because the text of an error may name the
    /// person. [`on_dead`](crate::InboxBuilder::on_dead) is not called.
    ///
    /// A million bodies take some seconds. Deliveries that are accepted meanwhile may be left out,
    /// so stop the person's subscriptions first. Backups and logs are yours to erase.
    ///
    /// ```
    /// # async fn f(inbox: siohook_inbox::Operator) -> Result<(), siohook_inbox::InboxError> {
    /// let erased = inbox.erase_contact("lea@example.com").await?;
    /// println!("{} deliveries", erased.deliveries);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// * The address is empty.
    /// * Another program reads the file for so long that what was erased is still in it: call it
    ///   again.
    pub async fn erase_contact(&self, email: impl AsRef<str>) -> Result<Erased, InboxError> {
        let email = Email::new(email.as_ref());
        if email.0.is_empty() {
            let text = "an e-mail address is not empty".to_owned();
            return Err(InboxError::Request(text));
        }
        self.ask(move |records, shared| erase(records, shared, &email))
            .await
    }
}

fn erase(records: &mut dyn Records, shared: &Shared, email: &Email) -> Result<Erased, InboxError> {
    let (mut erased, mut after) = (Erased::default(), DeliveryId::MIN);
    loop {
        let page = records.bodies(after)?;
        let Some((last, _)) = page.last() else {
            break;
        };
        after = *last;
        let mut found = vec![];
        for (id, stored) in page {
            match stored.and_then(|stored| shared.is_of(email, stored)) {
                Some(true) => found.push(id),
                Some(false) => {}
                None => erased.unreadable += 1,
            }
        }
        let now = shared.clock.now();
        erased.deliveries += in_batches(&found, |deliveries| {
            let batch = records.erase(now, deliveries)?;
            erased.runs_stopped += batch.runs_stopped;
            Ok(batch.deliveries)
        })?;
    }
    records.wipe()?;
    Ok(erased)
}

impl Shared {
    /// Whether a delivery is one of a person, or `None` if it can't be read.
    fn is_of(&self, email: &Email, stored: Stored) -> Option<bool> {
        let body = stored.body?;
        let parsed = serde_json::from_slice(&body).ok();
        if parsed.as_ref().is_some_and(|body| email.is_in(body)) {
            return Some(true);
        }
        let Some(personal) = &self.personal else {
            return parsed.map(|_| false);
        };
        let delivery = self.restore(&stored.meta, body)?;
        let named = catch_unwind(AssertUnwindSafe(|| personal(&delivery))).ok()?;
        Some(named.iter().any(|named| Email::new(named) == *email))
    }
}

/// An e-mail address, to compare.
#[derive(PartialEq, Eq)]
struct Email(String);

impl Email {
    fn new(text: &str) -> Self {
        Self(text.trim().to_lowercase())
    }

    /// Whether it is the address of a contact or a customer anywhere in a body.
    fn is_in(&self, body: &Value) -> bool {
        match body {
            Value::Array(items) => items.iter().any(|item| self.is_in(item)),
            Value::Object(members) => members.iter().any(|(name, member)| {
                let is_person = name == "contact" || name == "customer";
                (is_person && self.is_of(member)) || self.is_in(member)
            }),
            _ => false,
        }
    }

    fn is_of(&self, person: &Value) -> bool {
        let email = person.get("email").and_then(Value::as_str);
        email.is_some_and(|email| Self::new(email) == *self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use siohook::testing::Sample;

    use super::*;

    /// The places of the e-mail addresses of persons, in every sample there is.
    #[test]
    fn contacts_and_customers_of_every_event_are_found() {
        let mut found = 0;
        for sample in Sample::all() {
            let body: Value = serde_json::from_slice(sample.body()).unwrap();
            let data = body.get("data").unwrap_or(&body);
            for person in ["contact", "customer"] {
                if let Some(email) = data[person]["email"].as_str() {
                    let shouted = format!(" {}\n", email.to_uppercase());
                    assert!(Email::new(&shouted).is_in(&body), "{sample}");
                    assert!(!Email::new(&format!("x{email}")).is_in(&body), "{sample}");
                    found += 1;
                }
            }
        }
        assert!(found >= 15, "{found} samples have a person");
    }

    #[test]
    fn owners_and_referrers_are_no_contacts() {
        let body = json!({
            "account": { "email": "owner@example.com" },
            "data": { "contact": {
                "email": "lea@example.com",
                "referred_by_contact_email": "ref@example.com",
                "fields": { "email": "field@example.com" },
            }},
            "list": [{ "contact": { "contact": { "email": "ÉLISE@example.com" } } }],
        });
        let is_in = |email| Email::new(email).is_in(&body);
        assert!(is_in("lea@example.com") && is_in("élise@example.com"));
        for other in ["owner@example.com", "ref@example.com", "field@example.com"] {
            assert!(!is_in(other), "{other}");
        }
    }
}
