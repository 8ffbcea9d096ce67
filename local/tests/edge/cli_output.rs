//! Distributions from the output of the AWS CLI, without a cloud.

use serde_json::{Value, json};
use vitae_local::Snapshot;

use crate::support::Request;
use crate::support::files::{folder, origin, serve};

/// In the form of `aws cloudfront get-distribution-config`, with the fields that are always there.
fn config() -> Value {
    json!({ "ETag": "E2QWRUHEXAMPLE", "DistributionConfig": {
        "CallerReference": "1700000000", "Comment": "", "Enabled": true, "DefaultRootObject": "index.html",
        "Aliases": { "Quantity": 1, "Items": ["www.example.com"] },
        "Origins": { "Quantity": 1, "Items": [{
            "Id": "site", "DomainName": "site.s3.eu-west-1.amazonaws.com", "OriginPath": "/live",
            "CustomHeaders": { "Quantity": 0 }, "S3OriginConfig": { "OriginAccessIdentity": "" },
            "ConnectionAttempts": 3, "ConnectionTimeout": 10, "OriginShield": { "Enabled": false },
            "OriginAccessControlId": "E1OAC",
        }] },
        "OriginGroups": { "Quantity": 0 },
        "DefaultCacheBehavior": {
            "TargetOriginId": "site", "ViewerProtocolPolicy": "redirect-to-https", "Compress": true,
            "TrustedSigners": { "Enabled": false, "Quantity": 0 },
            "TrustedKeyGroups": { "Enabled": false, "Quantity": 0 },
            "AllowedMethods": { "Quantity": 2, "Items": ["HEAD", "GET"],
                "CachedMethods": { "Quantity": 2, "Items": ["HEAD", "GET"] } },
            "SmoothStreaming": false, "LambdaFunctionAssociations": { "Quantity": 0 },
            "FunctionAssociations": { "Quantity": 1, "Items": [
                { "FunctionARN": "arn:aws:cloudfront::111122223333:function/greet", "EventType": "viewer-response" }] },
            "FieldLevelEncryptionId": "", "CachePolicyId": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
            "GrpcConfig": { "Enabled": false },
        },
        "CacheBehaviors": { "Quantity": 0 },
        "CustomErrorResponses": { "Quantity": 0 },
        "Logging": { "Enabled": false, "IncludeCookies": false, "Bucket": "", "Prefix": "" },
        "PriceClass": "PriceClass_100", "WebACLId": "", "HttpVersion": "http2and3", "IsIPV6Enabled": true,
        "ContinuousDeploymentPolicyId": "", "Staging": false,
        "ViewerCertificate": { "CloudFrontDefaultCertificate": false, "ACMCertificateArn": "arn:aws:acm:us-east-1:1:certificate/x",
            "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021", "CertificateSource": "acm",
            "Certificate": "arn:aws:acm:us-east-1:1:certificate/x" },
        "Restrictions": { "GeoRestriction": { "RestrictionType": "none", "Quantity": 0 } },
    } })
}

/// In the form of `aws cloudfront get-cache-policy`.
fn cache_policy() -> Value {
    json!({ "ETag": "E1", "CachePolicy": { "Id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "LastModifiedTime": "2026-01-01T00:00:00Z",
        "CachePolicyConfig": { "Name": "own", "DefaultTTL": 86400, "MaxTTL": 31_536_000, "MinTTL": 1,
            "ParametersInCacheKeyAndForwardedToOrigin": {
                "EnableAcceptEncodingGzip": true, "EnableAcceptEncodingBrotli": true,
                "HeadersConfig": { "HeaderBehavior": "none" }, "CookiesConfig": { "CookieBehavior": "none" },
                "QueryStringsConfig": { "QueryStringBehavior": "none" } } } } })
}

const FUNCTION: &str =
    "function handler(event) { event.response.headers['x-greeting'] = { value: 'hello' }; return event.response; }";

#[tokio::test]
async fn the_output_of_get_distribution_config_is_served() {
    let site = folder(&[("live/index.html", "home")]);
    let mut snapshot = Snapshot::from_cli_output(&config().to_string(), &[cache_policy().to_string()]).unwrap();
    snapshot.add_function("greet", FUNCTION.as_bytes().to_vec()).unwrap();
    let edge = serve(snapshot, vec![origin("site", &site)]).await.unwrap();
    let page = Request::get("/").send(edge.port()).await;
    assert_eq!((page.status, page.text().as_str(), page.header("x-greeting").as_str()), (200, "home", "hello"));
    assert_eq!(Request::get("/").host("www.example.com").send(edge.port()).await.status, 200);
    assert_eq!(Request::get("/missing").send(edge.port()).await.status, 403);
}

#[tokio::test]
async fn get_distribution_keeps_the_id() {
    let whole = json!({ "ETag": "E1", "Distribution": {
        "Id": "EDFDVBD6EXAMPLE", "ARN": "arn:aws:cloudfront::111122223333:distribution/EDFDVBD6EXAMPLE",
        "DomainName": "d604721fxaaqy9.cloudfront.net", "DistributionConfig": config()["DistributionConfig"],
    } });
    let snapshot = Snapshot::from_cli_output(&whole.to_string(), &[]).unwrap();
    assert_eq!(snapshot.distribution_id(), "EDFDVBD6EXAMPLE");
}

#[tokio::test]
async fn what_the_files_do_not_contain_is_named() {
    let start = async |snapshot: Snapshot| serve(snapshot, Vec::new()).await.unwrap_err().to_string();
    let without_policy = Snapshot::from_cli_output(&config().to_string(), &[]).unwrap();
    let error = start(without_policy).await;
    assert!(error.starts_with("cloudfront:GetCachePolicy 3f2504e0") && error.contains("--include"), "{error}");
    let without_function = Snapshot::from_cli_output(&config().to_string(), &[cache_policy().to_string()]).unwrap();
    let error = start(without_function).await;
    assert!(
        error.starts_with("cloudfront:DescribeFunction greet") && error.contains("--function NAME=FILE"),
        "{error}"
    );
    let mut trusting = config();
    trusting["DistributionConfig"]["DefaultCacheBehavior"]["TrustedKeyGroups"] =
        json!({ "Enabled": true, "Quantity": 1, "Items": ["group"] });
    let error = start(Snapshot::from_cli_output(&trusting.to_string(), &[]).unwrap()).await;
    assert!(error.contains("--public-key"), "{error}");
    let error = Snapshot::from_cli_output("{}", &[]).unwrap_err().to_string();
    assert!(error.contains("get-distribution-config"), "{error}");
}
