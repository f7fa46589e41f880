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

/// Is `None` if the body has no contact or customer that can be parsed.
#[diagnostic::do_not_recommend]
impl<'a, E> FromDelivery<'a, E> for Option<unified::Contact> {
    fn from_delivery(context: HandlerContext<'a>) -> Result<Self, Mismatch> {
        Ok(context.delivery().contact().ok())
    }
}

/// An argument of your own type. It is parsed from the member `data` of an automation, or from
/// the whole body of an account webhook.
///
/// It fits every event, listed or not. If the body does not match the type, the handler is not
/// called, and the sender gets 422.
///
/// Automations spell members in `snake_case`, and account webhooks in `camelCase`. A type for
/// an account webhook needs `#[serde(rename_all = "camelCase")]`; the
/// [`Mismatch`](crate::Mismatch) says so if it is missing.
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

/// An argument that is a clone of the value of [`state`](crate::DispatcherBuilder::state).
///
/// `T` is usually an `Arc` or a handle that is cheap to clone, such as a pool of connections or
/// the sending half of a channel. If it was not provided,
/// [`build`](crate::DispatcherBuilder::build) fails, so no delivery finds it missing.
///
/// ```standalone_crate
/// use std::sync::mpsc::{Sender, channel};
///
/// use siohook::{Dispatcher, State, account, on_event};
///
/// #[on_event("SALE_NEW")]
/// fn grant(sale: account::SaleNew, State(emails): State<Sender<String>>) {
///     let _ = emails.send(sale.customer.email);
/// }
///
/// let (sender, emails) = channel::<String>();
/// let dispatcher = Dispatcher::builder()
///     .account_secret("main", "correct horse")
///     .state(sender)
///     .build()?;
/// # let _ = (dispatcher, emails);
/// # Ok::<(), siohook::BuildError>(())
/// ```
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

/// An argument that is a clone of a value that the adapter put into the request, such as the
/// tenant.
///
/// An adapter adds it with [`Incoming::extension`](crate::Incoming::extension). The tower
/// service passes on the extensions of the `http::Request`. If the value is missing, the
/// handler is not called, the failure is reported, and the sender gets 500: the request is
/// right, and the adapter is not.
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

    fn requirements(requirements: &mut Requirements) {
        requirements.extension();
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
