//! A common mistake with CORS behind a cache: a response for one origin is served to another.
//!
//! The counter copies `x-vitae-allow-origin`, which the edge sets, into `Access-Control-Allow-Origin`. CloudFront ignores
//! `Vary`, so only the cache policy separates the responses of two origins.

use std::fs;
use std::path::Path;

use crate::support::distribution::ALL_EXCEPT_HOST;
use crate::support::{CachePolicy, Cloud, Request, Response, TestClock, behavior, config, function_url_origin};

const COUNTER: &str = r"
export const handler = async (event) => {
    const headers = { 'content-type': 'application/json', 'cache-control': 'max-age=5', vary: 'Origin' };
    const origin = event.headers['x-vitae-allow-origin'];
    if (origin) headers['access-control-allow-origin'] = origin;
    return { statusCode: 200, headers, body: JSON.stringify({ query: event.rawQueryString }) };
};";

/// Sends a request from one origin, another, and the first again, under a cache policy.
async fn request_from_two_origins(policy: CachePolicy<'_>) -> [Response; 3] {
    let cloud = Cloud::start().await;
    let policy = policy.create(&cloud, "api").await;
    request_under(&cloud, &policy).await
}

async fn request_under(cloud: &Cloud, policy: &str) -> [Response; 3] {
    let host = cloud.function_url("counter", COUNTER).await;
    let api = behavior("*", "counter").cache_policy_id(policy).origin_request_policy_id(ALL_EXCEPT_HOST);
    let origin = function_url_origin(cloud, "counter", &host).await;
    let (id, arn) = cloud.distribution(config(vec![origin], vec![api]).build().unwrap()).await;
    cloud.allow_invocation("counter", &arn).await;
    let (clock, _test_clock) = TestClock::at(1_800_000_000);
    let edge = cloud.serve_at(&id, clock).await.unwrap();
    let request = |origin: &str| Request::get("/api/count").header("X-Vitae-Allow-Origin", origin).send(edge.port());
    [
        request("https://resume.example").await,
        request("https://www.resume.example").await,
        request("https://resume.example").await,
    ]
}

fn allowed(response: &Response) -> String {
    assert_eq!(response.status, 200, "{}", response.text());
    response.header("access-control-allow-origin")
}

#[tokio::test]
async fn a_policy_without_the_origin_in_its_key_serves_one_origins_response_to_another() {
    let [first, second, _] =
        request_from_two_origins(CachePolicy { min: 0, default: 0, max: 5, query: &["days"], headers: &[] }).await;
    assert_eq!(allowed(&first), "https://resume.example");
    assert_eq!(second.x_cache(), "Hit from cloudfront");
    assert_eq!(allowed(&second), "https://resume.example", "a browser would block this for www.resume.example");
}

#[tokio::test]
async fn a_policy_with_the_origin_in_its_key_separates_origins() {
    let headers = &["x-vitae-allow-origin"];
    let policy = CachePolicy { min: 0, default: 0, max: 5, query: &["days"], headers };
    let [first, second, third] = request_from_two_origins(policy).await;
    assert_eq!([allowed(&first), allowed(&second)], ["https://resume.example", "https://www.resume.example"]);
    assert_eq!([third.x_cache(), allowed(&third)], ["Hit from cloudfront", "https://resume.example"]);
}

#[tokio::test]
async fn the_stacks_policy_separates_origins() {
    let template =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../cloudformation/stack.yaml")).unwrap();
    let api = template.split("- PathPattern: /api/*").nth(1).expect("stack.yaml has a behavior for /api/*");
    let policy = api.lines().find_map(|line| line.trim().strip_prefix("CachePolicyId: ")).expect("a cache policy");
    let cloud = Cloud::start().await;
    let [first, second, third] = request_under(&cloud, policy).await;
    assert_eq!([allowed(&first), allowed(&second)], ["https://resume.example", "https://www.resume.example"]);
    assert_eq!([third.x_cache(), allowed(&third)], ["Miss from cloudfront", "https://resume.example"]);
}
