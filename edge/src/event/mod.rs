//! CloudFront's viewer-request event. Fields that are not needed are forwarded unchanged; a needed field that is malformed
//! is an error, never a panic.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html>

mod body;
mod field;
mod surrogates;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

pub(crate) use body::{Body, INCLUDED_BODY_BYTES};
pub(crate) use field::Field;

/// The only supported event type; others have other rules for headers and bodies.
const VIEWER_REQUEST: &str = "viewer-request";

/// What is wrong with an event. It names fields and quotes no value, because values are the visitor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    /// The event is truncated or not JSON.
    #[error("the event is not JSON")]
    NotJson,
    /// A field is missing or of the wrong type.
    #[error("the event has no valid {0}")]
    Field(&'static str),
    /// The function is associated with another event type than viewer-request.
    #[error("the event is not a viewer-request: associate the function with viewer-request")]
    EventType,
}

/// A viewer request.
#[derive(Debug)]
pub(crate) struct Event {
    config: Map<String, Value>,
    request: Map<String, Value>,
}

impl Event {
    /// Parses the JSON of an event.
    pub(crate) fn parse(json: &str) -> Result<Self, Malformed> {
        let json = surrogates::replace_lone(json);
        let mut event: Value = serde_json::from_str(&json).map_err(|_| Malformed::NotJson)?;
        let cf = event.pointer_mut("/Records/0/cf").ok_or(Malformed::Field("Records[0].cf"))?;
        let mut take = |name| match cf.get_mut(name).map(Value::take) {
            Some(Value::Object(object)) => Some(object),
            _ => None,
        };
        let config = take("config").unwrap_or_default();
        let request = take("request").ok_or(Malformed::Field("request"))?;
        if config.get("eventType").is_some_and(|kind| kind != VIEWER_REQUEST) {
            return Err(Malformed::EventType);
        }
        let event = Self { config, request };
        event.check()?;
        Ok(event)
    }

    fn check(&self) -> Result<(), Malformed> {
        if self.text("method").is_none() {
            return Err(Malformed::Field("request.method"));
        }
        if !self.text("uri").is_some_and(|uri| uri.starts_with('/')) {
            return Err(Malformed::Field("request.uri"));
        }
        if !matches!(self.request.get("querystring"), None | Some(Value::String(_))) {
            return Err(Malformed::Field("request.querystring"));
        }
        if !matches!(self.request.get("headers"), None | Some(Value::Object(_))) {
            return Err(Malformed::Field("request.headers"));
        }
        Ok(())
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.request.get(field)?.as_str()
    }

    /// The method, in the viewer's spelling.
    pub(crate) fn method(&self) -> &str {
        self.text("method").unwrap_or_default()
    }

    /// The path, raw.
    pub(crate) fn uri(&self) -> &str {
        self.text("uri").unwrap_or_default()
    }

    /// The query without its question mark.
    pub(crate) fn querystring(&self) -> &str {
        self.text("querystring").unwrap_or_default()
    }

    /// Replaces the query.
    pub(crate) fn set_querystring(&mut self, query: String) {
        self.request.insert("querystring".to_owned(), query.into());
    }

    /// The distribution's own cloudfront.net name.
    pub(crate) fn distribution_domain_name(&self) -> Option<&str> {
        self.config.get("distributionDomainName")?.as_str()
    }

    /// CloudFront's request id, as in its access log.
    pub(crate) fn request_id(&self) -> Option<&str> {
        self.config.get("requestId")?.as_str()
    }

    /// The header of this name.
    pub(crate) fn header(&self, name: &str) -> Field<'_> {
        Field::from_arrays(self.headers().filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, values)| values))
    }

    fn headers(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.request.get("headers").and_then(Value::as_object).into_iter().flatten()
    }

    /// Sets a header to one value, in place of the viewer's own in any case.
    pub(crate) fn set_header(&mut self, name: &'static str, value: &str) {
        self.delete_header(name);
        let headers = self.request.entry("headers").or_insert_with(|| Value::Object(Map::new()));
        if let Some(headers) = headers.as_object_mut() {
            headers.insert(name.to_owned(), json!([{"key": name, "value": value}]));
        }
    }

    /// Deletes a header in any case.
    pub(crate) fn delete_header(&mut self, name: &str) {
        if let Some(headers) = self.request.get_mut("headers").and_then(Value::as_object_mut) {
            headers.retain(|key, _| !key.eq_ignore_ascii_case(name));
        }
    }

    /// The request that goes on to the cache and the origin.
    pub(crate) fn into_request(self) -> Value {
        Value::Object(self.request)
    }
}
