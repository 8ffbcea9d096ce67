//! `Server-Timing`: how CloudFront produced the response, on the share of responses that the policy's
//! sampling rate sets.
//!
//! A viewer that sends `Pragma: server-timing` always gets it. Durations are omitted, because they mean
//! nothing on one machine.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header>

use std::hash::{BuildHasher, RandomState};

use aws_sdk_cloudfront::types::ResponseHeadersPolicyServerTimingHeadersConfig as Config;
use http::header::{HeaderMap, HeaderName, HeaderValue, PRAGMA};

use crate::request_id::POP;
use crate::result_type::ResultType;
use crate::viewer_request::ViewerRequest;

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

#[derive(Debug)]
pub(super) struct ServerTiming {
    /// In percent.
    sampling_rate: f64,
}

impl ServerTiming {
    /// `None` if the policy disables it.
    pub(super) fn from_config(config: &Config) -> Option<Self> {
        config.enabled().then(|| Self { sampling_rate: config.sampling_rate().unwrap_or(0.0) })
    }

    /// Adds the header, in addition to the origin's.
    pub(super) fn apply(&self, viewer: &ViewerRequest, result: ResultType, request_id: &str, headers: &mut HeaderMap) {
        let requested =
            viewer.headers.get_all(PRAGMA).iter().any(|value| value.as_bytes().eq_ignore_ascii_case(b"server-timing"));
        if !requested && !self.samples(request_id) {
            return;
        }
        let cache = match result {
            ResultType::Hit => "cdn-cache-hit",
            ResultType::RefreshHit => "cdn-cache-refresh",
            _ => "cdn-cache-miss",
        };
        let layer = if cache == "cdn-cache-hit" { "cdn-hit-layer" } else { "cdn-upstream-layer" };
        let value = format!("{cache},cdn-pop;desc=\"{POP}\",cdn-rid;desc=\"{request_id}\",{layer};desc=\"EDGE\"");
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.append(SERVER_TIMING, value);
        }
    }

    /// Decides at random: each request has a new id.
    fn samples(&self, request_id: &str) -> bool {
        let chance = RandomState::new().hash_one(request_id) % 10_000;
        f64::from(u16::try_from(chance).unwrap_or(0)) / 100.0 < self.sampling_rate
    }
}

#[cfg(test)]
mod tests {
    use super::ServerTiming;
    use crate::result_type::ResultType;
    use crate::viewer_request::ViewerRequest;
    use http::HeaderMap;

    fn timing(sampling_rate: f64, request: &[(&'static str, &'static str)], result: ResultType) -> Option<String> {
        let mut headers = HeaderMap::new();
        ServerTiming { sampling_rate }.apply(&ViewerRequest::get("/a", "", request), result, "id==", &mut headers);
        headers.get("server-timing").map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn all_responses_or_none_are_sampled() {
        let hit = "cdn-cache-hit,cdn-pop;desc=\"LOCAL0-P0\",cdn-rid;desc=\"id==\",cdn-hit-layer;desc=\"EDGE\"";
        for _ in 0..100 {
            assert_eq!(timing(100.0, &[], ResultType::Hit).as_deref(), Some(hit));
            assert_eq!(timing(0.0, &[], ResultType::Hit), None);
        }
    }

    #[test]
    fn a_viewer_that_requests_it_gets_it() {
        let timing = timing(0.0, &[("pragma", "Server-Timing")], ResultType::Miss).unwrap();
        assert!(timing.starts_with("cdn-cache-miss,"), "{timing}");
    }
}
