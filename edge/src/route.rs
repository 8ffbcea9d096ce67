//! The routes of the edge function, as one table.
//!
//! `Allow`, `Access-Control-Allow-Methods` and `Access-Control-Allow-Headers` derive from it. A new route is a row here, its
//! rows in `decision/table.md`, and what [`Target`] does with it.

use vitae_parameters::is_link_code;

use Method::{Get, Head, Post};

/// A path and what it accepts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// The name in logs and in the decision table.
    pub(crate) name: &'static str,
    path: Path,
    /// What the route accepts, `OPTIONS` aside.
    endpoints: &'static [Endpoint],
    /// The headers that a page may set on its request, in lower case. `accept` is here because an unusual value of it needs
    /// a preflight: <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
    request_headers: &'static [&'static str],
}

/// The raw paths of a route. Another spelling of a path (`/api/%63v`, `//api/cv`) is another path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Path {
    /// This one.
    Exact(&'static str),
    /// `/l/<code>`. The code is a secret.
    NamedLink,
    /// `/inbox/<id>`. The id is a secret of the visitor.
    Upload,
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
    /// Goes on to the links function, which responds with the page of a named link.
    ShowLink,
    /// Goes on to the links function, which records one open and redirects to the document.
    OpenLink,
    /// Goes on to the links function, which sends a named link by e-mail.
    RequestLink,
    /// Goes on to the inbox function, which returns the form of an upload.
    CreateUpload,
    /// Goes on to the inbox function, which reads the status of an upload.
    ShowUpload,
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
pub(crate) const ROUTES: [Route; 6] = [
    Route {
        name: "count",
        path: Path::Exact("/api/count"),
        endpoints: &[
            endpoint(Get, Access::NoForeignOrigin, Target::ReadCount),
            endpoint(Head, Access::NoForeignOrigin, Target::ReadCount),
            endpoint(Post, Access::AllowedOrigin, Target::CountVisit),
        ],
        request_headers: &["accept", "content-type", "idempotency-key"],
    },
    Route {
        name: "cv",
        path: Path::Exact("/api/cv"),
        endpoints: &[
            endpoint(Get, Access::OwnSite, Target::SignLink),
            endpoint(Head, Access::OwnSite, Target::SignLink),
        ],
        request_headers: &["accept"],
    },
    Route {
        name: "link-request",
        path: Path::Exact("/l/request"),
        endpoints: &[endpoint(Post, Access::AllowedOrigin, Target::RequestLink)],
        request_headers: &["accept", "content-type"],
    },
    Route {
        name: "link",
        path: Path::NamedLink,
        endpoints: &[
            endpoint(Get, Access::NoForeignOrigin, Target::ShowLink),
            endpoint(Head, Access::NoForeignOrigin, Target::ShowLink),
            endpoint(Post, Access::AllowedOrigin, Target::OpenLink),
        ],
        request_headers: &["accept", "content-type"],
    },
    Route {
        name: "inbox",
        path: Path::Exact("/inbox"),
        endpoints: &[endpoint(Post, Access::AllowedOrigin, Target::CreateUpload)],
        request_headers: &["accept", "content-type"],
    },
    Route {
        name: "upload",
        path: Path::Upload,
        endpoints: &[
            endpoint(Get, Access::NoForeignOrigin, Target::ShowUpload),
            endpoint(Head, Access::NoForeignOrigin, Target::ShowUpload),
        ],
        request_headers: &["accept"],
    },
];

/// The folder of named links.
const LINKS: &str = "/l/";

/// The folder of uploads.
const UPLOADS: &str = "/inbox/";

impl Route {
    /// The route of a raw path.
    pub(crate) fn find(uri: &str) -> Option<&'static Self> {
        ROUTES.iter().find(|route| route.path.matches(uri))
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

impl Path {
    fn matches(self, uri: &str) -> bool {
        match self {
            Self::Exact(path) => path == uri,
            Self::NamedLink => uri.strip_prefix(LINKS).is_some_and(is_link_code),
            // An id has the form of a code: 16 random bytes in base64url.
            Self::Upload => uri.strip_prefix(UPLOADS).is_some_and(is_link_code),
        }
    }
}

/// Whether a person may have followed the path: a named link, or what a mail program left of one.
pub(crate) fn is_below_links(uri: &str) -> bool {
    uri.starts_with(LINKS)
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
        for (uri, name) in [
            ("/api/count", "count"),
            ("/api/cv", "cv"),
            ("/l/request", "link-request"),
            ("/l/AAAAAAAAAAAAAAAAAAAA-_", "link"),
            ("/inbox", "inbox"),
            ("/inbox/AAAAAAAAAAAAAAAAAAAA-_", "upload"),
        ] {
            assert_eq!(Route::find(uri).map(|route| route.name), Some(name), "{uri}");
        }
        let long = format!("/api/{}", "a".repeat(9000));
        for uri in
            ["/api", "/api/", "/api/cv/", "/api/CV", "//api/cv", "/api/%63v", "/api/x/../cv", "/api/counter", &long]
        {
            assert_eq!(Route::find(uri), None, "{uri}");
        }
        for uri in [
            "/l",
            "/l/",
            "/l/request/",
            "/l/AAAAAAAAAAAAAAAAAAAAA",
            "/l/AAAAAAAAAAAAAAAAAAAAAAA",
            "/l/AAAAAAAAAAAAAAAAAAAAAA/",
            "//l/AAAAAAAAAAAAAAAAAAAAAA",
            "/l/AAAAAAAAAAAAAAAAAAA%41",
            "/inbox/",
            "/inboxes",
            "/inbox/AAAAAAAAAAAAAAAAAAAAA",
            "/inbox/AAAAAAAAAAAAAAAAAAAA-_/",
            "/INBOX",
        ] {
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
        let [count, cv, request, link, inbox, upload] = &ROUTES;
        assert_eq!(
            (count.allowed_methods(), count.allow()),
            ("GET, HEAD, POST".into(), "GET, HEAD, OPTIONS, POST".into())
        );
        assert_eq!((cv.allowed_methods(), cv.allow()), ("GET, HEAD".into(), "GET, HEAD, OPTIONS".into()));
        assert_eq!(count.allowed_headers(), "accept, content-type, idempotency-key");
        assert_eq!(cv.allowed_headers(), "accept");
        assert_eq!((request.allowed_methods(), request.allow()), ("POST".into(), "OPTIONS, POST".into()));
        assert_eq!(link.allow(), "GET, HEAD, OPTIONS, POST");
        assert_eq!((inbox.allow(), upload.allow()), ("OPTIONS, POST".into(), "GET, HEAD, OPTIONS".into()));
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
