//! What there is under `/api/`, and what each part of it takes.

/// A path of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/api/count`: the visit counter.
    Count,
    /// `/api/cv`: the mint.
    Cv,
    /// Anything else.
    Unknown,
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

impl Method {
    /// Reads a method.
    pub(crate) fn of(text: &str) -> Self {
        match text {
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "POST" => Self::Post,
            "OPTIONS" => Self::Options,
            _ => Self::Other,
        }
    }

    /// Its name; `other` for any that no route takes.
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

impl Route {
    /// The route of a raw path. Another spelling of a path (`/api/%63v`, `//api/cv`) is another path.
    pub(crate) fn of(uri: &str) -> Self {
        match uri {
            "/api/count" => Self::Count,
            "/api/cv" => Self::Cv,
            _ => Self::Unknown,
        }
    }

    /// Its name in logs.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Cv => "cv",
            Self::Unknown => "unknown",
        }
    }

    /// The methods that do its work.
    pub(crate) const fn methods(self) -> &'static [Method] {
        match self {
            Self::Count => &[Method::Get, Method::Head, Method::Post],
            Self::Cv => &[Method::Get, Method::Head],
            Self::Unknown => &[],
        }
    }

    /// The methods as `Access-Control-Allow-Methods` lists them.
    pub(crate) const fn methods_list(self) -> &'static str {
        match self {
            Self::Count => "GET, HEAD, POST",
            Self::Cv => "GET, HEAD",
            Self::Unknown => "",
        }
    }

    /// All it answers, as `Allow` lists it.
    pub(crate) const fn allow(self) -> &'static str {
        match self {
            Self::Count => "GET, HEAD, OPTIONS, POST",
            Self::Cv => "GET, HEAD, OPTIONS",
            Self::Unknown => "",
        }
    }

    /// The headers that a page may set on its request, in lower case. `accept` is here because an unusual value of it
    /// needs a preflight: <https://fetch.spec.whatwg.org/#cors-safelisted-request-header>
    pub(crate) const fn request_headers(self) -> &'static [&'static str] {
        match self {
            Self::Count => &["accept", "content-type", "idempotency-key"],
            Self::Cv => &["accept"],
            Self::Unknown => &[],
        }
    }

    /// Those headers as `Access-Control-Allow-Headers` lists them.
    pub(crate) const fn request_headers_list(self) -> &'static str {
        match self {
            Self::Count => "accept, content-type, idempotency-key",
            Self::Cv => "accept",
            Self::Unknown => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_path_is_a_route() {
        assert_eq!((Route::of("/api/count"), Route::of("/api/cv")), (Route::Count, Route::Cv));
        let long = format!("/api/{}", "a".repeat(9000));
        for uri in
            ["/api", "/api/", "/api/cv/", "/api/CV", "//api/cv", "/api/%63v", "/api/x/../cv", "/api/counter", &long]
        {
            assert_eq!(Route::of(uri), Route::Unknown, "{uri}");
        }
    }

    #[test]
    fn a_method_in_lower_case_is_another_method() {
        assert_eq!(Method::of("get"), Method::Other);
        assert_eq!(Method::of(""), Method::Other);
    }

    #[test]
    fn the_lists_say_what_the_route_takes() {
        for route in [Route::Count, Route::Cv, Route::Unknown] {
            let methods: Vec<_> = route.methods().iter().map(|method| method.as_str()).collect();
            assert_eq!(route.methods_list(), methods.join(", "));
            assert_eq!(route.request_headers_list(), route.request_headers().join(", "));
            let mut all = methods;
            if route != Route::Unknown {
                all.push("OPTIONS");
            }
            all.sort_unstable();
            assert_eq!(route.allow(), all.join(", "));
        }
    }
}
