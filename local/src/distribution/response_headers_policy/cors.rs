//! CORS headers of a response headers policy. They are set only on responses to CORS requests from allowed origins.
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
        let mut cors = Self {
            origins: origins.to_vec(),
            always: Vec::new(),
            on_preflight: vec![
                header(ACCESS_CONTROL_ALLOW_METHODS, &methods)?,
                header(ACCESS_CONTROL_ALLOW_HEADERS, &allowed.join(", "))?,
            ],
            on_others: Vec::new(),
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
        let Some(origin) = viewer.headers.get(ORIGIN) else { return };
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
        if !any && !named {
            return;
        }
        let allowed = if any { HeaderValue::from_static("*") } else { origin.clone() };
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        let is_preflight =
            viewer.method == http::Method::OPTIONS && viewer.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        let rest = if is_preflight { &self.on_preflight } else { &self.on_others };
        for (name, value) in self.always.iter().chain(rest) {
            headers.insert(name.clone(), value.clone());
        }
    }
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

    #[test]
    fn a_request_without_an_origin_gets_no_header() {
        assert!(apply(&cors("*", true), &[], false, &[]).is_empty());
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
