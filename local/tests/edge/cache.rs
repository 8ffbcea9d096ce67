//! The cache: what is kept, for how long, for whom, and what empties it.

use aws_sdk_cloudfront::types::{
    CustomErrorResponse, CustomErrorResponses, InvalidationBatch, Paths, TrustedKeyGroups,
};
use vitae_local::LocalEdge;

use crate::support::distribution::{ALL_EXCEPT_HOST, CACHING_OPTIMIZED};
use crate::support::{Ask, CachePolicy, Cloud, Hands, Keys, behavior, bucket_origin, config, function_url_origin};

const NOW: u64 = 1_800_000_000;

/// Answers each time with another body, and with the headers that the query names.
const TELLER: &str = r"
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
    hands: Hands,
}

impl Site {
    /// A bucket with `a` and `b` under a policy, and a clock at `NOW`.
    async fn bucket(policy: CachePolicy<'_>) -> Self {
        let cloud = Cloud::start().await;
        cloud.bucket("site", &[("a", "0123456789"), ("b", "B")]).await;
        let policy = policy.make(&cloud, "p").await;
        let behavior = behavior("*", "site").cache_policy_id(policy);
        let (id, arn) = cloud
            .distribution(config(vec![bucket_origin(&cloud, "site").await], vec![behavior]).build().unwrap())
            .await;
        cloud.allow("site", &arn, &["s3:GetObject", "s3:ListBucket"]).await;
        Self::serve(cloud, id).await
    }

    /// A function that tells each time something else.
    async fn teller(policy: CachePolicy<'_>) -> Self {
        let cloud = Cloud::start().await;
        let host = cloud.function_url("teller", TELLER).await;
        let policy = policy.make(&cloud, "p").await;
        let behavior = behavior("*", "teller").cache_policy_id(policy).origin_request_policy_id(ALL_EXCEPT_HOST);
        let origin = function_url_origin(&cloud, "teller", &host).await;
        let (id, arn) = cloud.distribution(config(vec![origin], vec![behavior]).build().unwrap()).await;
        cloud.permit_both("teller", &arn).await;
        Self::serve(cloud, id).await
    }

    async fn serve(cloud: Cloud, id: String) -> Self {
        let (clock, hands) = Hands::at(NOW);
        let edge = cloud.serve_at(&id, clock).await.unwrap();
        Self { cloud, edge, id, hands }
    }

    /// `X-Cache` without ` from cloudfront`, and the body.
    async fn get(&self, target: &str) -> (String, String) {
        let answer = Ask::get(target).of(self.edge.port()).await;
        (answer.x_cache().replace(" from cloudfront", ""), answer.text())
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
async fn an_object_is_kept_and_served_with_its_age() {
    let site = Site::bucket(CachePolicy::MINUTE).await;
    assert_eq!(site.get("/a").await, pair("Miss", "0123456789"));
    site.put("a", "changed").await;
    site.hands.move_to(NOW + 59);
    let hit = Ask::get("/a").of(site.edge.port()).await;
    assert_eq!((hit.x_cache().as_str(), hit.text().as_str()), ("Hit from cloudfront", "0123456789"));
    assert_eq!((hit.header("age").as_str(), hit.header("x-amz-cf-id").len()), ("59", 56));
    assert_eq!(site.get("/a?x=1").await.0, "Hit", "no query is in the key");
    site.hands.move_to(NOW + 60);
    assert_eq!(site.get("/a").await, pair("Miss", "changed"));
}

#[tokio::test]
async fn a_stale_object_that_has_not_changed_is_a_refresh_hit() {
    let site = Site::bucket(CachePolicy::MINUTE).await;
    assert_eq!(site.get("/a").await, pair("Miss", "0123456789"));
    site.hands.move_to(NOW + 60);
    assert_eq!(site.get("/a").await, pair("RefreshHit", "0123456789"));
    site.hands.move_to(NOW + 119);
    assert_eq!(site.get("/a").await, pair("Hit", "0123456789"));
}

#[tokio::test]
async fn parts_and_conditions_are_answered_from_the_cache() {
    let site = Site::bucket(CachePolicy::MINUTE).await;
    let port = site.edge.port();
    let first = Ask::get("/a").header("If-None-Match", "\"other\"").of(port).await;
    assert_eq!((first.status, first.x_cache().as_str()), (200, "Miss from cloudfront"));
    site.cloud.s3.delete_object().bucket("site").key("a").send().await.unwrap();

    let middle = Ask::get("/a").header("Range", "bytes=2-4").of(port).await;
    assert_eq!((middle.status, middle.text().as_str(), middle.x_cache().as_str()), (206, "234", "Hit from cloudfront"));
    assert_eq!(middle.header("content-range"), "bytes 2-4/10");
    let beyond = Ask::get("/a").header("Range", "bytes=10-").of(port).await;
    assert_eq!((beyond.status, beyond.header("content-range").as_str()), (416, "bytes */10"));
    let same = Ask::get("/a").header("If-None-Match", &first.header("etag")).of(port).await;
    assert_eq!((same.status, same.body.len(), same.x_cache().as_str()), (304, 0, "Hit from cloudfront"));
    let since = Ask::get("/a").header("If-Modified-Since", &first.header("last-modified")).of(port).await;
    assert_eq!(since.status, 304);
    let head = Ask::method("HEAD", "/a").of(port).await;
    assert_eq!((head.status, head.header("content-length").as_str(), head.body.len()), (200, "10", 0));
    assert_eq!(head.x_cache(), "Hit from cloudfront");
}

#[tokio::test]
async fn a_condition_on_the_first_request_is_judged_and_the_whole_is_kept() {
    let site = Site::bucket(CachePolicy::MINUTE).await;
    let port = site.edge.port();
    let etag = Ask::get("/a").of(port).await.header("etag");
    site.edge.invalidate(["/*"]);
    let same = Ask::get("/a").header("If-None-Match", &etag).of(port).await;
    assert_eq!((same.status, same.x_cache().as_str()), (304, "Miss from cloudfront"));
    assert_eq!(site.get("/a").await, pair("Hit", "0123456789"));
}

#[tokio::test]
async fn what_the_policy_names_is_told_apart_and_nothing_else() {
    let site = Site::teller(CachePolicy { query: &["days"], headers: &["X-Tell"], ..CachePolicy::MINUTE }).await;
    let plain = site.get("/a").await;
    assert_eq!(site.get("/a?other=1").await, ("Hit".to_owned(), plain.1.clone()));
    assert_eq!(site.get("/a?days=1").await.0, "Miss");
    assert_eq!(site.get("/a?other=2&days=1").await.0, "Hit");
    let told = |value: &str| Ask::get("/a").header("X-Tell", value).of(site.edge.port());
    assert_eq!(told("1").await.x_cache(), "Miss from cloudfront");
    assert_eq!(told("1").await.x_cache(), "Hit from cloudfront");
    assert_eq!(told("2").await.x_cache(), "Miss from cloudfront");
    let cookie = Ask::get("/a").header("Cookie", "a=1").of(site.edge.port()).await;
    assert_eq!((cookie.x_cache().as_str(), cookie.text()), ("Hit from cloudfront", plain.1));
}

#[tokio::test]
async fn the_origin_may_shorten_the_time_and_forbid_keeping() {
    let site = Site::teller(CachePolicy::MINUTE).await;
    assert_eq!(site.get("/short?cache-control=max-age%3D5").await.0, "Miss");
    site.hands.move_to(NOW + 4);
    assert_eq!(site.get("/short?cache-control=max-age%3D5").await.0, "Hit");
    site.hands.move_to(NOW + 5);
    assert_eq!(site.get("/short?cache-control=max-age%3D5").await.0, "Miss");
    for word in ["no-store", "private"] {
        let first = site.get(&format!("/{word}?cache-control={word}")).await;
        assert_ne!(site.get(&format!("/{word}?cache-control={word}")).await.1, first.1, "{word}");
    }
    let asked = "/asked?cache-control=no-cache&etag=%22v1%22";
    let first = site.get(asked).await;
    assert_eq!(site.get(asked).await, ("RefreshHit".to_owned(), first.1));
    assert_eq!(
        Ask::post("/short", b"").of(site.edge.port()).await.status,
        403,
        "a POST has no hash: the origin was asked"
    );
}

#[tokio::test]
async fn an_error_is_kept_for_its_own_time() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[]).await;
    let entry = CustomErrorResponse::builder().error_code(404).error_caching_min_ttl(7).build().unwrap();
    let errors = CustomErrorResponses::builder().quantity(1).items(entry).build().unwrap();
    let distribution = config(vec![bucket_origin(&cloud, "site").await], vec![behavior("*", "site")]);
    let (id, arn) = cloud.distribution(distribution.custom_error_responses(errors).build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject", "s3:ListBucket"]).await;
    let site = Site::serve(cloud, id).await;
    assert_eq!(Ask::get("/late").of(site.edge.port()).await.status, 404);
    site.put("late", "here").await;
    site.hands.move_to(NOW + 6);
    let kept = Ask::get("/late").of(site.edge.port()).await;
    assert_eq!(
        (kept.status, kept.x_cache().as_str(), kept.header("age").as_str()),
        (404, "Error from cloudfront", "6")
    );
    site.hands.move_to(NOW + 7);
    assert_eq!(site.get("/late").await, pair("Miss", "here"));
}

#[tokio::test]
async fn an_origin_that_fails_does_not_take_the_stale_object_away() {
    let site = Site::teller(CachePolicy::MINUTE).await;
    let (_, told) = site.get("/a").await;
    site.cloud
        .change_function("teller", "export const handler = async () => ({ statusCode: 503, body: 'down' });")
        .await;
    site.hands.move_to(NOW + 61);
    assert_eq!(site.get("/a").await, ("Hit".to_owned(), told));
    let other = Ask::get("/other").of(site.edge.port()).await;
    assert_eq!((other.status, other.text().as_str()), (503, "down"));
}

#[tokio::test]
async fn an_invalidation_in_the_control_plane_empties_the_cache() {
    let site = Site::bucket(CachePolicy::MINUTE).await;
    for path in ["/a", "/b"] {
        assert_eq!(site.get(path).await.0, "Miss");
        assert_eq!(site.get(path).await.0, "Hit");
    }
    site.invalidate("/a").await;
    site.edge.reload().await.unwrap();
    assert_eq!((site.get("/b").await.0, site.get("/a").await.0), ("Hit".to_owned(), "Miss".to_owned()));
    site.invalidate("/*").await;
    // The edge looks for itself, once a second.
    let started = std::time::Instant::now();
    while site.get("/b").await.0 != "Miss" {
        assert!(started.elapsed().as_secs() < 30, "the invalidation was not seen");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(site.get("/a").await.0, "Miss");
}

#[tokio::test]
async fn requests_at_once_for_one_object_ask_the_origin_once() {
    let site = Site::teller(CachePolicy::MINUTE).await;
    let asks: Vec<_> = (0..10).map(|_| tokio::spawn(Ask::get("/a?slow=300").of(site.edge.port()))).collect();
    let mut told = std::collections::BTreeSet::new();
    for ask in asks {
        told.insert(ask.await.unwrap().text());
    }
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn one_private_object_is_kept_for_all_who_may_have_it_and_for_nobody_else() {
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
    let range = Ask::get(&format!("/cv.pdf?{}", signed(NOW + 60))).header("Range", "bytes=0-0");
    assert_eq!(range.clone().of(site.edge.port()).await.status, 206);
    assert_eq!(site.get("/cv.pdf").await.0, "Error");
    site.hands.move_to(NOW + 60);
    assert_eq!(range.of(site.edge.port()).await.status, 403, "the end is checked for each part, kept or not");
}
