//! Rules that contradict what one would expect, each as it was observed at the real service.

use aws_sdk_cloudfront::types as t;

use crate::support::cloud::ECHO;
use crate::support::distribution::ALL_VIEWER;
use crate::support::{
    Cloud, Log, Request, behavior, bucket_origin, cloudfront_function, config, function_url_origin, raw_bytes,
};

/// `SecurityHeadersPolicy`.
const SECURITY_HEADERS: &str = "67f7725c-6f97-4210-82d7-5512b31e9d03";

/// Captures of carpentries.org, February 2024, and secariolabs.com, 2022.
#[tokio::test]
async fn a_redirect_to_https_has_the_headers_of_the_policy_but_no_strict_transport_security() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("a", "A")]).await;
    let site = behavior("*", "site").response_headers_policy_id(SECURITY_HEADERS);
    let (id, _) =
        cloud.distribution(config(vec![bucket_origin(&cloud, "site").await], vec![site]).build().unwrap()).await;
    let edge = cloud.serve_https(&id).await;
    let moved = Request::get("/a").send(edge.port()).await;
    assert_eq!((moved.status, moved.x_cache().as_str()), (301, "Redirect from cloudfront"));
    for name in ["x-xss-protection", "x-frame-options", "referrer-policy", "x-content-type-options"] {
        assert_ne!(moved.header(name), "", "{name}");
    }
    assert_eq!(moved.header("strict-transport-security"), "");
    assert_eq!([moved.header("content-type"), moved.header("content-length")], ["text/html", "167"]);
    assert_eq!(moved.header("server"), "CloudFront");
}

/// Captures of generated responses: `Server: CloudFront`, the function's reason phrase, no content type of CloudFront's.
#[tokio::test]
async fn a_generated_response_has_the_functions_reason_and_cloudfronts_server() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[]).await;
    let code = "function handler() { return { statusCode: 307, statusDescription: 'CostManagementRedirect', \
                headers: { location: { value: '/' } } }; }";
    let arn = cloud.cloudfront_function("f", code).await;
    let site = behavior("*", "site").function_associations(cloudfront_function(&arn));
    let (id, _) =
        cloud.distribution(config(vec![bucket_origin(&cloud, "site").await], vec![site]).build().unwrap()).await;
    let edge = cloud.serve(&id).await;
    let request = format!("GET / HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", edge.port());
    let response = String::from_utf8(raw_bytes(edge.port(), request.as_bytes()).await).unwrap().to_ascii_lowercase();
    assert!(response.starts_with("http/1.1 307 costmanagementredirect\r\n"), "{response}");
    assert!(response.contains("server: cloudfront\r\n") && response.contains("content-length: 0\r\n"), "{response}");
    assert!(!response.contains("content-type"), "{response}");
}

/// A staging site, September 2026: published without an error, and then each request is a 503 with the policy's headers.
#[tokio::test]
async fn a_function_that_the_runtime_cannot_run_is_loaded_and_each_request_is_503() {
    let log = Log::collect();
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("a", "A")]).await;
    let code = "function handler(event) {\n  for (const a of [1]) {}\n  return event.request;\n}";
    let arn = cloud.cloudfront_function("f", code).await;
    let site = behavior("*", "site").function_associations(cloudfront_function(&arn));
    let site = site.response_headers_policy_id(SECURITY_HEADERS);
    let (id, _) =
        cloud.distribution(config(vec![bucket_origin(&cloud, "site").await], vec![site]).build().unwrap()).await;
    let edge = cloud.serve(&id).await;
    let reason = "SyntaxError: the runtime does not support for...of, in line 2";
    assert!(log.text().contains(reason), "reported when it is loaded: {}", log.text());
    let failed = Request::get("/a").send(edge.port()).await;
    assert_eq!((failed.status, failed.x_cache().as_str()), (503, "FunctionExecutionError from cloudfront"));
    assert!(
        failed.text().contains("is invalid or could not run") && failed.text().contains(reason),
        "{}",
        failed.text()
    );
    assert_eq!(failed.header("x-frame-options"), "SAMEORIGIN");
}

async fn public_function_url(cloud: &Cloud, policy: &str) -> vitae_local::LocalEdge {
    let host = cloud.public_function_url("echo", ECHO).await;
    let origin = function_url_origin(cloud, "echo", &host).await;
    let origin = t::Origin::builder()
        .id("echo")
        .domain_name(host)
        .set_custom_origin_config(origin.custom_origin_config().cloned())
        .build()
        .unwrap();
    let api = behavior("*", "echo").origin_request_policy_id(policy);
    let (id, _) = cloud.distribution(config(vec![origin], vec![api]).build().unwrap()).await;
    cloud.serve(&id).await
}

/// aws/aws-cdk#20090: a Function URL responds with 403 to CloudFront's own host.
#[tokio::test]
async fn a_function_url_that_gets_the_viewers_host_responds_with_403() {
    let cloud = Cloud::start().await;
    let edge = public_function_url(&cloud, ALL_VIEWER).await;
    assert_eq!(Request::get("/").send(edge.port()).await.status, 403);
}
