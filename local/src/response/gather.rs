//! A body read whole, as far as memory allows.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use super::{Body, BodyError};

/// What came of reading a body.
pub(crate) enum Gathered {
    Whole(Bytes),
    /// Larger than allowed: what was read so far, and the rest as it comes.
    TooLarge(Body),
}

/// Reads up to `limit` bytes.
///
/// # Errors
/// The origin broke off.
pub(crate) async fn gather(mut body: Body, limit: usize) -> Result<Gathered, BodyError> {
    let mut read = BytesMut::new();
    while let Some(frame) = body.frame().await {
        // Trailers are dropped: a kept answer has none.
        let Ok(data) = frame?.into_data() else { continue };
        read.extend_from_slice(&data);
        if read.len() > limit {
            return Ok(Gathered::TooLarge(Resumed { first: Some(read.freeze()), rest: body }.boxed_unsync()));
        }
    }
    Ok(Gathered::Whole(read.freeze()))
}

struct Resumed {
    first: Option<Bytes>,
    rest: Body,
}

impl HttpBody for Resumed {
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
        // The header says it, if anyone does.
        SizeHint::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Gathered, gather};
    use crate::response::whole;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn a_body_within_the_limit_is_whole() {
        let Ok(Gathered::Whole(read)) = gather(whole("0123456789"), 10).await else { panic!() };
        assert_eq!(read, "0123456789");
    }

    #[tokio::test]
    async fn a_larger_one_is_passed_on_without_a_gap() {
        let Ok(Gathered::TooLarge(body)) = gather(whole("0123456789"), 9).await else { panic!() };
        assert_eq!(body.collect().await.unwrap().to_bytes(), "0123456789");
    }
}
