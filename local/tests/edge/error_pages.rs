//! Custom error responses.

use aws_sdk_cloudfront::types::{CustomErrorResponse, CustomErrorResponses, TrustedKeyGroups};

use crate::support::{Cloud, Keys, Request, behavior, bucket_origin, cloudfront_function, config};

fn errors(entries: &[(i32, &str, &str)]) -> CustomErrorResponses {
    let items = entries.iter().map(|(code, page, status)| {
        let entry = CustomErrorResponse::builder().error_code(*code);
        let entry = if page.is_empty() { entry } else { entry.response_page_path(*page).response_code(*status) };
        entry.error_caching_min_ttl(0).build().unwrap()
    });
    CustomErrorResponses::builder()
        .quantity(i32::try_from(entries.len()).unwrap())
        .set_items(Some(items.collect()))
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_missing_page_gets_the_404_page_and_xml_rejections_are_kept() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("404.html", "<h1>not here</h1>"), ("index.html", "home")]).await;
    cloud.bucket("documents", &[]).await;
    let keys = Keys::p256();
    let (group, _) = cloud.key_group("signers", &[&keys.public_pem]).await;
    let trusted = TrustedKeyGroups::builder().enabled(true).quantity(1).items(group).build().unwrap();
    let function = cloud.cloudfront_function("f", "function handler(event) { if (event.request.uri == '/made') return { statusCode: 404, body: 'made' }; return event.request; }").await;
    let origins = vec![bucket_origin(&cloud, "site").await, bucket_origin(&cloud, "documents").await];
    let behaviors = vec![
        behavior("/cv/*", "documents").trusted_key_groups(trusted),
        behavior("*", "site").function_associations(cloudfront_function(&function)),
    ];
    let config = config(origins, behaviors).custom_error_responses(errors(&[(404, "/404.html", "404"), (502, "", "")]));
    let (id, arn) = cloud.distribution(config.build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject", "s3:ListBucket"]).await;
    let edge = cloud.serve(&id).await;

    let missing =
        Request::get("/nothing").header("Range", "bytes=0-1").header("If-None-Match", "\"x\"").send(edge.port()).await;
    assert_eq!((missing.status, missing.text().as_str()), (404, "<h1>not here</h1>"));
    assert_eq!(missing.x_cache(), "Error from cloudfront");
    let head = Request::method("HEAD", "/nothing").send(edge.port()).await;
    assert_eq!((head.status, head.body.len()), (404, 0));
    assert_eq!(
        Request::get("/made").send(edge.port()).await.text(),
        "made",
        "a response of a function is not replaced"
    );
    let rejected = Request::get("/cv/resume.pdf").send(edge.port()).await;
    assert!(rejected.text().contains("<Code>MissingKey</Code>"), "{}", rejected.text());
}

#[tokio::test]
async fn an_error_page_can_change_the_status_and_replace_cloudfronts_403() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("index.html", "app")]).await;
    let origins = vec![bucket_origin(&cloud, "site").await];
    let config =
        config(origins, vec![behavior("*", "site")]).custom_error_responses(errors(&[(403, "/index.html", "200")]));
    let (id, arn) = cloud.distribution(config.build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    let edge = cloud.serve(&id).await;
    let missing = Request::get("/nothing").send(edge.port()).await;
    assert_eq!((missing.status, missing.text().as_str()), (200, "app"));
}

#[tokio::test]
async fn an_error_whose_page_is_missing_gets_the_status_of_the_page() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[]).await;
    let origins = vec![bucket_origin(&cloud, "site").await];
    let config =
        config(origins, vec![behavior("*", "site")]).custom_error_responses(errors(&[(404, "/404.html", "200")]));
    let (id, arn) = cloud.distribution(config.build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    let edge = cloud.serve(&id).await;
    assert_eq!(Request::get("/nothing").send(edge.port()).await.status, 403);
    cloud.allow("site", &arn, &["s3:GetObject", "s3:ListBucket"]).await;
    assert_eq!(Request::get("/nothing").send(edge.port()).await.status, 404);
}
