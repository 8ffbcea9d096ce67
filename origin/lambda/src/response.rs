//! HTTP responses of a Function URL. The edge decides which origin may read a response and names it in a header; the
//! response echoes it.

use aws_lambda_events::lambda_function_urls::{LambdaFunctionUrlRequest, LambdaFunctionUrlResponse};
use http::HeaderValue;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY};
use serde_json::Value;
use vitae_parameters::{Problem, header};

/// The origin that may read the response, if the edge named one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowOrigin(Option<HeaderValue>);

impl AllowOrigin {
    /// Reads the edge's header.
    #[must_use]
    pub fn from_request(request: &LambdaFunctionUrlRequest) -> Self {
        Self(request.headers.get(header::ALLOW_ORIGIN).cloned())
    }
}

/// A 200 with a JSON body.
#[must_use]
pub fn json(body: &Value, cache_control: &'static str, allow_origin: &AllowOrigin) -> LambdaFunctionUrlResponse {
    response(200, body, "application/json", cache_control, allow_origin)
}

/// An error response. It is never cached.
#[must_use]
pub fn problem(problem: Problem, allow_origin: &AllowOrigin) -> LambdaFunctionUrlResponse {
    let mut response = response(problem.status(), &problem.body(), Problem::MEDIA_TYPE, "no-store", allow_origin);
    if let Some(seconds) = problem.retry_after_s() {
        response.headers.insert(RETRY_AFTER, HeaderValue::from_static(seconds));
    }
    response
}

fn response(
    status: u16,
    body: &Value,
    content_type: &'static str,
    cache_control: &'static str,
    allow_origin: &AllowOrigin,
) -> LambdaFunctionUrlResponse {
    let mut response = LambdaFunctionUrlResponse::default();
    response.status_code = status.into();
    response.body = Some(body.to_string());
    let headers = &mut response.headers;
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache_control));
    // Set without an origin too: a cache must not serve this response to a page that has one.
    headers.insert(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = &allow_origin.0 {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_body_its_status_and_its_retry_after() {
        for code in Problem::ALL {
            let response = problem(code, &AllowOrigin::default());
            assert_eq!(response.status_code, i64::from(code.status()), "{code:?}");
            assert_eq!(response.headers[CONTENT_TYPE], "application/problem+json", "{code:?}");
            assert_eq!(response.headers[CACHE_CONTROL], "no-store", "{code:?}");
            let retry_after = response.headers.get(RETRY_AFTER).map(|value| value.to_str().unwrap());
            assert_eq!(retry_after, code.retry_after_s(), "{code:?}");
            let body: Value = serde_json::from_str(response.body.as_deref().unwrap()).unwrap();
            assert_eq!(body, code.body(), "{code:?}");
        }
    }

    #[test]
    fn a_response_varies_with_the_origin_and_allows_only_the_one_that_the_edge_named() {
        let origin = AllowOrigin(Some(HeaderValue::from_static("https://example.com")));
        let body = Value::Null;
        for (response, allowed) in [
            (json(&body, "no-store", &origin), true),
            (problem(Problem::Internal, &origin), true),
            (json(&body, "no-store", &AllowOrigin::default()), false),
            (problem(Problem::Internal, &AllowOrigin::default()), false),
        ] {
            assert_eq!(response.headers[VARY], "Origin");
            let echoed = response.headers.get(ACCESS_CONTROL_ALLOW_ORIGIN);
            assert_eq!(echoed, allowed.then(|| HeaderValue::from_static("https://example.com")).as_ref());
        }
    }
}
