//! The outcome of a request, as response and as log line.

use std::time::Duration;

use aws_lambda_events::lambda_function_urls::LambdaFunctionUrlResponse;
use http::HeaderValue;
use http::header::ALLOW;
use serde_json::{Value, json};
use vitae_lambda::AllowOrigin;
use vitae_parameters::Problem;
use vitae_parameters::log::{self, Level};
use vitae_parameters::metric::{self, Sample};

use crate::command::{METHODS, Rejection};
use crate::error::Error;

/// How long a browser may reuse a read. CloudFront does not cache it: the behavior `/api/*` has the policy CachingDisabled.
const READ_CACHE: &str = "private, max-age=5";

/// The largest count that is served: JSON readers that use doubles represent it, and everything below it, exactly.
/// <https://www.rfc-editor.org/rfc/rfc8259#section-6>
pub const MAX_COUNT: u64 = 1 << 53;

/// The visits of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCount {
    /// The day, as `2026-11-20`.
    pub day: String,
    /// The number of visits.
    pub count: u64,
}

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The visit is counted, by this request or by an earlier one with the same token.
    Counted {
        /// The total, which includes this visit.
        count: u64,
        /// Whether an earlier request counted it.
        is_replay: bool,
    },
    /// The total was read.
    Read {
        /// The total.
        count: u64,
        /// The requested days, oldest first.
        days: Option<Vec<DayCount>>,
    },
    /// The request is invalid.
    Rejected(Rejection),
    /// The request failed.
    Failed(Error),
}

impl Outcome {
    /// The problem of an error response.
    #[must_use]
    pub const fn problem(&self) -> Option<Problem> {
        match self {
            Self::Counted { .. } | Self::Read { .. } => None,
            Self::Rejected(Rejection::NotFound) => Some(Problem::NotFound),
            Self::Rejected(Rejection::MethodNotAllowed) => Some(Problem::MethodNotAllowed),
            Self::Rejected(Rejection::BadIdempotencyKey(_)) => Some(Problem::BadIdempotencyKey),
            Self::Rejected(Rejection::BadDays(_)) => Some(Problem::BadDays),
            Self::Failed(Error::Unavailable(_)) => Some(Problem::CounterUnavailable),
            Self::Failed(_) => Some(Problem::Internal),
        }
    }

    /// The response.
    #[must_use]
    pub fn response(&self, allow_origin: &AllowOrigin) -> LambdaFunctionUrlResponse {
        if let Some(problem) = self.problem() {
            let mut response = vitae_lambda::problem(problem, allow_origin);
            if problem == Problem::MethodNotAllowed {
                response.headers.insert(ALLOW, HeaderValue::from_static(METHODS));
            }
            return response;
        }
        let cache_control = if matches!(self, Self::Read { .. }) { READ_CACHE } else { "no-store" };
        vitae_lambda::json(&self.body(), cache_control, allow_origin)
    }

    fn body(&self) -> Value {
        match self {
            Self::Read { count, days: Some(days) } => {
                let days: Vec<_> = days.iter().map(|day| json!({"day": day.day, "count": day.count})).collect();
                json!({"count": count, "days": days})
            }
            Self::Read { count, days: None } | Self::Counted { count, .. } => json!({"count": count}),
            Self::Rejected(_) | Self::Failed(_) => Value::Null,
        }
    }

    /// The log line, which for a newly counted visit is also its metric. It holds no address, agent or idempotency key.
    ///
    /// A visit whose first request lost its response has no metric: the counter is exact, the metric is not.
    #[must_use]
    pub fn log_line(&self, now_ms: u64, request_id: &str, duration: Duration) -> Value {
        let (level, event, reason) = match self {
            Self::Counted { .. } => (Level::Info, "visit_counted", None),
            Self::Read { .. } => (Level::Info, "count_read", None),
            Self::Rejected(rejection) => (Level::Warn, "request_rejected", Some(rejection.to_string())),
            Self::Failed(error) => (Level::Error, "request_failed", Some(error.to_string())),
        };
        let mut fields = json!({
            "status": self.problem().map_or(200, Problem::status),
            "durationMs": u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        });
        if let Self::Counted { is_replay, .. } = self {
            fields["replay"] = (*is_replay).into();
        }
        if let Some(problem) = self.problem() {
            fields["code"] = problem.code().into();
        }
        if let Some(reason) = reason {
            fields["reason"] = reason.into();
        }
        let line = log::line(now_ms, level, Some(request_id), event, fields);
        if matches!(self, Self::Counted { is_replay: false, .. }) {
            let sample = Sample::count(metric::PAGE_VIEW, 1);
            return metric::embed(line, now_ms, metric::PAGE_VIEW_NAMESPACE, &[], &[sample]);
        }
        line
    }
}

impl From<Error> for Outcome {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

#[cfg(test)]
mod tests {
    use http::header::CACHE_CONTROL;

    use super::*;
    use crate::day::BadDays;
    use crate::token::BadToken;

    fn outcomes() -> Vec<Outcome> {
        vec![
            Outcome::Counted { count: 7, is_replay: false },
            Outcome::Read { count: 7, days: None },
            Outcome::Rejected(Rejection::NotFound),
            Outcome::Rejected(Rejection::MethodNotAllowed),
            Outcome::Rejected(BadToken::Missing.into()),
            Outcome::Rejected(BadDays.into()),
            Error::Unavailable("throttled".into()).into(),
            Error::Internal("denied".into()).into(),
            Error::TooLarge.into(),
            Error::InvalidEvent.into(),
        ]
    }

    fn response(outcome: &Outcome) -> LambdaFunctionUrlResponse {
        outcome.response(&AllowOrigin::default())
    }

    fn body(response: &LambdaFunctionUrlResponse) -> Value {
        serde_json::from_str(response.body.as_deref().unwrap()).unwrap()
    }

    #[test]
    fn only_a_read_may_be_cached_and_for_five_seconds() {
        for outcome in outcomes() {
            let is_cached = matches!(outcome, Outcome::Read { .. });
            let expected = if is_cached { "private, max-age=5" } else { "no-store" };
            assert_eq!(response(&outcome).headers[CACHE_CONTROL], expected, "{outcome:?}");
        }
    }

    #[test]
    fn a_count_is_a_json_number_up_to_2_to_the_53() {
        let response = response(&Outcome::Counted { count: MAX_COUNT, is_replay: false });
        assert_eq!((response.status_code, response.body.as_deref()), (200, Some(r#"{"count":9007199254740992}"#)));
        assert_eq!(response.headers["content-type"], "application/json");
    }

    #[test]
    fn days_follow_the_count() {
        let days =
            vec![DayCount { day: "2026-11-20".into(), count: 2 }, DayCount { day: "2026-11-21".into(), count: 0 }];
        let response = response(&Outcome::Read { count: 9, days: Some(days) });
        let expected = json!({
            "count": 9,
            "days": [{"day": "2026-11-20", "count": 2}, {"day": "2026-11-21", "count": 0}],
        });
        assert_eq!(body(&response), expected);
    }

    #[test]
    fn every_error_is_the_problem_of_its_code() {
        let responses: Vec<_> = outcomes()
            .iter()
            .filter_map(|outcome| {
                let problem = outcome.problem()?;
                let response = response(outcome);
                assert_eq!(response.headers["content-type"], "application/problem+json");
                assert_eq!(body(&response), problem.body(), "nothing of the request or of DynamoDB's error");
                Some((response.status_code, problem.code()))
            })
            .collect();
        let expected = [
            (400, "not_found"),
            (405, "method_not_allowed"),
            (400, "bad_idempotency_key"),
            (400, "bad_days"),
            (503, "counter_unavailable"),
            (500, "internal"),
            (500, "internal"),
            (500, "internal"),
        ];
        assert_eq!(responses, expected);
    }

    #[test]
    fn retry_after_and_the_allowed_methods_are_sent() {
        assert_eq!(response(&Error::Unavailable(String::new()).into()).headers["retry-after"], "2");
        assert_eq!(response(&Outcome::Rejected(Rejection::MethodNotAllowed)).headers[ALLOW], "GET, HEAD, POST");
    }

    #[test]
    fn a_newly_counted_visit_is_a_line_and_a_metric_and_a_replay_is_only_a_line() {
        let line = |is_replay| {
            Outcome::Counted { count: 3, is_replay }.log_line(1_795_219_199_000, "r-1", Duration::from_millis(12))
        };
        let mut expected = json!({
            "timestamp": "2026-11-20T23:59:59.000Z", "level": "INFO", "requestId": "r-1", "event": "visit_counted",
            "status": 200, "durationMs": 12, "replay": true,
        });
        assert_eq!(line(true), expected);
        expected["replay"] = false.into();
        expected["PageView"] = 1.into();
        expected["_aws"] = json!({
            "Timestamp": 1_795_219_199_000_i64,
            "CloudWatchMetrics": [{
                "Namespace": "CloudResume", "Dimensions": [[]], "Metrics": [{"Name": "PageView", "Unit": "Count"}],
            }],
        });
        assert_eq!(line(false), expected);
    }

    #[test]
    fn an_error_is_logged_with_its_reason_on_one_line() {
        let line = Outcome::from(Error::Internal("a\nb".into())).log_line(0, "r-1", Duration::ZERO);
        assert!(!line.to_string().contains('\n'));
        let fields = [&line["level"], &line["event"], &line["code"], &line["status"]];
        assert_eq!(fields, [&json!("ERROR"), &json!("request_failed"), &json!("internal"), &json!(500)]);
        assert!(line["reason"].as_str().unwrap().ends_with("a\nb"));
    }
}
