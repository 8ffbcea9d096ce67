//! Responses. None may be cached, and no search engine may list a page of a link.

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlResponse;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use vitae_lambda::AllowOrigin;
use vitae_parameters::Problem;

use super::request_body::Format;
use crate::page;

const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// Where a form's accepted request ends: the page shows its message by `:target`, without JavaScript.
const REQUESTED: &str = "/#cv-requested";

/// Makes responses.
#[derive(Clone, Debug)]
pub struct Responses {
    content_security_policy: HeaderValue,
}

impl Default for Responses {
    fn default() -> Self {
        let policy = HeaderValue::try_from(page::content_security_policy());
        // The policy is ASCII.
        Self { content_security_policy: policy.unwrap_or(HeaderValue::from_static("default-src 'none'")) }
    }
}

impl Responses {
    /// The page of a link.
    #[must_use]
    pub fn link_page(&self, owner: &str, document: &str) -> LambdaFunctionUrlResponse {
        self.page(200, page::link(owner, document))
    }

    /// A signed URL: as JSON for a script, else a redirect.
    #[must_use]
    pub fn signed(url: &str, expires_s: u64, format: Format, allow_origin: &AllowOrigin) -> LambdaFunctionUrlResponse {
        if format == Format::Json {
            let body = serde_json::json!({"url": url, "expires": expires_s});
            return finish(vitae_lambda::json(&body, "no-store", allow_origin));
        }
        see_other(url)
    }

    /// An accepted request, or one that exceeds a limit: the response is the same.
    #[must_use]
    pub fn requested(format: Format, allow_origin: &AllowOrigin) -> LambdaFunctionUrlResponse {
        if format == Format::Html {
            return see_other(REQUESTED);
        }
        let mut response = vitae_lambda::json(&Value::Object(serde_json::Map::new()), "no-store", allow_origin);
        response.status_code = 202;
        finish(response)
    }

    /// A problem: as a page for a browser, else as JSON.
    #[must_use]
    pub fn problem(
        &self,
        problem: Problem,
        format: Format,
        allow: Option<&'static str>,
        allow_origin: &AllowOrigin,
    ) -> LambdaFunctionUrlResponse {
        let json = vitae_lambda::problem(problem, allow_origin);
        let mut response = if format == Format::Html {
            let mut page = self.page(problem.status(), page::problem(problem));
            page.headers
                .extend(json.headers.get("retry-after").cloned().map(|value| (http::header::RETRY_AFTER, value)));
            page
        } else {
            finish(json)
        };
        response.headers.extend(allow.map(|methods| (ALLOW, HeaderValue::from_static(methods))));
        response
    }

    fn page(&self, status: u16, html: String) -> LambdaFunctionUrlResponse {
        let mut response = LambdaFunctionUrlResponse::default();
        response.status_code = status.into();
        response.body = Some(html);
        response.headers = HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (CONTENT_SECURITY_POLICY, self.content_security_policy.clone()),
            (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        ]);
        finish(response)
    }
}

fn see_other(location: &str) -> LambdaFunctionUrlResponse {
    let mut response = LambdaFunctionUrlResponse::default();
    response.status_code = 303;
    // A signed URL is ASCII.
    response.headers.extend(HeaderValue::try_from(location).ok().map(|location| (LOCATION, location)));
    finish(response)
}

/// Under `no-referrer` a browser would send the form with `Origin: null`, so the policy is `same-origin`.
fn finish(mut response: LambdaFunctionUrlResponse) -> LambdaFunctionUrlResponse {
    response.headers.extend([
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (X_ROBOTS_TAG, HeaderValue::from_static("noindex")),
    ]);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<LambdaFunctionUrlResponse> {
        let (responses, origin) = (Responses::default(), AllowOrigin::default());
        let formats = [Format::Html, Format::Json, Format::Any];
        let mut all = vec![responses.link_page("Jane Doe", "resume.pdf")];
        for format in formats {
            all.push(Responses::signed("https://example.com/cv/resume.pdf?x", 60, format, &origin));
            all.push(Responses::requested(format, &origin));
            all.extend(Problem::ALL.map(|problem| responses.problem(problem, format, None, &origin)));
        }
        all
    }

    #[test]
    fn no_response_is_cached_listed_or_a_404() {
        for response in all() {
            assert_eq!(response.headers[CACHE_CONTROL], "no-store");
            assert_eq!(response.headers[REFERRER_POLICY], "same-origin");
            assert_eq!(response.headers[X_ROBOTS_TAG], "noindex");
            assert_ne!(response.status_code, 404);
        }
    }

    #[test]
    fn every_page_has_the_policy() {
        let pages = all().into_iter().filter(|response| {
            response.headers.get(CONTENT_TYPE).is_some_and(|value| value == "text/html; charset=utf-8")
        });
        let pages: Vec<_> = pages.collect();
        assert_eq!(pages.len(), 1 + Problem::ALL.len());
        for page in pages {
            let policy = page.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.contains("form-action 'self'"), "{policy}");
            assert_eq!(page.headers[X_FRAME_OPTIONS], "DENY");
        }
    }

    #[test]
    fn a_script_gets_json_and_a_browser_a_redirect() {
        let origin = AllowOrigin::default();
        let json = Responses::signed("https://example.com/x", 60, Format::Json, &origin);
        assert_eq!(
            (json.status_code, json.body.as_deref()),
            (200, Some(r#"{"expires":60,"url":"https://example.com/x"}"#))
        );
        for format in [Format::Html, Format::Any] {
            let redirect = Responses::signed("https://example.com/x", 60, format, &origin);
            assert_eq!(
                (redirect.status_code, &redirect.headers[LOCATION]),
                (303, &"https://example.com/x".parse().unwrap())
            );
        }
        assert_eq!(Responses::requested(Format::Html, &origin).headers[LOCATION], "/#cv-requested");
        assert_eq!(Responses::requested(Format::Json, &origin).status_code, 202);
    }

    #[test]
    fn a_problem_keeps_its_status_code_and_retry_after() {
        let (responses, origin) = (Responses::default(), AllowOrigin::default());
        for format in [Format::Html, Format::Json] {
            let unavailable = responses.problem(Problem::LinksUnavailable, format, None, &origin);
            assert_eq!(unavailable.status_code, 503);
            assert!(unavailable.headers.contains_key("retry-after"), "{format:?}");
            let method = responses.problem(Problem::MethodNotAllowed, format, Some("POST"), &origin);
            assert_eq!((method.status_code, &method.headers[ALLOW]), (405, &"POST".parse().unwrap()));
        }
    }
}
