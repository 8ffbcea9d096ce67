//! A request's body, whole and within bounds.

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
/// 413 over the limit, 408 if it does not come, 400 if it breaks off.
pub(crate) async fn collect(body: Incoming) -> Result<Bytes, Rejection> {
    let limited = Limited::new(body, limits::REQUEST_BODY_MAX_BYTES).collect();
    match timeout(limits::REQUEST_BODY_TIMEOUT, limited).await {
        Err(_) => Err(Rejection { status: StatusCode::REQUEST_TIMEOUT, reason: "The body did not come." }),
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Rejection {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            reason: "The body is larger than 6 MB, the limit of a Function URL.",
        }),
        Ok(Err(_)) => Err(Rejection::bad("The body broke off.")),
    }
}
