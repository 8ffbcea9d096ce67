//! Viewer protocol policy: what becomes of a request over plain HTTP.
//!
//! It matters where HTTPS is asked for. Otherwise plain HTTP on loopback counts as HTTPS.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html>

use aws_sdk_cloudfront::types::ViewerProtocolPolicy as Config;
use http::{Method, StatusCode};

use super::ViewerRequest;
use crate::response::{Answer, ResultType, error_page, redirect};

/// What a behavior does about plain HTTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ViewerProtocolPolicy {
    #[default]
    AllowAll,
    RedirectToHttps,
    HttpsOnly,
}

impl ViewerProtocolPolicy {
    /// `None` for a policy that is not known.
    pub(crate) fn from_config(config: &Config) -> Option<Self> {
        match config {
            Config::AllowAll => Some(Self::AllowAll),
            Config::RedirectToHttps => Some(Self::RedirectToHttps),
            Config::HttpsOnly => Some(Self::HttpsOnly),
            _ => None,
        }
    }

    /// The answer to a request over plain HTTP that goes no further.
    pub(crate) fn answer_to_plain_http(self, viewer: &ViewerRequest) -> Option<Answer> {
        match self {
            Self::AllowAll => None,
            Self::HttpsOnly => {
                let reason = "Bad request. This distribution takes HTTPS only for this path.";
                Some(error_page(StatusCode::FORBIDDEN, ResultType::Error, reason))
            }
            Self::RedirectToHttps => {
                let question_mark = if viewer.query.is_empty() { "" } else { "?" };
                let location = format!("https://{}{}{question_mark}{}", viewer.host, viewer.path, viewer.query);
                let mut answer = redirect(&location);
                // Another method is kept by 307.
                if matches!(viewer.method, Method::GET | Method::HEAD) && answer.result == ResultType::Redirect {
                    *answer.response.status_mut() = StatusCode::MOVED_PERMANENTLY;
                }
                Some(answer)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ViewerProtocolPolicy, ViewerRequest};
    use http::Method;
    use http::header::LOCATION;

    fn status(policy: ViewerProtocolPolicy, method: Method) -> Option<(u16, String)> {
        let mut viewer = ViewerRequest::get("/a%20b", "c=d", &[]);
        viewer.method = method;
        let response = policy.answer_to_plain_http(&viewer)?.response;
        let location = response.headers().get(LOCATION).map(|location| location.to_str().unwrap().to_owned());
        Some((response.status().as_u16(), location.unwrap_or_default()))
    }

    #[test]
    fn plain_http_is_redirected_refused_or_allowed() {
        let there = "https://localhost:8787/a%20b?c=d".to_owned();
        assert_eq!(status(ViewerProtocolPolicy::RedirectToHttps, Method::GET), Some((301, there.clone())));
        assert_eq!(status(ViewerProtocolPolicy::RedirectToHttps, Method::POST), Some((307, there)));
        assert_eq!(status(ViewerProtocolPolicy::HttpsOnly, Method::GET), Some((403, String::new())));
        assert_eq!(status(ViewerProtocolPolicy::AllowAll, Method::GET), None);
    }
}
