//! The response to a preflight. A preflight never counts and never signs.
//!
//! <https://fetch.spec.whatwg.org/#cors-preflight-fetch>

use vitae_parameters::Problem;

use crate::event::Field;
use crate::response::Response;
use crate::route::{Method, Route};

/// How long a browser may cache the response, in seconds: the longest that Chromium honours.
/// <https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Access-Control-Max-Age>
const MAX_AGE_S: &str = "7200";

/// Responds to a preflight, or to a bare `OPTIONS`, of an allowed origin.
pub(crate) fn respond(route: &Route, method: &Field<'_>, headers: &Field<'_>) -> Result<Response, Problem> {
    let accepts_method = match method {
        Field::Absent => true,
        Field::One(method) => route.endpoint(Method::parse(method)).is_some(),
        Field::Several(_) => false,
    };
    if !accepts_method || !headers.elements().all(|name| route.accepts_header(name)) {
        return Err(Problem::PreflightRefused);
    }
    Ok(Response::no_content()
        .with_header("Access-Control-Allow-Methods", route.allowed_methods())
        .with_header("Access-Control-Allow-Headers", route.allowed_headers())
        .with_header("Access-Control-Max-Age", MAX_AGE_S))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::ROUTES;

    const COUNT: &Route = &ROUTES[0];
    const CV: &Route = &ROUTES[1];
    const LINK_REQUEST: &Route = &ROUTES[2];
    const LINK: &Route = &ROUTES[3];

    fn send(route: &Route, method: &str, headers: &str) -> Result<Response, Problem> {
        let headers = if headers == "absent" { Field::Absent } else { Field::One(headers) };
        respond(route, &Field::One(method), &headers)
    }

    #[test]
    fn methods_and_headers_of_the_route_are_allowed() {
        for (route, method, headers) in [
            (COUNT, "POST", "idempotency-key"),
            (COUNT, "POST", "content-type,idempotency-key"),
            (COUNT, "POST", "Content-Type, Idempotency-Key"),
            (COUNT, "GET", "absent"),
            (COUNT, "HEAD", ""),
            (CV, "GET", "accept"),
            (LINK_REQUEST, "POST", "accept,content-type"),
            (LINK, "POST", "absent"),
        ] {
            let response = send(route, method, headers).unwrap().into_json();
            assert_eq!(response["status"], "204");
            assert_eq!(response.get("body"), None);
            assert_eq!(response["headers"]["access-control-max-age"][0]["value"], "7200");
            let methods = response["headers"]["access-control-allow-methods"][0]["value"].as_str().unwrap();
            assert!(methods.split(", ").any(|one| one == method), "{methods}");
        }
    }

    #[test]
    fn other_methods_and_headers_are_refused() {
        for (route, method, headers) in [
            (CV, "POST", "absent"),
            (COUNT, "DELETE", "absent"),
            (COUNT, "post", "absent"),
            (COUNT, "", "absent"),
            (COUNT, "OPTIONS", "absent"),
            (COUNT, "POST", "authorization"),
            (COUNT, "POST", "idempotency-key,x-vitae-allow-origin"),
            (COUNT, "POST", "*"),
            (CV, "GET", "idempotency-key"),
            (LINK_REQUEST, "GET", "absent"),
            (LINK, "POST", "x-vitae-site"),
        ] {
            assert_eq!(send(route, method, headers), Err(Problem::PreflightRefused), "{method} {headers}");
        }
    }

    #[test]
    fn a_repeated_method_is_refused() {
        let twice = Field::Several(vec!["GET", "GET"]);
        assert_eq!(respond(CV, &twice, &Field::Absent), Err(Problem::PreflightRefused));
    }

    #[test]
    fn a_bare_options_request_gets_a_response() {
        assert!(respond(CV, &Field::Absent, &Field::Absent).is_ok());
    }
}
