//! The pages and their files.

use crate::builder;
use crate::http::{call, call_with};

#[tokio::test]
async fn pages_and_files_run_nothing_from_elsewhere() {
    let sandbox = builder().start().await.unwrap();
    for (path, media_type) in [
        ("/", "text/html"),
        ("/fire", "text/html"),
        ("/contacts/7", "text/html"),
        ("/automations/workflows/7?q=%3Cscript%3E", "text/html"),
        ("/ui/main.js", "text/javascript"),
        ("/ui/shared/h.js", "text/javascript"),
        ("/ui/style.css", "text/css"),
        ("/ui/icon.svg", "image/svg+xml"),
    ] {
        let answer = call(sandbox.address(), "GET", path, "").await;
        assert_eq!(answer.status, 200, "{path}");
        for header in [
            &*format!("\r\ncontent-type: {media_type}"),
            "\r\ncontent-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; \
             connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
            "\r\nx-content-type-options: nosniff",
        ] {
            assert!(answer.head.contains(header), "{path}: {}", answer.head);
        }
        assert!(!answer.body.contains("<script>"), "{path}");
    }
    for path in ["/ui/", "/ui/index.html", "/ui/../Cargo.toml", "/unknown"] {
        let answer = call(sandbox.address(), "GET", path, "").await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let answer = call(sandbox.address(), "POST", "/fire", "").await;
    assert_eq!(answer.status, 405);
}

#[tokio::test]
async fn pages_of_other_sites_get_no_page() {
    let sandbox = builder().start().await.unwrap();
    for path in ["/", "/fire", "/ui/main.js"] {
        for (headers, status) in [
            ("sec-fetch-site: same-origin\r\n", 200),
            ("sec-fetch-site: none\r\n", 200),
            ("sec-fetch-site: cross-site\r\n", 403),
            ("origin: https://example.com\r\n", 403),
        ] {
            let answer = call_with(sandbox.address(), "GET", path, headers, "").await;
            assert_eq!(answer.status, status, "{path} {headers}");
        }
    }
}
