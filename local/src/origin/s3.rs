//! S3 buckets: address, bucket policy and object keys.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>

use aws_sdk_s3::error::ProvideErrorMetadata;
use http::header::{HOST, HeaderValue, SERVER};
use http::{Method, Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::authorize::{Denied, UNKNOWN_HOST, account, check_host, check_policy, forbidden, sha256_hex};
use super::origin_request::OriginRequest;
use super::policy_document::{PolicyDocument, PolicyRequest, Principal};
use super::sign::Service;
use super::{Origin, OriginResult, folder};
use crate::aws_clients::AwsClients;
use crate::distribution::{Distribution, OriginAccessIdentity, Replacement};
use crate::endpoint::{Endpoint, Target};
use crate::error::Error;
use crate::response::Body;

pub(super) async fn fetch(origin: &Origin<'_>, bucket: &str, request: OriginRequest) -> OriginResult {
    let key = decode_key(&request.path);
    let mut may_list = true;
    let mut signature = None;
    if !origin.is_signed(&request) && request.headers.contains_key(HOST) {
        return Err(origin.denied(Denied { response: access_denied(), reason: UNKNOWN_HOST.to_owned() }));
    }
    if origin.is_signed(&request) {
        let sender = (origin.distribution, origin.config.identity.as_ref());
        let authorized = authorize(origin.aws, bucket, sender, &request, &key).await;
        may_list = authorized.map_err(|reason| origin.denied(Denied { response: access_denied(), reason }))?;
        signature = Some((Service::S3, sha256_hex(&request.body)));
    }
    let response = if let Some(Replacement::Folder(path)) = &origin.config.replacement {
        // Without a signature S3 reveals as much as without the permission to list.
        may_list &= signature.is_some();
        folder::fetch(path, &key, &request).await
    } else {
        let target = target(&origin.aws.endpoint, bucket, &origin.aws.region, &encode_key(&key));
        origin.send(&target, request, signature).await?
    };
    // `local-edge` may list every bucket. Without that permission, S3 does not reveal that an object is missing.
    Ok(if response.status() == StatusCode::NOT_FOUND && !may_list { access_denied() } else { response })
}

/// The address of an object, whose key is percent-encoded.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
fn target(endpoint: &Endpoint, bucket: &str, region: &str, key: &str) -> Target {
    match endpoint {
        Endpoint::Local(authority) => {
            let authority = authority.to_string();
            Target { scheme: "http", host: authority.clone(), authority, path: format!("/{bucket}/{key}") }
        }
        Endpoint::Aws => {
            let host = format!("{bucket}.s3.{region}.amazonaws.com");
            Target { scheme: "https", authority: host.clone(), host, path: format!("/{key}") }
        }
    }
}

/// Checks a signed request against the bucket policy. Returns whether CloudFront may list the bucket.
async fn authorize(
    aws: &AwsClients,
    bucket: &str,
    (distribution, identity): (&Distribution, Option<&OriginAccessIdentity>),
    request: &OriginRequest,
    key: &str,
) -> Result<bool, String> {
    check_host(request)?;
    // S3 denies everyone access to the objects of a bucket without a policy.
    let policy = match aws.s3.get_bucket_policy().bucket(bucket).send().await {
        Ok(output) => output.policy().and_then(PolicyDocument::parse),
        Err(error) if error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("NoSuchBucketPolicy") => {
            None
        }
        Err(error) => return Err(Error::api(format!("s3:GetBucketPolicy {bucket}"), &error).to_string()),
    };
    let context = [
        ("aws:securetransport", "true"),
        // CloudFront uses TLS 1.2 or later; the lowest of those is assumed.
        ("s3:tlsversion", "1.2"),
        ("aws:sourcearn", distribution.arn.as_str()),
        ("aws:sourceaccount", account(distribution)),
    ];
    // An identity is a user: its requests have no source.
    let (principal, context) = match identity {
        None => (Principal::Service, &context[..]),
        Some(OriginAccessIdentity { id, canonical_user }) => {
            (Principal::Identity { id, canonical_user }, &context[..2])
        }
    };
    let check = |action, resource: &str| {
        let request = PolicyRequest { principal, action, resource, context };
        check_policy(policy.as_ref(), &format!("the bucket {bucket:?}"), &distribution.arn, request)
    };
    let (bucket_arn, object_arn) = (format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/{key}"));
    match request.method {
        // The root of a bucket is not an object: S3 responds with the list of objects.
        Method::GET | Method::HEAD if key.is_empty() => check("s3:ListBucket", &bucket_arn)?,
        Method::PUT => check("s3:PutObject", &object_arn)?,
        Method::DELETE => check("s3:DeleteObject", &object_arn)?,
        _ => check("s3:GetObject", &object_arn)?,
    }
    Ok(check("s3:ListBucket", &bucket_arn).is_ok())
}

/// S3's response if access is denied, or if an object is missing and the caller may not list the bucket.
fn access_denied() -> Response<Body> {
    let body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
    let mut response = forbidden("application/xml", body);
    response.headers_mut().insert(SERVER, HeaderValue::from_static("AmazonS3"));
    response
}

/// The characters that S3 encodes in a path that it signs.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>, `UriEncode`
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The object key of a path. Bytes that are not UTF-8 become U+FFFD, which no object of ours has in its key.
/// Dot segments and repeated slashes are part of a key.
///
/// S3 reads a plus as a space, and CloudFront sends it as it is: rust-lang/crates.io#4891.
pub(super) fn decode_key(path: &str) -> String {
    let path = path.strip_prefix('/').unwrap_or(path).replace('+', " ");
    percent_decode_str(&path).decode_utf8_lossy().into_owned()
}

/// The canonical encoding of a key. S3 signs this one, so the viewer's own encoding (`%63v` for `cv`) is not
/// forwarded.
fn encode_key(key: &str) -> String {
    utf8_percent_encode(key, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_at_the_local_clouds_address_or_has_its_own_host() {
        let local = "127.0.0.1:4566".to_owned();
        let endpoint = Endpoint::from_url(Some("http://127.0.0.1:4566")).unwrap();
        let expected = Target { scheme: "http", authority: local.clone(), host: local, path: "/site/a%20b".to_owned() };
        assert_eq!(target(&endpoint, "site", "us-east-1", "a%20b"), expected);
        let host = "site.s3.us-east-1.amazonaws.com".to_owned();
        let expected = Target { scheme: "https", authority: host.clone(), host, path: "/a%20b".to_owned() };
        assert_eq!(target(&Endpoint::Aws, "site", "us-east-1", "a%20b"), expected);
    }

    #[test]
    fn every_encoding_of_a_key_becomes_one_path() {
        for path in ["/cv/a b.pdf", "/%63v/a%20b.pdf", "/cv/a%20b.pdf"] {
            assert_eq!(encode_key(&decode_key(path)), "cv/a%20b.pdf", "{path}");
        }
    }

    #[test]
    fn dots_and_slashes_are_part_of_the_key() {
        assert_eq!(encode_key(&decode_key("/x/../cv//a")), "x/../cv//a");
        assert_eq!(encode_key(&decode_key("/x/%2e%2e/cv")), "x/../cv");
    }

    #[test]
    fn an_invalid_escape_is_a_percent_sign() {
        assert_eq!(encode_key(&decode_key("/100%")), "100%25");
        assert_eq!(encode_key(&decode_key("/a%zz")), "a%25zz");
        assert_eq!(decode_key("%41%4a%"), "AJ%");
        assert_eq!(decode_key("100%%zz%a"), "100%%zz%a");
    }

    /// rust-lang/crates.io#4891: key `a+b` is 403 as `/a+b` and 200 as `/a%2Bb`; key `a b` is 200 as `/a+b`.
    #[test]
    fn a_plus_is_a_space_and_an_escaped_plus_is_a_plus() {
        assert_eq!([decode_key("/a+b"), decode_key("/a%2Bb"), decode_key("/a%20b")], ["a b", "a+b", "a b"]);
        assert_eq!(encode_key("a+b"), "a%2Bb");
    }

    #[test]
    fn bytes_that_are_not_utf8_match_no_object() {
        assert_eq!(decode_key("/%ff"), "\u{fffd}");
        assert_eq!(decode_key("é%c3"), "é\u{fffd}");
    }
}
