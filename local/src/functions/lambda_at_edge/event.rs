//! The events that functions receive.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html>

use aws_smithy_types::base64;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

use super::{EventConfig, Trigger};
use crate::distribution::OriginConfig;
use crate::functions::edge_headers;
use crate::viewer_request::{VIEWER_ADDRESS, ViewerRequest};

/// A request event. On origin request, the request is the one to the origin.
pub(super) fn request(
    request: &ViewerRequest,
    origin: Option<&OriginConfig>,
    trigger: Trigger,
    config: EventConfig<'_>,
    include_body: bool,
) -> Value {
    event(trigger, config, request_json(request, origin, trigger, include_body), None)
}

/// A response event.
pub(super) fn response(
    request: &ViewerRequest,
    origin: Option<&OriginConfig>,
    status: StatusCode,
    response_headers: &HeaderMap,
    trigger: Trigger,
    config: EventConfig<'_>,
) -> Value {
    let response = json!({
        "status": status.as_str(),
        "statusDescription": status.canonical_reason().unwrap_or_default(),
        "headers": headers(response_headers),
    });
    event(trigger, config, request_json(request, origin, trigger, false), Some(response))
}

fn event(trigger: Trigger, config: EventConfig<'_>, request: Value, response: Option<Value>) -> Value {
    let mut event = json!({
        "config": {
            "distributionDomainName": config.distribution_domain_name,
            "distributionId": config.distribution_id,
            "eventType": trigger.name(),
            "requestId": config.request_id,
        },
    });
    event["request"] = request;
    if let Some(response) = response {
        event["response"] = response;
    }
    json!({ "Records": [{ "cf": event }] })
}

fn request_json(request: &ViewerRequest, origin: Option<&OriginConfig>, trigger: Trigger, include_body: bool) -> Value {
    let mut request_json = json!({
        "clientIp": VIEWER_ADDRESS.to_string(),
        "headers": headers(&request.headers),
        "method": request.method.as_str(),
        "querystring": request.query,
        "uri": request.path,
    });
    if include_body {
        let seen = &request.body[..request.body.len().min(trigger.body_max())];
        request_json["body"] = json!({
            "inputTruncated": seen.len() < request.body.len(),
            "action": "read-only",
            "encoding": "base64",
            "data": base64::encode(seen),
        });
    }
    if let Some(origin) = origin {
        request_json["origin"] = super::origin::to_json(origin);
    }
    request_json
}

/// One element per value. Keys are in CloudFront's title case, because HTTP/2 does not preserve case.
pub(super) fn headers(map: &HeaderMap) -> Map<String, Value> {
    let mut headers = Map::new();
    for (name, value) in map {
        let name = name.as_str();
        if edge_headers::is_disallowed(name) {
            continue;
        }
        let element = json!({ "key": edge_headers::title_case(name), "value": text(value.as_bytes()) });
        match headers.entry(name).or_insert_with(|| json!([])) {
            Value::Array(elements) => elements.push(element),
            _ => unreachable!("every entry is an array"),
        }
    }
    headers
}

/// UTF-8, or ISO-8859-1 if it is not valid UTF-8, as in CloudFront.
fn text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{EventConfig, Trigger};
    use crate::distribution::OriginConfig;
    use crate::viewer_request::ViewerRequest;
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, Method};
    use serde_json::json;

    const CONTEXT: EventConfig<'_> =
        EventConfig { distribution_domain_name: "d111.cloudfront.net", distribution_id: "E1", request_id: "id==" };

    fn viewer_request(request: &ViewerRequest, config: EventConfig<'_>, include_body: bool) -> serde_json::Value {
        super::request(request, None, Trigger::ViewerRequest, config, include_body)
    }

    fn request(body: Vec<u8>) -> ViewerRequest {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("localhost:8787"));
        headers.append("x-twice", HeaderValue::from_static("1"));
        headers.append("x-twice", HeaderValue::from_bytes(b"\xfc").unwrap());
        headers.insert("x-forwarded-proto", HeaderValue::from_static("gopher"));
        ViewerRequest {
            method: Method::POST,
            scheme: "http",
            host: "localhost:8787".to_owned(),
            path: "/api/%63ount".to_owned(),
            query: "days=30".to_owned(),
            headers,
            body: Bytes::from(body),
        }
    }

    #[test]
    fn the_event_has_the_documented_shape() {
        assert_eq!(
            viewer_request(&request(Vec::new()), CONTEXT, false),
            json!({ "Records": [{ "cf": {
                "config": {
                    "distributionDomainName": "d111.cloudfront.net",
                    "distributionId": "E1",
                    "eventType": "viewer-request",
                    "requestId": "id==",
                },
                "request": {
                    "clientIp": "127.0.0.1",
                    "method": "POST",
                    "uri": "/api/%63ount",
                    "querystring": "days=30",
                    "headers": {
                        "host": [{ "key": "Host", "value": "localhost:8787" }],
                        "x-twice": [{ "key": "X-Twice", "value": "1" }, { "key": "X-Twice", "value": "ü" }],
                    },
                },
            } }] })
        );
    }

    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html>, "Example origin
    /// request" and "Example origin response".
    #[test]
    fn origin_events_have_the_origin_and_response_events_the_response() {
        let origin = OriginConfig::bucket("site");
        let event = super::request(&request(Vec::new()), Some(&origin), Trigger::OriginRequest, CONTEXT, false);
        let cf = &event["Records"][0]["cf"];
        assert_eq!(cf["config"]["eventType"], "origin-request");
        assert_eq!(
            cf["request"]["origin"],
            json!({ "s3": {
                "authMethod": "none",
                "customHeaders": {},
                "domainName": "site.s3.us-east-1.amazonaws.com",
                "path": "",
                "region": "us-east-1",
            } })
        );
        let mut headers = HeaderMap::new();
        headers.insert("etag", HeaderValue::from_static("\"1\""));
        headers.insert("x-amz-cf-id", HeaderValue::from_static("hidden"));
        let status = http::StatusCode::NOT_FOUND;
        let event = super::response(&request(Vec::new()), None, status, &headers, Trigger::ViewerResponse, CONTEXT);
        let cf = &event["Records"][0]["cf"];
        assert_eq!(
            cf["response"],
            json!({
                "status": "404",
                "statusDescription": "Not Found",
                "headers": { "etag": [{ "key": "Etag", "value": "\"1\"" }] },
            })
        );
        assert!(cf["request"].get("origin").is_none() && cf["request"].get("body").is_none());
    }

    #[test]
    fn a_body_is_base64_and_truncated_at_40_kb() {
        let body = |bytes: Vec<u8>| {
            viewer_request(&request(bytes), CONTEXT, true)["Records"][0]["cf"]["request"]["body"].clone()
        };
        assert_eq!(
            body(b"hi".to_vec()),
            json!({ "inputTruncated": false, "action": "read-only", "encoding": "base64", "data": "aGk=" })
        );
        assert_eq!(body(vec![0; 40_960])["inputTruncated"], false);
        let truncated = body(vec![0; 40_961]);
        assert_eq!(truncated["inputTruncated"], true);
        assert_eq!(truncated["data"].as_str().unwrap().len(), 54_616);
    }
}
