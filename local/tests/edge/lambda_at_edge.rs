//! Lambda@Edge: a real bundle in a real Node, and every rule about what it returns.

use aws_sdk_cloudfront::types::EventType;
use serde_json::{Value, json};
use vitae_local::LocalEdge;

use crate::support::cloud::json_of;
use crate::support::distribution::ALL_EXCEPT_HOST;
use crate::support::{Ask, Cloud, Log, behavior, bucket_origin, config, lambda_at_edge};

/// Does what the query says.
const FUNCTION: &str = r#"
import { writeFileSync } from 'node:fs';
let invocations = 0;
const born = Math.random();
let beats = 0, longestPause = 0, beat;
const answer = (value) => ({ status: '200', body: JSON.stringify(value) });
export const handler = async (event, context) => {
    const { request } = event.Records[0].cf;
    invocations += 1;
    switch (request.querystring) {
        case 'event': return answer(event);
        case 'context': return answer({ ...context, remaining: context.getRemainingTimeInMillis() });
        case 'environment': return answer(process.env);
        case 'invocations': return answer({ invocations, born });
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
            return answer({ beats, longestPause });
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
    let ask = Ask::post("/api/%63ount?event", b"hello")
        .header("X-Twice", "1")
        .header("X-Twice", "2")
        .header("X-Forwarded-Proto", "gopher");
    let answer = ask.of(edge.port()).await;
    assert_eq!((answer.status, answer.x_cache().as_str()), (200, "LambdaGeneratedResponse from cloudfront"));
    let event = json_of(&answer.body);
    let cf = &event["Records"][0]["cf"];
    assert_eq!(cf["config"]["eventType"], "viewer-request");
    assert_eq!(cf["config"]["requestId"], answer.header("x-amz-cf-id"));
    let request = &cf["request"];
    assert_eq!((request["method"].as_str(), request["uri"].as_str()), (Some("POST"), Some("/api/%63ount")));
    assert_eq!((request["querystring"].as_str(), request["clientIp"].as_str()), (Some("event"), Some("127.0.0.1")));
    assert_eq!(request["headers"]["host"], json!([{ "key": "Host", "value": format!("localhost:{}", edge.port()) }]));
    assert_eq!(request["headers"]["x-twice"][1], json!({ "key": "X-Twice", "value": "2" }));
    assert!(request["headers"].get("x-forwarded-proto").is_none(), "functions are not shown it");
    assert_eq!(
        request["body"],
        json!({ "inputTruncated": false, "action": "read-only", "encoding": "base64", "data": "aGVsbG8=" })
    );

    let large = Ask::post("/?event", &vec![b'x'; 41_000]).of(edge.port()).await;
    assert_eq!(large.status, 502, "the echo is over 40 KB");
    assert_eq!(large.x_cache(), "LambdaValidationError from cloudfront");
}

#[tokio::test]
async fn the_function_has_lambdas_environment_and_nothing_of_ours() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    let environment = json_of(&Ask::get("/?environment").of(edge.port()).await.body);
    assert_eq!(environment["AWS_REGION"], "us-east-1");
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_NAME"], "edge");
    assert_eq!(environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "128");
    assert_eq!(environment["AWS_ENDPOINT_URL_SSM"], cloud.endpoint);
    assert!(
        environment["AWS_SESSION_TOKEN"].as_str().is_some_and(|token| !token.is_empty()),
        "a session of the function's role"
    );
    for name in ["HOME", "VITAE_NODE", "VITAE_MINISTACK", "CARGO_MANIFEST_DIR", "USER"] {
        assert!(environment.get(name).is_none(), "{name}");
    }
    let context = json_of(&Ask::get("/?context").of(edge.port()).await.body);
    assert_eq!((context["functionVersion"].as_str(), context["memoryLimitInMB"].as_str()), (Some("1"), Some("128")));
    assert!(context["remaining"].as_u64().is_some_and(|remaining| remaining <= 1_000), "{context}");
}

#[tokio::test]
async fn an_environment_is_reused_and_a_request_that_goes_on_is_changed() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    let first = json_of(&Ask::get("/?invocations").of(edge.port()).await.body);
    let second = json_of(&Ask::get("/?invocations").of(edge.port()).await.body);
    assert_eq!((second["invocations"].as_u64(), &second["born"]), (Some(2), &first["born"]));
    let changed = Ask::get("/anything?go").of(edge.port()).await;
    assert_eq!((changed.status, changed.text().as_str()), (200, "CHANGED"));
}

#[tokio::test]
async fn requests_at_once_get_environments_of_their_own() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    let asks: Vec<_> = (0..12).map(|_| tokio::spawn(Ask::get("/?invocations").of(edge.port()))).collect();
    let mut born = std::collections::BTreeSet::new();
    for ask in asks {
        let answer = ask.await.unwrap();
        assert_eq!(answer.status, 200);
        born.insert(json_of(&answer.body)["born"].to_string());
    }
    assert!((2..=4).contains(&born.len()), "{} environments", born.len());
}

#[tokio::test]
async fn what_a_function_prints_is_logged_and_cannot_forge_a_result() {
    let log = Log::collect();
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    assert_eq!(Ask::get("/?print").of(edge.port()).await.status, 204);
    // The lines come through a pipe of their own, after the answer perhaps: ask once more.
    for _ in 0..50 {
        if log.text().contains("forged") {
            break;
        }
        assert_eq!(Ask::get("/?print").of(edge.port()).await.status, 204);
    }
    assert!(log.text().contains("printed by the function"), "{}", log.text());
}

#[tokio::test]
async fn a_function_that_throws_ends_or_takes_too_much_is_503() {
    let log = Log::collect();
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    for way in ["throw", "exit", "memory", "buffers"] {
        let answer = Ask::get(&format!("/?{way}")).of(edge.port()).await;
        assert_eq!((answer.status, answer.x_cache().as_str()), (503, "LambdaExecutionError from cloudfront"), "{way}");
        assert_eq!(Ask::get("/?go").of(edge.port()).await.status, 200, "the next request is served, after {way}");
    }
    assert!(log.text().contains("RangeError: thrown on purpose at "), "{}", log.text());
    assert!(log.text().contains(" MB of memory, the limit is 128 MB"), "{}", log.text());
}

#[tokio::test]
async fn a_function_that_hangs_is_killed_after_its_timeout() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    let first = json_of(&Ask::get("/?invocations").of(edge.port()).await.body);
    let hung = Ask::get("/?hang").of(edge.port()).await;
    assert_eq!((hung.status, hung.x_cache().as_str()), (503, "LambdaExecutionError from cloudfront"));
    assert!(hung.text().contains("task timed out after 1 s"), "{}", hung.text());
    let next = json_of(&Ask::get("/?invocations").of(edge.port()).await.body);
    assert_ne!(first["born"], next["born"], "the environment did not survive");
}

#[tokio::test]
async fn a_result_that_cloudfront_does_not_take_is_502() {
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
        let answer = Ask::get(&format!("/?{}", query(&result))).of(edge.port()).await;
        assert_eq!(
            (answer.status, answer.x_cache().as_str()),
            (502, "LambdaValidationError from cloudfront"),
            "{result}"
        );
    }
    let taken = json!({ "status": "303", "headers": { "location": [{ "key": "Location", "value": "/a" }], "set-cookie": [{ "value": "a=1" }, { "value": "b=2" }] } });
    let answer = Ask::get(&format!("/?{}", query(&taken))).of(edge.port()).await;
    assert_eq!(
        (answer.status, answer.header("location").as_str(), answer.header("set-cookie").as_str()),
        (303, "/a", "a=1, b=2")
    );
}

#[tokio::test]
async fn the_role_of_the_function_may_read_what_its_policy_says_and_no_more() {
    let cloud = Cloud::start().await;
    let code = r"
import { createHash, createHmac } from 'node:crypto';
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const ask = async (name) => {
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token, AWS_ENDPOINT_URL_SSM: url } = process.env;
    const body = JSON.stringify({ Name: name });
    const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = `${date.slice(0, 8)}/us-east-1/ssm/aws4_request`;
    const headers = { host: new URL(url).host, 'x-amz-date': date, 'x-amz-security-token': token, 'x-amz-target': 'AmazonSSM.GetParameter' };
    const names = Object.keys(headers).sort();
    const canonical = ['POST', '/', '', ...names.map((n) => `${n}:${headers[n]}`), '', names.join(';'), sha256(body)].join('\n');
    const key = ['us-east-1', 'ssm', 'aws4_request'].reduce(hmac, hmac('AWS4' + secret, date.slice(0, 8)));
    const signature = createHmac('sha256', key).update(['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n')).digest('hex');
    const authorization = `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
    const response = await fetch(url, { method: 'POST', body, headers: { ...headers, authorization, 'content-type': 'application/x-amz-json-1.1' } });
    return { status: response.status, text: await response.text() };
};
export const handler = async () => ({ status: '200', body: JSON.stringify([await ask('/allowed/a'), await ask('/forbidden/a')]) });
";
    cloud.bucket("site", &[]).await;
    let version = cloud.function_version("edge", code).await;
    let behavior =
        behavior("*", "site").lambda_function_associations(lambda_at_edge(&version, EventType::ViewerRequest, false));
    let (id, _) =
        cloud.distribution(config(vec![bucket_origin(&cloud, "site").await], vec![behavior]).build().unwrap()).await;
    let edge = cloud.serve(&id).await;
    let answers = json_of(&Ask::get("/").of(edge.port()).await.body);
    assert!(answers[0]["text"].as_str().unwrap().contains("ParameterNotFound"), "{answers}");
    assert!(answers[1]["text"].as_str().unwrap().contains("AccessDenied"), "{answers}");
}

#[tokio::test]
async fn every_process_ends_with_the_edge() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    assert_eq!(Ask::get("/?go").of(edge.port()).await.status, 200);
    let scratch = cloud.folder().join("scratch").display().to_string();
    assert_eq!(processes_with(&scratch), 1);
    edge.shutdown().await;
    let started = std::time::Instant::now();
    while processes_with(&scratch) > 0 {
        assert!(started.elapsed().as_secs() < 10, "a process of the function lives on");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_a_handler_leaves_running_stands_still_between_requests() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud, false).await;
    let scratch = cloud.folder().join("scratch").display().to_string();
    assert_eq!(Ask::get("/?leave%20running").of(edge.port()).await.status, 200);
    until_stopped(&scratch).await;
    let pause = std::time::Duration::from_millis(700);
    tokio::time::sleep(pause).await;
    let later = json_of(&Ask::get("/?leave%20running").of(edge.port()).await.body);
    // The interval beats when the environment wakes, perhaps only after the handler has answered.
    let last = json_of(&Ask::get("/?leave%20running").of(edge.port()).await.body);
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
        .args(["--exact", "lambda_at_edge::an_edge_in_a_process_of_its_own", "--ignored", "--nocapture"])
        .envs(cloud.variables_for_another_process(&id))
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(other.stdout.take().unwrap()));
    let port = loop {
        let line = lines.next_line().await.unwrap().expect("the edge says its port");
        if let Some(port) = line.split("edge on port ").nth(1) {
            break port.trim().parse().unwrap();
        }
    };
    assert_eq!(Ask::get("/?go").of(port).await.status, 200);
    let scratch = cloud.folder().join("scratch").display().to_string();
    until_stopped(&scratch).await;
    other.kill().await.unwrap();
    let started = std::time::Instant::now();
    while !states_of(&scratch).is_empty() {
        assert!(started.elapsed().as_secs() < 10, "a frozen process outlives its edge: {:?}", states_of(&scratch));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
#[ignore = "another test runs it in a process of its own, and kills that"]
async fn an_edge_in_a_process_of_its_own() {
    let edge = Cloud::edge_of_another_process().await;
    println!("edge on port {}", edge.port());
    std::future::pending::<()>().await;
}

/// Processes whose command line holds `text`.
fn processes_with(text: &str) -> usize {
    states_of(text).len()
}

/// A busy process stops a moment after it is told to.
async fn until_stopped(text: &str) {
    let started = std::time::Instant::now();
    while states_of(text) != ["T"] {
        assert!(started.elapsed().as_secs() < 10, "not stopped: {:?}", states_of(text));
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

/// The state of each process whose command line holds `text`: `T` is stopped.
fn states_of(text: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok).map(|process| process.path());
    let ours = processes.filter(|path| {
        std::fs::read(path.join("cmdline")).is_ok_and(|line| String::from_utf8_lossy(&line).contains(text))
    });
    let stat = ours.filter_map(|path| std::fs::read_to_string(path.join("stat")).ok());
    // The name of the program stands in parentheses and may hold anything.
    stat.filter_map(|stat| Some(stat.rsplit_once(") ")?.1.chars().next()?.to_string())).collect()
}
