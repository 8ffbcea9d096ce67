//! Lambda@Edge on origin events and on viewer response, custom origins and origin groups.

use aws_sdk_cloudfront::types as t;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::distribution::CACHING_OPTIMIZED;
use crate::support::{Cloud, Request, behavior, bucket_origin, config};

/// A handler for all three events, by `eventType`.
const HANDLER: &str = r"
export const handler = async (event) => {
    const { config, request, response } = event.Records[0].cf;
    if (config.eventType === 'origin-request') {
        if (request.uri === '/made') return { status: '200', headers: { 'cache-control': [{ value: 'max-age=60' }] }, body: 'made' };
        if (request.uri === '/elsewhere') {
            request.origin.s3.domainName = 'other.s3.us-east-1.amazonaws.com';
            request.headers.host = [{ key: 'Host', value: request.origin.s3.domainName }];
        }
        if (request.uri === '/folder/') request.uri += 'index.html';
        return request;
    }
    const name = config.eventType === 'origin-response' ? 'x-origin-event' : 'x-viewer-event';
    response.headers[name] = [{ key: name, value: `${response.status} ${request.uri}` }];
    if (config.eventType === 'origin-response' && response.status === '404') {
        return { ...response, status: '200', statusDescription: 'OK', body: 'replaced' };
    }
    return response;
};";

fn on_three_events(arn: &str) -> t::LambdaFunctionAssociations {
    let events = [t::EventType::OriginRequest, t::EventType::OriginResponse, t::EventType::ViewerResponse];
    let items = events.map(|event| {
        t::LambdaFunctionAssociation::builder().lambda_function_arn(arn).event_type(event).build().unwrap()
    });
    t::LambdaFunctionAssociations::builder().quantity(3).set_items(Some(items.into())).build().unwrap()
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-cloudfront-trigger-events.html>
#[tokio::test]
async fn functions_run_around_the_origin_and_before_the_viewer() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("folder/index.html", "folder")]).await;
    cloud.bucket("other", &[("elsewhere", "other")]).await;
    let version = cloud.function_version("events", HANDLER).await;
    let site = behavior("*", "site").cache_policy_id(CACHING_OPTIMIZED);
    let site = site.lambda_function_associations(on_three_events(&version));
    let config = config(vec![bucket_origin(&cloud, "site").await], vec![site]);
    let (id, arn) = cloud.distribution(config.build().unwrap()).await;
    for bucket in ["site", "other"] {
        cloud.allow(bucket, &arn, &["s3:GetObject", "s3:ListBucket"]).await;
    }
    let edge = cloud.serve(&id).await;
    let get = |path: &'static str| Request::get(path).send(edge.port());

    let first = get("/folder/").await;
    assert_eq!((first.status, first.text().as_str()), (200, "folder"));
    assert_eq!(first.header("x-origin-event"), "200 /folder/index.html");
    assert_eq!(first.header("x-viewer-event"), "200 /folder/", "the viewer's request has the viewer's path");
    let again = get("/folder/").await;
    assert_eq!(again.x_cache(), "Hit from cloudfront");
    assert_eq!(
        [again.header("x-origin-event"), again.header("x-viewer-event")],
        ["200 /folder/index.html", "200 /folder/"]
    );

    assert_eq!(get("/elsewhere").await.text(), "other", "another origin");
    let replaced = get("/missing").await;
    assert_eq!((replaced.status, replaced.text().as_str()), (200, "replaced"));

    let made = get("/made").await;
    assert_eq!((made.text().as_str(), made.x_cache().as_str()), ("made", "LambdaGeneratedResponse from cloudfront"));
    assert_eq!([made.header("x-origin-event"), made.header("x-viewer-event")], ["", "200 /made"]);
    assert_eq!(get("/made").await.x_cache(), "Hit from cloudfront", "a generated response is cached");
}

/// A server that responds to every request with a status, its own name and the request's head.
async fn server(name: &'static str, status: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 8_192];
            let read = stream.read(&mut head).await.unwrap_or(0);
            let body = json!({ "server": name, "head": String::from_utf8_lossy(&head[..read]) }).to_string();
            let response =
                format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
            let _ = stream.write_all(response.as_bytes()).await;
        }
    });
    port
}

fn custom_origin(id: &str, port: u16) -> t::Origin {
    let custom = t::CustomOriginConfig::builder().http_port(i32::from(port)).https_port(443);
    let custom = custom.origin_protocol_policy(t::OriginProtocolPolicy::HttpOnly).build().unwrap();
    let origin = t::Origin::builder().id(id).domain_name("localhost").origin_path("/base");
    origin.custom_origin_config(custom).build().unwrap()
}

fn group(first: &str, second: &str, status: i32) -> t::OriginGroups {
    let member = |id: &str| t::OriginGroupMember::builder().origin_id(id).build().unwrap();
    let members =
        t::OriginGroupMembers::builder().quantity(2).items(member(first)).items(member(second)).build().unwrap();
    let codes = t::StatusCodes::builder().quantity(1).items(status).build().unwrap();
    let criteria = t::OriginGroupFailoverCriteria::builder().status_codes(codes).build();
    let group = t::OriginGroup::builder().id("group").members(members).failover_criteria(criteria).build().unwrap();
    t::OriginGroups::builder().quantity(1).items(group).build().unwrap()
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html>
#[tokio::test]
async fn an_origin_group_uses_its_second_origin_if_the_first_fails() {
    let cloud = Cloud::start().await;
    let (failing, working) = (server("failing", 503).await, server("working", 200).await);
    for (first, reference) in [(failing, "status"), (1, "unreachable")] {
        let origins = vec![custom_origin("first", first), custom_origin("second", working)];
        let config = config(origins, vec![behavior("*", "group")]).caller_reference(reference);
        let (id, _) = cloud.distribution(config.origin_groups(group("first", "second", 503)).build().unwrap()).await;
        let edge = cloud.serve(&id).await;
        let get = Request::get("/a").send(edge.port()).await;
        assert_eq!(get.status, 200, "{reference}: {}", get.text());
        assert!(get.text().contains("working") && get.text().contains("GET /base/a HTTP/1.1"), "{}", get.text());
        let post = Request::post("/a", b"x").send(edge.port()).await;
        assert!(post.status >= 500, "{reference}: only safe methods fail over, {}", post.status);
    }
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html>
#[tokio::test]
async fn a_viewer_from_a_blocked_country_gets_403() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[("a", "A")]).await;
    let origin = bucket_origin(&cloud, "site").await;
    for (country, status) in [("US", 403), ("DE", 200)] {
        let geo = t::GeoRestriction::builder().restriction_type(t::GeoRestrictionType::Blacklist);
        let geo = geo.quantity(1).items(country).build().unwrap();
        let config = config(vec![origin.clone()], vec![behavior("*", "site")]);
        let config = config.restrictions(t::Restrictions::builder().geo_restriction(geo).build());
        let (id, arn) = cloud.distribution(config.caller_reference(country).build().unwrap()).await;
        cloud.allow("site", &arn, &["s3:GetObject"]).await;
        let edge = cloud.serve(&id).await;
        assert_eq!(Request::get("/a").send(edge.port()).await.status, status, "{country}");
    }
}
