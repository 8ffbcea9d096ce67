//! `Server-Timing`: what CloudFront tells of its own doing, on as many answers as the policy's sampling rate says.
//!
//! A viewer that sends `Pragma: server-timing` always gets it. Times of the origin's layers are not told: on one machine they mean nothing.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#server-timing-header>

use std::hash::{BuildHasher, RandomState};

use aws_sdk_cloudfront::types::ResponseHeadersPolicyServerTimingHeadersConfig as Config;
use http::header::{HeaderMap, HeaderName, HeaderValue, PRAGMA};

use crate::response::ResultType;
use crate::response::finish::POP;
use crate::viewer::ViewerRequest;

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

#[derive(Debug)]
pub(super) struct ServerTiming {
    /// Answers in a hundred.
    sampling_rate: f64,
}

impl ServerTiming {
    /// `None` if the policy has it turned off.
    pub(super) fn from_config(config: &Config) -> Option<Self> {
        config.enabled().then(|| Self { sampling_rate: config.sampling_rate().unwrap_or(0.0) })
    }

    /// Adds the header, beside the origin's own.
    pub(super) fn apply(&self, viewer: &ViewerRequest, result: ResultType, request_id: &str, headers: &mut HeaderMap) {
        let asked =
            viewer.headers.get_all(PRAGMA).iter().any(|value| value.as_bytes().eq_ignore_ascii_case(b"server-timing"));
        if !asked && !self.samples(request_id) {
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

    /// By chance: a request id is new each time.
    fn samples(&self, request_id: &str) -> bool {
        let chance = RandomState::new().hash_one(request_id) % 10_000;
        f64::from(u16::try_from(chance).unwrap_or(0)) / 100.0 < self.sampling_rate
    }
}

#[cfg(test)]
mod tests {
    use super::ServerTiming;
    use crate::response::ResultType;
    use crate::viewer::ViewerRequest;
    use http::HeaderMap;

    fn told(sampling_rate: f64, asked: &[(&'static str, &'static str)], result: ResultType) -> Option<String> {
        let mut headers = HeaderMap::new();
        ServerTiming { sampling_rate }.apply(&ViewerRequest::get("/a", "", asked), result, "id==", &mut headers);
        headers.get("server-timing").map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn all_of_the_answers_or_none() {
        let hit = "cdn-cache-hit,cdn-pop;desc=\"LOCAL0-P0\",cdn-rid;desc=\"id==\",cdn-hit-layer;desc=\"EDGE\"";
        for _ in 0..100 {
            assert_eq!(told(100.0, &[], ResultType::Hit).as_deref(), Some(hit));
            assert_eq!(told(0.0, &[], ResultType::Hit), None);
        }
    }

    #[test]
    fn who_asks_for_it_gets_it() {
        let told = told(0.0, &[("pragma", "Server-Timing")], ResultType::Miss).unwrap();
        assert!(told.starts_with("cdn-cache-miss,"), "{told}");
    }
}
