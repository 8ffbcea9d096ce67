//! The answer to an outcome. It knows one thing about CORS: the edge, which decides, names the allowed origin in
//! `x-vitae-allow-origin`, and it is echoed.

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlResponse;
use http::HeaderValue;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY};
use serde_json::{Value, json};

use crate::command;
use crate::outcome::{DayCount, Outcome};
use crate::problem::{self, Problem};

/// The header in which the edge names the origin that may read the answer.
pub const ALLOW_ORIGIN: &str = "x-vitae-allow-origin";

/// How long a shared cache may keep a read, as the cache policy of `/api/*` allows at most.
const READ_CACHE: HeaderValue = HeaderValue::from_static("public, max-age=5");

/// After how many seconds a page may try again when DynamoDB is throttled or down.
const RETRY_AFTER_S: HeaderValue = HeaderValue::from_static("2");

/// The largest number that every reader of JSON takes exactly is 2^53 - 1; 2^53 itself is exact too.
/// <https://www.rfc-editor.org/rfc/rfc8259#section-6>
pub const MAX_COUNT: u64 = 1 << 53;

/// The answer to `outcome` for the origin that the edge named.
#[must_use]
pub fn respond(outcome: &Outcome, allow_origin: Option<&HeaderValue>) -> LambdaFunctionUrlResponse {
    let mut response = LambdaFunctionUrlResponse::default();
    let headers = &mut response.headers;
    // Also without an origin: a cache that keeps this answer must not give it to a page that has one.
    headers.insert(VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allow_origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    let cacheable = matches!(outcome, Outcome::Read { .. });
    headers.insert(CACHE_CONTROL, if cacheable { READ_CACHE } else { HeaderValue::from_static("no-store") });
    if let Some(problem) = outcome.problem() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(problem::MEDIA_TYPE));
        match problem {
            Problem::CounterUnavailable => _ = headers.insert(RETRY_AFTER, RETRY_AFTER_S),
            Problem::MethodNotAllowed => _ = headers.insert(ALLOW, HeaderValue::from_static(command::ALLOW)),
            _ => {}
        }
        response.status_code = problem.status().into();
        response.body = Some(problem.body(&detail(outcome)));
    } else {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.status_code = 200;
        response.body = Some(body(outcome).to_string());
    }
    response
}

fn body(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Read { count, days: Some(days) } => {
            let days: Vec<_> =
                days.iter().map(|DayCount { day, count }| json!({ "day": day, "count": count })).collect();
            json!({ "count": count, "days": days })
        }
        Outcome::Read { count, days: None } | Outcome::Counted { count, .. } => json!({ "count": count }),
        Outcome::Refused(_) | Outcome::Failed(_) => Value::Null,
    }
}

/// What a visitor may know: what is wrong with the request, or that it is not the request.
fn detail(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refused(refusal) => refusal.to_string(),
        _ if outcome.problem() == Some(Problem::CounterUnavailable) => {
            "the counter cannot be reached right now: try again with the same Idempotency-Key".to_owned()
        }
        _ => "the counter failed; its log says why".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Refusal;
    use crate::day::BadDays;
    use crate::outcome::Failure;
    use crate::token::Malformed;

    fn outcomes() -> Vec<Outcome> {
        vec![
            Outcome::Counted { count: 7, now: true },
            Outcome::Read { count: 7, days: None },
            Outcome::Refused(Refusal::NotFound),
            Outcome::Refused(Refusal::MethodNotAllowed),
            Outcome::Refused(Malformed::Missing.into()),
            Outcome::Refused(BadDays { value: "0".into() }.into()),
            Failure::Unavailable("throttled".into()).into(),
            Failure::Internal("denied".into()).into(),
            Failure::TooLarge.into(),
            Failure::NotAnEvent.into(),
        ]
    }

    fn json_of(response: &LambdaFunctionUrlResponse) -> Value {
        serde_json::from_str(response.body.as_deref().unwrap()).unwrap()
    }

    #[test]
    fn every_answer_varies_with_the_origin_and_allows_none_of_itself() {
        for outcome in outcomes() {
            let headers = respond(&outcome, None).headers;
            assert_eq!(headers[VARY], "Origin", "{outcome:?}");
            assert!(!headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN), "{outcome:?}");
        }
    }

    #[test]
    fn every_answer_echoes_the_origin_that_the_edge_allowed() {
        let origin = HeaderValue::from_static("https://example.com");
        for outcome in outcomes() {
            let headers = respond(&outcome, Some(&origin)).headers;
            assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], origin, "{outcome:?}");
        }
    }

    #[test]
    fn only_a_read_may_be_cached_and_for_five_seconds() {
        for outcome in outcomes() {
            let cached = matches!(outcome, Outcome::Read { .. });
            let expected = if cached { "public, max-age=5" } else { "no-store" };
            assert_eq!(respond(&outcome, None).headers[CACHE_CONTROL], expected, "{outcome:?}");
        }
    }

    #[test]
    fn a_count_is_a_json_number_up_to_2_to_the_53() {
        let response = respond(&Outcome::Counted { count: MAX_COUNT, now: true }, None);
        assert_eq!((response.status_code, response.body.as_deref()), (200, Some(r#"{"count":9007199254740992}"#)));
        assert_eq!(response.headers[CONTENT_TYPE], "application/json");
    }

    #[test]
    fn days_stand_beside_the_count() {
        let days =
            vec![DayCount { day: "2026-11-20".into(), count: 2 }, DayCount { day: "2026-11-21".into(), count: 0 }];
        let response = respond(&Outcome::Read { count: 9, days: Some(days) }, None);
        let expected = json!({
            "count": 9,
            "days": [{ "day": "2026-11-20", "count": 2 }, { "day": "2026-11-21", "count": 0 }],
        });
        assert_eq!(json_of(&response), expected);
    }

    #[test]
    fn every_error_is_a_problem_with_its_stable_code() {
        let statuses_and_codes: Vec<_> = outcomes()
            .iter()
            .filter(|outcome| outcome.problem().is_some())
            .map(|outcome| {
                let response = respond(outcome, None);
                let problem = json_of(&response);
                assert_eq!(response.headers[CONTENT_TYPE], "application/problem+json");
                assert_eq!(problem["status"], response.status_code);
                assert!(problem["title"].is_string() && problem["detail"].is_string());
                (response.status_code, problem["code"].as_str().unwrap().to_owned())
            })
            .collect();
        let expected = [
            (404, "not_found"),
            (405, "method_not_allowed"),
            (400, "bad_idempotency_key"),
            (400, "bad_days"),
            (503, "counter_unavailable"),
            (500, "internal"),
            (500, "internal"),
            (500, "internal"),
        ];
        assert_eq!(statuses_and_codes, expected.map(|(status, code)| (status, code.to_owned())));
    }

    #[test]
    fn a_page_is_told_when_to_come_back_and_what_is_allowed() {
        let unavailable = respond(&Failure::Unavailable(String::new()).into(), None);
        assert_eq!(unavailable.headers[RETRY_AFTER], "2");
        let refused = respond(&Outcome::Refused(Refusal::MethodNotAllowed), None);
        assert_eq!(refused.headers[ALLOW], "GET, HEAD, POST");
    }

    #[test]
    fn what_dynamodb_said_stays_inside() {
        for secret in [Failure::Internal("arn:aws:secret".into()), Failure::Unavailable("arn:aws:secret".into())] {
            let body = respond(&secret.into(), None).body.unwrap();
            assert!(!body.contains("arn:aws"), "{body}");
        }
    }
}
