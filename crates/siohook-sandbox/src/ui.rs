//! The pages of the sandbox: static files in the binary.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::control::Fault;

/// Pages ask nothing but this server, and run nothing but its files.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

const INDEX: &str = include_str!("../ui/index.html");

/// Names of the pages. Each is drawn by the same document.
const PAGES: &[&str] = &[
    "automations",
    "contacts",
    "fidelity",
    "fire",
    "funnels",
    "marketing",
    "page",
    "products",
    "requests",
    "school",
    "settings",
    "webhooks",
];

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../ui/", $name)))),*]
    };
}

/// The files that the pages of other programs have as well, with their paths below `/ui`.
pub const SHARED: &[(&str, &str)] = files![
    "icon.svg",
    "shared/api.js",
    "shared/body.js",
    "shared/dialog.js",
    "shared/form.js",
    "shared/format.js",
    "shared/h.js",
    "shared/hex.js",
    "shared/json.js",
    "shared/keys.js",
    "shared/router.js",
    "shared/steps.js",
    "shared/store.js",
    "shared/stream.js",
    "shared/style.css",
    "shared/tabs.js",
    "shared/toast.js",
    "shared/virtual.js",
];

/// The files of the sandbox alone.
const FILES: &[(&str, &str)] = files![
    "automation.js",
    "clock.js",
    "collection.js",
    "debounce.js",
    "edit.js",
    "leaves.js",
    "length.js",
    "main.js",
    "money.js",
    "objects.js",
    "pages/automations.js",
    "pages/chaos.js",
    "pages/contact.js",
    "pages/contacts.js",
    "pages/copies.js",
    "pages/deliveries.js",
    "pages/delivery.js",
    "pages/fidelity.js",
    "pages/fire.js",
    "pages/funnels.js",
    "pages/marketing.js",
    "pages/message.js",
    "pages/page.js",
    "pages/products.js",
    "pages/requests.js",
    "pages/sales.js",
    "pages/school.js",
    "pages/settings.js",
    "pages/signature.js",
    "pages/topics.js",
    "pages/webhooks.js",
    "pages/wire.js",
    "part.js",
    "prepend.js",
    "style.css",
    "tabbed.js",
];

fn all() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    FILES.iter().chain(SHARED)
}

/// The router of the pages and their files.
pub(crate) fn router() -> Router {
    let page = || get(async || file("index.html", INDEX));
    let mut router = Router::new().route("/", page());
    for name in PAGES {
        router = router
            .route(&format!("/{name}"), page())
            .route(&format!("/{name}/{{*rest}}"), page());
    }
    router.route(
        "/ui/{*path}",
        get(
            async |Path(path): Path<String>| match all().find(|(name, _)| *name == path) {
                Some((name, text)) => file(name, text),
                None => Fault::not_found("there is no such file").into_response(),
            },
        ),
    )
}

fn file(name: &str, text: &'static str) -> Response {
    let media_type = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/javascript; charset=utf-8",
    };
    let headers = [
        (CONTENT_TYPE, media_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        // The files of another version may be at the same address.
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Paths of the files in a folder, below the folder of the pages.
    fn files(folder: &str) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
        let entries = fs::read_dir(root.join(folder)).unwrap();
        let below = entries.flat_map(|entry| {
            let entry = entry.unwrap();
            let path = format!("{folder}{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                files(&format!("{path}/"))
            } else {
                vec![path]
            }
        });
        below.collect()
    }

    #[test]
    fn every_file_is_in_the_binary() {
        let mut expected = files("");
        expected.retain(|path| path != "index.html");
        expected.sort();
        let mut found: Vec<_> = all().map(|(name, _)| *name).collect();
        found.sort_unstable();
        assert_eq!(found, expected);
    }

    #[test]
    fn all_files_are_under_200_kb() {
        let size: usize = all().map(|(_, text)| text.len()).sum();
        assert!(size + INDEX.len() < 200_000, "{size}");
    }

    /// A file that is written as text could still put markup, styles or scripts into a page.
    #[test]
    fn content_is_set_as_text() {
        for (name, text) in all() {
            for word in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "DOMParser",
                "createContextualFragment",
                "eval(",
                "Function(",
                "http://www",
                "https://",
            ] {
                let allowed = *name == "icon.svg" && word == "http://www";
                assert!(allowed || !text.contains(word), "{name}: {word}");
            }
        }
        for word in ["<style", "style=", "onclick=", "http:", "https:"] {
            assert!(!INDEX.contains(word), "{word}");
        }
        assert_eq!(INDEX.matches("<script").count(), 1);
    }

    #[test]
    fn every_page_of_the_menu_is_served() {
        let links = INDEX.split("href=\"/").skip(1);
        let links = links.map(|rest| rest.split('"').next().unwrap());
        let links: Vec<_> = links.filter(|link| !link.starts_with("ui/")).collect();
        for link in &links {
            assert!(link.is_empty() || PAGES.contains(link), "{link}");
        }
        assert!(links.len() >= PAGES.len(), "{links:?}");
    }
}
