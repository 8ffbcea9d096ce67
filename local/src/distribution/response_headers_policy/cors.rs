//! CORS headers of a response headers policy. They are set only on responses to CORS requests from allowed origins.
//!
//! A request that is not simple (its method, or a header that is not safelisted) gets them only if the policy allows its
//! method and its headers, also if it is not a preflight. A request without `Origin` gets `Vary: Origin`. Both were
//! observed: AWS Support's explanation of `SimpleCORS` of May 2024, and captures without `Origin` of 2024 to 2026.
//!
//! If the origin's response has any CORS header, either none of the policy's is set, or, with origin
//! override, all of the origin's are removed. Headers that only preflights use are set only on responses to
//! preflights.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html>

use aws_sdk_cloudfront::types::{
    ResponseHeadersPolicyAccessControlAllowMethodsValues as Method, ResponseHeadersPolicyCorsConfig,
};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
    HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
};

use crate::viewer_request::ViewerRequest;
use crate::wildcard;

const ALL: [HeaderName; 6] = [
    ACCESS_CONTROL_ALLOW_CREDENTIALS,
    ACCESS_CONTROL_ALLOW_HEADERS,
    ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE,
];
/// The methods that `ALL` means in a policy.
const EVERY_METHOD: &str = "GET, HEAD, PUT, POST, DELETE, OPTIONS, PATCH";

#[derive(Debug)]
pub(super) struct Cors {
    /// `*` is a wildcard; `*` alone allows any origin.
    origins: Vec<String>,
    always: Vec<(HeaderName, HeaderValue)>,
    on_preflight: Vec<(HeaderName, HeaderValue)>,
    on_others: Vec<(HeaderName, HeaderValue)>,
    /// The methods and the headers, in lower case, of requests that are not simple. `*` is any.
    methods: Vec<String>,
    headers: Vec<String>,
    over_origin: bool,
}

impl Cors {
    /// # Errors
    /// The name of a header whose value is not valid.
    pub(super) fn from_config(config: &ResponseHeadersPolicyCorsConfig) -> Result<Self, HeaderName> {
        let header = |name: HeaderName, value: &str| {
            HeaderValue::from_str(value).map(|value| (name.clone(), value)).map_err(|_| name)
        };
        let origins = config.access_control_allow_origins().map_or(&[][..], |origins| origins.items());
        let allowed = config.access_control_allow_headers().map_or(&[][..], |headers| headers.items());
        let methods = config.access_control_allow_methods().map_or(&[][..], |methods| methods.items());
        let exposed = config.access_control_expose_headers().map_or(&[][..], |headers| headers.items());
        let methods = if methods.contains(&Method::All) {
            EVERY_METHOD.to_owned()
        } else {
            methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", ")
        };
        let accepted = methods.split(", ").map(ToOwned::to_owned).collect();
        let mut cors = Self {
            origins: origins.to_vec(),
            always: Vec::new(),
            on_preflight: vec![
                header(ACCESS_CONTROL_ALLOW_METHODS, &methods)?,
                header(ACCESS_CONTROL_ALLOW_HEADERS, &allowed.join(", "))?,
            ],
            on_others: Vec::new(),
            methods: accepted,
            headers: allowed.iter().map(|name| name.to_ascii_lowercase()).collect(),
            over_origin: config.origin_override(),
        };
        if config.access_control_allow_credentials() {
            cors.always.push(header(ACCESS_CONTROL_ALLOW_CREDENTIALS, "true")?);
        }
        if let Some(seconds) = config.access_control_max_age_sec() {
            cors.on_preflight.push(header(ACCESS_CONTROL_MAX_AGE, &seconds.to_string())?);
        }
        if !exposed.is_empty() {
            cors.on_others.push(header(ACCESS_CONTROL_EXPOSE_HEADERS, &exposed.join(", "))?);
        }
        Ok(cors)
    }

    pub(super) fn apply(&self, viewer: &ViewerRequest, headers: &mut HeaderMap) {
        let Some(origin) = viewer.headers.get(ORIGIN) else {
            headers.append(VARY, HeaderValue::from_static("Origin"));
            return;
        };
        if !self.over_origin && ALL.iter().any(|name| headers.contains_key(name)) {
            return;
        }
        let any = self.origins.iter().any(|allowed| allowed == "*");
        let named =
            origin.to_str().is_ok_and(|origin| self.origins.iter().any(|allowed| wildcard::matches(allowed, origin)));
        for name in &ALL {
            headers.remove(name);
        }
        if !any {
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
        if (!any && !named) || !self.accepts(viewer) {
            return;
        }
        let allowed = if any { HeaderValue::from_static("*") } else { origin.clone() };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        let rest = if is_preflight(viewer) { &self.on_preflight } else { &self.on_others };
        for (name, value) in self.always.iter().chain(rest) {
            headers.insert(name.clone(), value.clone());
        }
    }

    /// Whether the request is a preflight, or its method and its headers are safelisted or allowed by the policy.
    fn accepts(&self, viewer: &ViewerRequest) -> bool {
        use http::Method as M;
        let has_method = [M::GET, M::HEAD, M::POST].contains(&viewer.method)
            || self.methods.iter().any(|method| method == viewer.method.as_str());
        let has_header = |name: &HeaderName| {
            is_safelisted(name, viewer) || self.headers.iter().any(|allowed| wildcard::matches(allowed, name.as_str()))
        };
        is_preflight(viewer) || (has_method && viewer.headers.keys().all(has_header))
    }
}

fn is_preflight(viewer: &ViewerRequest) -> bool {
    viewer.method == http::Method::OPTIONS && viewer.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Whether a header makes no request a preflighted one: it is safelisted, or only a browser can set it.
///
/// Source: <https://fetch.spec.whatwg.org/#cors-safelisted-request-header> and `#forbidden-request-header`. A range is
/// safelisted only if it is a single one; this does not look at the value.
fn is_safelisted(name: &HeaderName, viewer: &ViewerRequest) -> bool {
    const SAFELISTED: [&str; 4] = ["accept", "accept-language", "content-language", "range"];
    const FORMS: [&str; 3] = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
    /// Forbidden for scripts, or added by the connection.
    const BROWSERS_OWN: [&str; 17] = [
        "accept-charset",
        "accept-encoding",
        "connection",
        "content-length",
        "cookie",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "priority",
        "referer",
        "te",
        "transfer-encoding",
        "upgrade-insecure-requests",
        "user-agent",
    ];
    /// A cache in front of this one adds them to every request.
    const PROXIES: [&str; 2] = ["via", "x-forwarded-for"];
    let name = name.as_str();
    if name == "content-type" {
        let value = viewer.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        return FORMS.contains(&essence.as_str());
    }
    SAFELISTED.contains(&name)
        || BROWSERS_OWN.contains(&name)
        || PROXIES.contains(&name)
        || name.starts_with("sec-")
        || name.starts_with("proxy-")
        || name.starts_with("if-")
}

#[cfg(test)]
mod tests {
    use super::Cors;
    use crate::viewer_request::ViewerRequest;
    use aws_sdk_cloudfront::types as t;
    use http::{HeaderMap, HeaderValue, Method};

    fn cors(origin: &str, over_origin: bool) -> Cors {
        let origins = t::ResponseHeadersPolicyAccessControlAllowOrigins::builder().quantity(1).items(origin);
        let headers = t::ResponseHeadersPolicyAccessControlAllowHeaders::builder().quantity(1).items("X-A");
        let methods = t::ResponseHeadersPolicyAccessControlAllowMethods::builder()
            .quantity(1)
            .items(t::ResponseHeadersPolicyAccessControlAllowMethodsValues::All);
        let exposed = t::ResponseHeadersPolicyAccessControlExposeHeaders::builder().quantity(1).items("X-B");
        let config = t::ResponseHeadersPolicyCorsConfig::builder()
            .access_control_allow_origins(origins.build().unwrap())
            .access_control_allow_headers(headers.build().unwrap())
            .access_control_allow_methods(methods.build().unwrap())
            .access_control_expose_headers(exposed.build().unwrap())
            .access_control_allow_credentials(origin != "*")
            .access_control_max_age_sec(600)
            .origin_override(over_origin);
        Cors::from_config(&config.build().unwrap()).unwrap()
    }

    fn apply(
        cors: &Cors,
        request: &[(&'static str, &'static str)],
        preflight: bool,
        response: &[(&'static str, &'static str)],
    ) -> HeaderMap {
        let mut viewer = ViewerRequest::get("/a", "", request);
        if preflight {
            viewer.method = Method::OPTIONS;
            viewer.headers.insert("access-control-request-method", HeaderValue::from_static("PUT"));
        }
        let mut headers: HeaderMap =
            response.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect();
        cors.apply(&viewer, &mut headers);
        headers
    }

    const ORIGIN: [(&str, &str); 1] = [("origin", "https://a.example")];

    /// Captures without `Origin`: gallformers, February 2026, carpentries.org, February 2024, and Hugging Face, October 2026.
    #[test]
    fn a_request_without_an_origin_gets_only_vary() {
        for origin in ["*", "https://a.example"] {
            let headers = apply(&cors(origin, true), &[], false, &[]);
            assert_eq!((headers.len(), &headers["vary"]), (1, &HeaderValue::from_static("Origin")), "{origin}");
        }
    }

    /// AWS Support's transcript of May 2024: with `SimpleCORS`, `Cache-Control: no-cache` makes a request one that is not
    /// simple, and it gets no CORS header.
    #[test]
    fn a_request_that_is_not_simple_needs_the_permission_of_the_policy() {
        let simple = cors("*", true);
        let with = |header: (&'static str, &'static str)| apply(&simple, &[ORIGIN[0], header], false, &[]);
        for header in [("cache-control", "no-cache"), ("pragma", "no-cache"), ("content-type", "application/json")] {
            assert!(with(header).is_empty(), "{header:?}");
        }
        for header in
            [("x-a", "1"), ("accept", "*/*"), ("content-type", "text/plain; charset=utf-8"), ("sec-fetch-mode", "cors")]
        {
            assert_eq!(with(header)["access-control-allow-origin"], "*", "{header:?}");
        }
    }

    #[test]
    fn an_allowed_origin_is_echoed_and_another_gets_no_header() {
        let allowed = apply(&cors("https://*.example", true), &ORIGIN, false, &[]);
        assert_eq!(allowed["access-control-allow-origin"], "https://a.example");
        assert_eq!(
            (&allowed["access-control-allow-credentials"], &allowed["vary"]),
            (&HeaderValue::from_static("true"), &HeaderValue::from_static("Origin"))
        );
        let refused = apply(&cors("https://b.example", true), &ORIGIN, false, &[]);
        assert_eq!((refused.len(), &refused["vary"]), (1, &HeaderValue::from_static("Origin")));
    }

    #[test]
    fn a_preflight_gets_methods_headers_and_age_and_other_responses_the_exposed_headers() {
        let preflight = apply(&cors("*", true), &ORIGIN, true, &[]);
        assert_eq!(preflight["access-control-allow-origin"], "*");
        assert_eq!(preflight["access-control-allow-methods"], "GET, HEAD, PUT, POST, DELETE, OPTIONS, PATCH");
        assert_eq!(
            (&preflight["access-control-allow-headers"], &preflight["access-control-max-age"]),
            (&HeaderValue::from_static("X-A"), &HeaderValue::from_static("600"))
        );
        assert!(!preflight.contains_key("access-control-expose-headers") && !preflight.contains_key("vary"));
        let other = apply(&cors("*", true), &ORIGIN, false, &[]);
        assert_eq!(other["access-control-expose-headers"], "X-B");
        assert!(!other.contains_key("access-control-allow-methods"));
    }

    #[test]
    fn the_policy_yields_to_the_origins_cors_headers_unless_it_overrides_them() {
        let own = [("access-control-max-age", "5")];
        let kept = apply(&cors("*", false), &ORIGIN, false, &own);
        assert_eq!((kept.len(), &kept["access-control-max-age"]), (1, &HeaderValue::from_static("5")));
        let overridden = apply(&cors("*", true), &ORIGIN, false, &own);
        assert!(
            !overridden.contains_key("access-control-max-age")
                && overridden.contains_key("access-control-allow-origin")
        );
        assert!(apply(&cors("*", false), &ORIGIN, false, &[]).contains_key("access-control-allow-origin"));
    }
}
