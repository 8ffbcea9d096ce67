//! The answer to a preflight. It never counts and never mints.
//!
//! <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

use crate::answer::{Answer, Problem, Status};
use crate::event::Field;
use crate::route::{Method, Route};

/// How long a browser may remember the answer, in seconds: the most that Chromium heeds.
/// <https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Access-Control-Max-Age>
const MAX_AGE_S: &str = "7200";

/// Answers a preflight, or a bare `OPTIONS`, of an allowed origin.
pub(crate) fn answer(route: Route, method: &Field<'_>, headers: &Field<'_>) -> Result<Answer, Problem> {
    let takes_method = match method {
        Field::Absent => true,
        Field::One(method) => route.methods().contains(&Method::of(method)),
        Field::Several(_) => false,
    };
    let takes = |header: &str| route.request_headers().iter().any(|name| name.eq_ignore_ascii_case(header));
    if !takes_method || !headers.elements().all(takes) {
        return Err(Problem::PreflightRefused);
    }
    Ok(Answer::new(Status::NoContent)
        .with_header("Access-Control-Allow-Methods", route.methods_list())
        .with_header("Access-Control-Allow-Headers", route.request_headers_list())
        .with_header("Access-Control-Max-Age", MAX_AGE_S))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(route: Route, method: &str, headers: &str) -> Result<Answer, Problem> {
        let headers = if headers == "absent" { Field::Absent } else { Field::One(headers) };
        answer(route, &Field::One(method), &headers)
    }

    #[test]
    fn what_the_route_takes_is_granted() {
        for (route, method, headers) in [
            (Route::Count, "POST", "idempotency-key"),
            (Route::Count, "POST", "content-type,idempotency-key"),
            (Route::Count, "POST", "Content-Type, Idempotency-Key"),
            (Route::Count, "GET", "absent"),
            (Route::Count, "HEAD", ""),
            (Route::Cv, "GET", "accept"),
        ] {
            let response = ask(route, method, headers).unwrap().into_response();
            assert_eq!(response["status"], "204");
            assert_eq!(response.get("body"), None);
            assert_eq!(response["headers"]["access-control-max-age"][0]["value"], "7200");
            let methods = response["headers"]["access-control-allow-methods"][0]["value"].as_str().unwrap();
            assert!(methods.split(", ").any(|one| one == method), "{methods}");
        }
    }

    #[test]
    fn what_the_route_does_not_take_is_refused() {
        for (route, method, headers) in [
            (Route::Cv, "POST", "absent"),
            (Route::Count, "DELETE", "absent"),
            (Route::Count, "post", "absent"),
            (Route::Count, "", "absent"),
            (Route::Count, "OPTIONS", "absent"),
            (Route::Count, "POST", "authorization"),
            (Route::Count, "POST", "idempotency-key,x-vitae-allow-origin"),
            (Route::Count, "POST", "*"),
            (Route::Cv, "GET", "idempotency-key"),
        ] {
            assert_eq!(ask(route, method, headers), Err(Problem::PreflightRefused), "{method} {headers}");
        }
    }

    #[test]
    fn a_method_asked_twice_is_refused() {
        let twice = Field::Several(vec!["GET", "GET"]);
        assert_eq!(answer(Route::Cv, &twice, &Field::Absent), Err(Problem::PreflightRefused));
    }

    #[test]
    fn a_bare_options_request_is_answered_too() {
        assert!(answer(Route::Cv, &Field::Absent, &Field::Absent).is_ok());
    }
}
