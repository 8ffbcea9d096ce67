//! For every input there is a result that CloudFront accepts and that reveals nothing to a foreign origin.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use vitae_parameters::header::{is_disallowed, is_read_only};

use super::tests::{T0, configured};
use super::*;
use crate::response::GENERATED_RESPONSE_BYTES;
use crate::testing::{self, CountingRng, DISTRIBUTION, Parameters};

const ALLOWED: [&str; 4] =
    ["https://example.com", "https://d111111abcdef8.cloudfront.net", "https://prod.example", "http://localhost:8787"];

/// Own hosts, with the scheme by which viewers reach them.
const SITES: [&str; 3] = ["https://example.com", "https://d111111abcdef8.cloudfront.net", "http://localhost:8787"];

/// Any JSON, some of it with the names that events have.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("viewer-request")),
    ];
    let name = prop_oneof![
        Just("Records"),
        Just("cf"),
        Just("config"),
        Just("request"),
        Just("headers"),
        Just("origin"),
        Just("host"),
        Just("key"),
        Just("value"),
        Just("uri"),
        Just("method"),
        Just("body"),
        Just("querystring"),
        Just("x"),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

fn any_header() -> impl Strategy<Value = (String, String)> {
    let name = prop_oneof![
        4 => prop::sample::select(vec![
            "origin", "host", "accept", "sec-fetch-site", "idempotency-key", "access-control-request-method",
            "access-control-request-headers", "x-vitae-allow-origin", "x-vitae-site", "x-amz-content-sha256", "Origin", "X-Vitae-Allow-Origin", "X-Vitae-Site",
        ]).prop_map(str::to_owned),
        1 => "[a-z-]{1,12}",
    ];
    let value = prop_oneof![
        4 => prop::sample::select(vec![
            "https://example.com", "http://localhost:8787", "https://prod.example", "https://evil.example", "null", "",
            "example.com", DISTRIBUTION, "localhost:8787", "text/html", "application/json", "*/*", "same-origin", "cross-site",
            "none", "GET", "POST", "3b241101-e2bb-4255-8caf-4136c566a962", "idempotency-key",
        ]).prop_map(str::to_owned),
        1 => ".{0,40}",
        1 => "(https://)?example\\.com[ -~]{0,6}",
    ];
    (name, value)
}

fn any_request() -> impl Strategy<Value = Value> {
    let method = prop_oneof![4 => prop::sample::select(vec!["GET", "HEAD", "POST", "OPTIONS"]).prop_map(str::to_owned), 1 => ".{0,8}"];
    let uri = prop_oneof![4 => prop::sample::select(vec!["/api/cv", "/api/count", "/l/request", "/l/AAAAAAAAAAAAAAAAAAAA-_", "/inbox", "/inbox/AAAAAAAAAAAAAAAAAAAA-_"]).prop_map(str::to_owned), 1 => "/.{0,20}"];
    let query = prop_oneof![Just(String::new()), "days=[0-9]{0,4}", ".{0,20}"];
    let body = prop_oneof![
        3 => Just(None),
        1 => any_json().prop_map(Some),
        1 => any::<(bool, Vec<u8>)>().prop_map(|(cut, data)| Some(json!({
            "inputTruncated": cut, "action": "read-only", "encoding": "text", "data": String::from_utf8_lossy(&data),
        }))),
    ];
    (method, uri, query, prop::collection::vec(any_header(), 0..8), body).prop_map(
        |(method, uri, query, headers, body)| {
            let mut event = testing::event(&method, "/", &[]);
            let request = event["Records"][0]["cf"]["request"].as_object_mut().expect("a request");
            request.insert("uri".into(), uri.into());
            request.insert("querystring".into(), query.into());
            let mut fields = request["headers"].as_object().cloned().unwrap_or_else(Map::new);
            for (name, value) in headers {
                // A later header of the same name is the same field's next value, or the host's one value.
                let entry = json!({"key": name, "value": value});
                match fields.get_mut(&name).and_then(Value::as_array_mut) {
                    Some(values) if name != "host" => values.push(entry),
                    _ => drop(fields.insert(name, json!([entry]))),
                }
            }
            request.insert("headers".into(), Value::Object(fields));
            body.map(|body| request.insert("body".into(), body));
            event
        },
    )
}

thread_local! {
    static HANDLER: std::cell::RefCell<Handler> = std::cell::RefCell::new({
        let mut parameters = Parameters::new();
        parameters.set("origins/prod", "https://prod.example");
        parameters.set("origins/dev", "http://localhost:8787");
        configured(&parameters)
    });
}

fn handle(event: &str) -> Value {
    let output = HANDLER.with_borrow_mut(|handler| handler.handle(event, T0, false, &mut CountingRng::default()));
    output.result.expect("a result")
}

/// What holds for every response and every forwarded request.
fn check(event: &Value, result: &Value) -> Result<(), TestCaseError> {
    let headers = result["headers"].as_object().cloned().unwrap_or_default();
    let Some(status) = result.get("status") else {
        // CloudFront has checked the viewer's own headers; ours are the new and changed ones.
        let before = &event["Records"][0]["cf"]["request"]["headers"];
        for (name, value) in headers.iter().filter(|(name, value)| before.get(name) != Some(value)) {
            prop_assert!(!is_disallowed(name) && !is_read_only(name), "{name}: {value}");
        }
        let named = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("x-vitae-allow-origin"));
        for (_, value) in named {
            let origin = value[0]["value"].as_str().unwrap_or_default();
            prop_assert!(ALLOWED.contains(&origin), "{origin}");
        }
        let sites = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("x-vitae-site"));
        let uri = result["uri"].as_str().unwrap_or_default();
        for (_, value) in sites.filter(|_| uri.starts_with("/l/")) {
            let site = value[0]["value"].as_str().unwrap_or_default();
            prop_assert!(SITES.contains(&site), "{site}");
        }
        let query = result["querystring"].as_str().unwrap_or_default();
        prop_assert!(query.is_empty() || query.starts_with("days="), "{query:?}");
        prop_assert!(query.bytes().all(|byte| byte.is_ascii_graphic()), "{query:?}");
        return Ok(());
    };
    let status = status.as_str().ok_or_else(|| TestCaseError::fail("status is not a string"))?;
    prop_assert!(status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit()));
    prop_assert!(status != "204" || result.get("body").is_none());
    prop_assert!(result.to_string().len() <= GENERATED_RESPONSE_BYTES);
    for (name, values) in &headers {
        prop_assert!(!is_disallowed(name) && !is_read_only(name), "{name}");
        let value = values[0]["value"].as_str().ok_or_else(|| TestCaseError::fail("a header is not a string"))?;
        prop_assert!(value.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{name}: {value:?}");
    }
    if let Some(allowed) = headers.get("access-control-allow-origin") {
        let origin = allowed[0]["value"].as_str().unwrap_or_default();
        prop_assert!(ALLOWED.contains(&origin), "{origin}");
        let headers_sent = &event["Records"][0]["cf"]["request"]["headers"];
        let same = headers_sent.as_object().is_some_and(|fields| {
            fields.iter().any(|(name, v)| name.eq_ignore_ascii_case("origin") && v[0]["value"] == origin)
        });
        prop_assert!(same, "{origin} is not the origin of the request");
    }
    for name in ["cache-control", "vary", "x-content-type-options"] {
        prop_assert!(headers.contains_key(name), "{name}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(testing::cases(2000))]

    #[test]
    fn any_json_gets_a_response(event in any_json()) {
        let result = handle(&event.to_string());
        check(&event, &result)?;
    }

    #[test]
    fn any_text_gets_a_response(text in prop_oneof![any::<String>(), "[{}\\[\\]\":,a-z\\\\ud0-9]{0,60}"]) {
        check(&Value::Null, &handle(&text))?;
    }

    #[test]
    fn any_request_gets_a_response(event in any_request()) {
        check(&event, &handle(&event.to_string()))?;
    }

    #[test]
    fn a_truncated_event_gets_a_response(event in any_request(), cut in 0.0..1.0f64) {
        let json = event.to_string();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a length")]
        let end = (json.len() as f64 * cut) as usize;
        check(&Value::Null, &handle(&String::from_utf8_lossy(&json.as_bytes()[..end])))?;
    }

    #[test]
    fn any_response_of_parameter_store_is_applied_or_rejected(status in any::<u16>(), body in any_json(), started_at_ms in any::<u64>()) {
        let mut handler = Handler::new(testing::bundle(), 0.0);
        handler.start_refresh(started_at_ms);
        prop_assert!(!handler.accept_parameters(status, &body.to_string(), started_at_ms).accepted);
    }
}
