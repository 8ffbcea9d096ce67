//! Function URLs: address, function policy and body hash.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html>

use aws_sdk_lambda::error::ProvideErrorMetadata;
use http::Response;
use http::header::{HOST, HeaderValue};
use vitae_parameters::header::CONTENT_SHA256;

use super::authorize::{Denied, UNKNOWN_HOST, account, check_host, check_policy, forbidden, sha256_hex};
use super::origin_request::OriginRequest;
use super::policy_document::{PolicyDocument, PolicyRequest, Principal};
use super::sign::Service;
use super::{Origin, OriginResult};
use crate::aws_clients::AwsClients;
use crate::distribution::Distribution;
use crate::endpoint::{Endpoint, Target};
use crate::error::Error;
use crate::response::Body;

/// Lambda requires both since October 2025. A condition can limit the second to invocations through the URL.
const REQUIRED_ACTIONS: [&str; 2] = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"];

pub(super) async fn fetch(
    origin: &Origin<'_>,
    host: &str,
    function: &str,
    qualifier: Option<&str>,
    request: OriginRequest,
) -> OriginResult {
    let mut signature = None;
    if !origin.is_signed(&request) && request.headers.contains_key(HOST) {
        let reason = UNKNOWN_HOST.to_owned();
        return Err(origin.denied(Denied { response: access_denied(), reason }));
    }
    if origin.is_signed(&request) {
        let mismatch = |reason: String| origin.denied(Denied { response: signature_mismatch(), reason });
        check_host(&request).map_err(mismatch)?;
        let hash = payload_hash(&request).map_err(mismatch)?;
        let authorized = authorize(origin.aws, function, qualifier, origin.distribution).await;
        authorized.map_err(|reason| origin.denied(Denied { response: access_denied(), reason }))?;
        signature = Some((Service::Lambda, hash));
    }
    let target = target(&origin.aws.endpoint, host, &request.path);
    origin.send(&target, request, signature).await
}

/// The address of a path at a Function URL.
fn target(endpoint: &Endpoint, host: &str, path: &str) -> Target {
    let (scheme, authority) = match endpoint {
        Endpoint::Local(authority) => ("http", authority.to_string()),
        Endpoint::Aws => ("https", host.to_owned()),
    };
    Target { scheme, authority, host: host.to_owned(), path: path.to_owned() }
}

/// The hash of the body that is signed. Lambda does not accept an unsigned payload, so the viewer or an edge
/// function must set the hash of a body.
fn payload_hash(request: &OriginRequest) -> Result<String, String> {
    let actual = sha256_hex(&request.body);
    // Two reports of 2026: a POST without a body passes, because the hash of an empty body is known.
    if request.body.is_empty() && !request.headers.contains_key(CONTENT_SHA256) {
        return Ok(actual);
    }
    match request.headers.get(CONTENT_SHA256).and_then(|value| value.to_str().ok()) {
        None => Err(format!("{} without {CONTENT_SHA256}: Lambda does not accept an unsigned payload", request.method)),
        Some(hash) if hash == actual => Ok(actual),
        Some(_) => Err(format!("{CONTENT_SHA256} is not the hash of the body")),
    }
}

/// Checks the function's policy.
async fn authorize(
    aws: &AwsClients,
    function: &str,
    qualifier: Option<&str>,
    distribution: &Distribution,
) -> Result<(), String> {
    let request = aws.lambda.get_policy().function_name(function).set_qualifier(qualifier.map(ToOwned::to_owned));
    let policy = match request.send().await {
        Ok(output) => output.policy().and_then(PolicyDocument::parse),
        Err(error)
            if error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("ResourceNotFoundException") =>
        {
            None
        }
        Err(error) => return Err(Error::api(format!("lambda:GetPolicy {function}"), &error).to_string()),
    };
    // The function and the distribution belong to the same account.
    let account = account(distribution);
    let alias = qualifier.map(|alias| format!(":{alias}")).unwrap_or_default();
    let resource = format!("arn:aws:lambda:{}:{account}:function:{function}{alias}", aws.region);
    check_actions(policy.as_ref(), function, &resource, &distribution.arn, account)
}

fn check_actions(
    policy: Option<&PolicyDocument>,
    function: &str,
    resource: &str,
    distribution_arn: &str,
    account: &str,
) -> Result<(), String> {
    let context = [
        ("aws:sourcearn", distribution_arn),
        ("aws:sourceaccount", account),
        ("lambda:functionurlauthtype", "AWS_IAM"),
        ("lambda:invokedviafunctionurl", "true"),
    ];
    REQUIRED_ACTIONS.iter().try_for_each(|action| {
        let request = PolicyRequest { principal: Principal::Service, action, resource, context: &context };
        check_policy(policy, &format!("the function {function:?}"), distribution_arn, request)
    })
}

fn access_denied() -> Response<Body> {
    let mut response = forbidden("application/json", "{\"Message\":\"Forbidden\"}");
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static("AccessDeniedException"));
    response
}

fn signature_mismatch() -> Response<Body> {
    let body = "{\"message\":\"The request signature we calculated does not match the signature you provided.\"}";
    let mut response = forbidden("application/json", body);
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static("InvalidSignatureException"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::Method;

    const DISTRIBUTION: &str = "arn:aws:cloudfront::000000000000:distribution/E1";
    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn request(method: Method, body: &'static str, hash: Option<&str>) -> OriginRequest {
        let mut request = OriginRequest::empty(method);
        if let Some(hash) = hash {
            request.headers.insert("x-amz-content-sha256", HeaderValue::from_str(hash).unwrap());
        }
        request.body = Bytes::from_static(body.as_bytes());
        request
    }

    #[test]
    fn a_function_url_is_at_the_local_clouds_address_or_has_its_own_host() {
        let host = "abc.lambda-url.us-east-1.on.aws";
        let expected = |scheme, authority: &str| Target {
            scheme,
            authority: authority.to_owned(),
            host: host.to_owned(),
            path: "/api/count".to_owned(),
        };
        let local = Endpoint::from_url(Some("http://127.0.0.1:4566")).unwrap();
        assert_eq!(target(&local, host, "/api/count"), expected("http", "127.0.0.1:4566"));
        assert_eq!(target(&Endpoint::Aws, host, "/api/count"), expected("https", host));
    }

    #[test]
    fn a_post_needs_the_hash_of_its_body() {
        assert!(payload_hash(&request(Method::POST, "{}", None)).unwrap_err().contains("without x-amz-content-sha256"));
        assert!(payload_hash(&request(Method::POST, "{}", Some(EMPTY))).unwrap_err().contains("not the hash"));
        assert_eq!(payload_hash(&request(Method::POST, "{}", Some(&sha256_hex(b"{}")))).unwrap(), sha256_hex(b"{}"));
        assert_eq!(payload_hash(&request(Method::POST, "", Some(EMPTY))).unwrap(), EMPTY);
    }

    /// minorun365/html-share#4 of August 2026 and aws-amplify/amplify-backend#3194 of May 2026.
    #[test]
    fn a_request_without_a_body_needs_no_hash() {
        for method in [Method::GET, Method::POST, Method::PUT] {
            assert_eq!(payload_hash(&request(method, "", None)).unwrap(), EMPTY);
        }
    }

    fn statement(action: &str, condition: &str) -> String {
        format!(
            r#"{{"Sid":"{action}","Effect":"Allow","Principal":{{"Service":"cloudfront.amazonaws.com"}},"Action":"{action}",
               "Resource":"arn:aws:lambda:us-east-1:000000000000:function:counter","Condition":{{"ArnLike":{{"AWS:SourceArn":"{DISTRIBUTION}"}}{condition}}}}}"#
        )
    }

    fn check(policy: Option<&PolicyDocument>) -> Result<(), String> {
        let resource = "arn:aws:lambda:us-east-1:000000000000:function:counter";
        check_actions(policy, "counter", resource, DISTRIBUTION, "000000000000")
    }

    fn check_statements(statements: &[String]) -> Result<(), String> {
        let policy = PolicyDocument::parse(&format!("{{\"Statement\":[{}]}}", statements.join(","))).unwrap();
        check(Some(&policy))
    }

    #[test]
    fn both_permissions_allow_cloudfront() {
        let url = statement("lambda:InvokeFunctionUrl", r#","StringEquals":{"lambda:FunctionUrlAuthType":"AWS_IAM"}"#);
        let function = statement("lambda:InvokeFunction", r#","Bool":{"lambda:InvokedViaFunctionUrl":"true"}"#);
        assert_eq!(check_statements(&[url, function]), Ok(()));
    }

    #[test]
    fn one_permission_is_not_enough_and_the_missing_one_is_named() {
        let only_url = check_statements(&[statement("lambda:InvokeFunctionUrl", "")]).unwrap_err();
        assert!(only_url.contains("does not allow lambda:InvokeFunction on"), "{only_url}");
        let only_function = check_statements(&[statement("lambda:InvokeFunction", "")]).unwrap_err();
        assert!(only_function.contains("does not allow lambda:InvokeFunctionUrl on"), "{only_function}");
        assert!(check(None).is_err());
    }
}
