use bytes::Bytes;

use super::Request;

/// The request has the whole URL, which clients need. A service reads its path.
///
/// ```
/// # mod siohook { pub use siohook_sender as testing; }
/// use bytes::Bytes;
/// use siohook::testing::Sample;
///
/// let request = Sample::of("contact.tag.added").request("https://example.com/systeme")?;
/// let request: http::Request<Bytes> = request.into();
/// assert_eq!(request.method(), "POST");
/// assert_eq!(request.uri().path(), "/systeme");
/// assert!(request.uri().query().unwrap().starts_with("token="));
/// # Ok::<(), siohook::testing::RequestError>(())
/// ```
impl From<Request> for ::http::Request<Bytes> {
    fn from(request: Request) -> Self {
        let headers = request.headers.iter();
        let builder = ::http::Request::post(request.url());
        headers
            .fold(builder, |builder, (name, value)| {
                builder.header(name, value.as_bytes())
            })
            .body(request.body)
            .expect("URL and headers have allowed characters only")
    }
}
