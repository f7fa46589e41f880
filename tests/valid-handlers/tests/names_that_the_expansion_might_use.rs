//! A user may take any name.

#![allow(non_camel_case_types)]

use siohook::{Delivery, on_event};

macro_rules! handlers {
    ($($name:ident)*) => {$(
        #[on_event("SALE_NEW")]
        async fn $name($name: &Delivery) {
            let _ = $name;
        }
    )*};
}

handlers!(cx context delivery call run result boxed argument_0 inventory siohook core std event submit);

#[on_event("SALE_NEW", "SALE_CANCELED")]
fn r#type(r#fn: &Delivery) {
    let _ = r#fn;
}

#[on_event("SALE_NEW", "SALE_CANCELED")]
#[allow(non_snake_case)]
fn SeveralEvents() {}

struct Some;
struct None;
struct Ok;
struct Err;

#[on_event("SALE_*")]
fn prelude_is_shadowed() {
    let _ = (Some, None, Ok, Err);
}

#[test]
fn no_name_is_taken() {
    let dispatcher = ::siohook::Dispatcher::builder()
        .accept_unverified()
        .build()
        .unwrap();
    assert!(
        dispatcher
            .handlers()
            .iter()
            .any(|handler| handler.name().ends_with("::type"))
    );
}
