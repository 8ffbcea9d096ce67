//! Traces of requests.

use std::sync::{Arc, Mutex};

use aws_sdk_cloudfront::types::EventType;
use vitae_local::{RequestLine, RequestLog};

use super::support::{Cloud, Request, behavior, bucket_origin, cloudfront_function, config, lambda_at_edge};

#[tokio::test]
async fn a_trace_has_the_input_and_output_of_every_stage_and_no_secret() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("page", "<p>")]).await;
    let redirecting = "export const handler = async (event) => ({ status: '303', headers: { location: \
                [{ key: 'Location', value: '/cv/a?Expires=1&Signature=c2lnbmVk&Key-Pair-Id=K1' }] }, body: 'a body of its own' });";
    let version = cloud.function_version("redirecting", redirecting).await;
    let rewrite = "function handler(event) { event.request.uri = '/page'; return event.request; }";
    let arn = cloud.cloudfront_function("rewrite", rewrite).await;
    let api = behavior("/api/*", "site").lambda_function_associations(lambda_at_edge(
        &version,
        EventType::ViewerRequest,
        true,
    ));
    let site = behavior("*", "site").function_associations(cloudfront_function(&arn));
    let (id, arn) =
        cloud.distribution(config(vec![bucket_origin(&cloud, "site").await], vec![api, site]).build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    let lines = Arc::new(Mutex::new(Vec::<RequestLine>::new()));
    let sink = Arc::clone(&lines);
    let edge = cloud.serve_traced(&id, RequestLog::from_fn(move |line| sink.lock().unwrap().push(line)).traced()).await;

    let request = Request::get("/old?Signature=c2lnbmVk&a=1").header("X-Forwarded-For", "198.51.100.7");
    assert_eq!(request.header("Authorization", "Bearer c2VjcmV0").send(edge.port()).await.text(), "<p>");
    assert_eq!(Request::post("/api/cv", b"a visitor's words").send(edge.port()).await.status, 303);

    let lines = lines.lock().unwrap();
    let names = |line: &RequestLine| line.stages.iter().map(|stage| stage.name).collect::<Vec<_>>();
    assert_eq!((names(&lines[0]), names(&lines[1])), (vec!["function", "origin"], vec!["function"]));
    assert_eq!((lines[0].status, lines[0].result, lines[0].behavior.as_deref()), (200, "Miss", Some("*")));
    let (function, origin) = (&lines[0].stages[0], &lines[0].stages[1]);
    assert_eq!(function.event.as_ref().unwrap()["request"]["uri"], "/old");
    assert_eq!(function.result.as_ref().unwrap()["uri"], "/page");
    assert_eq!(origin.event.as_ref().unwrap()["uri"], "/page");
    assert_eq!(origin.result.as_ref().unwrap()["status"], 200);
    let redirect = lines[1].stages[0].result.as_ref().unwrap();
    assert_eq!(redirect["headers"]["location"][0]["value"], "/cv/a?Expires=1&Signature=(hidden)&Key-Pair-Id=K1");
    assert_eq!(redirect["body"], "(17 bytes)");

    let logged = serde_json::to_string(&*lines).unwrap();
    for secret in ["c2lnbmVk", "c2VjcmV0", "198.51.100.7", "127.0.0.1", "a body of its own", "visitor"] {
        assert!(!logged.contains(secret), "the trace contains {secret}: {logged}");
    }
}
