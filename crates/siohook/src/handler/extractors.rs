//! Arguments that fit every event.

use std::any::type_name;

use serde::Deserialize;
use siohook_events::unified;

use super::argument::{FromDelivery, HandlerContext, Requirements};
use crate::delivery::{Delivery, Mismatch};

#[diagnostic::do_not_recommend]
impl<'a, E> FromDelivery<'a, E> for unified::Contact {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        context.delivery().contact()
    }
}

/// `None` if the body has no contact or customer that can be read.
#[diagnostic::do_not_recommend]
impl<'a, E> FromDelivery<'a, E> for Option<unified::Contact> {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        Ok(context.delivery().contact().ok())
    }
}

/// The user's own type: read from `data` of an automation event, from the whole
/// body of an account event.
///
/// It fits every event, listed or not.
///
/// Members of automations are spelled in `snake_case`, and those of account webhooks in
/// `camelCase`: a type for these has `#[serde(rename_all = "camelCase")]`. If that is
/// missing, the [`Mismatch`](crate::Mismatch) says so.
///
/// ```
/// use serde::Deserialize;
/// use siohook::{Data, on_event};
///
/// #[derive(Deserialize)]
/// struct Completed {
///     course: Course,
/// }
///
/// #[derive(Deserialize)]
/// struct Course {
///     name: String,
/// }
///
/// #[on_event(unlisted("contact.course.completed"))]
/// fn congratulate(Data(completed): Data<Completed>) {
///     println!("{}", completed.course.name);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Data<T>(
    /// The value.
    pub T,
);

#[diagnostic::do_not_recommend]
impl<'a, E, T: Deserialize<'a>> FromDelivery<'a, E> for Data<T> {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        context.delivery().parse().map(Self)
    }
}

/// A clone of what was given to [`state`](crate::DispatcherBuilder::state).
///
/// `T` is usually an `Arc`, or a handle that is cheap to clone: a pool of
/// connections, the sending half of a channel. A `State<T>` that was not
/// provided is an error of [`build`](crate::DispatcherBuilder::build), not of
/// the first delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State<T>(
    /// The value.
    pub T,
);

#[diagnostic::do_not_recommend]
impl<'a, E, T: Clone + Send + Sync + 'static> FromDelivery<'a, E> for State<T> {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        let missing = || Mismatch::new(format!("no state of type `{}`", type_name::<T>()));
        context.state().cloned().map(Self).ok_or_else(missing)
    }

    fn requirements(requirements: &mut Requirements) {
        requirements.state::<T>();
    }
}

/// A clone of what the adapter put into the request: who the tenant is, for example.
///
/// An adapter gives it with [`Incoming::extension`](crate::Incoming::extension); the
/// tower service passes on the extensions of the `http::Request`. If it is missing,
/// the handler is not called, the failure is reported, and the sender gets 500,
/// because the fault is not the sender's.
///
/// ```
/// use siohook::{Extension, account, on_event};
///
/// #[derive(Clone)]
/// struct Tenant(String);
///
/// #[on_event("SALE_NEW")]
/// fn grant(sale: account::SaleNew, Extension(tenant): Extension<Tenant>) {
///     println!("{}: {}", tenant.0, sale.customer.email);
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension<T>(
    /// The value.
    pub T,
);

#[diagnostic::do_not_recommend]
impl<'a, E, T: Clone + Send + Sync + 'static> FromDelivery<'a, E> for Extension<T> {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        let missing = || {
            Mismatch::of_adapter(format!(
                "the request has no extension of type `{}`: the adapter has to give one, see \
                 `Incoming::extension`",
                type_name::<T>()
            ))
        };
        context.extension().cloned().map(Self).ok_or_else(missing)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E> FromDelivery<'a, E> for &'a Delivery {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        Ok(context.delivery())
    }
}

#[diagnostic::do_not_recommend]
impl<'a, E> FromDelivery<'a, E> for Delivery {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        Ok(context.delivery().clone())
    }
}
