//! Signed URLs and cookies for private files.

use aws_sdk_cloudfront::types::TrustedKeyGroups;
use vitae_local::LocalEdge;

use crate::support::{Cloud, Keys, Log, Request, Response, TestClock, behavior, bucket_origin, config};

const NOW: u64 = 1_800_000_000;

struct Private {
    cloud: Cloud,
    edge: LocalEdge,
    keys: Keys,
    key_pair_id: String,
    test_clock: TestClock,
}

impl Private {
    async fn start(keys: Keys) -> Self {
        let cloud = Cloud::start().await;
        cloud.bucket("documents", &[("cv/resume.pdf", "%PDF-1.7"), ("cv/other.pdf", "%PDF-other")]).await;
        cloud.bucket("site", &[("index.html", "public")]).await;
        let (group, ids) = cloud.key_group("signers", &[&keys.public_pem]).await;
        let trusted = TrustedKeyGroups::builder().enabled(true).quantity(1).items(group).build().unwrap();
        let origins = vec![bucket_origin(&cloud, "documents").await, bucket_origin(&cloud, "site").await];
        let behaviors = vec![behavior("/cv/*", "documents").trusted_key_groups(trusted), behavior("*", "site")];
        let (id, arn) = cloud.distribution(config(origins, behaviors).build().unwrap()).await;
        cloud.allow("documents", &arn, &["s3:GetObject"]).await;
        cloud.allow("site", &arn, &["s3:GetObject", "s3:ListBucket"]).await;
        let (clock, test_clock) = TestClock::at(NOW);
        let edge = cloud.serve_at(&id, clock).await.unwrap();
        Self { cloud, edge, keys, key_pair_id: ids[0].clone(), test_clock }
    }

    fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.edge.port())
    }

    fn canned(&self, path: &str, expires: u64) -> String {
        self.keys.canned(&self.key_pair_id, &self.url(path), expires, "-sha256")
    }

    async fn get(&self, target: &str) -> Response {
        Request::get(target).send(self.edge.port()).await
    }
}

/// The code in CloudFront's 403 response.
fn code(response: &Response) -> String {
    let text = response.text();
    assert_eq!(response.status, 403, "{text}");
    assert_eq!(response.header("content-type"), "text/xml");
    assert_eq!(response.header("server"), "CloudFront");
    assert_eq!(response.x_cache(), "Error from cloudfront");
    let code = text.split("<Code>").nth(1).and_then(|rest| rest.split("</Code>").next());
    code.unwrap_or_else(|| panic!("no code in {text}")).to_owned()
}

#[tokio::test]
async fn a_url_signed_by_openssl_opens_the_file_until_it_expires() {
    let log = Log::collect();
    let private = Private::start(Keys::p256()).await;
    let signed = private.canned("/cv/resume.pdf", NOW + 60);
    let response = private.get(&format!("/cv/resume.pdf?{signed}")).await;
    assert_eq!((response.status, response.text().as_str()), (200, "%PDF-1.7"));

    private.test_clock.set(NOW + 60);
    let expired = private.get(&format!("/cv/resume.pdf?{signed}")).await;
    assert_eq!(code(&expired), "AccessDenied");
    let range =
        Request::get(&format!("/cv/resume.pdf?{signed}")).header("Range", "bytes=1-2").send(private.edge.port()).await;
    assert_eq!(code(&range), "AccessDenied", "every range request is checked");

    let log = log.text();
    assert!(log.contains("GET /cv/resume.pdf") && log.contains("signature"), "{log}");
    assert!(!log.contains("Signature=") && !log.contains(&signed[..30]) && !log.contains("127.0.0.1"), "{log}");
}

#[tokio::test]
async fn rsa_signatures_with_sha1_and_sha256_are_accepted() {
    let private = Private::start(Keys::rsa()).await;
    let url = private.url("/cv/resume.pdf");
    for hash in ["-sha1", "-sha256"] {
        let signed = private.keys.canned(&private.key_pair_id, &url, NOW + 60, hash);
        assert_eq!(private.get(&format!("/cv/resume.pdf?{signed}")).await.status, 200, "{hash}");
    }
}

#[tokio::test]
async fn a_request_without_a_valid_signature_gets_cloudfronts_xml() {
    let private = Private::start(Keys::p256()).await;
    let signed = private.canned("/cv/resume.pdf", NOW + 60);

    let unsigned = private.get("/cv/resume.pdf").await;
    assert_eq!(code(&unsigned), "MissingKey");
    assert!(unsigned.text().contains("<Message>Missing Key-Pair-Id query parameter or cookie value</Message>"));

    let unknown = signed.replace(&private.key_pair_id, "KUNKNOWN");
    assert_eq!(code(&private.get(&format!("/cv/resume.pdf?{unknown}")).await), "InvalidKey");
    assert_eq!(code(&private.get(&format!("/cv/other.pdf?{signed}")).await), "AccessDenied");
    assert_eq!(code(&private.get(&format!("/cv/resume.pdf?{signed}&x=1")).await), "AccessDenied");
    let later = signed.replace(&(NOW + 60).to_string(), &(NOW + 600).to_string());
    assert_eq!(code(&private.get(&format!("/cv/resume.pdf?{later}")).await), "AccessDenied");
    assert_eq!(
        code(&private.get(&format!("/cv/resume.pdf?Expires=1&Signature=!&Key-Pair-Id={}", private.key_pair_id)).await),
        "MalformedSignature"
    );
    let policy = format!("/cv/resume.pdf?Policy=!&Signature=aaaa&Key-Pair-Id={}", private.key_pair_id);
    assert_eq!(code(&private.get(&policy).await), "MalformedPolicy");
    let forged = Keys::p256().canned(&private.key_pair_id, &private.url("/cv/resume.pdf"), NOW + 60, "-sha256");
    assert_eq!(code(&private.get(&format!("/cv/resume.pdf?{forged}")).await), "AccessDenied");
}

#[tokio::test]
async fn other_spellings_of_a_path_do_not_bypass_the_signature() {
    let private = Private::start(Keys::p256()).await;
    for path in [
        "/%63v/resume.pdf",
        "//cv/resume.pdf",
        "/x/../cv/resume.pdf",
        "/cv/./resume.pdf",
        "/%2e/cv/resume.pdf",
        "/x/%2e%2e/cv/resume.pdf",
    ] {
        assert_eq!(code(&private.get(path).await), "MissingKey", "{path}");
        let signed = private.canned("/cv/resume.pdf", NOW + 60);
        assert_eq!(
            code(&private.get(&format!("{path}?{signed}")).await),
            "AccessDenied",
            "{path} with the plain path's signature"
        );
    }
    for path in ["/CV/resume.pdf", "/cv%2Fresume.pdf", "/cv%2fresume.pdf", "/x/..%2fcv/resume.pdf"] {
        let response = private.get(path).await;
        assert_eq!(
            response.status,
            404,
            "{path} is not a private path, and the site's bucket has no such object: {}",
            response.text()
        );
    }
}

#[tokio::test]
async fn custom_policies_and_cookies_grant_access_to_their_resource() {
    let private = Private::start(Keys::p256()).await;
    let condition =
        format!(r#"{{"DateLessThan":{{"AWS:EpochTime":{}}},"IpAddress":{{"AWS:SourceIp":"127.0.0.0/8"}}}}"#, NOW + 60);
    let policy = format!(r#"{{"Statement":[{{"Resource":"{}","Condition":{condition}}}]}}"#, private.url("/cv/*"));
    let signed = private.keys.custom(&private.key_pair_id, &policy);
    assert_eq!(private.get(&format!("/cv/resume.pdf?{signed}")).await.status, 200);
    assert_eq!(private.get(&format!("/cv/other.pdf?{signed}&x=1")).await.status, 200);

    let cookies: Vec<String> = signed.split('&').map(|pair| format!("CloudFront-{pair}")).collect();
    let with_cookies =
        |target: &str| Request::get(target).header("Cookie", &cookies.join("; ")).send(private.edge.port());
    assert_eq!(with_cookies("/cv/resume.pdf").await.status, 200);
    assert_eq!(
        code(&with_cookies("/cv/resume.pdf?Expires=1").await),
        "MissingKey",
        "a signed URL takes precedence over cookies"
    );
    let elsewhere = policy.replace("127.0.0.0/8", "192.0.2.0/24");
    let elsewhere = private.keys.custom(&private.key_pair_id, &elsewhere);
    assert_eq!(code(&private.get(&format!("/cv/resume.pdf?{elsewhere}")).await), "AccessDenied");
}

#[tokio::test]
async fn a_key_is_accepted_while_it_is_in_the_key_group() {
    use aws_sdk_cloudfront::types::KeyGroupConfig;
    let private = Private::start(Keys::p256()).await;
    let cloud = &private.cloud;
    let next = Keys::p256();
    let signed = private.canned("/cv/resume.pdf", NOW + 60);
    assert_eq!(private.get(&format!("/cv/resume.pdf?{signed}")).await.status, 200);
    let (_, ids) = cloud.key_group("next", &[&next.public_pem]).await;
    let groups = cloud.cloudfront.list_key_groups().send().await.unwrap();
    let groups = groups.key_group_list().unwrap();
    let group = groups
        .items()
        .iter()
        .map(|item| item.key_group().unwrap())
        .find(|group| group.key_group_config().unwrap().name() == "signers")
        .unwrap();
    let etag = cloud.cloudfront.get_key_group().id(group.id()).send().await.unwrap();
    let config = KeyGroupConfig::builder().name("signers").items(&ids[0]).build().unwrap();
    cloud
        .cloudfront
        .update_key_group()
        .id(group.id())
        .if_match(etag.e_tag().unwrap())
        .key_group_config(config)
        .send()
        .await
        .unwrap();

    assert_eq!(code(&private.get(&format!("/cv/resume.pdf?{signed}")).await), "InvalidKey");
    let signed = next.canned(&ids[0], &private.url("/cv/resume.pdf"), NOW + 60, "-sha256");
    assert_eq!(private.get(&format!("/cv/resume.pdf?{signed}")).await.status, 200);
}

#[tokio::test]
async fn keys_of_trusted_groups_are_accepted_and_no_others() {
    let cloud = Cloud::start().await;
    cloud.bucket("documents", &[("a", "A")]).await;
    let keys = [Keys::p256(), Keys::rsa(), Keys::p256(), Keys::p256()];
    let (one, mut ids) = cloud.key_group("one", &[&keys[0].public_pem, &keys[1].public_pem]).await;
    let (two, more) = cloud.key_group("two", &[&keys[2].public_pem]).await;
    let (_, strange) = cloud.key_group("untrusted", &[&keys[3].public_pem]).await;
    ids.extend(more);
    let trusted = TrustedKeyGroups::builder().enabled(true).quantity(2).items(one).items(two).build().unwrap();
    let private = behavior("*", "documents").trusted_key_groups(trusted);
    let (id, arn) = cloud
        .distribution(config(vec![bucket_origin(&cloud, "documents").await], vec![private]).build().unwrap())
        .await;
    cloud.allow("documents", &arn, &["s3:GetObject"]).await;
    let edge = cloud.serve_at(&id, TestClock::at(NOW).0).await.unwrap();
    let url = format!("http://localhost:{}/a", edge.port());
    for (keys, id) in keys.iter().zip(&ids) {
        let signed = keys.canned(id, &url, NOW + 60, "-sha256");
        assert_eq!(Request::get(&format!("/a?{signed}")).send(edge.port()).await.status, 200, "{id}");
        let other = ids.iter().find(|other| *other != id).unwrap();
        let signed = keys.canned(other, &url, NOW + 60, "-sha256");
        assert_eq!(
            code(&Request::get(&format!("/a?{signed}")).send(edge.port()).await),
            "AccessDenied",
            "another key's id"
        );
    }
    let untrusted = keys[3].canned(&strange[0], &url, NOW + 60, "-sha256");
    assert_eq!(code(&Request::get(&format!("/a?{untrusted}")).send(edge.port()).await), "InvalidKey");
}

#[tokio::test]
async fn a_policy_is_rejected_before_its_start() {
    let private = Private::start(Keys::p256()).await;
    let policy = format!(
        r#"{{"Statement":[{{"Resource":"{}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{}}},"DateGreaterThan":{{"AWS:EpochTime":{}}}}}}}]}}"#,
        private.url("/cv/*"),
        NOW + 60,
        NOW + 10
    );
    let target = format!("/cv/resume.pdf?{}", private.keys.custom(&private.key_pair_id, &policy));
    private.test_clock.set(NOW + 10);
    assert_eq!(code(&private.get(&target).await), "AccessDenied", "the start is exclusive");
    private.test_clock.set(NOW + 11);
    assert_eq!(private.get(&target).await.status, 200);
}
