//! Whatever arrives, the handler answers, and nothing that CloudFront or a browser must not see is in the answer.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::tests::{T0, configured};
use super::*;
use crate::answer::GENERATED_RESPONSE_BYTES;
use crate::answer::disallowed::is_disallowed;
use crate::testing::{self, Counted, DISTRIBUTION, Parameters};

const ALLOWED: [&str; 4] =
    ["https://example.com", "https://d111111abcdef8.cloudfront.net", "https://prod.example", "http://localhost:8787"];

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
            "access-control-request-headers", "x-vitae-allow-origin", "x-amz-content-sha256", "Origin", "X-Vitae-Allow-Origin",
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
    let uri =
        prop_oneof![4 => prop::sample::select(vec!["/api/cv", "/api/count"]).prop_map(str::to_owned), 1 => "/.{0,20}"];
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
    static EDGE: std::cell::RefCell<Edge> = std::cell::RefCell::new({
        let mut parameters = Parameters::new();
        parameters.set("origins/prod", "https://prod.example");
        parameters.set("origins/dev", "http://localhost:8787");
        configured(&parameters)
    });
}

fn handle(event: &str) -> Value {
    let outcome = EDGE.with_borrow_mut(|edge| edge.handle(event, T0, false, &mut Counted::default()));
    outcome.result.expect("nothing may wait")
}

/// What must hold of every answer and of every request that goes on.
fn check(event: &Value, result: &Value) -> Result<(), TestCaseError> {
    let headers = result["headers"].as_object().cloned().unwrap_or_default();
    let Some(status) = result.get("status") else {
        // The viewer's own headers are CloudFront's to have checked; ours are what is new or changed.
        let before = &event["Records"][0]["cf"]["request"]["headers"];
        for (name, value) in headers.iter().filter(|(name, value)| before.get(name) != Some(value)) {
            prop_assert!(!is_disallowed(name), "{name}: {value}");
        }
        let named = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("x-vitae-allow-origin"));
        for (_, value) in named {
            let origin = value[0]["value"].as_str().unwrap_or_default();
            prop_assert!(ALLOWED.contains(&origin), "{origin}");
        }
        return Ok(());
    };
    let status = status.as_str().ok_or_else(|| TestCaseError::fail("status is no string"))?;
    prop_assert!(status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit()));
    prop_assert!(status != "204" || result.get("body").is_none());
    prop_assert!(result.to_string().len() <= GENERATED_RESPONSE_BYTES);
    for (name, values) in &headers {
        prop_assert!(!is_disallowed(name), "{name}");
        let value = values[0]["value"].as_str().ok_or_else(|| TestCaseError::fail("a header is no string"))?;
        prop_assert!(value.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{name}: {value:?}");
    }
    if let Some(allowed) = headers.get("access-control-allow-origin") {
        let origin = allowed[0]["value"].as_str().unwrap_or_default();
        prop_assert!(ALLOWED.contains(&origin), "{origin}");
        let asked = &event["Records"][0]["cf"]["request"]["headers"];
        let same = asked.as_object().is_some_and(|fields| {
            fields.iter().any(|(name, v)| name.eq_ignore_ascii_case("origin") && v[0]["value"] == origin)
        });
        prop_assert!(same, "{origin} was not asked for");
    }
    for name in ["cache-control", "vary", "x-content-type-options"] {
        prop_assert!(headers.contains_key(name), "{name}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(testing::cases(2000))]

    #[test]
    fn any_json_is_answered(event in any_json()) {
        let result = handle(&event.to_string());
        check(&event, &result)?;
    }

    #[test]
    fn any_text_is_answered(text in prop_oneof![any::<String>(), "[{}\\[\\]\":,a-z\\\\ud0-9]{0,60}"]) {
        check(&Value::Null, &handle(&text))?;
    }

    #[test]
    fn any_request_is_answered(event in any_request()) {
        check(&event, &handle(&event.to_string()))?;
    }

    /// What the entry remembers answers by.
    #[test]
    fn an_answer_that_holds_depends_on_what_is_named_alone(event in any_request(), now_ms in T0..T0 + 60_000) {
        let answer = |event: &Value, now_ms| {
            EDGE.with_borrow_mut(|edge| edge.handle(&event.to_string(), now_ms, false, &mut Counted::default()))
        };
        let outcome = answer(&event, now_ms);
        let Some(until_ms) = outcome.holds_until_ms else { return Ok(()) };
        prop_assert_eq!(&outcome.log, &Vec::<Value>::new());
        let asked = &event["Records"][0]["cf"];
        let named = |name: &str| Edge::DECIDING_HEADERS.iter().any(|deciding| name.eq_ignore_ascii_case(deciding));
        let headers = asked["request"]["headers"].as_object().cloned().unwrap_or_default();
        let headers: Map<_, _> = headers.into_iter().filter(|(name, _)| named(name)).collect();
        let config = json!({"distributionDomainName": asked["config"]["distributionDomainName"]});
        let request =
            json!({"method": asked["request"]["method"], "uri": asked["request"]["uri"], "headers": headers});
        let bare = json!({"Records": [{"cf": {"config": config, "request": request}}]});
        for at_ms in [now_ms, until_ms] {
            prop_assert_eq!(&answer(&bare, at_ms).result, &outcome.result);
        }
    }

    #[test]
    fn an_event_cut_anywhere_is_answered(event in any_request(), cut in 0.0..1.0f64) {
        let json = event.to_string();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a length")]
        let end = (json.len() as f64 * cut) as usize;
        check(&Value::Null, &handle(&String::from_utf8_lossy(&json.as_bytes()[..end])))?;
    }

    #[test]
    fn any_answer_of_parameter_store_is_taken_or_refused(status in any::<u16>(), body in any_json(), asked_at_ms in any::<u64>()) {
        let mut edge = Edge::new(testing::bundle(), 0.0);
        edge.start_refresh(asked_at_ms);
        prop_assert!(!edge.accept_parameters(status, &body.to_string(), asked_at_ms).accepted);
    }
}
