//! Headers that CloudFront generates from the viewer, if a policy names them.
//!
//! Unless other properties are set, the viewer is in Seattle, as in the examples of AWS's documentation.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html>

use std::collections::BTreeMap;

use http::header::USER_AGENT;
use http::{HeaderName, HeaderValue};

use crate::viewer_request::{VIEWER_ADDRESS, ViewerRequest};

/// The default country.
const COUNTRY: &str = "US";

/// The headers whose value does not depend on the request, with their defaults.
const FIXED: [(&str, &str); 11] = [
    ("cloudfront-viewer-asn", "16509"),
    ("cloudfront-viewer-city", "Seattle"),
    ("cloudfront-viewer-country", COUNTRY),
    ("cloudfront-viewer-country-name", "United States"),
    ("cloudfront-viewer-country-region", "WA"),
    ("cloudfront-viewer-country-region-name", "Washington"),
    ("cloudfront-viewer-latitude", "47.60620"),
    ("cloudfront-viewer-longitude", "-122.33210"),
    ("cloudfront-viewer-metro-code", "819"),
    ("cloudfront-viewer-postal-code", "98101"),
    ("cloudfront-viewer-time-zone", "America/Los_Angeles"),
];
/// What the names of the headers in [`FIXED`] begin with.
const PREFIX: &str = "cloudfront-viewer-";

/// Where the viewer is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewerProperties {
    /// By header. With a country, no other property has a default.
    values: BTreeMap<String, String>,
}

impl ViewerProperties {
    /// Parses `country=DE,city=Berlin`. The names are those of the headers, without `CloudFront-Viewer-`.
    ///
    /// # Errors
    /// A message that names the part that is not valid.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut values = BTreeMap::new();
        for part in text.split(',') {
            let (name, value) = part.split_once('=').ok_or_else(|| format!("{part:?} is not NAME=VALUE"))?;
            let header = format!("{PREFIX}{}", name.trim().to_ascii_lowercase());
            if !FIXED.iter().any(|(fixed, _)| *fixed == header) {
                let names: Vec<&str> = FIXED.iter().map(|(fixed, _)| &fixed[PREFIX.len()..]).collect();
                return Err(format!("{name:?} is not a property of a viewer; use {}", names.join(", ")));
            }
            if HeaderValue::from_str(value).is_err() {
                return Err(format!("{value:?} is not valid in a header"));
            }
            values.insert(header, value.to_owned());
        }
        Ok(Self { values })
    }

    /// The viewer's country, which geographic restrictions compare too.
    pub(crate) fn country(&self) -> &str {
        self.values.get("cloudfront-viewer-country").map_or(COUNTRY, String::as_str)
    }

    fn fixed(&self, name: &str) -> Option<&str> {
        let default =
            FIXED.iter().find(|(fixed, _)| *fixed == name && !self.values.contains_key("cloudfront-viewer-country"));
        self.values.get(name).map(String::as_str).or(default.map(|(_, value)| *value))
    }
}

/// A port of the viewer. The real one is not known here.
const PORT: u16 = 46_532;

/// Whether the header has a value here.
pub(crate) fn is_modelled(name: &str) -> bool {
    let viewer = Viewer { user_agent: "", is_tls: false, is_http2: false, headers: 0 };
    value(name, &viewer, &ViewerProperties::default()).is_some()
}

/// Sets the named headers, in place of any that the viewer sent.
pub(crate) fn set<'a>(
    request: &mut ViewerRequest,
    names: impl Iterator<Item = &'a str>,
    properties: &ViewerProperties,
    is_tls: bool,
    is_http2: bool,
) {
    let user_agent =
        request.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let viewer = Viewer { user_agent: &user_agent, is_tls, is_http2, headers: request.headers.len() };
    for name in names {
        let header = HeaderName::from_bytes(name.as_bytes()).ok();
        let Some(header) = header else { continue };
        match value(name, &viewer, properties).and_then(|value| HeaderValue::from_str(&value).ok()) {
            Some(value) => {
                request.headers.insert(header, value);
            }
            None => {
                request.headers.remove(header);
            }
        }
    }
}

struct Viewer<'a> {
    user_agent: &'a str,
    is_tls: bool,
    is_http2: bool,
    headers: usize,
}

fn value(name: &str, viewer: &Viewer<'_>, properties: &ViewerProperties) -> Option<String> {
    if let Some(value) = properties.fixed(name) {
        return Some(value.to_owned());
    }
    let agent = |part: &str| viewer.user_agent.contains(part);
    let is_tablet = agent("iPad") || (agent("Android") && !agent("Mobile"));
    let is_mobile = !is_tablet && agent("Mobi");
    let is_tv = agent("SmartTV") || agent("SMART-TV") || agent("HbbTV") || agent("AppleTV");
    let device = match name {
        "cloudfront-is-android-viewer" => agent("Android"),
        "cloudfront-is-ios-viewer" => agent("iPhone") || agent("iPad") || agent("iPod"),
        "cloudfront-is-mobile-viewer" => is_mobile,
        "cloudfront-is-tablet-viewer" => is_tablet,
        "cloudfront-is-smarttv-viewer" => is_tv,
        "cloudfront-is-desktop-viewer" => !is_mobile && !is_tablet && !is_tv,
        _ => {
            return match name {
                "cloudfront-forwarded-proto" => Some(if viewer.is_tls { "https" } else { "http" }.to_owned()),
                "cloudfront-viewer-address" => Some(format!("{VIEWER_ADDRESS}:{PORT}")),
                "cloudfront-viewer-header-count" => Some(viewer.headers.to_string()),
                "cloudfront-viewer-http-version" => Some(if viewer.is_http2 { "2.0" } else { "1.1" }.to_owned()),
                "cloudfront-viewer-tls" => Some("TLSv1.3:TLS_AES_128_GCM_SHA256:fullHandshake".to_owned()),
                _ => None,
            };
        }
    };
    Some(device.to_string())
}

#[cfg(test)]
mod tests {
    use super::{ViewerProperties, is_modelled, set};
    use crate::viewer_request::ViewerRequest;

    fn with(user_agent: &'static str, name: &'static str) -> String {
        with_properties(user_agent, name, &ViewerProperties::default()).unwrap()
    }

    fn with_properties(user_agent: &'static str, name: &'static str, properties: &ViewerProperties) -> Option<String> {
        let mut request = ViewerRequest::get("/", "", &[("user-agent", user_agent), (name, "forged")]);
        set(&mut request, std::iter::once(name), properties, true, false);
        request.headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn properties_replace_the_defaults_and_a_country_removes_the_others() {
        let berlin = ViewerProperties::parse("country=DE,city=Berlin").unwrap();
        assert_eq!(berlin.country(), "DE");
        assert_eq!(with_properties("x", "cloudfront-viewer-city", &berlin).unwrap(), "Berlin");
        assert_eq!(with_properties("x", "cloudfront-viewer-time-zone", &berlin), None);
        let asn = ViewerProperties::parse("asn=1").unwrap();
        assert_eq!(with_properties("x", "cloudfront-viewer-city", &asn).unwrap(), "Seattle");
        for (text, reason) in
            [("country", "NAME=VALUE"), ("planet=Mars", "use asn, city, country"), ("city=a\nb", "header")]
        {
            assert!(ViewerProperties::parse(text).unwrap_err().contains(reason), "{text}");
        }
    }

    #[test]
    fn generated_headers_replace_the_viewers_own() {
        assert_eq!(with("x", "cloudfront-viewer-country"), "US");
        assert_eq!(with("x", "cloudfront-forwarded-proto"), "https");
        assert_eq!(with("x", "cloudfront-viewer-http-version"), "1.1");
    }

    #[test]
    fn the_device_comes_from_the_user_agent() {
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 Safari/604.1";
        let tablet = "Mozilla/5.0 (Linux; Android 13; Tab) Safari/537.36";
        for (agent, mobile, tablet, desktop) in [
            (phone, "true", "false", "false"),
            (tablet, "false", "true", "false"),
            ("curl/8", "false", "false", "true"),
        ] {
            assert_eq!(with(agent, "cloudfront-is-mobile-viewer"), mobile, "{agent}");
            assert_eq!(with(agent, "cloudfront-is-tablet-viewer"), tablet, "{agent}");
            assert_eq!(with(agent, "cloudfront-is-desktop-viewer"), desktop, "{agent}");
        }
    }

    #[test]
    fn fingerprints_have_no_local_value() {
        assert!(is_modelled("cloudfront-viewer-city") && !is_modelled("cloudfront-viewer-ja3-fingerprint"));
    }
}
