use super::{FireError, Sandbox};
use crate::state::{Change, Contact, Fire, OneOrMore, Order, Ref, With};

impl Sandbox {
    /// Returns what the contact with this e-mail address can do. The first action creates a
    /// missing contact, which is announced as well.
    pub fn contact(&self, email: &str) -> ContactActions<'_> {
        ContactActions {
            sandbox: self,
            email: email.to_owned(),
        }
    }

    /// Refunds all lines of an order.
    ///
    /// # Errors
    ///
    /// If the order is gone.
    pub async fn refund(&self, order: &Order) -> Result<(), FireError> {
        let (refunded, _) = self.account.change(|state, now| {
            let mut outgoing = vec![];
            for line in &order.lines {
                let (order, line) = (order.id, line.id);
                match state.apply(Change::Refund { order, line }, now) {
                    Ok(applied) => outgoing.extend(applied.outgoing),
                    Err(refusal) => return (Err(FireError::new(refusal.to_string())), outgoing),
                }
            }
            (Ok(()), outgoing)
        });
        refunded
    }
}

/// What a contact can do: see [`Sandbox::contact`].
///
/// Products, tags, pages and courses are given by their names, and made if missing. All methods
/// fail if the e-mail address is not one.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = siohook_sandbox::Sandbox::start().await?;
/// let jane = sandbox.contact("jane@example.com");
/// jane.opts_in("Newsletter").await?;
/// jane.gets_tag("VIP").await?;
/// let order = jane.buys_together(["Course", "Workbook"]).await?;
/// assert_eq!(order.lines.len(), 2);
/// sandbox.refund(&order).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use]
pub struct ContactActions<'a> {
    sandbox: &'a Sandbox,
    email: String,
}

#[expect(
    clippy::missing_errors_doc,
    reason = "the type says when all of them fail"
)]
impl ContactActions<'_> {
    /// Buys a product. Returns the order.
    pub async fn buys(&self, product: &str) -> Result<Order, FireError> {
        self.buys_together([product]).await
    }

    /// Buys several products in one order: the main product, then bumps and upsells. Each line is
    /// a message of its own. Returns the order.
    pub async fn buys_together<P: Into<String>>(
        &self,
        products: impl IntoIterator<Item = P>,
    ) -> Result<Order, FireError> {
        let products = products.into_iter();
        let products = products.map(|name| Ref::Name(name.into())).collect();
        let order = self.act(
            "sale",
            With {
                price_plan: Some(OneOrMore::More(products)),
                ..With::default()
            },
        )?;
        let order = order.and_then(|id| self.sandbox.state().orders.remove(&id));
        order.ok_or_else(|| FireError::new("the order is gone"))
    }

    /// Fills in the form of a page of a funnel.
    pub async fn opts_in(&self, page: &str) -> Result<(), FireError> {
        let funnel_step = Some(Ref::Name(page.to_owned()));
        self.act(
            "opt-in",
            With {
                funnel_step,
                ..With::default()
            },
        )?;
        Ok(())
    }

    /// Gets a tag. A contact who has it already does not change.
    pub async fn gets_tag(&self, tag: &str) -> Result<(), FireError> {
        self.act_on_tag("tag-added", tag)
    }

    /// Loses a tag. A contact without it does not change.
    pub async fn loses_tag(&self, tag: &str) -> Result<(), FireError> {
        self.act_on_tag("tag-removed", tag)
    }

    /// Gets access to a course.
    pub async fn enrolls(&self, course: &str) -> Result<(), FireError> {
        let course = Some(Ref::Name(course.to_owned()));
        self.act(
            "enroll",
            With {
                course,
                ..With::default()
            },
        )?;
        Ok(())
    }

    /// Returns the contact as it is now. `None` before the first action.
    #[must_use]
    pub fn get(&self) -> Option<Contact> {
        let account = &self.sandbox.account;
        account.read(|state| state.contact_with_email(&self.email).cloned())
    }

    fn act_on_tag(&self, action: &str, tag: &str) -> Result<(), FireError> {
        let tag = Some(Ref::Name(tag.to_owned()));
        self.act(
            action,
            With {
                tag,
                ..With::default()
            },
        )?;
        Ok(())
    }

    fn act(&self, action: &str, with: With) -> Result<Option<u64>, FireError> {
        let fire = Fire {
            event: action.to_owned(),
            contact: Some(Ref::Name(self.email.clone())),
            with,
            makes_missing: true,
            ..Fire::default()
        };
        self.sandbox.perform(&fire).map(|(id, _)| id)
    }
}
