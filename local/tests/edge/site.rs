//! A bucket behind origin access control, with a CloudFront Function before it.

use crate::support::distribution::{ALL_EXCEPT_HOST, bucket_origin_signing};
use crate::support::{Ask, Cloud, Log, behavior, bucket_origin, cloudfront_function, config, raw};

const FUNCTION: &str = r"
function handler(event) {
    const request = event.request;
    if (request.uri === '/index.html') {
        return { statusCode: 301, statusDescription: 'Moved Permanently', headers: { location: { value: '/' } } };
    }
    if (request.uri === '/throw') throw new Error('no');
    if (request.uri === '/number') return 7;
    if (request.uri.endsWith('/')) request.uri += 'index.html';
    return request;
}";

#[tokio::test]
async fn a_site_is_served_through_its_function_and_its_bucket() {
    let log = Log::collect();
    let cloud = Cloud::start().await;
    cloud
        .bucket(
            "site",
            &[("index.html", "<h1>home</h1>"), ("blog/index.html", "<h1>blog</h1>"), ("a b.html", "spaced")],
        )
        .await;
    let function = cloud.cloudfront_function("site", FUNCTION).await;
    let default = behavior("*", "site").function_associations(cloudfront_function(&function));
    let (id, arn) =
        cloud.distribution(config(vec![bucket_origin(&cloud, "site").await], vec![default]).build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject", "s3:ListBucket"]).await;
    let edge = cloud.serve(&id).await;
    let port = edge.port();

    let home = Ask::get("/").of(port).await;
    assert_eq!((home.status, home.text().as_str()), (200, "<h1>home</h1>"));
    assert_eq!(home.x_cache(), "Miss from cloudfront");
    assert_eq!(home.header("content-type"), "text/html");
    assert!(home.header("via").ends_with(".cloudfront.net (CloudFront)"), "{}", home.header("via"));
    assert_eq!(home.header("x-amz-cf-id").len(), 56);

    assert_eq!(Ask::get("/blog/").of(port).await.text(), "<h1>blog</h1>");
    assert_eq!(Ask::get("/a%20b.html").of(port).await.text(), "spaced");
    let head = Ask::method("HEAD", "/").of(port).await;
    assert_eq!((head.status, head.header("content-length").as_str(), head.body.len()), (200, "13", 0));
    let range = Ask::get("/").header("Range", "bytes=4-7").of(port).await;
    assert_eq!((range.status, range.text().as_str()), (206, "home"));
    assert_eq!(Ask::get("/").header("If-None-Match", &home.header("etag")).of(port).await.status, 304);

    let redirect = Ask::get("/index.html").of(port).await;
    assert_eq!((redirect.status, redirect.header("location").as_str()), (301, "/"));
    assert_eq!(redirect.x_cache(), "FunctionGeneratedResponse from cloudfront");

    let thrown = Ask::get("/throw").of(port).await;
    assert_eq!((thrown.status, thrown.x_cache().as_str()), (503, "FunctionExecutionError from cloudfront"));
    let wrong = Ask::get("/number").of(port).await;
    assert_eq!((wrong.status, wrong.x_cache().as_str()), (502, "FunctionValidationError from cloudfront"));

    assert_eq!(Ask::get("/missing").of(port).await.status, 404);
    edge.shutdown().await;
    let log = log.text();
    assert!(log.contains("GET /blog/") && log.contains("behavior=\"*\"") && log.contains("stages=\"function"), "{log}");
}

#[tokio::test]
async fn a_function_that_computes_too_much_is_warned_about_once() {
    let log = Log::collect();
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("a", "a")]).await;
    let busy = "function handler(event) { for (let i = 0; i < 200000; i++); return event.request; }";
    let function = cloud.cloudfront_function("busy", busy).await;
    let default = behavior("*", "site").function_associations(cloudfront_function(&function));
    let (id, arn) =
        cloud.distribution(config(vec![bucket_origin(&cloud, "site").await], vec![default]).build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    let edge = cloud.serve(&id).await;
    for _ in 0..3 {
        assert_eq!(Ask::get("/a").of(edge.port()).await.status, 200);
    }
    let log = log.text();
    assert_eq!(log.matches("ms of this machine's processor").count(), 1, "{log}");
}

#[tokio::test]
async fn an_edge_that_is_shut_down_answers_no_more() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[]).await;
    let (id, _) = cloud
        .distribution(config(vec![bucket_origin(&cloud, "site").await], vec![behavior("*", "site")]).build().unwrap())
        .await;
    let edge = cloud.serve(&id).await;
    let port = edge.port();
    assert_eq!(Ask::get("/").of(port).await.status, 403);
    edge.shutdown().await;
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn a_bucket_that_may_not_be_listed_says_403_of_what_it_does_not_have() {
    let cloud = Cloud::start().await;
    cloud.bucket("private", &[("cv/resume.pdf", "%PDF")]).await;
    let origin = bucket_origin(&cloud, "private").await;
    let (id, arn) = cloud.distribution(config(vec![origin], vec![behavior("*", "private")]).build().unwrap()).await;
    cloud.allow("private", &arn, &["s3:GetObject"]).await;
    let edge = cloud.serve(&id).await;
    assert_eq!(Ask::get("/cv/resume.pdf").of(edge.port()).await.text(), "%PDF");
    let missing = Ask::get("/cv/other.pdf").of(edge.port()).await;
    assert_eq!(missing.status, 403);
    assert!(missing.text().contains("<Code>AccessDenied</Code>"), "{}", missing.text());
    let root = Ask::get("/").of(edge.port()).await;
    assert_eq!(root.status, 403, "the list of objects: {}", root.text());
}

#[tokio::test]
async fn a_bucket_whose_policy_names_another_distribution_answers_403_and_the_log_says_why() {
    let log = Log::collect();
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("a", "a")]).await;
    let (id, arn) = cloud
        .distribution(config(vec![bucket_origin(&cloud, "site").await], vec![behavior("*", "site")]).build().unwrap())
        .await;
    let edge = cloud.serve(&id).await;

    assert_eq!(Ask::get("/a").of(edge.port()).await.status, 403, "there is no policy at all");
    cloud.allow("site", "arn:aws:cloudfront::000000000000:distribution/OTHER", &["s3:GetObject"]).await;
    let refused = Ask::get("/a").of(edge.port()).await;
    assert_eq!((refused.status, refused.x_cache().as_str()), (403, "Error from cloudfront"));
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    assert_eq!(Ask::get("/a").of(edge.port()).await.status, 200, "a change of the policy is seen at once");

    let log = log.text();
    assert!(log.contains("does not allow s3:GetObject on "), "{log}");
    assert!(log.contains("it must be arn:aws:cloudfront::000000000000:distribution/OTHER"), "{log}");
}

#[tokio::test]
async fn the_bucket_asked_directly_without_a_signature_answers_403() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("a", "a")]).await;
    let (_, arn) = cloud
        .distribution(config(vec![bucket_origin(&cloud, "site").await], vec![behavior("*", "site")]).build().unwrap())
        .await;
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    let direct =
        raw(cloud.port(), b"GET /site/a HTTP/1.1\r\nHost: s3.us-east-1.amazonaws.com\r\nConnection: close\r\n\r\n")
            .await;
    assert_eq!(direct.status, 403, "{}", direct.text());
    let by_name =
        raw(cloud.port(), b"GET /a HTTP/1.1\r\nHost: site.s3.us-east-1.amazonaws.com\r\nConnection: close\r\n\r\n")
            .await;
    assert_eq!(by_name.status, 403, "{}", by_name.text());
}

#[tokio::test]
async fn behaviors_are_tried_in_order_on_the_normalised_path() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("cv/a", "SITE")]).await;
    cloud.bucket("other", &[("cv/a", "OTHER"), ("x/../cv/a", "RAW")]).await;
    let origins = vec![bucket_origin(&cloud, "site").await, bucket_origin(&cloud, "other").await];
    let behaviors = vec![behavior("cv/*", "other"), behavior("/cv/a", "site"), behavior("*", "site")];
    let (id, arn) = cloud.distribution(config(origins, behaviors).build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    cloud.allow("other", &arn, &["s3:GetObject"]).await;
    let edge = cloud.serve(&id).await;
    assert_eq!(Ask::get("/cv/a").of(edge.port()).await.text(), "OTHER");
    assert_eq!(Ask::get("/%63v/a").of(edge.port()).await.text(), "OTHER", "the same key, spelt otherwise");
    let roundabout = Ask::get("/x/../cv/a").of(edge.port()).await;
    assert_eq!(roundabout.text(), "RAW", "the behavior of the normalised path, and the raw path at the origin");
}

#[tokio::test]
async fn a_changed_distribution_is_served_after_a_reload() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("a", "a"), ("home", "HOME")]).await;
    let with_root = |root: &str| config(vec![], vec![behavior("*", "site")]).default_root_object(root);
    let origin = bucket_origin(&cloud, "site").await;
    let origins = |builder: aws_sdk_cloudfront::types::builders::DistributionConfigBuilder| {
        let origins = aws_sdk_cloudfront::types::Origins::builder().quantity(1).items(origin.clone()).build().unwrap();
        builder.origins(origins).build().unwrap()
    };
    let (id, arn) = cloud.distribution(origins(with_root(""))).await;
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    let edge = cloud.serve(&id).await;
    assert_eq!(Ask::get("/").of(edge.port()).await.status, 403);

    let current = cloud.cloudfront.get_distribution().id(&id).send().await.unwrap();
    let update = cloud.cloudfront.update_distribution().id(&id).if_match(current.e_tag().unwrap());
    update.distribution_config(origins(with_root("home"))).send().await.unwrap();
    assert_eq!(Ask::get("/").of(edge.port()).await.status, 403, "nothing changes by itself");
    edge.reload().await.unwrap();
    assert_eq!(Ask::get("/").of(edge.port()).await.text(), "HOME");
    assert_eq!(Ask::get("/?x=1").of(edge.port()).await.text(), "HOME");
}

#[tokio::test]
async fn a_response_headers_policy_adds_its_headers_to_every_answer() {
    use aws_sdk_cloudfront::types as t;
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("a", "a")]).await;
    let custom =
        t::ResponseHeadersPolicyCustomHeader::builder().header("X-Own").value("1").r#override(true).build().unwrap();
    let custom = t::ResponseHeadersPolicyCustomHeadersConfig::builder().quantity(1).items(custom).build().unwrap();
    let options = t::ResponseHeadersPolicyContentTypeOptions::builder().r#override(true).build().unwrap();
    let security = t::ResponseHeadersPolicySecurityHeadersConfig::builder().content_type_options(options).build();
    let policy = t::ResponseHeadersPolicyConfig::builder()
        .name("p")
        .custom_headers_config(custom)
        .security_headers_config(security);
    let created =
        cloud.cloudfront.create_response_headers_policy().response_headers_policy_config(policy.build().unwrap());
    let created = created.send().await.unwrap();
    let policy = created.response_headers_policy().unwrap().id();
    let default = behavior("*", "site").response_headers_policy_id(policy);
    let (id, arn) =
        cloud.distribution(config(vec![bucket_origin(&cloud, "site").await], vec![default]).build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    let edge = cloud.serve(&id).await;
    for path in ["/a", "/missing"] {
        let answer = Ask::get(path).of(edge.port()).await;
        assert_eq!(
            (answer.header("x-own").as_str(), answer.header("x-content-type-options").as_str()),
            ("1", "nosniff"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_policy_with_cors_answers_pages_of_other_sites() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("a", "a")]).await;
    // SimpleCORS: any origin.
    let default = behavior("*", "site").response_headers_policy_id("60669652-455b-4ae9-85a4-c4c02393f86c");
    let (id, arn) =
        cloud.distribution(config(vec![bucket_origin(&cloud, "site").await], vec![default]).build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    let edge = cloud.serve(&id).await;
    let plain = Ask::get("/a").of(edge.port()).await;
    assert_eq!((plain.status, plain.header("access-control-allow-origin").as_str()), (200, ""));
    let asked = Ask::get("/a").header("Origin", "https://other.example").of(edge.port()).await;
    assert_eq!((asked.status, asked.header("access-control-allow-origin").as_str()), (200, "*"));
}

#[tokio::test]
async fn requests_are_signed_as_the_origin_access_control_says() {
    use aws_sdk_cloudfront::types::OriginAccessControlSigningBehaviors as Signing;
    for (signing, unsigned, with_authorization) in
        [(Signing::Always, 200, 200), (Signing::NoOverride, 200, 403), (Signing::Never, 403, 403)]
    {
        let cloud = Cloud::start().await;
        cloud.bucket("site", &[("a", "a")]).await;
        let origin = bucket_origin_signing(&cloud, "site", signing.clone()).await;
        let default = behavior("*", "site").origin_request_policy_id(ALL_EXCEPT_HOST);
        let (id, arn) = cloud.distribution(config(vec![origin], vec![default]).build().unwrap()).await;
        cloud.allow("site", &arn, &["s3:GetObject"]).await;
        let edge = cloud.serve(&id).await;
        assert_eq!(Ask::get("/a").of(edge.port()).await.status, unsigned, "{signing:?}");
        let own = Ask::get("/a").header("Authorization", "Basic dTpw").of(edge.port()).await;
        assert_eq!(own.status, with_authorization, "{signing:?} and the viewer's own Authorization: {}", own.text());
    }
}
