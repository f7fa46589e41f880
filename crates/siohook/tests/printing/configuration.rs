//! Texts of the configuration.

use siohook::{Dispatcher, DispatcherBuilder, IpAllowList};

use crate::printed;
use crate::support::hostile::{Printed, check, values};
use crate::support::{SECRET, TAG_ADDED, TOKEN, account, automation, signed_with, within};

const CONTACT: &str = r#"{"contact":{"id":1,"email":"lea@example.com"}}"#;

fn builder() -> DispatcherBuilder {
    let builder = Dispatcher::builder().select(within(module_path!()));
    builder.allow_no_handlers()
}

#[test]
fn labels_are_shown_in_part() {
    for label in values() {
        let dispatcher = builder()
            .account_secret(&label, SECRET)
            .account_secret_for(&label, "of others", ["CONTACT_MERGED", &*label])
            .automation_token_as(&label, TOKEN)
            // Without it, refusals are not diagnosed.
            .on_reject(|_| ())
            .build()
            .unwrap();
        let mut all = vec![];
        for incoming in [
            automation(TAG_ADDED),
            account("CONTACT_CREATED", CONTACT),
            // An event that is not covered, and a secret with a line end.
            signed_with("of others", "CONTACT_CREATED", CONTACT),
            signed_with(&format!("{SECRET}\n"), "CONTACT_CREATED", CONTACT),
        ] {
            let printed = printed(&dispatcher, incoming);
            assert!(printed.iter().any(Printed::shows_some));
            all.extend(printed);
        }
        let description = dispatcher.describe();
        all.push(Printed::lines("Description", description.to_string()));
        all.extend(Printed::debug("Description", &description));
        let trust = description.trust.unwrap();
        all.push(Printed::lines("describe::Trust", trust.to_string()));
        all.extend(Printed::debug("describe::Trust", &trust));
        for secret in &trust.secrets {
            all.extend(Printed::both("describe::Secret", secret));
        }
        all.extend(Printed::debug("Dispatcher", &dispatcher));
        check(&all, "label", 200);
    }
}

#[test]
fn texts_in_build_errors_are_shown_in_part() {
    for text in values() {
        let list = IpAllowList::new([&*text]);
        let mut all = Printed::debug("IpAllowList", &list);
        let error = builder()
            .account_secret(&text, "")
            .account_secret_for(
                &text,
                " a",
                [&format!("*{text}"), &format!("SALE_NEW{text}")],
            )
            .account_secret_for(&text, "a", ["contact.tag.added", "SALE_CANCELLED"])
            .automation_token_as(&text, " a")
            .source_ips(list)
            .trusted_proxies([&*text])
            .build()
            .unwrap_err();
        assert!(error.problems().len() >= 8, "{error}");
        for problem in error.problems() {
            all.extend(Printed::both("Problem", problem));
        }
        all.push(Printed::lines("BuildError", error.to_string()));
        all.push(Printed::lines("BuildError", format!("{error:?}")));
        check(&all, "text", 200);
    }
}
