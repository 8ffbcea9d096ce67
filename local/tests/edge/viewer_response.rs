//! CloudFront Functions on viewer response.

use aws_sdk_cloudfront::types::{EventType, FunctionAssociation, FunctionAssociations};

use crate::support::{Cloud, Request, behavior, bucket_origin, config};

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>
const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";

const FUNCTION: &str = "function handler(event) {
    var request = event.request;
    if (event.context.eventType === 'viewer-request') {
        return request.uri === '/made' ? { statusCode: 200, body: 'made' } : request;
    }
    var response = event.response;
    if (request.uri === '/broken') response.headers.via = { value: 'x' };
    response.headers['x-seen'] = { value: response.statusCode + ' ' + request.method + ' ' + request.uri };
    response.cookies.seen = { value: 'yes', attributes: 'Path=/; Secure' };
    return response;
}";

fn on_both_events(arn: &str) -> FunctionAssociations {
    let events = [EventType::ViewerRequest, EventType::ViewerResponse];
    let items = events.map(|event| FunctionAssociation::builder().function_arn(arn).event_type(event).build().unwrap());
    FunctionAssociations::builder().quantity(2).set_items(Some(items.into())).build().unwrap()
}

#[tokio::test]
async fn a_function_on_viewer_response_changes_headers_but_not_those_of_errors_and_generated_responses() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("page.html", "page"), ("broken", "broken")]).await;
    let function = cloud.cloudfront_function("f", FUNCTION).await;
    let site = behavior("*", "site").cache_policy_id(CACHING_OPTIMIZED);
    let site = site.function_associations(on_both_events(&function));
    let config = config(vec![bucket_origin(&cloud, "site").await], vec![site]);
    let (id, arn) = cloud.distribution(config.build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject", "s3:ListBucket"]).await;
    let edge = cloud.serve(&id).await;

    for x_cache in ["Miss from cloudfront", "Hit from cloudfront"] {
        let page = Request::get("/page.html").send(edge.port()).await;
        assert_eq!((page.status, page.text().as_str(), page.x_cache().as_str()), (200, "page", x_cache));
        assert_eq!(page.header("x-seen"), "200 GET /page.html", "{x_cache}");
        assert_eq!(page.header("set-cookie"), "seen=yes; Path=/; Secure", "{x_cache}");
    }
    let head = Request::method("HEAD", "/page.html").send(edge.port()).await;
    assert_eq!([head.header("x-seen"), head.header("content-length")], ["200 HEAD /page.html", "4"]);
    let missing = Request::get("/nothing").send(edge.port()).await;
    assert_eq!((missing.status, missing.header("x-seen").as_str()), (404, ""), "not for an error of the origin");
    let generated = Request::get("/made").send(edge.port()).await;
    assert_eq!([generated.text(), generated.header("x-seen")], ["made", ""]);
    let broken = Request::get("/broken").send(edge.port()).await;
    assert_eq!((broken.status, broken.x_cache().as_str()), (502, "FunctionValidationError from cloudfront"));
}
