//! The page: static files in the binary.

use axum::Router;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use siohook_sandbox::SHARED_UI;

use super::problem::Problem;

const INDEX: &str = include_str!("../../ui/index.html");

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../ui/", $name)))),*]
    };
}

/// The files of the inspector alone, with their paths below `/ui`.
const FILES: &[(&str, &str)] = files![
    "delivery.js",
    "list.js",
    "main.js",
    "trigger.js",
    "words.js"
];

/// What of the files that it shares with the sandbox it does not need.
const UNUSED: &[&str] = &["shared/form.js", "shared/router.js"];

fn all() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let shared = SHARED_UI.iter().filter(|(name, _)| !UNUSED.contains(name));
    FILES.iter().chain(shared)
}

pub(super) fn router() -> Router {
    let files = get(
        async |Path(path): Path<String>| match all().find(|(name, _)| *name == path) {
            Some((name, text)) => file(name, text),
            None => Problem::not_found("there is no such file").into_response(),
        },
    );
    Router::new()
        .route("/", get(async || file("index.html", INDEX)))
        .route("/ui/{*path}", files)
        .fallback(async || Problem::not_found("there is no such path"))
}

fn file(name: &str, text: &'static str) -> Response {
    let media_type = match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/javascript; charset=utf-8",
    };
    ([(CONTENT_TYPE, media_type)], text).into_response()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_is_in_the_binary() {
        let folder = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")).unwrap();
        let names = folder.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| name != "index.html").collect();
        names.sort();
        let found: Vec<_> = FILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(found, names);
    }

    #[test]
    fn what_a_file_imports_is_served_and_nothing_else() {
        let mut asked: Vec<String> = vec!["main.js".to_owned()];
        let mut seen = vec![];
        while let Some(name) = asked.pop() {
            if seen.contains(&name) {
                continue;
            }
            let (_, text) = all().find(|(own, _)| *own == name).expect(&name);
            let folder = if name.starts_with("shared/") {
                "shared/"
            } else {
                ""
            };
            let imports = text
                .lines()
                .filter_map(|line| line.strip_suffix("\";")?.split_once(" from \"./"));
            asked.extend(imports.map(|(_, path)| format!("{folder}{path}")));
            seen.push(name);
        }
        for (name, _) in all().filter(|(_, text)| text.starts_with("// ")) {
            assert!(seen.iter().any(|one| one == name), "{name} is not imported");
        }
    }

    #[test]
    fn all_files_are_under_60_kb() {
        let size: usize = all().map(|(_, text)| text.len()).sum();
        assert!(size + INDEX.len() < 60_000, "{size}");
    }

    /// A file that is written as text could still put markup, styles or scripts into a page.
    #[test]
    fn content_is_set_as_text() {
        for (name, text) in FILES {
            for word in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "DOMParser",
                "createContextualFragment",
                "eval(",
                "Function(",
                "EventSource",
                "WebSocket",
                "localStorage",
                "cookie",
            ] {
                assert!(!text.contains(word), "{name}: {word}");
            }
        }
        for word in ["<style", "style=", "onclick=", "http:", "https:"] {
            assert!(!INDEX.contains(word), "{word}");
        }
        assert_eq!(INDEX.matches("<script").count(), 1);
    }
}
