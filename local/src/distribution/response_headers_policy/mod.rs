//! Response headers policies: headers removed from and added to the viewer's response.
//!
//! Headers are removed first, then added. The origin's header stays unless the policy's entry overrides it.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html>

mod cors;
mod server_timing;

use aws_sdk_cloudfront::types::{
    ResponseHeadersPolicyConfig as Config, ResponseHeadersPolicySecurityHeadersConfig as SecurityConfig,
};
use http::header::{HeaderMap, HeaderName, HeaderValue, STRICT_TRANSPORT_SECURITY};

use crate::error::Error;
use crate::result_type::ResultType;
use crate::viewer_request::ViewerRequest;
use cors::Cors;
use server_timing::ServerTiming;

/// What a policy changes in a response.
#[derive(Debug, Default)]
pub(crate) struct ResponseHeadersPolicy {
    cors: Option<Cors>,
    server_timing: Option<ServerTiming>,
    remove: Vec<HeaderName>,
    add: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: HeaderName,
    value: HeaderValue,
    over_origin: bool,
}

impl ResponseHeadersPolicy {
    /// # Errors
    /// A name or value is not valid in a header.
    pub(crate) fn from_config(config: &Config) -> Result<Self, Error> {
        let refused = |name: &str| Error::Refused {
            what: format!("header {name:?} of the response headers policy {:?}", config.name()),
        };
        let mut policy = Self {
            server_timing: config.server_timing_headers_config().and_then(ServerTiming::from_config),
            ..Self::default()
        };
        if let Some(cors) = config.cors_config() {
            policy.cors = Some(Cors::from_config(cors).map_err(|name| refused(name.as_str()))?);
        }
        for header in config.remove_headers_config().map_or(&[][..], |remove| remove.items()) {
            policy.remove.push(header.header().parse().map_err(|_| refused(header.header()))?);
        }
        for (name, value, over_origin) in config.security_headers_config().map(security_headers).unwrap_or_default() {
            let value = HeaderValue::from_str(&value).map_err(|_| refused(name))?;
            policy.add.push(Entry { name: HeaderName::from_static(name), value, over_origin });
        }
        for header in config.custom_headers_config().map_or(&[][..], |custom| custom.items()) {
            let name = header.header().parse().map_err(|_| refused(header.header()))?;
            let value = HeaderValue::from_str(header.value()).map_err(|_| refused(header.header()))?;
            policy.add.push(Entry { name, value, over_origin: header.r#override() });
        }
        Ok(policy)
    }

    /// Applies the policy to any response, redirects to HTTPS and errors included. Over plain HTTP there is no
    /// `Strict-Transport-Security` (captures of redirects of carpentries.org, 2024, and secariolabs.com, 2022).
    pub(crate) fn apply(
        &self,
        viewer: &ViewerRequest,
        is_plain_http: bool,
        headers: &mut HeaderMap,
        result: ResultType,
        request_id: &str,
    ) {
        self.apply_fixed(is_plain_http, headers);
        if let Some(cors) = &self.cors {
            cors.apply(viewer, headers);
        }
        if let Some(timing) = &self.server_timing {
            timing.apply(viewer, result, request_id, headers);
        }
    }

    /// Applies the headers that are the same for every response.
    fn apply_fixed(&self, is_plain_http: bool, headers: &mut HeaderMap) {
        for name in &self.remove {
            headers.remove(name);
        }
        let add = self.add.iter().filter(|entry| !(is_plain_http && entry.name == STRICT_TRANSPORT_SECURITY));
        for entry in add {
            if entry.over_origin || !headers.contains_key(&entry.name) {
                headers.insert(entry.name.clone(), entry.value.clone());
            }
        }
    }
}

/// The security headers, as name, value and override.
fn security_headers(config: &SecurityConfig) -> Vec<(&'static str, String, bool)> {
    let mut headers = Vec::new();
    if let Some(csp) = config.content_security_policy() {
        headers.push(("content-security-policy", csp.content_security_policy().to_owned(), csp.r#override()));
    }
    if let Some(options) = config.content_type_options() {
        headers.push(("x-content-type-options", "nosniff".to_owned(), options.r#override()));
    }
    if let Some(frame) = config.frame_options() {
        headers.push(("x-frame-options", frame.frame_option().as_str().to_owned(), frame.r#override()));
    }
    if let Some(referrer) = config.referrer_policy() {
        headers.push(("referrer-policy", referrer.referrer_policy().as_str().to_owned(), referrer.r#override()));
    }
    if let Some(sts) = config.strict_transport_security() {
        let subdomains = if sts.include_subdomains() == Some(true) { "; includeSubDomains" } else { "" };
        let preload = if sts.preload() == Some(true) { "; preload" } else { "" };
        let value = format!("max-age={}{subdomains}{preload}", sts.access_control_max_age_sec());
        headers.push(("strict-transport-security", value, sts.r#override()));
    }
    if let Some(xss) = config.xss_protection() {
        let mut value = if xss.protection() { "1" } else { "0" }.to_owned();
        if xss.mode_block() == Some(true) {
            value.push_str("; mode=block");
        }
        if let Some(uri) = xss.report_uri().filter(|uri| !uri.is_empty()) {
            value.push_str("; report=");
            value.push_str(uri);
        }
        headers.push(("x-xss-protection", value, xss.r#override()));
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::{Config, ResponseHeadersPolicy};
    use aws_sdk_cloudfront::types as t;
    use http::HeaderValue;
    use http::header::HeaderMap;

    fn policy(over_origin: bool) -> ResponseHeadersPolicy {
        let custom =
            t::ResponseHeadersPolicyCustomHeader::builder().header("X-A").value("policy").r#override(over_origin);
        let sts = t::ResponseHeadersPolicyStrictTransportSecurity::builder().access_control_max_age_sec(31_536_000);
        let sts = sts.include_subdomains(true).r#override(over_origin).build().unwrap();
        let remove = t::ResponseHeadersPolicyRemoveHeader::builder().header("X-Powered-By").build().unwrap();
        let config = Config::builder()
            .name("p")
            .security_headers_config(
                t::ResponseHeadersPolicySecurityHeadersConfig::builder().strict_transport_security(sts).build(),
            )
            .custom_headers_config(
                t::ResponseHeadersPolicyCustomHeadersConfig::builder()
                    .quantity(1)
                    .items(custom.build().unwrap())
                    .build()
                    .unwrap(),
            )
            .remove_headers_config(
                t::ResponseHeadersPolicyRemoveHeadersConfig::builder().quantity(1).items(remove).build().unwrap(),
            )
            .build()
            .unwrap();
        ResponseHeadersPolicy::from_config(&config).unwrap()
    }

    fn origin() -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-a", HeaderValue::from_static("origin"));
        headers.insert("x-powered-by", HeaderValue::from_static("coffee"));
        headers
    }

    #[test]
    fn the_origins_header_stays_unless_the_policy_overrides_it() {
        let mut kept = origin();
        policy(false).apply_fixed(false, &mut kept);
        assert_eq!(kept["x-a"], "origin");
        let mut replaced = origin();
        policy(true).apply_fixed(false, &mut replaced);
        assert_eq!(replaced["x-a"], "policy");
    }

    #[test]
    fn headers_are_removed_and_added() {
        let mut headers = origin();
        policy(false).apply_fixed(false, &mut headers);
        assert!(!headers.contains_key("x-powered-by"));
        assert_eq!(headers["strict-transport-security"], "max-age=31536000; includeSubDomains");
    }

    /// Captures of redirects to HTTPS: carpentries.org, February 2024, and secariolabs.com, 2022.
    #[test]
    fn over_plain_http_there_is_no_strict_transport_security() {
        let mut headers = origin();
        policy(true).apply_fixed(true, &mut headers);
        assert!(!headers.contains_key("strict-transport-security"));
        assert_eq!(headers["x-a"], "policy");
    }
}
