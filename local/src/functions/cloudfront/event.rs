//! The event object that a function receives.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html>

use http::header::{COOKIE, SET_COOKIE};
use serde::{Deserialize, Serialize};

use super::header_rules::{text, visible};
use super::ordered::Ordered;
use super::{FunctionError, ViewerRequestEvent, ViewerResponseEvent};

/// A query parameter, a header or a cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Field {
    /// The first value, usually the only one.
    pub(crate) value: String,
    /// All values, including the first, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) multi_value: Option<Vec<Value>>,
    /// `Path=/; Secure`; only for a response's cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attributes: Option<String>,
}

/// One of several values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Value {
    pub(crate) value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attributes: Option<String>,
}

impl Value {
    fn new(value: String) -> Self {
        Self { value, attributes: None }
    }
}

/// The parsed parts of a request.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Request {
    method: String,
    uri: String,
    /// Names and values in the viewer's encoding.
    pub(crate) querystring: Ordered<Field>,
    /// Without `cookie`.
    pub(crate) headers: Ordered<Field>,
    pub(crate) cookies: Ordered<Field>,
}

impl Request {
    pub(crate) fn new(event: &ViewerRequestEvent) -> Self {
        let query = event.querystring.split('&').filter(|pair| !pair.is_empty()).map(split_pair);
        let headers = visible(&event.headers)
            .filter(|(name, _)| *name != COOKIE)
            .map(|(name, value)| (name.as_str().to_owned(), Value::new(text(value).into_owned())));
        let cookie = event.headers.get_all(COOKIE).iter().map(text).collect::<Vec<_>>().join(";");
        let cookies = cookie.split(';').map(str::trim).filter(|pair| !pair.is_empty()).map(split_pair);
        Self {
            method: event.method.to_string(),
            uri: event.uri.clone(),
            querystring: fields(query),
            headers: fields(headers),
            cookies: fields(cookies),
        }
    }
}

/// The parsed parts of a response.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response {
    status_code: u16,
    status_description: &'static str,
    /// Without `set-cookie`.
    pub(crate) headers: Ordered<Field>,
    pub(crate) cookies: Ordered<Field>,
}

impl Response {
    pub(crate) fn new(event: &ViewerResponseEvent) -> Self {
        let headers = visible(&event.headers)
            .filter(|(name, _)| *name != SET_COOKIE)
            .map(|(name, value)| (name.as_str().to_owned(), Value::new(text(value).into_owned())));
        let cookies = event.headers.get_all(SET_COOKIE).iter().map(|cookie| {
            let cookie = text(cookie);
            let (pair, attributes) = match cookie.split_once(';') {
                Some((pair, attributes)) => (pair, Some(attributes.trim().to_owned())),
                None => (&*cookie, None),
            };
            let (name, value) = split_pair(pair);
            (name, Value { attributes, ..value })
        });
        Self {
            status_code: event.status.as_u16(),
            status_description: event.status.canonical_reason().unwrap_or_default(),
            headers: fields(headers),
            cookies: fields(cookies),
        }
    }
}

/// The event as JSON: a viewer response if there is a `response`, else a viewer request.
pub(crate) fn to_json(
    event: &ViewerRequestEvent,
    request: &Request,
    response: Option<&Response>,
) -> Result<String, FunctionError> {
    #[derive(Serialize)]
    struct Event<'a> {
        version: &'static str,
        context: serde_json::Value,
        viewer: serde_json::Value,
        request: &'a Request,
        #[serde(skip_serializing_if = "Option::is_none")]
        response: Option<&'a Response>,
    }
    let event = Event {
        version: "1.0",
        context: serde_json::json!({
            "distributionDomainName": event.distribution_domain_name,
            "distributionId": event.distribution_id,
            "eventType": if response.is_some() { "viewer-response" } else { "viewer-request" },
            "requestId": event.request_id,
        }),
        viewer: serde_json::json!({ "ip": event.viewer_ip }),
        request,
        response,
    };
    serde_json::to_string(&event)
        .map_err(|error| FunctionError::Execution(format!("cannot serialise the event: {error}")))
}

fn split_pair(pair: &str) -> (String, Value) {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (name.to_owned(), Value::new(value.to_owned()))
}

/// Groups the values by name, in the order in which each name first occurs.
fn fields(pairs: impl Iterator<Item = (String, Value)>) -> Ordered<Field> {
    let mut fields: Vec<(String, Field)> = Vec::new();
    for (name, Value { value, attributes }) in pairs {
        match fields.iter_mut().find(|(known, _)| *known == name) {
            None => fields.push((name, Field { value, multi_value: None, attributes })),
            Some((_, field)) => field
                .multi_value
                .get_or_insert_with(|| vec![Value { value: field.value.clone(), attributes: field.attributes.clone() }])
                .push(Value { value, attributes }),
        }
    }
    Ordered(fields)
}
