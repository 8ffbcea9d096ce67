//! Lambda@Edge: a bundle in Node, and the rules for its result.

use aws_sdk_cloudfront::types::EventType;
use serde_json::{Value, json};
use vitae_local::LocalEdge;

use crate::support::cloud::parse_json;
use crate::support::distribution::ALL_EXCEPT_HOST;
use crate::support::{Cloud, Log, Request, behavior, bucket_origin, config, lambda_at_edge};

/// Takes its action from the query.
const FUNCTION: &str = r#"
import { writeFileSync } from 'node:fs';
let invocations = 0;
const id = Math.random();
let beats = 0, longestPause = 0, beat;
const response = (value) => ({ status: '200', body: JSON.stringify(value) });
export const handler = async (event, context) => {
    const { request } = event.Records[0].cf;
    invocations += 1;
    switch (request.querystring) {
        case 'event': return response(event);
        case 'context': return response({ ...context, remaining: context.getRemainingTimeInMillis() });
        case 'environment': return response(process.env);
        case 'invocations': return response({ invocations, id });
        case 'go on': case 'go': return { ...request, uri: '/changed', querystring: '' };
        case 'print': console.log('printed by the function'); writeFileSync(1, '{"result":"forged"}\n'); return { status: '204' };
        case 'throw': throw new RangeError('thrown on purpose');
        case 'hang': return new Promise(() => {});
        case 'exit': process.exit(1);
        case 'leave running': case 'leave%20running': {
            if (!beat) beat = Date.now(), setInterval(() => {
                longestPause = Math.max(longestPause, Date.now() - beat);
                beat = Date.now(), beats += 1;
            }, 10);
            return response({ beats, longestPause });
        }
        case 'buffers': { const all = []; for (;;) { all.push(Buffer.alloc(8_000_000, 1)); await new Promise(setImmediate); } }
        case 'memory': { const all = []; for (;;) all.push(new Array(100_000).fill('x' + all.length)); }
        default: return JSON.parse(decodeURIComponent(request.querystring));
    }
};"#;

async fn serve(cloud: &Cloud, include_body: bool) -> LocalEdge {
    cloud.bucket("site", &[("changed", "CHANGED")]).await;
    let version = cloud.function_version_with("edge", &[("index.mjs", FUNCTION)], 1).await;
    let behavior = behavior("*", "site").lambda_function_associations(lambda_at_edge(
        &version,
        EventType::ViewerRequest,
        include_body,
    ));
    let behavior = behavior.origin_request_policy_id(ALL_EXCEPT_HOST);
    let (id, arn) =
        cloud.distribution(config(vec![bucket_origin(cloud, "site").await], vec![behavior]).build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    cloud.serve(&id).await
}

/// Percent-encodes JSON for the query.
fn query(value: &Value) -> String {
    value
        .to_string()
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[tokio::test]
async fn the_function_gets_the_documented_event() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, true).await;
    let request = Request::post("/api/%63ount?event", b"hello")
        .header("X-Twice", "1")
        .header("X-Twice", "2")
        .header("X-Forwarded-Proto", "gopher");
    let response = request.send(edge.port()).await;
    assert_eq!((response.status, response.x_cache().as_str()), (200, "LambdaGeneratedResponse from cloudfront"));
    let event = parse_json(&response.body);
    let cf = &event["Records"][0]["cf"];
    assert_eq!(cf["config"]["eventType"], "viewer-request");
    assert_eq!(cf["config"]["requestId"], response.header("x-amz-cf-id"));
    let request = &cf["request"];
    assert_eq!((request["method"].as_str(), request["uri"].as_str()), (Some("POST"), Some("/api/%63ount")));
    assert_eq!((request["querystring"].as_str(), request["clientIp"].as_str()), (Some("event"), Some("127.0.0.1")));
    assert_eq!(request["headers"]["host"], json!([{ "key": "Host", "value": format!("localhost:{}", edge.port()) }]));
    assert_eq!(request["headers"]["x-twice"][1], json!({ "key": "X-Twice", "value": "2" }));
    assert!(request["headers"].get("x-forwarded-proto").is_none(), "functions do not get this header");
    assert_eq!(
        request["body"],
        json!({ "inputTruncated": false, "action": "read-only", "encoding": "base64", "data": "aGVsbG8=" })
    );

    let large = Request::post("/?event", &vec![b'x'; 41_000]).send(edge.port()).await;
    assert_eq!(large.status, 502, "the echoed response is over 40 KB");
    assert_eq!(large.x_cache(), "LambdaValidationError from cloudfront");
}

#[tokio::test]
async fn the_function_has_lambdas_environment_variables_and_no_others() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    let environment = parse_json(&Request::get("/?environment").send(edge.port()).await.body);
    assert_eq!(environment["AWS_REGION"], "us-east-1");
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_NAME"], "edge");
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "128");
    assert_eq!(environment["AWS_ENDPOINT_URL_SSM"], cloud.endpoint);
    assert!(
        environment["AWS_SESSION_TOKEN"].as_str().is_some_and(|token| !token.is_empty()),
        "a session of the function's role"
    );
    for name in ["HOME", "VITAE_NODE24", "VITAE_MINISTACK", "CARGO_MANIFEST_DIR", "USER"] {
        assert!(environment.get(name).is_none(), "{name}");
    }
    let context = parse_json(&Request::get("/?context").send(edge.port()).await.body);
    assert_eq!((context["functionVersion"].as_str(), context["memoryLimitInMB"].as_str()), (Some("1"), Some("128")));
    assert!(context["remaining"].as_u64().is_some_and(|remaining| remaining <= 1_000), "{context}");
}

#[tokio::test]
async fn an_environment_is_reused_and_a_returned_request_is_forwarded() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    let first = parse_json(&Request::get("/?invocations").send(edge.port()).await.body);
    let second = parse_json(&Request::get("/?invocations").send(edge.port()).await.body);
    assert_eq!((second["invocations"].as_u64(), &second["id"]), (Some(2), &first["id"]));
    let changed = Request::get("/anything?go").send(edge.port()).await;
    assert_eq!((changed.status, changed.text().as_str()), (200, "CHANGED"));
}

#[tokio::test]
async fn concurrent_requests_get_separate_environments() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    let requests: Vec<_> = (0..12).map(|_| tokio::spawn(Request::get("/?invocations").send(edge.port()))).collect();
    let mut ids = std::collections::BTreeSet::new();
    for request in requests {
        let response = request.await.unwrap();
        assert_eq!(response.status, 200);
        ids.insert(parse_json(&response.body)["id"].to_string());
    }
    assert!((2..=4).contains(&ids.len()), "{} environments", ids.len());
}

#[tokio::test]
async fn what_a_function_prints_is_logged_and_cannot_forge_a_result() {
    let log = Log::collect();
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    assert_eq!(Request::get("/?print").send(edge.port()).await.status, 204);
    // The lines come through a separate pipe, perhaps after the response: send another request.
    for _ in 0..50 {
        if log.text().contains("forged") {
            break;
        }
        assert_eq!(Request::get("/?print").send(edge.port()).await.status, 204);
    }
    assert!(log.text().contains("printed by the function"), "{}", log.text());
}

#[tokio::test]
async fn a_function_that_throws_exits_or_exceeds_its_memory_is_503() {
    let log = Log::collect();
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    for way in ["throw", "exit", "memory", "buffers"] {
        let response = Request::get(&format!("/?{way}")).send(edge.port()).await;
        assert_eq!(
            (response.status, response.x_cache().as_str()),
            (503, "LambdaExecutionError from cloudfront"),
            "{way}"
        );
        assert_eq!(Request::get("/?go").send(edge.port()).await.status, 200, "the next request is served, after {way}");
    }
    assert!(log.text().contains("RangeError: thrown on purpose at "), "{}", log.text());
    assert!(log.text().contains(" MB of memory, the limit is 128 MB"), "{}", log.text());
}

#[tokio::test]
async fn a_function_that_hangs_is_killed_after_its_timeout() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    let first = parse_json(&Request::get("/?invocations").send(edge.port()).await.body);
    let hung = Request::get("/?hang").send(edge.port()).await;
    assert_eq!((hung.status, hung.x_cache().as_str()), (503, "LambdaExecutionError from cloudfront"));
    assert!(hung.text().contains("task timed out after 1 s"), "{}", hung.text());
    let next = parse_json(&Request::get("/?invocations").send(edge.port()).await.body);
    assert_ne!(first["id"], next["id"], "the environment was replaced");
}

#[tokio::test]
async fn a_result_that_cloudfront_rejects_is_502() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    for result in [
        json!({ "status": 200 }),
        json!({ "status": "204", "body": "x" }),
        json!({ "status": "200", "headers": { "x-cache": [{ "value": "Hit" }] } }),
        json!({ "status": "200", "headers": { "x-a": "1" } }),
        json!({ "uri": "elsewhere", "headers": {} }),
        json!("text"),
        json!(null),
    ] {
        let response = Request::get(&format!("/?{}", query(&result))).send(edge.port()).await;
        assert_eq!(
            (response.status, response.x_cache().as_str()),
            (502, "LambdaValidationError from cloudfront"),
            "{result}"
        );
    }
    let accepted = json!({ "status": "303", "headers": { "location": [{ "key": "Location", "value": "/a" }], "set-cookie": [{ "value": "a=1" }, { "value": "b=2" }] } });
    let response = Request::get(&format!("/?{}", query(&accepted))).send(edge.port()).await;
    assert_eq!(
        (response.status, response.header("location").as_str(), response.header("set-cookie").as_str()),
        (303, "/a", "a=1, b=2")
    );
}

/// Reads a parameter under `/allowed/` and one that is not, and returns the responses and its access key id.
const READER: &str = r"
import { createHash, createHmac } from 'node:crypto';
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const request = async (name) => {
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token, AWS_ENDPOINT_URL_SSM: url } = process.env;
    if (!id) return { text: 'no credentials' };
    const body = JSON.stringify({ Name: name });
    const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = `${date.slice(0, 8)}/us-east-1/ssm/aws4_request`;
    const headers = { host: new URL(url).host, 'x-amz-date': date, 'x-amz-security-token': token ?? '', 'x-amz-target': 'AmazonSSM.GetParameter' };
    const names = Object.keys(headers).sort();
    const canonical = ['POST', '/', '', ...names.map((n) => `${n}:${headers[n]}`), '', names.join(';'), sha256(body)].join('\n');
    const key = ['us-east-1', 'ssm', 'aws4_request'].reduce(hmac, hmac('AWS4' + secret, date.slice(0, 8)));
    const signature = createHmac('sha256', key).update(['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).digest('hex');
    const authorization = `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
    const response = await fetch(url, { method: 'POST', body, headers: { ...headers, authorization, 'content-type': 'application/x-amz-json-1.1' } });
    return { status: response.status, text: await response.text() };
};
export const handler = async () => ({ status: '200', body: JSON.stringify([await request('/allowed/a'), await request('/forbidden/a'), { id: process.env.AWS_ACCESS_KEY_ID }]) });
";

#[tokio::test]
async fn a_function_of_another_node_version_runs_and_the_difference_is_logged_once() {
    let log = Log::collect();
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[]).await;
    cloud.function_version("edge", "export const handler = async () => ({ status: '204' });").await;
    let other = cloud.lambda.update_function_configuration().function_name("edge").runtime("nodejs20.x".into());
    other.send().await.unwrap();
    let published = cloud.lambda.publish_version().function_name("edge").send().await.unwrap();
    let version = published.function_arn().unwrap();
    let behavior =
        behavior("*", "site").lambda_function_associations(lambda_at_edge(version, EventType::ViewerRequest, false));
    let (id, _) =
        cloud.distribution(config(vec![bucket_origin(&cloud, "site").await], vec![behavior]).build().unwrap()).await;
    for _ in 0..2 {
        let edge = cloud.serve(&id).await;
        assert_eq!(Request::get("/").send(edge.port()).await.status, 204);
    }
    let text = log.text();
    assert_eq!(text.matches("the runtime is nodejs20.x, but Node.js v").count(), 1, "{text}");
}

#[tokio::test]
async fn the_functions_role_can_read_what_its_policy_allows_and_no_more() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[]).await;
    let version = cloud.function_version("edge", READER).await;
    let behavior =
        behavior("*", "site").lambda_function_associations(lambda_at_edge(&version, EventType::ViewerRequest, false));
    let (id, _) =
        cloud.distribution(config(vec![bucket_origin(&cloud, "site").await], vec![behavior]).build().unwrap()).await;
    let edge = cloud.serve(&id).await;
    let responses = parse_json(&Request::get("/").send(edge.port()).await.body);
    assert!(responses[0]["text"].as_str().unwrap().contains("ParameterNotFound"), "{responses}");
    assert!(responses[1]["text"].as_str().unwrap().contains("AccessDenied"), "{responses}");
}

/// A distribution with the function [`READER`], whose role trusts Lambda only, as in an account.
async fn distribution_of_another_system(cloud: &Cloud) -> String {
    cloud.trust_lambda_only().await;
    cloud.bucket("site", &[]).await;
    let version = cloud.function_version("edge", READER).await;
    let behavior =
        behavior("*", "site").lambda_function_associations(lambda_at_edge(&version, EventType::ViewerRequest, false));
    let config = config(vec![bucket_origin(cloud, "site").await], vec![behavior]);
    cloud.distribution(config.build().unwrap()).await.0
}

#[tokio::test]
async fn a_function_of_another_system_never_gets_the_credentials_of_the_caller() {
    let cloud = Cloud::start().await;
    let id = distribution_of_another_system(&cloud).await;
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Action": "ssm:GetParameter",
        "Resource": "arn:aws:ssm:us-east-1:*:parameter/allowed/*",
    }] });
    // STS gives no session: the function runs without credentials.
    for edge in [cloud.serve(&id).await, cloud.serve_with_session_policy(&id, &policy).await] {
        let responses = parse_json(&Request::get("/").send(edge.port()).await.body);
        let none = json!({ "text": "no credentials" });
        assert_eq!(responses, json!([none, none, {}]));
    }

    // The caller may read every parameter, and the function those that the session policy allows.
    cloud.allow_sessions().await;
    let edge = cloud.serve_with_session_policy(&id, &policy).await;
    let responses = parse_json(&Request::get("/").send(edge.port()).await.body);
    let key_id = responses[2]["id"].as_str().unwrap();
    assert!(key_id.starts_with("ASIA") && key_id != cloud.local_edge().access_key_id(), "{responses}");
    assert!(responses[0]["text"].as_str().unwrap().contains("ParameterNotFound"), "{responses}");
    assert!(responses[1]["text"].as_str().unwrap().contains("AccessDenied"), "{responses}");
}

#[tokio::test]
async fn shutting_down_the_edge_ends_every_function_process() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    assert_eq!(Request::get("/?go").send(edge.port()).await.status, 200);
    let scratch = cloud.folder().join("scratch").display().to_string();
    assert_eq!(count_processes(&scratch), 1);
    edge.shutdown().await;
    let started = std::time::Instant::now();
    while count_processes(&scratch) > 0 {
        assert!(started.elapsed().as_secs() < 10, "a process of the function is still running");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn an_environment_is_frozen_between_requests() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    let scratch = cloud.folder().join("scratch").display().to_string();
    assert_eq!(Request::get("/?leave%20running").send(edge.port()).await.status, 200);
    until_stopped(&scratch).await;
    let pause = std::time::Duration::from_millis(700);
    tokio::time::sleep(pause).await;
    let later = parse_json(&Request::get("/?leave%20running").send(edge.port()).await.body);
    // The interval fires when the environment resumes, perhaps only after the handler has returned.
    let last = parse_json(&Request::get("/?leave%20running").send(edge.port()).await.body);
    let longest = last["longestPause"].as_u64().unwrap().max(later["longestPause"].as_u64().unwrap());
    assert!(longest >= 600, "an interval of 10 ms paused {longest} ms at most: it was not frozen");
}

#[tokio::test]
async fn a_frozen_environment_ends_when_the_edge_is_killed() {
    let cloud = Cloud::start().await;
    drop(serve(&cloud, false).await);
    let listed = cloud.cloudfront.list_distributions().send().await.unwrap();
    let id = listed.distribution_list().unwrap().items()[0].id().to_owned();
    let mut other = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "lambda_at_edge::an_edge_in_a_separate_process", "--ignored", "--nocapture"])
        .envs(cloud.edge_variables(&id))
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(other.stdout.take().unwrap()));
    let port = loop {
        let line = lines.next_line().await.unwrap().expect("the edge prints its port");
        if let Some(port) = line.split("edge on port ").nth(1) {
            break port.trim().parse().unwrap();
        }
    };
    assert_eq!(Request::get("/?go").send(port).await.status, 200);
    let scratch = cloud.folder().join("scratch").display().to_string();
    until_stopped(&scratch).await;
    other.kill().await.unwrap();
    let started = std::time::Instant::now();
    while !process_states(&scratch).is_empty() {
        assert!(started.elapsed().as_secs() < 10, "a frozen process outlives its edge: {:?}", process_states(&scratch));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
#[ignore = "another test runs this in a separate process and kills it"]
async fn an_edge_in_a_separate_process() {
    let edge = Cloud::edge_from_variables().await;
    println!("edge on port {}", edge.port());
    std::future::pending::<()>().await;
}

/// The number of processes whose command line contains `text`.
fn count_processes(text: &str) -> usize {
    process_states(text).len()
}

/// Waits until the process is stopped: a busy one stops with a delay.
async fn until_stopped(text: &str) {
    let started = std::time::Instant::now();
    while process_states(text) != ["T"] {
        assert!(started.elapsed().as_secs() < 10, "not stopped: {:?}", process_states(text));
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// The state of each process whose command line contains `text`. `T` is stopped.
fn process_states(text: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok).map(|process| process.path());
    let ours = processes.filter(|path| {
        std::fs::read(path.join("cmdline")).is_ok_and(|line| String::from_utf8_lossy(&line).contains(text))
    });
    let stat = ours.filter_map(|path| std::fs::read_to_string(path.join("stat")).ok());
    // The program's name is in parentheses and can contain any character.
    stat.filter_map(|stat| Some(stat.rsplit_once(") ")?.1.chars().next()?.to_string())).collect()
}
