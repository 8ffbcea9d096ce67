//! What every request to a regional function's URL needs.

use vitae_parameters::{Problem, header};

use crate::event::{Body, Event};
use crate::handler::Rejection;
use crate::hex;

/// Sets the origin that the function copies into its response. It is never the viewer's own value.
pub(crate) fn set_allowed_origin(event: &mut Event, origin: Option<&str>) {
    match origin {
        Some(origin) => event.set_header(header::ALLOW_ORIGIN, origin),
        None => event.delete_header(header::ALLOW_ORIGIN),
    }
}

/// Sets the hash of the body, which origin access control requires also of an empty one. `most_bytes` is the route's limit.
pub(crate) fn set_body_hash(event: &mut Event, most_bytes: usize) -> Result<(), Rejection> {
    let hash = match event.body()? {
        Body::Whole(body) if body.len() <= most_bytes => hex::sha256(&body),
        Body::Whole(_) | Body::Truncated => return Err(Problem::BodyTooLarge.into()),
    };
    event.set_header(header::CONTENT_SHA256, &hash);
    Ok(())
}

/// Deletes a hash from a request without a body: with a viewer's own value, CloudFront would sign for another body.
pub(crate) fn delete_body_hash(event: &mut Event) {
    event.delete_header(header::CONTENT_SHA256);
}
