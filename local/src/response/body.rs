//! Response bodies: streamed, or collected up to a size.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body as HttpBody, Frame, SizeHint};

/// An error while a body is streamed.
pub(crate) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body that is sent to the viewer: complete, or streamed from the origin.
pub(crate) type Body = UnsyncBoxBody<Bytes, BodyError>;

/// A complete body.
pub(crate) fn full_body(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// A complete body that is sent without its length: in chunks over HTTP/1.1.
pub(crate) fn streamed_body(bytes: Bytes) -> Body {
    ResumedBody { first: Some(bytes), rest: full_body("") }.boxed_unsync()
}

/// The result of [`collect_body`].
pub(crate) enum CollectedBody {
    Complete(Bytes),
    /// The body is larger than the limit: what was read so far, followed by the rest as a stream.
    TooLarge(Body),
}

/// Reads up to `limit` bytes.
///
/// # Errors
/// The origin closed the connection before the end of the body.
pub(crate) async fn collect_body(mut body: Body, limit: usize) -> Result<CollectedBody, BodyError> {
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        // Trailers are dropped: a stored response has none.
        let Ok(data) = frame?.into_data() else { continue };
        read.extend_from_slice(&data);
        if read.len() > limit {
            return Ok(CollectedBody::TooLarge(ResumedBody { first: Some(read.freeze()), rest: body }.boxed_unsync()));
        }
    }
    Ok(CollectedBody::Complete(read.freeze()))
}

struct ResumedBody {
    first: Option<Bytes>,
    rest: Body,
}

impl HttpBody for ResumedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.first.take() {
            Some(first) => Poll::Ready(Some(Ok(Frame::data(first)))),
            None => Pin::new(&mut self.rest).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // The origin's Content-Length header, if any, is passed on.
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{CollectedBody, collect_body, full_body};
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn a_body_within_the_limit_is_complete() {
        let Ok(CollectedBody::Complete(read)) = collect_body(full_body("0123456789"), 10).await else { panic!() };
        assert_eq!(read, "0123456789");
    }

    #[tokio::test]
    async fn a_larger_body_is_streamed_without_a_gap() {
        let Ok(CollectedBody::TooLarge(body)) = collect_body(full_body("0123456789"), 9).await else { panic!() };
        assert_eq!(body.collect().await.unwrap().to_bytes(), "0123456789");
    }
}
