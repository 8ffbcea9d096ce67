//! Viewer protocol policy: the response to a request over plain HTTP, if the edge serves HTTPS.

use http::{Method, StatusCode};

use crate::distribution::ViewerProtocolPolicy;
use crate::response::{EdgeResponse, ResultType, error_page, redirect};
use crate::viewer_request::ViewerRequest;

/// Returns CloudFront's response if the policy does not allow plain HTTP.
pub(super) fn respond_to_plain_http(policy: ViewerProtocolPolicy, viewer: &ViewerRequest) -> Option<EdgeResponse> {
    match policy {
        ViewerProtocolPolicy::AllowAll => None,
        ViewerProtocolPolicy::HttpsOnly => {
            let reason = "Bad request. This distribution accepts only HTTPS for this path.";
            Some(error_page(StatusCode::FORBIDDEN, ResultType::Error, reason))
        }
        ViewerProtocolPolicy::RedirectToHttps => {
            let question_mark = if viewer.query.is_empty() { "" } else { "?" };
            let location = format!("https://{}{}{question_mark}{}", viewer.host, viewer.path, viewer.query);
            // Other methods are redirected with 307, which preserves the method.
            let status = match viewer.method {
                Method::GET | Method::HEAD => StatusCode::MOVED_PERMANENTLY,
                _ => StatusCode::TEMPORARY_REDIRECT,
            };
            Some(redirect(status, &location))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ViewerProtocolPolicy, ViewerRequest, respond_to_plain_http};
    use http::Method;
    use http::header::LOCATION;

    fn status(policy: ViewerProtocolPolicy, method: Method) -> Option<(u16, String)> {
        let mut viewer = ViewerRequest::get("/a%20b", "c=d", &[]);
        viewer.method = method;
        let response = respond_to_plain_http(policy, &viewer)?.response;
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
