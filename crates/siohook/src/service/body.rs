//! Reading a body up to the limit.

use std::pin::pin;

use bytes::{Buf, Bytes, BytesMut};
use http_body::Body;
use http_body_util::BodyExt;

use crate::request::Body as Content;

/// Reads a body, but not past the limit.
pub(super) async fn read<B: Body>(body: B, max_bytes: usize) -> Content {
    if body.size_hint().lower() > max_bytes as u64 {
        return Content::TooLong;
    }
    let mut body = pin!(body);
    // Most bodies are one frame, which is then not copied.
    let mut whole = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Content::Unreadable;
        };
        let Ok(mut data) = frame.into_data() else {
            continue;
        };
        let length = data.remaining();
        if length > max_bytes - whole.len().max(joined.len()) {
            return Content::TooLong;
        }
        if whole.is_empty() && joined.is_empty() {
            whole = data.copy_to_bytes(length);
        } else {
            joined.extend_from_slice(&std::mem::take(&mut whole));
            joined.extend_from_slice(&data.copy_to_bytes(length));
        }
    }
    Content::Whole(if joined.is_empty() {
        whole
    } else {
        joined.freeze()
    })
}
