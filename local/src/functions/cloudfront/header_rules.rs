//! Which headers a function sees, and which it may change.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html>, "HTTP headers".

use std::borrow::Cow;

use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::functions::edge_headers::{READ_ONLY_IN_VIEWER_REQUEST, is_disallowed};

/// Read-only in a viewer-response event: a function may neither add, change nor delete them.
const READ_ONLY_IN_VIEWER_RESPONSE: [&str; 2] = ["via", "warning"];

/// The headers that a function sees.
pub(crate) fn visible(headers: &HeaderMap) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
    headers.iter().filter(|(name, _)| !is_disallowed(name.as_str()))
}

/// The headers that a function does not see. They stay in a request that it forwards.
pub(crate) fn hidden(headers: &HeaderMap) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
    headers.iter().filter(|(name, _)| is_disallowed(name.as_str()))
}

/// A header's value as text for JSON: bytes that are not UTF-8 become U+FFFD. [`header_value`] restores them.
pub(crate) fn text(value: &HeaderValue) -> Cow<'_, str> {
    String::from_utf8_lossy(value.as_bytes())
}

/// The `index`-th value of `name` that a function returned: the viewer's own bytes if the function did not change it.
pub(crate) fn header_value(
    sent: &HeaderMap,
    name: &HeaderName,
    index: usize,
    returned: &str,
) -> Result<HeaderValue, String> {
    match sent.get_all(name).iter().nth(index) {
        Some(value) if text(value) == returned => Ok(value.clone()),
        _ => HeaderValue::from_str(returned)
            .or_else(|_| HeaderValue::from_bytes(returned.as_bytes()))
            .map_err(|_| format!("the value of the header {name} contains control characters")),
    }
}

/// The rules for the headers of a request that a viewer-request function returns.
pub(crate) fn check_request_headers(sent: &HeaderMap, returned: &HeaderMap) -> Result<(), String> {
    refuse_disallowed(returned)?;
    refuse_changes(sent, returned, &READ_ONLY_IN_VIEWER_REQUEST, "viewer requests")
}

/// The rules for the headers of a response that a viewer-response function returns.
pub(crate) fn check_viewer_response_headers(sent: &HeaderMap, returned: &HeaderMap) -> Result<(), String> {
    refuse_disallowed(returned)?;
    refuse_changes(sent, returned, &READ_ONLY_IN_VIEWER_RESPONSE, "viewer responses")?;
    if !sent.get_all(CONTENT_LENGTH).iter().eq(returned.get_all(CONTENT_LENGTH)) {
        return Err("a changed content-length is not modelled locally".to_owned());
    }
    Ok(())
}

fn refuse_changes(sent: &HeaderMap, returned: &HeaderMap, read_only: &[&str], event: &str) -> Result<(), String> {
    match read_only.iter().find(|name| !sent.get_all(**name).iter().eq(returned.get_all(**name))) {
        Some(name) => {
            Err(format!("the function added, changed or deleted the header {name}, which is read-only in {event}"))
        }
        None => Ok(()),
    }
}

/// The rules for the headers of a response that a viewer-request function generates.
pub(crate) fn check_response_headers(returned: &HeaderMap) -> Result<(), String> {
    refuse_disallowed(returned)?;
    match READ_ONLY_IN_VIEWER_REQUEST.iter().find(|name| returned.contains_key(**name)) {
        Some(name) => Err(format!("the function set the header {name}, which is read-only in viewer requests")),
        None => Ok(()),
    }
}

fn refuse_disallowed(returned: &HeaderMap) -> Result<(), String> {
    match returned.keys().find(|name| is_disallowed(name.as_str())) {
        Some(name) => Err(format!("the function set the header {name}, which edge functions may not set")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use http::header::{HOST, HeaderName};
    use http::{HeaderMap, HeaderValue};

    use super::{check_request_headers, check_response_headers, header_value, hidden, text, visible};

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in fields {
            map.append(*name, HeaderValue::from_static(value));
        }
        map
    }

    #[test]
    fn hidden_headers_are_not_visible() {
        let all =
            headers(&[("connection", "close"), ("x-edge-location", "x"), ("x-amz-cf-id", "x"), ("accept", "*/*")]);
        assert_eq!(visible(&all).map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["accept"]);
        assert_eq!(hidden(&all).count(), 3);
    }

    #[test]
    fn a_read_only_header_may_not_be_added_changed_or_deleted() {
        let sent = headers(&[("host", "a.example")]);
        assert_eq!(check_request_headers(&sent, &sent), Ok(()));
        for returned in
            [headers(&[]), headers(&[("host", "b.example")]), headers(&[("host", "a.example"), ("via", "1.1 x")])]
        {
            assert!(check_request_headers(&sent, &returned).unwrap_err().contains("read-only"), "{returned:?}");
        }
        assert!(check_response_headers(&headers(&[("content-length", "3")])).unwrap_err().contains("content-length"));
    }

    #[test]
    fn a_disallowed_header_may_not_be_set() {
        for name in ["x-cache", "x-edge-anything", "x-amz-cf-pop", "x-forwarded-proto"] {
            let returned = headers(&[(name, "x")]);
            assert!(check_request_headers(&HeaderMap::new(), &returned).unwrap_err().contains(name));
            assert!(check_response_headers(&returned).unwrap_err().contains(name));
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_survive_a_function_that_does_not_change_them() {
        let name = HeaderName::from_static("x-name");
        let mut sent = HeaderMap::new();
        sent.insert(name.clone(), HeaderValue::from_bytes(b"caf\xe9").unwrap());
        let shown = text(&sent[&name]).into_owned();
        assert_eq!(shown, "caf\u{fffd}");
        assert_eq!(header_value(&sent, &name, 0, &shown).unwrap().as_bytes(), b"caf\xe9");
        assert_eq!(header_value(&sent, &name, 0, "caf\u{e9}").unwrap().as_bytes(), "caf\u{e9}".as_bytes());
        assert!(header_value(&sent, &HOST, 0, "a\r\nb: c").unwrap_err().contains("host"));
    }
}
