use std::time::Duration;

use http::{HeaderMap, StatusCode};

use super::{
    CloudFrontFunction, CodeError, FunctionError, FunctionResult, RuntimeVersion, ViewerRequestEvent, ViewerResponse,
    ViewerResponseEvent,
};
use crate::request_log::StageTrace;

const NOW: Duration = Duration::from_millis(1_700_000_000_123);

fn run_on(code: &str, event: &ViewerRequestEvent) -> Result<FunctionResult, FunctionError> {
    CloudFrontFunction::new("site", RuntimeVersion::Second, code.as_bytes(), None)
        .unwrap()
        .viewer_request(event, NOW, &mut StageTrace::untraced("function"))
        .map(|(result, _)| result)
}

fn run(code: &str) -> Result<FunctionResult, FunctionError> {
    run_on(code, &ViewerRequestEvent::get("/a", "x=1", &[]))
}

/// The value of an expression, as text.
fn value_of(expression: &str) -> String {
    let code = format!("function handler(event) {{ return {{ statusCode: 200, body: String({expression}) }}; }}");
    match run(&code).unwrap() {
        FunctionResult::Response { body, .. } => String::from_utf8(body.to_vec()).unwrap(),
        request @ FunctionResult::Request { .. } => panic!("{request:?}"),
    }
}

fn run_error(body: &str) -> FunctionError {
    run(&format!("function handler(event) {{ {body} }}")).unwrap_err()
}

fn load_error(code: &str) -> String {
    match CloudFrontFunction::new("site", RuntimeVersion::Second, code.as_bytes(), None).unwrap_err() {
        CodeError::Invalid(reason) => reason,
        other => panic!("{other:?}"),
    }
}

fn expect_request(result: FunctionResult) -> (String, String, HeaderMap) {
    match result {
        FunctionResult::Request { uri, querystring, headers, .. } => (uri, querystring, headers),
        response @ FunctionResult::Response { .. } => panic!("{response:?}"),
    }
}

#[test]
fn a_request_that_is_returned_unchanged_is_forwarded_unchanged() {
    let event = ViewerRequestEvent::get(
        "/a%20b",
        "b=2&a=%41&a&c=",
        &[("accept", "text/html"), ("accept", "*/*"), ("cookie", "k=v; k=w;x=1")],
    );
    let (uri, querystring, headers) =
        expect_request(run_on("function handler(event) { return event.request; }", &event).unwrap());
    assert_eq!(uri, "/a%20b");
    assert_eq!(querystring, "b=2&a=%41&a&c=");
    assert_eq!(headers, event.headers);
}

#[test]
fn the_event_has_the_documented_shape() {
    let event = ViewerRequestEvent::get(
        "/a",
        "id=42&m=1&m=2,3&no=&flag",
        &[("accept", "text/html"), ("accept", "*/*"), ("cookie", "c1=v1; c2=v2"), ("x-cache", "x")],
    );
    let code = "function handler(event) { return { statusCode: 200, body: JSON.stringify(event) }; }";
    let FunctionResult::Response { body, .. } = run_on(code, &event).unwrap() else { panic!("a request") };
    let shown: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let expected = serde_json::json!({
        "version": "1.0",
        "context": {
            "distributionDomainName": "d111111abcdef8.cloudfront.net",
            "distributionId": "EDFDVBD6EXAMPLE",
            "eventType": "viewer-request",
            "requestId": "EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEXAMPLEu3EqEXAMPLE=="
        },
        "viewer": { "ip": "198.51.100.11" },
        "request": {
            "method": "GET",
            "uri": "/a",
            "querystring": {
                "id": { "value": "42" },
                "m": { "value": "1", "multiValue": [{ "value": "1" }, { "value": "2,3" }] },
                "no": { "value": "" },
                "flag": { "value": "" }
            },
            "headers": {
                "host": { "value": "d111111abcdef8.cloudfront.net" },
                "accept": { "value": "text/html", "multiValue": [{ "value": "text/html" }, { "value": "*/*" }] }
            },
            "cookies": { "c1": { "value": "v1" }, "c2": { "value": "v2" } }
        }
    });
    assert_eq!(shown, expected);
}

#[test]
fn the_uri_the_query_a_header_and_a_cookie_may_change() {
    let code = "function handler(event) {
        var request = event.request;
        request.uri += 'index.html';
        request.querystring.z = { value: '9' };
        request.headers['x-added'] = { value: 'yes' };
        request.cookies.k = { value: 'new' };
        return request;
    }";
    let event = ViewerRequestEvent::get("/docs/", "b=1&a=2", &[("cookie", "k=old; j=1")]);
    let (uri, querystring, headers) = expect_request(run_on(code, &event).unwrap());
    assert_eq!(uri, "/docs/index.html");
    assert_eq!(querystring, "b=1&a=2&z=9");
    assert_eq!(headers["x-added"], "yes");
    assert_eq!(headers["cookie"], "k=new; j=1");
}

#[test]
fn a_response_has_headers_cookies_and_body() {
    let result = run("async function handler() {
        await Promise.resolve();
        return {
            statusCode: 302,
            statusDescription: 'Found',
            headers: { location: { value: '/' } },
            cookies: { id: { value: '7', attributes: 'Secure; Path=/' } },
            body: { encoding: 'base64', data: 'aGk=' },
        };
    }");
    let FunctionResult::Response { status, reason, headers, body } = result.unwrap() else { panic!("a request") };
    assert_eq!((status, reason.as_deref()), (302, Some("Found")));
    assert_eq!(headers["location"], "/");
    assert_eq!(headers["set-cookie"], "id=7; Secure; Path=/");
    assert_eq!(body, "hi");
}

#[test]
fn a_result_that_cloudfront_would_reject_is_a_validation_error() {
    for (body, reason) in [
        ("return { statusCode: '200' };", "integer"),
        ("return { statusCode: 99 };", "99"),
        ("return { statusCode: 200.5 };", "200.5"),
        ("return;", "nothing"),
        ("return null;", "neither"),
        ("return 'x';", "neither"),
        ("return {};", "method"),
        ("var a = {}; a.a = a; return a;", "not JSON"),
        ("event.request.method = 'POST'; return event.request;", "read-only"),
        ("event.request.uri = 'x'; return event.request;", "begin"),
        ("event.request.querystring.a = { value: 'b c' }; return event.request;", "space"),
        ("event.request.querystring = 7; return event.request;", "QueryString"),
        ("event.request.querystring = 'a b'; return event.request;", "space"),
        ("delete event.request.headers.host; return event.request;", "host"),
        ("event.request.headers['x-edge-a'] = { value: 'x' }; return event.request;", "x-edge-a"),
        ("event.request.headers['X-A'] = { value: 'x' }; return event.request;", "lowercase"),
        ("event.request.headers.a = { value: 1 }; return event.request;", "expected a string"),
        ("event.request.headers.a = { value: 'x\\ny' }; return event.request;", "control"),
        ("return { statusCode: 200, headers: { 'set-cookie': { value: 'a=b' } } };", "cookies"),
        ("return { statusCode: 204, body: 'x' };", "204"),
        ("return { statusCode: 200, body: { encoding: 'base64', data: '%' } };", "base64"),
        ("return { statusCode: 200, body: 'x'.repeat(50000) };", "50000"),
    ] {
        match run_error(body) {
            FunctionError::Validation(found) => assert!(found.contains(reason), "{body}: {found}"),
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn a_function_that_throws_is_an_execution_error() {
    assert_eq!(run_error("throw new TypeError('no');"), FunctionError::Execution("TypeError: no".to_owned()));
    assert_eq!(run_error("throw 'text';"), FunctionError::Execution("thrown: text".to_owned()));
    let rejected = run("async function handler() { throw new Error('late'); }").unwrap_err();
    assert_eq!(rejected, FunctionError::Execution("Error: late".to_owned()));
    assert_eq!(rejected.status(), 503);
    assert!(run_error("return new Promise(function () {});").to_string().contains("never settled"));
}

#[test]
fn a_function_that_does_not_end_is_stopped() {
    for body in [
        "for (;;) {}",
        "function again() { Promise.resolve().then(again); } again(); return new Promise(function () {});",
        "try { for (;;) {} } finally { for (;;) {} }",
    ] {
        assert_eq!(run_error(body), FunctionError::Execution("stopped after 250 ms".to_owned()), "{body}");
    }
}

#[test]
fn a_function_that_exceeds_its_memory_or_stack_fails() {
    let memory = run_error("var a = []; for (;;) a.push('x'.repeat(1000) + a.length);");
    assert!(memory.to_string().contains("memory"), "{memory}");
    let chained = run_error("function again() { return Promise.resolve().then(again); } return again();");
    assert!(chained.to_string().contains("memory"), "{chained}");
    let deep = run_error("function down() { return down() + 1; } return down();");
    assert!(deep.to_string().contains("stack"), "{deep}");
}

#[test]
fn code_from_strings_is_refused() {
    assert_eq!(value_of("typeof eval"), "undefined");
    for body in [
        "Function('return 1')()",
        "(function () {}).constructor('return 1')()",
        "(async function () {}).constructor('return 1')()",
    ] {
        assert!(run_error(&format!("return {body};")).to_string().contains("refused by the runtime"), "{body}");
    }
    assert_eq!(value_of("(function () {}) instanceof Function"), "true");
}

#[test]
fn only_the_runtimes_globals_exist() {
    for name in [
        "setTimeout",
        "setInterval",
        "fetch",
        "XMLHttpRequest",
        "Map",
        "Proxy",
        "Reflect",
        "performance",
        "WebAssembly",
        "print",
        "std",
        "os",
    ] {
        assert_eq!(value_of(&format!("typeof {name}")), "undefined", "{name}");
    }
    assert_eq!(value_of("this === undefined && typeof globalThis"), "object");
}

#[test]
fn a_feature_that_is_not_modelled_fails_with_its_name() {
    for (body, name) in [("new TextEncoder()", "TextEncoder"), ("atob('eA==')", "atob")] {
        let reason = run_error(&format!("return {body};")).to_string();
        assert!(reason.contains(&format!("not modelled locally: {name}")), "{reason}");
    }
    let reason = run_error("require('fs');").to_string();
    assert!(reason.contains("Cannot find module \"fs\""), "{reason}");
    let code = "import cf from 'cloudfront';\nfunction handler(event) { cf.updateRequestOrigin({}); }";
    let reason = run(code).unwrap_err().to_string();
    assert!(reason.contains("not modelled locally: updateRequestOrigin"), "{reason}");
}

/// The developer guide's page `general-helper-methods`: the object is empty on viewer response.
#[test]
fn the_edge_location_is_known_on_viewer_request_only() {
    let code = "import cf from 'cloudfront';\nfunction handler(event) { var message = event.response || event.request; \
                message.headers['x-edge'] = { value: JSON.stringify(cf.edgeLocation) }; return message; }";
    let (_, _, headers) = expect_request(run(code).unwrap());
    assert_eq!(headers["x-edge"], r#"{"name":"SEA","serverIp":"127.0.0.1","region":"us-west-2"}"#);
    let function = CloudFrontFunction::new("site", RuntimeVersion::Second, code.as_bytes(), None).unwrap();
    let request = ViewerRequestEvent::get("/a", "", &[]);
    let event = ViewerResponseEvent { request, status: StatusCode::OK, headers: HeaderMap::new() };
    let (response, _) = function.viewer_response(&event, NOW, &mut StageTrace::untraced("function")).unwrap();
    assert_eq!(response.headers["x-edge"], "{}");
}

#[test]
fn date_has_the_clocks_time_during_the_whole_run() {
    assert_eq!(value_of("Date.now()"), "1700000000123");
    assert_eq!(value_of("new Date().toISOString()"), "2023-11-14T22:13:20.123Z");
    assert_eq!(value_of("new Date(0).toISOString()"), "1970-01-01T00:00:00.000Z");
    assert_eq!(value_of("new (new Date(0)).constructor().getTime()"), "1700000000123");
    assert_eq!(value_of("new Date() instanceof Date"), "true");
}

#[test]
fn code_is_strict() {
    assert!(run_error("undeclared = 1;").to_string().contains("ReferenceError"));
}

#[test]
fn nothing_outlives_a_request() {
    let function = CloudFrontFunction::new(
        "site",
        RuntimeVersion::Second,
        b"var n = 0; function handler() { n += 1; return { statusCode: 200, body: String(n) }; }",
        None,
    )
    .unwrap();
    for _ in 0..2 {
        let result = function
            .viewer_request(&ViewerRequestEvent::get("/", "", &[]), NOW, &mut StageTrace::untraced("function"))
            .unwrap()
            .0;
        assert!(matches!(result, FunctionResult::Response { body, .. } if body == "1"));
    }
}

#[test]
fn code_that_cannot_run_is_refused_when_it_loads() {
    assert!(load_error("function handler( {").contains("SyntaxError"));
    assert!(load_error("function other(event) {}").contains("handler"));
    assert!(load_error("var handler = 1;").contains("not a function"));
    assert!(load_error("throw new Error('at load');").contains("at load"));
    let large = format!("function handler() {{}} // {}", "x".repeat(10_240));
    assert_eq!(
        CloudFrontFunction::new("site", RuntimeVersion::Second, large.as_bytes(), None).unwrap_err(),
        CodeError::TooLarge { bytes: large.len() }
    );
    assert_eq!(CloudFrontFunction::new("site", RuntimeVersion::Second, b"\xff", None).unwrap_err(), CodeError::NotUtf8);
}

#[test]
fn logging_never_fails() {
    assert_eq!(
        value_of(
            "[console.log('a', { b: 1 }, new Error('c'), undefined, Symbol('d'), function () {}), console.log('x'.repeat(20000))].length"
        ),
        "2"
    );
    assert_eq!(value_of("(function () { var a = {}; a.a = a; console.log(a); return 'on'; })()"), "on");
}

fn respond(body: &str, headers: &[(&'static str, &'static str)]) -> Result<ViewerResponse, FunctionError> {
    let mut sent = HeaderMap::new();
    for (name, value) in headers {
        sent.append(*name, value.parse().unwrap());
    }
    let request = ViewerRequestEvent::get("/a", "x=1", &[]);
    let event = ViewerResponseEvent { request, status: StatusCode::OK, headers: sent };
    let code = format!("function handler(event) {{ {body} }}");
    let function = CloudFrontFunction::new("site", RuntimeVersion::Second, code.as_bytes(), None).unwrap();
    function.viewer_response(&event, NOW, &mut StageTrace::untraced("function")).map(|(response, _)| response)
}

#[test]
fn a_response_that_is_returned_unchanged_keeps_its_headers_and_cookies() {
    let headers = [
        ("content-type", "text/html"),
        ("vary", "a"),
        ("vary", "b"),
        ("content-length", "4"),
        ("x-cache", "hidden"),
        ("set-cookie", "a=1; Path=/"),
        ("set-cookie", "a=2"),
        ("set-cookie", "b=3; Secure; HttpOnly"),
    ];
    let response = respond("return event.response;", &headers).unwrap();
    assert_eq!(response.status, StatusCode::OK);
    let found: Vec<_> = response.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    for header in headers {
        assert!(found.contains(&header), "{header:?} is missing of {found:?}");
    }
    assert_eq!(found.len(), headers.len(), "{found:?}");
}

#[test]
fn a_response_function_sees_the_request_and_the_status() {
    let body = "var r = event.response; r.headers.seen = { value: [event.context.eventType, event.request.uri,
        event.request.querystring.x.value, r.statusCode, r.statusDescription].join(' ') }; r.statusCode = 203; return r;";
    let response = respond(body, &[]).unwrap();
    assert_eq!(
        (response.status.as_u16(), response.headers["seen"].to_str().unwrap()),
        (203, "viewer-response /a 1 200 OK")
    );
}

#[test]
fn a_response_that_cloudfront_would_reject_is_an_error() {
    for (body, fault) in [
        ("return event.request;", "statusCode"),
        ("var r = event.response; r.statusCode = 99; return r;", "99"),
        ("var r = event.response; r.body = 'new'; return r;", "not modelled locally"),
        ("var r = event.response; r.headers.via = { value: 'x' }; return r;", "read-only in viewer responses"),
        ("var r = event.response; r.headers['x-edge-a'] = { value: 'x' }; return r;", "x-edge-a"),
        ("var r = event.response; delete r.headers['content-length']; return r;", "content-length"),
    ] {
        match respond(body, &[("content-length", "4")]).unwrap_err() {
            FunctionError::Validation(reason) => assert!(reason.contains(fault), "{reason}"),
            other => panic!("{body}: {other:?}"),
        }
    }
}

/// Observed at the real service in 2026: accepted and published, and then every request is a 503.
#[test]
fn code_with_syntax_that_the_runtime_lacks_loads_and_every_request_fails() {
    for (body, feature) in [
        ("for (const a of [1]) {} return event.request;", "for...of"),
        ("const { request } = event; return request;", "destructuring"),
        ("try { return event.request; } catch { return event.request; }", "catch without a binding"),
    ] {
        let error = run_error(body);
        assert!(
            matches!(&error, FunctionError::Execution(reason) if reason.starts_with("SyntaxError") && reason.contains(feature)),
            "{error}"
        );
        assert_eq!(error.status(), 503);
    }
    let code = "async function handler(event) { return parse(await event.request); } function parse(a) { return a; }";
    assert!(run(code).unwrap_err().to_string().contains("await in the arguments"));
}

/// Measured with test-function on 2026-09-04.
#[test]
fn methods_that_were_measured_as_absent_do_not_exist() {
    for (object, names) in [
        ("[]", "flat flatMap at findLast findLastIndex toSorted toReversed toSpliced with"),
        ("''", "at matchAll normalize"),
        ("Object", "fromEntries hasOwn groupBy"),
    ] {
        for name in names.split(' ') {
            assert_eq!(value_of(&format!("typeof {object}.{name}")), "undefined", "{object}.{name}");
        }
    }
    for name in ["Map", "Set", "WeakMap", "Proxy", "Reflect", "BigInt", "Intl", "URL", "structuredClone"] {
        assert_eq!(value_of(&format!("typeof {name}")), "undefined", "{name}");
    }
    assert_eq!(value_of("typeof Array.from + typeof global + (global === globalThis)"), "functionobjecttrue");
}

#[test]
fn an_error_names_the_method_that_the_runtime_lacks() {
    let error = run_error("return [2, 1].toSorted();").to_string();
    assert!(
        error.starts_with("TypeError") && error.contains("the runtime has no method toSorted, in line 1"),
        "{error}"
    );
    assert!(run("function handler(event) { var a = []; if (a.flat) { a.flat(); } return event.request; }").is_ok());
}

/// Every function of a project that was measured in September 2026 begins with `global.handler =`.
#[test]
fn a_handler_may_be_assigned_to_the_global_object() {
    let code = "global.handler = function (event) { return event.request; };";
    assert!(matches!(run(code), Ok(FunctionResult::Request { .. })));
}

/// The developer guide's `functions-event-structure`, "Duplicate query strings, headers, and cookies", and
/// aws-samples/amazon-cloudfront-functions#11.
#[test]
fn a_changed_value_of_a_repeated_name_replaces_the_first_of_its_values() {
    let event = ViewerRequestEvent::get("/", "size=l&size=m", &[("x-a", "1"), ("x-a", "2"), ("cookie", "c=1; c=2")]);
    let code = "function handler(event) {
        var r = event.request;
        r.querystring.size.value = 's'; r.headers['x-a'].value = '3'; r.cookies.c.value = '4';
        return r;
    }";
    let (_, querystring, headers) = expect_request(run_on(code, &event).unwrap());
    assert_eq!(querystring, "size=s&size=m");
    assert_eq!(headers.get_all("x-a").iter().collect::<Vec<_>>(), ["3", "2"]);
    assert_eq!(headers["cookie"], "c=4; c=2");
    let code = "function handler(event) { var q = event.request.querystring.size; q.value = 's'; q.multiValue = [{ value: 'x' }]; return event.request; }";
    assert_eq!(expect_request(run_on(code, &event).unwrap()).1, "size=x");
}

/// The developer guide's sample that normalises the query string.
#[test]
fn a_query_string_may_be_returned_as_text() {
    let code = "function handler(event) {
        var query = event.request.querystring;
        event.request.querystring = Object.keys(query).sort().map(function (name) {
            return query[name].multiValue
                ? query[name].multiValue.map(function (one) { return name + '=' + one.value; }).join('&')
                : name + '=' + query[name].value;
        }).join('&');
        return event.request;
    }";
    let event = ViewerRequestEvent::get("/", "b=2&a=1&a=0", &[]);
    assert_eq!(expect_request(run_on(code, &event).unwrap()).1, "a=1&a=0&b=2");
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/general-helper-methods.html>
#[test]
fn the_raw_query_string_is_a_method_of_the_request() {
    let code = "function handler(event) { return { statusCode: 200, body: String(event.request.rawQueryString()) }; }";
    for (query, expected) in [("a=%20&a&b=+", "a=%20&a&b=+"), ("", "undefined")] {
        let result = run_on(code, &ViewerRequestEvent::get("/", query, &[])).unwrap();
        assert!(matches!(result, FunctionResult::Response { body, .. } if body == expected), "{query}");
    }
}

/// The functions of <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html>,
/// compared with Node.js.
#[test]
fn the_modules_crypto_querystring_and_buffer_compute_what_node_does() {
    for (expression, expected) in [
        (
            "require('crypto').createHash('sha256').update('a').update('b').digest('hex')",
            "fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603",
        ),
        ("require('crypto').createHmac('sha1', 'k').update('d').digest('base64url')", "K5DkHnwMyOL3XAKRDDiZzEaLoxY"),
        ("require('crypto').createHash('md5').update('a').digest().length", "16"),
        ("JSON.stringify(require('querystring').parse('a=1&b=%20x+y&a=2&c'))", r#"{"a":["1","2"],"b":" x y","c":""}"#),
        ("require('querystring').stringify({ a: [1, 'x y'], b: true, c: null })", "a=1&a=x%20y&b=true&c="),
        ("Buffer.from('hé€😀').toString('hex')", "68c3a9e282acf09f9880"),
        ("Buffer.from('68c3a9e282acf09f9880', 'hex').toString()", "h\u{e9}\u{20ac}\u{1f600}"),
        ("Buffer.from('aGk', 'base64').toString()", "hi"),
        ("Buffer.from([255, 254, 253]).toString('base64')", "//79"),
        ("Buffer.from([255, 254, 253]).toString('base64url')", "__79"),
        ("Buffer.from([0xff, 0x61]).toString()", "\u{fffd}a"),
        ("Buffer.concat([Buffer.from('a'), Buffer.from('b')]).equals(Buffer.from('ab'))", "true"),
        ("Buffer.from('hello').slice(1, 3).toString()", "el"),
        ("Buffer.from('hello').indexOf('l')", "2"),
        ("Buffer.alloc(4).writeUInt16BE(258, 1) + ':' + Buffer.from([1, 2, 3, 4]).readUInt32LE(0)", "3:67305985"),
        (
            "Buffer.byteLength('é') + ':' + Buffer.isBuffer(Buffer.alloc(1)) + ':' + JSON.stringify(Buffer.from('a'))",
            r#"2:true:{"type":"Buffer","data":[97]}"#,
        ),
    ] {
        assert_eq!(value_of(expression), expected, "{expression}");
    }
    let code = "import crypto from 'crypto';\nimport { Buffer } from 'buffer';\nfunction handler() { \
                return { statusCode: 200, body: crypto.createHash('md5').update(Buffer.from('a')).digest('hex') }; }";
    assert!(
        matches!(run(code).unwrap(), FunctionResult::Response { body, .. } if body == "0cc175b9c0f1b6a831c399e269772661")
    );
    assert!(run_error("require('crypto').createHash('sha512');").to_string().contains("not supported algorithm"));
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-10.html>
#[test]
fn the_first_runtime_has_byte_strings_and_no_buffer() {
    let of = |expression: &str| {
        let code = format!("function handler(event) {{ return {{ statusCode: 200, body: String({expression}) }}; }}");
        let function = CloudFrontFunction::new("site", RuntimeVersion::First, code.as_bytes(), None).unwrap();
        let event = ViewerRequestEvent::get("/a", "x=1", &[]);
        match function.viewer_request(&event, NOW, &mut StageTrace::untraced("function")).unwrap().0 {
            FunctionResult::Response { body, .. } => String::from_utf8(body.to_vec()).unwrap(),
            request @ FunctionResult::Request { .. } => panic!("{request:?}"),
        }
    };
    assert_eq!(of("typeof Buffer + typeof String.bytesFrom"), "undefinedfunction");
    assert_eq!(of("String.bytesFrom('aGk=', 'base64')"), "hi");
    assert_eq!(of("'\u{e9}'.toUTF8().length + ':' + '\u{e9}'.toUTF8().fromUTF8()"), "2:\u{e9}");
    assert_eq!(of("String.bytesFrom([104, 105]).toString('hex')"), "6869");
    assert_eq!(of("typeof require('crypto').createHash('sha1').update('a').digest()"), "string");
    let code = b"function handler(event) { const request = event.request; return request; }";
    let function = CloudFrontFunction::new("site", RuntimeVersion::First, code, None).unwrap();
    let failed =
        function.viewer_request(&ViewerRequestEvent::get("/", "", &[]), NOW, &mut StageTrace::untraced("function"));
    assert!(failed.unwrap_err().to_string().contains("does not support const"));
}
