//! A Function URL behind origin access control.

use aws_sdk_cloudfront::types::builders::CacheBehaviorBuilder;
use serde_json::Value;
use vitae_local::LocalEdge;

use crate::support::cloud::{ECHO, parse_json};
use crate::support::distribution::{ALL_EXCEPT_HOST, ALL_VIEWER};
use crate::support::{Cloud, Log, Request, behavior, config, function_url_origin, raw};

/// SHA-256 of `{}`.
const HASH: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

async fn serve(cloud: &Cloud, default: CacheBehaviorBuilder, permissions: &[&str]) -> (LocalEdge, String, String) {
    let host = cloud.function_url("counter", ECHO).await;
    let origin = function_url_origin(cloud, "counter", &host).await;
    let (id, arn) = cloud.distribution(config(vec![origin], vec![default]).build().unwrap()).await;
    for action in permissions {
        cloud.allow_action("counter", action, &arn).await;
    }
    (cloud.serve(&id).await, host, arn)
}

fn all_except_host() -> CacheBehaviorBuilder {
    behavior("*", "counter").origin_request_policy_id(ALL_EXCEPT_HOST)
}

const BOTH: [&str; 2] = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"];

fn event(response: &crate::support::Response) -> Value {
    assert_eq!(response.status, 200, "{}", response.text());
    parse_json(&response.body)
}

#[tokio::test]
async fn the_function_gets_the_raw_path_the_query_and_the_headers_that_the_policy_forwards() {
    let cloud = Cloud::start().await;
    let (edge, host, _) = serve(&cloud, all_except_host(), &BOTH).await;
    let request = Request::get("/api/%63ount?days=30&x=a%20b")
        .header("X-Vitae-Allow-Origin", "http://a")
        .header("User-Agent", "me");
    let response = request.header("Cookie", "a=1").send(edge.port()).await;
    assert_eq!(response.x_cache(), "Miss from cloudfront");
    let event = event(&response);
    assert_eq!(event["requestContext"]["http"]["method"], "GET");
    assert_eq!(event["rawQueryString"], "days=30&x=a%20b");
    let headers = &event["headers"];
    assert_eq!(headers["host"], host, "the signature covers the origin's host");
    assert_eq!(headers["x-vitae-allow-origin"], "http://a");
    assert_eq!(headers["user-agent"], "me");
    assert_eq!(headers["x-amz-cf-id"].as_str().unwrap().len(), 56);
    assert!(headers["via"].as_str().unwrap().contains("cloudfront"));
}

#[tokio::test]
async fn without_an_origin_request_policy_the_function_gets_no_viewer_headers_and_no_query() {
    let cloud = Cloud::start().await;
    let (edge, ..) = serve(&cloud, behavior("*", "counter"), &BOTH).await;
    let request = Request::get("/a?days=30")
        .header("X-Own", "1")
        .header("User-Agent", "me")
        .header("Cookie", "a=1")
        .header("Origin", "http://a");
    let event = event(&request.send(edge.port()).await);
    assert_eq!(event["rawQueryString"], "");
    assert_eq!(event["headers"]["user-agent"], "Amazon CloudFront");
    for name in ["x-own", "cookie", "origin"] {
        assert!(event["headers"].get(name).is_none(), "{name}");
    }
}

#[tokio::test]
async fn a_post_needs_the_hash_of_its_body() {
    let log = Log::collect();
    let cloud = Cloud::start().await;
    let (edge, ..) = serve(&cloud, all_except_host(), &BOTH).await;
    let post = |hash: Option<&str>| {
        let request = Request::post("/api/count", b"{}").header("Content-Type", "application/json");
        let request = match hash {
            Some(hash) => request.header("x-amz-content-sha256", hash),
            None => request,
        };
        request.send(edge.port())
    };
    let response = post(Some(HASH)).await;
    assert_eq!(event(&response)["body"], "{}");
    for rejected in [post(None).await, post(Some(EMPTY)).await] {
        assert_eq!(rejected.status, 403);
        assert_eq!(rejected.header("x-amzn-errortype"), "InvalidSignatureException");
    }
    let empty = Request::post("/", b"").header("x-amz-content-sha256", EMPTY).send(edge.port()).await;
    assert_eq!(empty.status, 200, "{}", empty.text());
    // minorun365/html-share#4 and aws-amplify/amplify-backend#3194.
    let without_hash = Request::post("/", b"").send(edge.port()).await;
    assert_eq!(without_hash.status, 200, "{}", without_hash.text());
    assert!(log.text().contains("POST without x-amz-content-sha256"), "{}", log.text());
}

#[tokio::test]
async fn a_missing_permission_is_403_and_the_log_names_it() {
    for (given, missing) in [(BOTH[0], BOTH[1]), (BOTH[1], BOTH[0])] {
        let log = Log::collect();
        let cloud = Cloud::start().await;
        let (edge, _, arn) = serve(&cloud, all_except_host(), &[given]).await;
        let rejected = Request::get("/").send(edge.port()).await;
        assert_eq!((rejected.status, rejected.header("x-amzn-errortype").as_str()), (403, "AccessDeniedException"));
        let expected = [
            format!("does not allow {missing} on "),
            format!(" to the service cloudfront.amazonaws.com with AWS:SourceArn {arn}"),
        ];
        assert!(expected.iter().all(|expected| log.text().contains(expected)), "{}", log.text());
        cloud.allow_action("counter", missing, &arn).await;
        assert_eq!(Request::get("/").send(edge.port()).await.status, 200);
    }
}

#[tokio::test]
async fn the_viewers_host_at_the_origin_breaks_the_signature() {
    let log = Log::collect();
    let cloud = Cloud::start().await;
    let (edge, ..) = serve(&cloud, behavior("*", "counter").origin_request_policy_id(ALL_VIEWER), &BOTH).await;
    let rejected = Request::get("/").send(edge.port()).await;
    assert_eq!((rejected.status, rejected.header("x-amzn-errortype").as_str()), (403, "InvalidSignatureException"));
    assert!(log.text().contains("use AllViewerExceptHostHeader"), "{}", log.text());
}

#[tokio::test]
async fn a_direct_unsigned_request_to_the_function_url_is_403() {
    let cloud = Cloud::start().await;
    let host = cloud.function_url("counter", ECHO).await;
    let by_host =
        raw(cloud.port(), format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes()).await;
    assert_eq!(by_host.status, 403, "{}", by_host.text());
    let id = host.split('.').next().unwrap();
    let by_path = format!("GET /_aws/lambda-url/{id}/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert_eq!(raw(cloud.port(), by_path.as_bytes()).await.status, 403);
    let forged = "Authorization: AWS4-HMAC-SHA256 Credential=AKIAFORGED/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=00";
    let forged = format!(
        "GET / HTTP/1.1\r\nHost: {host}\r\n{forged}\r\nx-amz-date: 20260101T000000Z\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(raw(cloud.port(), forged.as_bytes()).await.status, 403);
}

#[tokio::test]
async fn a_method_that_the_behavior_does_not_allow_is_403() {
    use aws_sdk_cloudfront::types::{AllowedMethods, Method};
    let cloud = Cloud::start().await;
    let two = AllowedMethods::builder().quantity(2).items(Method::Get).items(Method::Head).build().unwrap();
    let (edge, ..) = serve(&cloud, all_except_host().allowed_methods(two), &BOTH).await;
    for method in ["POST", "OPTIONS", "DELETE", "TRACE", "BREW"] {
        let rejected = Request::method(method, "/").send(edge.port()).await;
        assert_eq!((rejected.status, rejected.x_cache().as_str()), (403, "Error from cloudfront"), "{method}");
    }
    let with_body = format!(
        "GET / HTTP/1.1\r\nHost: localhost:{}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi",
        edge.port()
    );
    assert_eq!(raw(edge.port(), with_body.as_bytes()).await.status, 403);
}
