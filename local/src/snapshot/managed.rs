//! The policies that AWS manages, by their documented ids.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html>

use serde_json::{Value, json};

use super::shapes::Kind;

/// The headers that CloudFront had added by June 2022.
const CLOUDFRONT_HEADERS_2022_06: [&str; 21] = [
    "CloudFront-Forwarded-Proto",
    "CloudFront-Is-Android-Viewer",
    "CloudFront-Is-Desktop-Viewer",
    "CloudFront-Is-IOS-Viewer",
    "CloudFront-Is-Mobile-Viewer",
    "CloudFront-Is-SmartTV-Viewer",
    "CloudFront-Is-Tablet-Viewer",
    "CloudFront-Viewer-Address",
    "CloudFront-Viewer-ASN",
    "CloudFront-Viewer-City",
    "CloudFront-Viewer-Country",
    "CloudFront-Viewer-Country-Name",
    "CloudFront-Viewer-Country-Region",
    "CloudFront-Viewer-Country-Region-Name",
    "CloudFront-Viewer-Http-Version",
    "CloudFront-Viewer-Latitude",
    "CloudFront-Viewer-Longitude",
    "CloudFront-Viewer-Metro-Code",
    "CloudFront-Viewer-Postal-Code",
    "CloudFront-Viewer-Time-Zone",
    "CloudFront-Viewer-TLS",
];

const METHOD_OVERRIDES: [&str; 5] = ["Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];
const CORS_HEADERS: [&str; 3] = ["Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method"];

/// The configuration of a managed policy of this kind.
pub(super) fn policy(kind: &Kind, id: &str) -> Option<Value> {
    match kind.field {
        "CachePolicyId" => cache_policy(id),
        "OriginRequestPolicyId" => origin_request_policy(id),
        "ResponseHeadersPolicyId" => response_headers_policy(id),
        _ => None,
    }
}

fn cache_policy(id: &str) -> Option<Value> {
    const YEAR: u32 = 31_536_000;
    const DAY: u32 = 86_400;
    let none: &[&str] = &[];
    Some(match id {
        "2e54312d-136d-493c-8eb9-b001f22f67d2" => {
            let headers = ["Authorization", "CloudFront-Viewer-Country", "Host"];
            cache("Amplify", [2, 2, 600], true, &headers, "all", ("all", none))
        }
        "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" => {
            cache("CachingDisabled", [0, 0, 0], false, none, "none", ("none", none))
        }
        "658327ea-f89d-4fab-a63d-7e88639e58f6" => {
            cache("CachingOptimized", [1, DAY, YEAR], true, none, "none", ("none", none))
        }
        "b2884449-e4de-46a7-ac36-70bc7f1ddd6d" => {
            cache("CachingOptimizedForUncompressedObjects", [1, DAY, YEAR], false, none, "none", ("none", none))
        }
        "08627262-05a9-4f76-9ded-b50ca2e3a84f" => {
            let query = ["aws.manifestfilter", "start", "end", "m"];
            let mut policy =
                cache("Elemental-MediaPackage", [0, DAY, YEAR], true, &["Origin"], "none", ("whitelist", &query));
            // Its origin compresses with gzip only.
            policy["ParametersInCacheKeyAndForwardedToOrigin"]["EnableAcceptEncodingBrotli"] = json!(false);
            policy
        }
        "83da9c7e-98b4-4e11-a168-04f0df8e2c65" => {
            cache("UseOriginCacheControlHeaders", [0, 0, YEAR], true, &METHOD_OVERRIDES, "all", ("none", none))
        }
        "4cc15a8a-d715-48a4-82b8-cc0b614638fe" => {
            let name = "UseOriginCacheControlHeaders-QueryStrings";
            cache(name, [0, 0, YEAR], true, &METHOD_OVERRIDES, "all", ("all", none))
        }
        _ => return None,
    })
}

/// A cache policy with its minimum, default and maximum TTL.
fn cache(
    name: &str,
    [min, default, max]: [u32; 3],
    compresses: bool,
    headers: &[&str],
    cookies: &str,
    (query, parameters): (&str, &[&str]),
) -> Value {
    json!({
        "Name": name,
        "MinTTL": min,
        "DefaultTTL": default,
        "MaxTTL": max,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": compresses,
            "EnableAcceptEncodingBrotli": compresses,
            "HeadersConfig": { "HeaderBehavior": if headers.is_empty() { "none" } else { "whitelist" }, "Headers": headers },
            "CookiesConfig": { "CookieBehavior": cookies },
            "QueryStringsConfig": { "QueryStringBehavior": query, "QueryStrings": parameters },
        },
    })
}

fn origin_request_policy(id: &str) -> Option<Value> {
    let none: &[&str] = &[];
    Some(match id {
        "216adef6-5c7f-47e4-b989-5492eafa07d3" => origin_request("AllViewer", "allViewer", none, "all", "all"),
        "b689b0a8-53d0-40ab-baf2-68738e2966ac" => {
            origin_request("AllViewerExceptHostHeader", "allExcept", &["Host"], "all", "all")
        }
        "33f36d7e-f396-46d9-90e0-52428a34d9dc" => {
            let name = "AllViewerAndCloudFrontHeaders-2022-06";
            origin_request(name, "allViewerAndWhitelistCloudFront", &CLOUDFRONT_HEADERS_2022_06, "all", "all")
        }
        "59781a5b-3903-41f3-afcb-af62929ccde1" => {
            origin_request("CORS-CustomOrigin", "whitelist", &["Origin"], "none", "none")
        }
        "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf" => {
            origin_request("CORS-S3Origin", "whitelist", &CORS_HEADERS, "none", "none")
        }
        "775133bc-15f2-49f9-abea-afb2e0bf67d2" => {
            let headers = [&CORS_HEADERS[..], &["User-Agent", "X-Forwarded-For"]].concat();
            origin_request("Elemental-MediaTailor-PersonalizedManifests", "whitelist", &headers, "none", "all")
        }
        "bf0718e1-ba1e-49d1-88b1-f726733018ae" => {
            origin_request("HostHeaderOnly", "whitelist", &["Host"], "none", "none")
        }
        "acba4595-bd28-49b8-b9fe-13317c0390fa" => {
            origin_request("UserAgentRefererHeaders", "whitelist", &["User-Agent", "Referer"], "none", "none")
        }
        _ => return None,
    })
}

fn origin_request(name: &str, behavior: &str, headers: &[&str], cookies: &str, query: &str) -> Value {
    json!({
        "Name": name,
        "HeadersConfig": { "HeaderBehavior": behavior, "Headers": headers },
        "CookiesConfig": { "CookieBehavior": cookies },
        "QueryStringsConfig": { "QueryStringBehavior": query },
    })
}

fn response_headers_policy(id: &str) -> Option<Value> {
    let (name, cors, security) = match id {
        "60669652-455b-4ae9-85a4-c4c02393f86c" => ("SimpleCORS", Some(simple_cors()), None),
        "5cc3b908-e619-4b99-88e5-2cf7f45965bd" => ("CORS-With-Preflight", Some(cors_with_preflight()), None),
        "67f7725c-6f97-4210-82d7-5512b31e9d03" => ("SecurityHeadersPolicy", None, Some(security_headers())),
        "e61eb60c-9c35-4d20-a928-2b84e02af89c" => {
            ("CORS-and-SecurityHeadersPolicy", Some(simple_cors()), Some(security_headers()))
        }
        "eaab4381-ed33-4a86-88ca-d9558dc6cd63" => {
            ("CORS-with-preflight-and-SecurityHeadersPolicy", Some(cors_with_preflight()), Some(security_headers()))
        }
        _ => return None,
    };
    Some(json!({ "Name": name, "CorsConfig": cors, "SecurityHeadersConfig": security }))
}

fn simple_cors() -> Value {
    json!({
        "AccessControlAllowOrigins": ["*"],
        "AccessControlAllowHeaders": [],
        "AccessControlAllowMethods": [],
        "AccessControlAllowCredentials": false,
        "OriginOverride": false,
    })
}

fn cors_with_preflight() -> Value {
    let mut cors = simple_cors();
    cors["AccessControlAllowMethods"] = json!(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);
    cors["AccessControlExposeHeaders"] = json!(["*"]);
    cors
}

fn security_headers() -> Value {
    json!({
        "XSSProtection": { "Override": false, "Protection": true, "ModeBlock": true },
        "FrameOptions": { "Override": false, "FrameOption": "SAMEORIGIN" },
        "ReferrerPolicy": { "Override": false, "ReferrerPolicy": "strict-origin-when-cross-origin" },
        "ContentTypeOptions": { "Override": true },
        "StrictTransportSecurity": { "Override": false, "AccessControlMaxAgeSec": 31_536_000 },
    })
}
