//! The routes of the API, as one table.
//!
//! `Allow`, `Access-Control-Allow-Methods` and `Access-Control-Allow-Headers` derive from it. A new route is a row here, its
//! rows in `decision/table.md`, and what [`Target`] does with it.

use Method::{Get, Head, Post};

/// A path of the API.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// The name in logs and in the decision table.
    pub(crate) name: &'static str,
    /// The raw path. Another spelling of a path (`/api/%63v`, `//api/cv`) is another path.
    path: &'static str,
    /// What the route accepts, `OPTIONS` aside.
    endpoints: &'static [Endpoint],
    /// The headers that a page may set on its request, in lower case. `accept` is here because an unusual value of it needs
    /// a preflight: <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
    request_headers: &'static [&'static str],
}

/// A method of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    method: Method,
    /// Which requests are accepted.
    pub(crate) access: Access,
    /// What an accepted request does.
    pub(crate) target: Target,
}

/// Which requests an endpoint accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Only from an allowed origin.
    AllowedOrigin,
    /// From an allowed origin, or without `Origin`.
    NoForeignOrigin,
    /// From an allowed origin, or without `Origin` if `Sec-Fetch-Site` shows a request of the site's own or a navigation.
    OwnSite,
}

/// What an accepted request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Goes on to the counter, which reads.
    ReadCount,
    /// Goes on to the counter, which counts one visit.
    CountVisit,
    /// Returns a signed link to the CV.
    SignLink,
}

/// A method, in its registered spelling; methods are case-sensitive.
/// <https://www.rfc-editor.org/rfc/rfc9110#section-9.1>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `OPTIONS`
    Options,
    /// Any other.
    Other,
}

const fn endpoint(method: Method, access: Access, target: Target) -> Endpoint {
    Endpoint { method, access, target }
}

/// Every route.
pub(crate) const ROUTES: [Route; 2] = [
    Route {
        name: "count",
        path: "/api/count",
        endpoints: &[
            endpoint(Get, Access::NoForeignOrigin, Target::ReadCount),
            endpoint(Head, Access::NoForeignOrigin, Target::ReadCount),
            endpoint(Post, Access::AllowedOrigin, Target::CountVisit),
        ],
        request_headers: &["accept", "content-type", "idempotency-key"],
    },
    Route {
        name: "cv",
        path: "/api/cv",
        endpoints: &[
            endpoint(Get, Access::OwnSite, Target::SignLink),
            endpoint(Head, Access::OwnSite, Target::SignLink),
        ],
        request_headers: &["accept"],
    },
];

impl Route {
    /// The route of a raw path.
    pub(crate) fn find(uri: &str) -> Option<&'static Self> {
        ROUTES.iter().find(|route| route.path == uri)
    }

    /// The endpoint of a method.
    pub(crate) fn endpoint(&self, method: Method) -> Option<Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.method == method).copied()
    }

    /// Whether a page may set this header on its request.
    pub(crate) fn accepts_header(&self, name: &str) -> bool {
        self.request_headers.iter().any(|accepted| accepted.eq_ignore_ascii_case(name))
    }

    /// `Access-Control-Allow-Methods`.
    pub(crate) fn allowed_methods(&self) -> String {
        self.methods().collect::<Vec<_>>().join(", ")
    }

    /// `Access-Control-Allow-Headers`.
    pub(crate) fn allowed_headers(&self) -> String {
        self.request_headers.join(", ")
    }

    /// `Allow`.
    pub(crate) fn allow(&self) -> String {
        let mut methods: Vec<_> = self.methods().chain([Method::Options.as_str()]).collect();
        methods.sort_unstable();
        methods.join(", ")
    }

    fn methods(&self) -> impl Iterator<Item = &'static str> {
        self.endpoints.iter().map(|endpoint| endpoint.method.as_str())
    }
}

impl Method {
    /// Reads a method.
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "OPTIONS" => Self::Options,
            _ => Self::Other,
        }
    }

    /// The name; `other` for a method that no route accepts.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Options => "OPTIONS",
            Self::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_path_is_a_route() {
        let names = ["/api/count", "/api/cv"].map(|uri| Route::find(uri).map(|route| route.name));
        assert_eq!(names, [Some("count"), Some("cv")]);
        let long = format!("/api/{}", "a".repeat(9000));
        for uri in
            ["/api", "/api/", "/api/cv/", "/api/CV", "//api/cv", "/api/%63v", "/api/x/../cv", "/api/counter", &long]
        {
            assert_eq!(Route::find(uri), None, "{uri}");
        }
    }

    #[test]
    fn a_method_in_lower_case_is_another_method() {
        assert_eq!(Method::parse("get"), Method::Other);
        assert_eq!(Method::parse(""), Method::Other);
    }

    #[test]
    fn response_headers_list_what_a_route_accepts() {
        let [count, cv] = &ROUTES;
        assert_eq!(
            (count.allowed_methods(), count.allow()),
            ("GET, HEAD, POST".into(), "GET, HEAD, OPTIONS, POST".into())
        );
        assert_eq!((cv.allowed_methods(), cv.allow()), ("GET, HEAD".into(), "GET, HEAD, OPTIONS".into()));
        assert_eq!(count.allowed_headers(), "accept, content-type, idempotency-key");
        assert_eq!(cv.allowed_headers(), "accept");
    }

    #[test]
    fn no_path_and_no_method_of_a_route_is_listed_twice() {
        for (index, route) in ROUTES.iter().enumerate() {
            assert!(ROUTES[..index].iter().all(|other| other.path != route.path && other.name != route.name));
            for (index, endpoint) in route.endpoints.iter().enumerate() {
                assert!(route.endpoints[..index].iter().all(|other| other.method != endpoint.method));
            }
        }
    }
}
