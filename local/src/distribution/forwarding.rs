//! What is forwarded to the origin: the union of cache policy and origin request policy.
//!
//! Everything in the cache key is forwarded. An origin request policy, if there is one, adds to it.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-how-origin-request-policies-and-cache-policies-work-together.html>

use aws_sdk_cloudfront::types::{CachePolicyConfig, CookieNames, Headers, OriginRequestPolicyConfig, QueryStringNames};
use http::header::ACCEPT_ENCODING;

use crate::error::Error;
use crate::viewer_headers;
use crate::viewer_request::ViewerRequest;

/// Which names of one kind (headers, cookies, query parameters) are forwarded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Selection {
    #[default]
    None,
    All,
    Only(Vec<String>),
    AllExcept(Vec<String>),
    /// All of the viewer's names, and these that CloudFront generates.
    AllAnd(Vec<String>),
}

impl Selection {
    /// Reads the behavior of a policy for one kind of names. `None` if it is not modelled.
    fn new(behavior: &str, names: &[String]) -> Option<Self> {
        match behavior {
            "none" => Some(Self::None),
            "all" | "allViewer" => Some(Self::All),
            "whitelist" => Some(Self::Only(names.to_vec())),
            "allExcept" => Some(Self::AllExcept(names.to_vec())),
            "allViewerAndWhitelistCloudFront" => Some(Self::AllAnd(names.to_vec())),
            _ => None,
        }
    }

    /// Whether `name` is forwarded; compared byte for byte.
    pub(crate) fn contains(&self, name: &str) -> bool {
        let listed = |names: &[String]| names.iter().any(|listed| listed == name);
        match self {
            Self::None => false,
            Self::All | Self::AllAnd(_) => true,
            Self::Only(names) => listed(names),
            Self::AllExcept(names) => !listed(names),
        }
    }
}

/// The two policies of a behavior.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forwarding {
    /// Header names, in lower case. The first of each pair is the cache policy's, the second the origin
    /// request policy's.
    pub(crate) headers: [Selection; 2],
    pub(crate) cookies: [Selection; 2],
    pub(crate) query: [Selection; 2],
    /// Whether the cache policy enables gzip, and Brotli.
    pub(crate) gzip: bool,
    pub(crate) brotli: bool,
    /// Whether `ForwardedValues` are used in place of policies: `Authorization` is then forwarded with methods that change
    /// something.
    pub(crate) is_legacy: bool,
}

impl Forwarding {
    pub(crate) fn has_header(&self, lower_case_name: &str) -> bool {
        self.headers.iter().any(|selection| selection.contains(lower_case_name))
    }

    pub(crate) fn has_cookie(&self, name: &str) -> bool {
        self.cookies.iter().any(|selection| selection.contains(name))
    }

    pub(crate) fn has_any_cookie(&self) -> bool {
        self.cookies.iter().any(|selection| *selection != Selection::None)
    }

    pub(crate) fn has_parameter(&self, name: &str) -> bool {
        self.query.iter().any(|selection| selection.contains(name))
    }

    /// Whether CloudFront normalises `Accept-Encoding`.
    pub(crate) fn normalises_encodings(&self) -> bool {
        self.gzip || self.brotli
    }

    /// The normalised `Accept-Encoding`, for the cache key and for the origin; `None` if it would be empty.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html>
    pub(crate) fn encoding(&self, viewer: &ViewerRequest) -> Option<&'static str> {
        let value = viewer.headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok())?;
        let accepts = |coding: &str| value.split(',').any(|part| is_acceptable(part, coding));
        match (self.brotli && accepts("br"), self.gzip && accepts("gzip")) {
            (true, true) => Some("br,gzip"),
            (true, false) => Some("br"),
            (false, true) => Some("gzip"),
            (false, false) => None,
        }
    }

    pub(crate) fn from_policies(
        cache: &CachePolicyConfig,
        origin_request: Option<&OriginRequestPolicyConfig>,
    ) -> Result<Self, Error> {
        let mut forwarding = Self::default();
        if let Some(key) = cache.parameters_in_cache_key_and_forwarded_to_origin() {
            forwarding.gzip = key.enable_accept_encoding_gzip();
            forwarding.brotli = key.enable_accept_encoding_brotli().unwrap_or(false);
            if let Some(config) = key.headers_config() {
                let names = config.headers().map(Headers::items).unwrap_or_default();
                let behavior = config.header_behavior().as_str();
                forwarding.headers[0] = match Selection::new(behavior, &lowercase(names)) {
                    Some(selection @ (Selection::None | Selection::Only(_))) => selection,
                    _ => return Err(not_modelled("cache policy header behavior", behavior)),
                };
            }
            if let Some(config) = key.cookies_config() {
                let names = config.cookies().map(CookieNames::items).unwrap_or_default();
                let behavior = config.cookie_behavior().as_str();
                forwarding.cookies[0] = Selection::new(behavior, names)
                    .ok_or_else(|| not_modelled("cache policy cookie behavior", behavior))?;
            }
            if let Some(config) = key.query_strings_config() {
                let names = config.query_strings().map(QueryStringNames::items).unwrap_or_default();
                let behavior = config.query_string_behavior().as_str();
                forwarding.query[0] = Selection::new(behavior, names)
                    .ok_or_else(|| not_modelled("cache policy query string behavior", behavior))?;
            }
        }
        if let Some(config) = origin_request.and_then(OriginRequestPolicyConfig::headers_config) {
            let names = config.headers().map(Headers::items).unwrap_or_default();
            let behavior = config.header_behavior().as_str();
            forwarding.headers[1] = Selection::new(behavior, &lowercase(names))
                .ok_or_else(|| not_modelled("origin request policy header behavior", behavior))?;
        }
        if let Some(config) = origin_request.and_then(OriginRequestPolicyConfig::cookies_config) {
            let names = config.cookies().map(CookieNames::items).unwrap_or_default();
            let behavior = config.cookie_behavior().as_str();
            forwarding.cookies[1] = Selection::new(behavior, names)
                .ok_or_else(|| not_modelled("origin request policy cookie behavior", behavior))?;
        }
        if let Some(config) = origin_request.and_then(OriginRequestPolicyConfig::query_strings_config) {
            let names = config.query_strings().map(QueryStringNames::items).unwrap_or_default();
            let behavior = config.query_string_behavior().as_str();
            forwarding.query[1] = Selection::new(behavior, names)
                .ok_or_else(|| not_modelled("origin request policy query string behavior", behavior))?;
        }
        forwarding.check_generated_headers()?;
        Ok(forwarding)
    }

    /// The headers that a policy names and that CloudFront generates from the viewer, in lower case.
    pub(crate) fn generated_headers(&self) -> impl Iterator<Item = &str> {
        let names = self.headers.iter().flat_map(|selection| match selection {
            Selection::Only(names) | Selection::AllAnd(names) => names.as_slice(),
            Selection::None | Selection::All | Selection::AllExcept(_) => &[],
        });
        names.map(String::as_str).filter(|name| name.starts_with("cloudfront-"))
    }

    pub(super) fn check_generated_headers(&self) -> Result<(), Error> {
        match self.generated_headers().find(|name| !viewer_headers::is_modelled(name)) {
            Some(name) => Err(Error::NotModelled { what: format!("the header {name}, which CloudFront generates") }),
            None => Ok(()),
        }
    }
}

/// Whether an element of `Accept-Encoding` names the coding with a weight other than 0, which means "not acceptable".
///
/// Source: RFC 9110, section 12.4.2
fn is_acceptable(element: &str, coding: &str) -> bool {
    let mut parts = element.split(';').map(str::trim);
    let is_named = parts.next() == Some(coding);
    let is_zero =
        |weight: &str| weight.strip_prefix('0').is_some_and(|rest| rest.bytes().all(|b| b == b'.' || b == b'0'));
    let mut weights =
        parts.filter_map(|part| part.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q")));
    is_named && !weights.any(|(_, weight)| is_zero(weight.trim()))
}

fn lowercase(names: &[String]) -> Vec<String> {
    names.iter().map(|name| name.to_ascii_lowercase()).collect()
}

fn not_modelled(what: &str, value: &str) -> Error {
    Error::NotModelled { what: format!("{what} {value:?}") }
}

#[cfg(test)]
mod tests {
    use super::{Forwarding, Selection, is_acceptable};

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_either_policy_names_is_forwarded() {
        let forwarding = Forwarding {
            headers: [Selection::Only(names(&["x-a"])), Selection::AllExcept(names(&["host", "x-a"]))],
            ..Forwarding::default()
        };
        assert!(forwarding.has_header("x-a"));
        assert!(forwarding.has_header("x-b"));
        assert!(!forwarding.has_header("host"));
    }

    #[test]
    fn a_coding_with_weight_zero_is_not_acceptable() {
        for element in
            ["br;q=0", " br ; q=0", "br;q=0.0", "br;q=0.000", "br;Q=0", "br;q = 0", "gzip", "", "br2", "q=1;br"]
        {
            assert!(!is_acceptable(element, "br"), "{element}");
        }
        for element in ["br", " br ", "br;q=1", "br;q=0.001", "br;q=0.5", "br;q=1.000", "br;level=0"] {
            assert!(is_acceptable(element, "br"), "{element}");
        }
    }

    #[test]
    fn nothing_is_forwarded_by_default() {
        let forwarding = Forwarding::default();
        assert!(!forwarding.has_header("accept") && !forwarding.has_cookie("a") && !forwarding.has_parameter("a"));
        assert!(!forwarding.has_any_cookie());
    }

    #[test]
    fn a_generated_header_without_a_local_value_is_refused_by_name() {
        let forwarding = |name: &str| Forwarding {
            headers: [Selection::None, Selection::AllAnd(names(&[name]))],
            ..Forwarding::default()
        };
        assert!(forwarding("cloudfront-viewer-country").check_generated_headers().is_ok());
        let error = forwarding("cloudfront-viewer-ja4-fingerprint").check_generated_headers().unwrap_err().to_string();
        assert!(error.starts_with("not modelled locally: ") && error.contains("ja4"), "{error}");
    }
}
