//! The cache: its key, its lifetimes and invalidation.

use aws_sdk_cloudfront::types::{
    CustomErrorResponse, CustomErrorResponses, InvalidationBatch, Paths, TrustedKeyGroups,
};
use vitae_local::LocalEdge;

use crate::support::distribution::{ALL_EXCEPT_HOST, CACHING_OPTIMIZED};
use crate::support::{
    CachePolicy, Cloud, Keys, Request, TestClock, behavior, bucket_origin, config, function_url_origin,
};

const NOW: u64 = 1_800_000_000;

/// Returns a different body each time, with the headers that the query names.
const RANDOM: &str = r"
export const handler = async (event) => {
    const query = event.queryStringParameters ?? {};
    if (query.slow) await new Promise((done) => setTimeout(done, Number(query.slow)));
    const headers = { 'content-type': 'text/plain' };
    for (const name of ['cache-control', 'expires', 'etag']) if (query[name]) headers[name] = query[name];
    if (query.etag && event.headers['if-none-match'] === query.etag) return { statusCode: 304, headers };
    return { statusCode: Number(query.status ?? 200), headers, body: String(Math.random()) };
};";

struct Site {
    cloud: Cloud,
    edge: LocalEdge,
    id: String,
    test_clock: TestClock,
}

impl Site {
    /// Serves a bucket with the objects `a` and `b` under a cache policy, with the clock at `NOW`.
    async fn bucket(policy: CachePolicy<'_>) -> Self {
        let cloud = Cloud::start().await;
        cloud.bucket("site", &[("a", "0123456789"), ("b", "B")]).await;
        let policy = policy.create(&cloud, "p").await;
        let behavior = behavior("*", "site").cache_policy_id(policy);
        let (id, arn) = cloud
            .distribution(config(vec![bucket_origin(&cloud, "site").await], vec![behavior]).build().unwrap())
            .await;
        cloud.allow("site", &arn, &["s3:GetObject", "s3:ListBucket"]).await;
        Self::serve(cloud, id).await
    }

    /// Serves a function with a different response each time.
    async fn random(policy: CachePolicy<'_>) -> Self {
        let cloud = Cloud::start().await;
        let host = cloud.function_url("random", RANDOM).await;
        let policy = policy.create(&cloud, "p").await;
        let behavior = behavior("*", "random").cache_policy_id(policy).origin_request_policy_id(ALL_EXCEPT_HOST);
        let origin = function_url_origin(&cloud, "random", &host).await;
        let (id, arn) = cloud.distribution(config(vec![origin], vec![behavior]).build().unwrap()).await;
        cloud.allow_invocation("random", &arn).await;
        Self::serve(cloud, id).await
    }

    async fn serve(cloud: Cloud, id: String) -> Self {
        let (clock, test_clock) = TestClock::at(NOW);
        let edge = cloud.serve_at(&id, clock).await.unwrap();
        Self { cloud, edge, id, test_clock }
    }

    /// `X-Cache` without ` from cloudfront`, and the body.
    async fn get(&self, target: &str) -> (String, String) {
        let response = Request::get(target).send(self.edge.port()).await;
        (response.x_cache().replace(" from cloudfront", ""), response.text())
    }

    async fn put(&self, key: &str, contents: &str) {
        let body = contents.as_bytes().to_vec().into();
        self.cloud.s3.put_object().bucket("site").key(key).body(body).send().await.unwrap();
    }

    async fn invalidate(&self, path: &str) {
        let paths = Paths::builder().quantity(1).items(path).build().unwrap();
        let batch = InvalidationBatch::builder().caller_reference(path).paths(paths).build().unwrap();
        let create = self.cloud.cloudfront.create_invalidation().distribution_id(&self.id).invalidation_batch(batch);
        create.send().await.unwrap();
    }
}

fn pair(result: &str, text: &str) -> (String, String) {
    (result.to_owned(), text.to_owned())
}

#[tokio::test]
async fn a_cached_object_is_served_with_its_age() {
    let site = Site::bucket(CachePolicy::MINUTE).await;
    assert_eq!(site.get("/a").await, pair("Miss", "0123456789"));
    site.put("a", "changed").await;
    site.test_clock.set(NOW + 59);
    let hit = Request::get("/a").send(site.edge.port()).await;
    assert_eq!((hit.x_cache().as_str(), hit.text().as_str()), ("Hit from cloudfront", "0123456789"));
    assert_eq!((hit.header("age").as_str(), hit.header("x-amz-cf-id").len()), ("59", 56));
    assert_eq!(site.get("/a?x=1").await.0, "Hit", "the query is not in the key");
    site.test_clock.set(NOW + 60);
    assert_eq!(site.get("/a").await, pair("Miss", "changed"));
}

#[tokio::test]
async fn a_stale_object_that_has_not_changed_is_a_refresh_hit() {
    let site = Site::bucket(CachePolicy::MINUTE).await;
    assert_eq!(site.get("/a").await, pair("Miss", "0123456789"));
    site.test_clock.set(NOW + 60);
    assert_eq!(site.get("/a").await, pair("RefreshHit", "0123456789"));
    site.test_clock.set(NOW + 119);
    assert_eq!(site.get("/a").await, pair("Hit", "0123456789"));
}

#[tokio::test]
async fn range_and_conditional_requests_are_served_from_the_cache() {
    let site = Site::bucket(CachePolicy::MINUTE).await;
    let port = site.edge.port();
    let first = Request::get("/a").header("If-None-Match", "\"other\"").send(port).await;
    assert_eq!((first.status, first.x_cache().as_str()), (200, "Miss from cloudfront"));
    site.cloud.s3.delete_object().bucket("site").key("a").send().await.unwrap();

    let middle = Request::get("/a").header("Range", "bytes=2-4").send(port).await;
    assert_eq!((middle.status, middle.text().as_str(), middle.x_cache().as_str()), (206, "234", "Hit from cloudfront"));
    assert_eq!(middle.header("content-range"), "bytes 2-4/10");
    let beyond = Request::get("/a").header("Range", "bytes=10-").send(port).await;
    assert_eq!((beyond.status, beyond.header("content-range").as_str()), (416, "bytes */10"));
    let same = Request::get("/a").header("If-None-Match", &first.header("etag")).send(port).await;
    assert_eq!((same.status, same.body.len(), same.x_cache().as_str()), (304, 0, "Hit from cloudfront"));
    let since = Request::get("/a").header("If-Modified-Since", &first.header("last-modified")).send(port).await;
    assert_eq!(since.status, 304);
    let head = Request::method("HEAD", "/a").send(port).await;
    assert_eq!((head.status, head.header("content-length").as_str(), head.body.len()), (200, "10", 0));
    assert_eq!(head.x_cache(), "Hit from cloudfront");
}

#[tokio::test]
async fn a_conditional_first_request_is_evaluated_and_the_whole_object_is_cached() {
    let site = Site::bucket(CachePolicy::MINUTE).await;
    let port = site.edge.port();
    let etag = Request::get("/a").send(port).await.header("etag");
    site.edge.invalidate(["/*"]);
    let same = Request::get("/a").header("If-None-Match", &etag).send(port).await;
    assert_eq!((same.status, same.x_cache().as_str()), (304, "Miss from cloudfront"));
    assert_eq!(site.get("/a").await, pair("Hit", "0123456789"));
}

#[tokio::test]
async fn the_cache_key_contains_what_the_policy_names_and_nothing_else() {
    let site = Site::random(CachePolicy { query: &["days"], headers: &["X-Key"], ..CachePolicy::MINUTE }).await;
    let plain = site.get("/a").await;
    assert_eq!(site.get("/a?other=1").await, ("Hit".to_owned(), plain.1.clone()));
    assert_eq!(site.get("/a?days=1").await.0, "Miss");
    assert_eq!(site.get("/a?other=2&days=1").await.0, "Hit");
    let with_header = |value: &str| Request::get("/a").header("X-Key", value).send(site.edge.port());
    assert_eq!(with_header("1").await.x_cache(), "Miss from cloudfront");
    assert_eq!(with_header("1").await.x_cache(), "Hit from cloudfront");
    assert_eq!(with_header("2").await.x_cache(), "Miss from cloudfront");
    let cookie = Request::get("/a").header("Cookie", "a=1").send(site.edge.port()).await;
    assert_eq!((cookie.x_cache().as_str(), cookie.text()), ("Hit from cloudfront", plain.1));
}

#[tokio::test]
async fn the_origin_can_shorten_the_ttl_and_prevent_caching() {
    let site = Site::random(CachePolicy::MINUTE).await;
    assert_eq!(site.get("/short?cache-control=max-age%3D5").await.0, "Miss");
    site.test_clock.set(NOW + 4);
    assert_eq!(site.get("/short?cache-control=max-age%3D5").await.0, "Hit");
    site.test_clock.set(NOW + 5);
    assert_eq!(site.get("/short?cache-control=max-age%3D5").await.0, "Miss");
    for word in ["no-store", "private"] {
        let first = site.get(&format!("/{word}?cache-control={word}")).await;
        assert_ne!(site.get(&format!("/{word}?cache-control={word}")).await.1, first.1, "{word}");
    }
    let target = "/revalidated?cache-control=no-cache&etag=%22v1%22";
    let first = site.get(target).await;
    assert_eq!(site.get(target).await, ("RefreshHit".to_owned(), first.1));
    assert_eq!(
        Request::post("/short", b"a body").send(site.edge.port()).await.status,
        403,
        "the POST reached the origin, which rejects a body without its hash"
    );
}

#[tokio::test]
async fn an_error_is_cached_for_its_minimum_ttl() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[]).await;
    let entry = CustomErrorResponse::builder().error_code(404).error_caching_min_ttl(7).build().unwrap();
    let errors = CustomErrorResponses::builder().quantity(1).items(entry).build().unwrap();
    let distribution = config(vec![bucket_origin(&cloud, "site").await], vec![behavior("*", "site")]);
    let (id, arn) = cloud.distribution(distribution.custom_error_responses(errors).build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject", "s3:ListBucket"]).await;
    let site = Site::serve(cloud, id).await;
    assert_eq!(Request::get("/late").send(site.edge.port()).await.status, 404);
    site.put("late", "here").await;
    site.test_clock.set(NOW + 6);
    let kept = Request::get("/late").send(site.edge.port()).await;
    assert_eq!(
        (kept.status, kept.x_cache().as_str(), kept.header("age").as_str()),
        (404, "Error from cloudfront", "6")
    );
    site.test_clock.set(NOW + 7);
    assert_eq!(site.get("/late").await, pair("Miss", "here"));
}

#[tokio::test]
async fn a_stale_object_is_served_while_the_origin_fails() {
    let site = Site::random(CachePolicy::MINUTE).await;
    let (_, body) = site.get("/a").await;
    site.cloud
        .change_function("random", "export const handler = async () => ({ statusCode: 503, body: 'down' });")
        .await;
    site.test_clock.set(NOW + 61);
    assert_eq!(site.get("/a").await, ("Hit".to_owned(), body));
    let other = Request::get("/other").send(site.edge.port()).await;
    assert_eq!((other.status, other.text().as_str()), (503, "down"));
}

#[tokio::test]
async fn an_invalidation_through_the_api_removes_objects_from_the_cache() {
    let site = Site::bucket(CachePolicy::MINUTE).await;
    for path in ["/a", "/b"] {
        assert_eq!(site.get(path).await.0, "Miss");
        assert_eq!(site.get(path).await.0, "Hit");
    }
    site.invalidate("/a").await;
    site.edge.reload().await.unwrap();
    assert_eq!((site.get("/b").await.0, site.get("/a").await.0), ("Hit".to_owned(), "Miss".to_owned()));
    site.invalidate("/*").await;
    // The edge polls for invalidations once a second.
    let started = std::time::Instant::now();
    while site.get("/b").await.0 != "Miss" {
        assert!(started.elapsed().as_secs() < 30, "the invalidation was not seen");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(site.get("/a").await.0, "Miss");
}

#[tokio::test]
async fn concurrent_requests_for_one_object_reach_the_origin_once() {
    let site = Site::random(CachePolicy::MINUTE).await;
    let requests: Vec<_> = (0..10).map(|_| tokio::spawn(Request::get("/a?slow=300").send(site.edge.port()))).collect();
    let mut bodies = std::collections::BTreeSet::new();
    for request in requests {
        bodies.insert(request.await.unwrap().text());
    }
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

#[tokio::test]
async fn a_private_object_is_cached_once_for_all_valid_signatures_and_served_to_no_one_else() {
    let cloud = Cloud::start().await;
    cloud.bucket("documents", &[("cv.pdf", "%PDF")]).await;
    let keys = Keys::p256();
    let (group, ids) = cloud.key_group("signers", &[&keys.public_pem]).await;
    let trusted = TrustedKeyGroups::builder().enabled(true).quantity(1).items(group).build().unwrap();
    let private = behavior("*", "documents").cache_policy_id(CACHING_OPTIMIZED).trusted_key_groups(trusted);
    let (id, arn) = cloud
        .distribution(config(vec![bucket_origin(&cloud, "documents").await], vec![private]).build().unwrap())
        .await;
    cloud.allow("documents", &arn, &["s3:GetObject"]).await;
    let site = Site::serve(cloud, id).await;
    let url = format!("http://localhost:{}/cv.pdf", site.edge.port());
    let signed = |expires| keys.canned(&ids[0], &url, expires, "-sha256");
    assert_eq!(site.get(&format!("/cv.pdf?{}", signed(NOW + 60))).await, pair("Miss", "%PDF"));
    assert_eq!(site.get(&format!("/cv.pdf?{}", signed(NOW + 90))).await, pair("Hit", "%PDF"));
    let range = Request::get(&format!("/cv.pdf?{}", signed(NOW + 60))).header("Range", "bytes=0-0");
    assert_eq!(range.clone().send(site.edge.port()).await.status, 206);
    assert_eq!(site.get("/cv.pdf").await.0, "Error");
    site.test_clock.set(NOW + 60);
    assert_eq!(range.send(site.edge.port()).await.status, 403, "the expiry is checked for each range, cached or not");
}
