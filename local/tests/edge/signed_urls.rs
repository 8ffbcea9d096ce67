//! A private file: who gets it, and what everyone else gets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use aws_sdk_cloudfront::types::TrustedKeyGroups;
use vitae_local::{Clock, LocalEdge};

use crate::support::{Answer, Ask, Cloud, Keys, Log, behavior, bucket_origin, config};

const NOW: u64 = 1_800_000_000;

struct Private {
    cloud: Cloud,
    edge: LocalEdge,
    keys: Keys,
    key_pair_id: String,
    seconds: Arc<AtomicU64>,
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
        let seconds = Arc::new(AtomicU64::new(NOW));
        let clock = Arc::clone(&seconds);
        let clock = Clock::from_fn(move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::Relaxed)));
        let edge = cloud.serve_at(&id, clock).await.unwrap();
        Self { cloud, edge, keys, key_pair_id: ids[0].clone(), seconds }
    }

    fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.edge.port())
    }

    fn canned(&self, path: &str, expires: u64) -> String {
        self.keys.canned(&self.key_pair_id, &self.url(path), expires, "-sha256")
    }

    async fn get(&self, target: &str) -> Answer {
        Ask::get(target).of(self.edge.port()).await
    }
}

/// CloudFront's own 403.
fn code(answer: &Answer) -> String {
    let text = answer.text();
    assert_eq!(answer.status, 403, "{text}");
    assert_eq!(answer.header("content-type"), "text/xml");
    assert_eq!(answer.header("server"), "CloudFront");
    assert_eq!(answer.x_cache(), "Error from cloudfront");
    let code = text.split("<Code>").nth(1).and_then(|rest| rest.split("</Code>").next());
    code.unwrap_or_else(|| panic!("no code in {text}")).to_owned()
}

#[tokio::test]
async fn a_url_signed_by_openssl_opens_the_file_until_it_expires() {
    let log = Log::collect();
    let private = Private::start(Keys::p256()).await;
    let signed = private.canned("/cv/resume.pdf", NOW + 60);
    let answer = private.get(&format!("/cv/resume.pdf?{signed}")).await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "%PDF-1.7"));

    private.seconds.store(NOW + 60, Ordering::Relaxed);
    let expired = private.get(&format!("/cv/resume.pdf?{signed}")).await;
    assert_eq!(code(&expired), "AccessDenied");
    let range =
        Ask::get(&format!("/cv/resume.pdf?{signed}")).header("Range", "bytes=1-2").of(private.edge.port()).await;
    assert_eq!(code(&range), "AccessDenied", "each range request is judged anew");

    let log = log.text();
    assert!(log.contains("GET /cv/resume.pdf") && log.contains("signature"), "{log}");
    assert!(!log.contains("Signature=") && !log.contains(&signed[..30]) && !log.contains("127.0.0.1"), "{log}");
}

#[tokio::test]
async fn rsa_with_sha1_opens_it_too() {
    let private = Private::start(Keys::rsa()).await;
    let url = private.url("/cv/resume.pdf");
    for hash in ["-sha1", "-sha256"] {
        let signed = private.keys.canned(&private.key_pair_id, &url, NOW + 60, hash);
        assert_eq!(private.get(&format!("/cv/resume.pdf?{signed}")).await.status, 200, "{hash}");
    }
}

#[tokio::test]
async fn whoever_has_no_valid_signature_getscloudfronts_xml() {
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
async fn roundabout_paths_lead_no_one_past_the_signature() {
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
        let answer = private.get(path).await;
        assert_eq!(
            answer.status,
            404,
            "{path} is no private path, and the site's bucket has no such object: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn a_custom_policy_and_cookies_open_what_they_name() {
    let private = Private::start(Keys::p256()).await;
    let condition =
        format!(r#"{{"DateLessThan":{{"AWS:EpochTime":{}}},"IpAddress":{{"AWS:SourceIp":"127.0.0.0/8"}}}}"#, NOW + 60);
    let policy = format!(r#"{{"Statement":[{{"Resource":"{}","Condition":{condition}}}]}}"#, private.url("/cv/*"));
    let signed = private.keys.custom(&private.key_pair_id, &policy);
    assert_eq!(private.get(&format!("/cv/resume.pdf?{signed}")).await.status, 200);
    assert_eq!(private.get(&format!("/cv/other.pdf?{signed}&x=1")).await.status, 200);

    let cookies: Vec<String> = signed.split('&').map(|pair| format!("CloudFront-{pair}")).collect();
    let with_cookies = |target: &str| Ask::get(target).header("Cookie", &cookies.join("; ")).of(private.edge.port());
    assert_eq!(with_cookies("/cv/resume.pdf").await.status, 200);
    assert_eq!(code(&with_cookies("/cv/resume.pdf?Expires=1").await), "MissingKey", "a signed URL goes before cookies");
    let elsewhere = policy.replace("127.0.0.0/8", "192.0.2.0/24");
    let elsewhere = private.keys.custom(&private.key_pair_id, &elsewhere);
    assert_eq!(code(&private.get(&format!("/cv/resume.pdf?{elsewhere}")).await), "AccessDenied");
}

#[tokio::test]
async fn a_key_works_as_long_as_it_is_in_the_group() {
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
