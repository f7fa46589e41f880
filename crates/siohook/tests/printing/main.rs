//! Texts from outside and from a user's code are printed in part, with escaped control
//! characters.

#[path = "../support/mod.rs"]
mod support;

mod configuration;
mod failures;
mod requests;
#[cfg(feature = "testing")]
mod tests_of_users;

use siohook::{Dispatcher, Incoming};

use support::finish;
use support::hostile::Printed;

/// All texts about a request, from its arrival to its end.
fn printed(dispatcher: &Dispatcher, incoming: Incoming) -> Vec<Printed> {
    let mut all = Printed::debug("Incoming", &incoming);
    match dispatcher.verify(incoming) {
        Err(rejection) => all.extend(Printed::both("Rejection", &rejection)),
        Ok(delivery) => {
            all.extend(Printed::debug("Delivery", &delivery));
            all.extend(Printed::both("EventName", delivery.event()));
            all.extend(Printed::both("DeliveryKey", delivery.key()));
            all.extend(Printed::debug("Trust", &delivery.trust()));
            all.extend(Printed::debug("Record", &delivery.to_record()));
            let error = dispatcher.restore(delivery.to_record(), "{".into());
            all.extend(Printed::both("RestoreError", &error.unwrap_err()));
            let report = finish(dispatcher.dispatch(&delivery));
            all.extend(Printed::debug("Report", &report));
            all.push(Printed::lines("Report", report.to_string()));
            for handler in report.handlers() {
                all.extend(Printed::both("HandlerReport", handler));
                all.extend(Printed::both("Outcome", handler.outcome()));
                match handler.outcome() {
                    siohook::Outcome::Failed(error) => {
                        all.extend(Printed::both("HandlerError", error));
                    }
                    siohook::Outcome::Mismatch(mismatch) => {
                        all.extend(Printed::both("Mismatch", mismatch));
                    }
                    _ => {}
                }
            }
        }
    }
    all
}
