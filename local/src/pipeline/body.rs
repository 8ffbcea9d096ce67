//! Reads a request's body within limits of size and time.

use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::time::timeout;

use super::Rejection;
use crate::limits;

/// Reads the body.
///
/// # Errors
/// 413 if it is too large, 408 if it does not arrive in time, 400 if it is incomplete.
pub(super) async fn read(body: Incoming) -> Result<Bytes, Rejection> {
    let limited = Limited::new(body, limits::REQUEST_BODY_MAX_BYTES).collect();
    match timeout(limits::REQUEST_BODY_TIMEOUT, limited).await {
        Err(_) => Err(Rejection { status: StatusCode::REQUEST_TIMEOUT, reason: "The body did not arrive in time." }),
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Rejection {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            reason: "The body is larger than 6 MB, the limit of a Function URL.",
        }),
        Ok(Err(_)) => Err(Rejection::bad_request("The body is incomplete.")),
    }
}
