//! A bucket with origin access control and a CloudFront Function.

use crate::support::distribution::{ALL_EXCEPT_HOST, bucket_origin_signing};
use crate::support::{Cloud, Log, Request, behavior, bucket_origin, cloudfront_function, config, raw};

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

    let home = Request::get("/").send(port).await;
    assert_eq!((home.status, home.text().as_str()), (200, "<h1>home</h1>"));
    assert_eq!(home.x_cache(), "Miss from cloudfront");
    assert_eq!(home.header("content-type"), "text/html");
    assert!(home.header("via").ends_with(".cloudfront.net (CloudFront)"), "{}", home.header("via"));
    assert_eq!(home.header("x-amz-cf-id").len(), 56);

    assert_eq!(Request::get("/blog/").send(port).await.text(), "<h1>blog</h1>");
    assert_eq!(Request::get("/a%20b.html").send(port).await.text(), "spaced");
    let head = Request::method("HEAD", "/").send(port).await;
    assert_eq!((head.status, head.header("content-length").as_str(), head.body.len()), (200, "13", 0));
    let range = Request::get("/").header("Range", "bytes=4-7").send(port).await;
    assert_eq!((range.status, range.text().as_str()), (206, "home"));
    assert_eq!(Request::get("/").header("If-None-Match", &home.header("etag")).send(port).await.status, 304);

    let redirect = Request::get("/index.html").send(port).await;
    assert_eq!((redirect.status, redirect.header("location").as_str()), (301, "/"));
    assert_eq!(redirect.x_cache(), "FunctionGeneratedResponse from cloudfront");

    let thrown = Request::get("/throw").send(port).await;
    assert_eq!((thrown.status, thrown.x_cache().as_str()), (503, "FunctionExecutionError from cloudfront"));
    let wrong = Request::get("/number").send(port).await;
    assert_eq!((wrong.status, wrong.x_cache().as_str()), (502, "FunctionValidationError from cloudfront"));

    assert_eq!(Request::get("/missing").send(port).await.status, 404);
    edge.shutdown().await;
    let log = log.text();
    assert!(log.contains("GET /blog/") && log.contains("behavior=\"*\"") && log.contains("stages=\"function"), "{log}");
}

#[tokio::test]
async fn a_function_that_uses_too_much_cpu_is_logged_once() {
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
        assert_eq!(Request::get("/a").send(edge.port()).await.status, 200);
    }
    let log = log.text();
    assert_eq!(log.matches("ms of this machine's processor").count(), 1, "{log}");
}

#[tokio::test]
async fn an_edge_that_is_shut_down_accepts_no_connections() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[]).await;
    let (id, _) = cloud
        .distribution(config(vec![bucket_origin(&cloud, "site").await], vec![behavior("*", "site")]).build().unwrap())
        .await;
    let edge = cloud.serve(&id).await;
    let port = edge.port();
    assert_eq!(Request::get("/").send(port).await.status, 403);
    edge.shutdown().await;
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn a_missing_object_is_403_if_the_bucket_cannot_be_listed() {
    let cloud = Cloud::start().await;
    cloud.bucket("private", &[("cv/resume.pdf", "%PDF")]).await;
    let origin = bucket_origin(&cloud, "private").await;
    let (id, arn) = cloud.distribution(config(vec![origin], vec![behavior("*", "private")]).build().unwrap()).await;
    cloud.allow("private", &arn, &["s3:GetObject"]).await;
    let edge = cloud.serve(&id).await;
    assert_eq!(Request::get("/cv/resume.pdf").send(edge.port()).await.text(), "%PDF");
    let missing = Request::get("/cv/other.pdf").send(edge.port()).await;
    assert_eq!(missing.status, 403);
    assert!(missing.text().contains("<Code>AccessDenied</Code>"), "{}", missing.text());
    let root = Request::get("/").send(edge.port()).await;
    assert_eq!(root.status, 403, "the list of objects: {}", root.text());
}

#[tokio::test]
async fn a_bucket_policy_for_another_distribution_is_403_and_the_log_says_why() {
    let log = Log::collect();
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("a", "a")]).await;
    let (id, arn) = cloud
        .distribution(config(vec![bucket_origin(&cloud, "site").await], vec![behavior("*", "site")]).build().unwrap())
        .await;
    let edge = cloud.serve(&id).await;

    assert_eq!(Request::get("/a").send(edge.port()).await.status, 403, "the bucket has no policy");
    cloud.allow("site", "arn:aws:cloudfront::000000000000:distribution/OTHER", &["s3:GetObject"]).await;
    let rejected = Request::get("/a").send(edge.port()).await;
    assert_eq!((rejected.status, rejected.x_cache().as_str()), (403, "Error from cloudfront"));
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    assert_eq!(Request::get("/a").send(edge.port()).await.status, 200, "a policy change takes effect at once");

    let log = log.text();
    assert!(log.contains("does not allow s3:GetObject on "), "{log}");
    assert!(log.contains("it must be StringEquals arn:aws:cloudfront::000000000000:distribution/OTHER"), "{log}");
}

#[tokio::test]
async fn a_direct_unsigned_request_to_the_bucket_is_403() {
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
    assert_eq!(Request::get("/cv/a").send(edge.port()).await.text(), "OTHER");
    assert_eq!(Request::get("/%63v/a").send(edge.port()).await.text(), "OTHER", "another spelling of the same path");
    let respelled = Request::get("/x/../cv/a").send(edge.port()).await;
    assert_eq!(respelled.text(), "RAW", "the behavior of the normalised path, and the raw path at the origin");
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
    assert_eq!(Request::get("/").send(edge.port()).await.status, 403);

    let current = cloud.cloudfront.get_distribution().id(&id).send().await.unwrap();
    let update = cloud.cloudfront.update_distribution().id(&id).if_match(current.e_tag().unwrap());
    update.distribution_config(origins(with_root("home"))).send().await.unwrap();
    assert_eq!(Request::get("/").send(edge.port()).await.status, 403, "only a reload applies the change");
    edge.reload().await.unwrap();
    assert_eq!(Request::get("/").send(edge.port()).await.text(), "HOME");
    assert_eq!(Request::get("/?x=1").send(edge.port()).await.text(), "HOME");
}

#[tokio::test]
async fn a_response_headers_policy_adds_its_headers_to_every_response() {
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
        let response = Request::get(path).send(edge.port()).await;
        assert_eq!(
            (response.header("x-own").as_str(), response.header("x-content-type-options").as_str()),
            ("1", "nosniff"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_cors_policy_allows_other_sites() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("a", "a")]).await;
    // SimpleCORS: any origin.
    let default = behavior("*", "site").response_headers_policy_id("60669652-455b-4ae9-85a4-c4c02393f86c");
    let (id, arn) =
        cloud.distribution(config(vec![bucket_origin(&cloud, "site").await], vec![default]).build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    let edge = cloud.serve(&id).await;
    let plain = Request::get("/a").send(edge.port()).await;
    assert_eq!((plain.status, plain.header("access-control-allow-origin").as_str()), (200, ""));
    let cross_origin = Request::get("/a").header("Origin", "https://other.example").send(edge.port()).await;
    assert_eq!((cross_origin.status, cross_origin.header("access-control-allow-origin").as_str()), (200, "*"));
}

#[tokio::test]
async fn origin_requests_are_signed_as_the_origin_access_control_specifies() {
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
        assert_eq!(Request::get("/a").send(edge.port()).await.status, unsigned, "{signing:?}");
        let own = Request::get("/a").header("Authorization", "Basic dTpw").send(edge.port()).await;
        assert_eq!(own.status, with_authorization, "{signing:?} and the viewer's Authorization: {}", own.text());
    }
}
