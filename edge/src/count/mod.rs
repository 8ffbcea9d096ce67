//! What the counter needs from the edge.

mod days;
mod idempotency_key;

use crate::answer::Problem;
use crate::event::{Body, Event, Malformed};
use crate::hex;

/// The one origin that the counter's answer may be read by. It is part of the cache key, and never the viewer's own.
const ALLOW_ORIGIN: &str = "x-vitae-allow-origin";
/// What origin access control signs. <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html>
const PAYLOAD_HASH: &str = "x-amz-content-sha256";
/// The visit's own key, by which a retry is not counted again.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Why a request does not reach the counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Problem(Problem),
    Malformed(Malformed),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Malformed> for Refusal {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// Makes a read ready for the counter.
pub(crate) fn prepare_read(event: &mut Event, origin: Option<&str>) -> Result<(), Refusal> {
    days::check(event.querystring())?;
    name_origin(event, origin);
    // A viewer's own would make CloudFront's signature one of a body that a read does not have.
    event.delete_header(PAYLOAD_HASH);
    Ok(())
}

/// Makes a visit ready for the counter.
pub(crate) fn prepare_visit(event: &mut Event, origin: Option<&str>) -> Result<(), Refusal> {
    let key = idempotency_key::of(&event.header(IDEMPOTENCY_KEY), event.request_id())?;
    let hash = match event.body()? {
        Body::Whole(body) => hex::sha256(&body),
        Body::Truncated => return Err(Problem::BodyTooLarge.into()),
    };
    name_origin(event, origin);
    event.set_header(IDEMPOTENCY_KEY, &key);
    event.set_header(PAYLOAD_HASH, &hash);
    Ok(())
}

fn name_origin(event: &mut Event, origin: Option<&str>) {
    match origin {
        Some(origin) => event.set_header(ALLOW_ORIGIN, origin),
        None => event.delete_header(ALLOW_ORIGIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Or one origin's visitor could be served another origin's headers from the cache. That the viewer's own header of
    /// that name never gets through is a property of the handler.
    #[test]
    fn the_cache_is_keyed_by_the_origin_that_may_read() {
        let template = include_str!("../../../cloudformation/stack.yaml");
        let keys: Vec<_> = template.lines().map(str::trim).filter(|line| line.starts_with("Headers: [")).collect();
        assert_eq!(keys, [format!("Headers: [{ALLOW_ORIGIN}]")]);
    }
}
