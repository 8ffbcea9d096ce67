//! The classic accident with CORS behind a cache: the answer made for one origin is served to another.
//!
//! The counter echoes `x-vitae-allow-origin`, which the edge sets, as `Access-Control-Allow-Origin`. Whether two origins get answers of
//! their own is up to the cache policy alone, since CloudFront knows no `Vary`.

use std::fs;
use std::path::Path;

use crate::support::distribution::ALL_EXCEPT_HOST;
use crate::support::{Answer, Ask, CachePolicy, Cloud, Hands, behavior, config, function_url_origin};

const COUNTER: &str = r"
export const handler = async (event) => {
    const headers = { 'content-type': 'application/json', 'cache-control': 'max-age=5', vary: 'Origin' };
    const origin = event.headers['x-vitae-allow-origin'];
    if (origin) headers['access-control-allow-origin'] = origin;
    return { statusCode: 200, headers, body: JSON.stringify({ query: event.rawQueryString }) };
};";

/// Asks as the page of one origin and then as another's, under a policy.
async fn asked_by_two(policy: CachePolicy<'_>) -> [Answer; 3] {
    let cloud = Cloud::start().await;
    let host = cloud.function_url("counter", COUNTER).await;
    let policy = policy.make(&cloud, "api").await;
    let api = behavior("*", "counter").cache_policy_id(policy).origin_request_policy_id(ALL_EXCEPT_HOST);
    let origin = function_url_origin(&cloud, "counter", &host).await;
    let (id, arn) = cloud.distribution(config(vec![origin], vec![api]).build().unwrap()).await;
    cloud.permit_both("counter", &arn).await;
    let (clock, _hands) = Hands::at(1_800_000_000);
    let edge = cloud.serve_at(&id, clock).await.unwrap();
    let ask = |origin: &str| Ask::get("/api/count").header("X-Vitae-Allow-Origin", origin).of(edge.port());
    [ask("https://resume.example").await, ask("https://www.resume.example").await, ask("https://resume.example").await]
}

fn allowed(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.header("access-control-allow-origin")
}

#[tokio::test]
async fn a_policy_without_the_origin_in_its_key_serves_one_origins_answer_to_another() {
    let [first, second, _] =
        asked_by_two(CachePolicy { min: 0, default: 0, max: 5, query: &["days"], headers: &[] }).await;
    assert_eq!(allowed(&first), "https://resume.example");
    assert_eq!(second.x_cache(), "Hit from cloudfront");
    assert_eq!(allowed(&second), "https://resume.example", "the browser would refuse this to www.resume.example");
}

#[tokio::test]
async fn the_stacks_own_policy_tells_origins_apart() {
    let template =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../cloudformation/stack.yaml")).unwrap();
    let policy = template.split("\n  ApiCachePolicy:").nth(1).expect("the stack has the policy of its API");
    let policy = policy.split("\n\n").next().unwrap();
    let value = |name: &str| {
        let line = policy.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or_else(|| panic!("{name} is not in {policy}"))
    };
    let number = |name: &str| value(name).parse().unwrap();
    let list = |name: &str| -> Vec<&'_ str> { value(name).trim_matches(['[', ']']).split(", ").collect() };
    let (query, headers) = (list("QueryStrings"), list("Headers"));
    let policy = CachePolicy {
        min: number("MinTTL"),
        default: number("DefaultTTL"),
        max: number("MaxTTL"),
        query: &query,
        headers: &headers,
    };
    let [first, second, third] = asked_by_two(policy).await;
    assert_eq!(
        (allowed(&first), allowed(&second)),
        ("https://resume.example".into(), "https://www.resume.example".into())
    );
    assert_eq!((third.x_cache().as_str(), allowed(&third).as_str()), ("Hit from cloudfront", "https://resume.example"));
}
