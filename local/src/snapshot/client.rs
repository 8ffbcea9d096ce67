//! The AWS SDKs' HTTP client for a snapshot: it answers from the documents, without a connection.
//!
//! The distribution is thus loaded by the same code as from an account.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::documents::{Documents, canonical_user, push_text};

/// The version in the paths of the CloudFront API.
const CLOUDFRONT_API: &str = "/2020-05-31/";
const LAMBDA_FUNCTIONS: &str = "/2015-03-31/functions/";
/// The code of errors for resources that a snapshot does not have.
const NOT_IN_SNAPSHOT: &str = "NotInSnapshot";

/// An HTTP client for the SDK of one service.
#[derive(Clone, Debug)]
pub(crate) struct SnapshotClient {
    documents: Arc<Documents>,
    service: Service,
}

/// A service of AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    CloudFront,
    Lambda,
    S3,
    /// The data API of key value stores.
    Stores,
    /// Has no documents: every call fails.
    Other,
}

impl SnapshotClient {
    pub(crate) const fn new(documents: Arc<Documents>, service: Service) -> Self {
        Self { documents, service }
    }

    fn respond(&self, path: &str, query: &str) -> (u16, Vec<u8>) {
        match self.service {
            Service::CloudFront => self.cloudfront(path.strip_prefix(CLOUDFRONT_API).unwrap_or(path)),
            Service::Lambda => self.lambda(path),
            Service::S3 => self.s3(path.trim_matches('/'), query),
            Service::Stores => self.stores(path),
            Service::Other => {
                let message = "a distribution from a file has no such resource";
                (404, json!({ "__type": NOT_IN_SNAPSHOT, "message": message }).to_string().into_bytes())
            }
        }
    }

    fn cloudfront(&self, path: &str) -> (u16, Vec<u8>) {
        if path.ends_with("/invalidation") {
            let list = "<InvalidationList><Marker></Marker><MaxItems>100</MaxItems><IsTruncated>false</IsTruncated>\
                        <Quantity>0</Quantity></InvalidationList>";
            return (200, list.into());
        }
        if let Some(document) = self.documents.cloudfront.get(path) {
            return (200, document.clone());
        }
        let (kind, id) = path.split_once('/').unwrap_or((path, ""));
        match kind {
            "key-group" => {
                let keys = self.documents.key_groups.get(id).filter(|keys| !keys.is_empty());
                keys.map(|keys| (200, key_group(id, keys).into_bytes()))
            }
            "origin-access-identity" => {
                let id = id.strip_prefix("cloudfront/").unwrap_or(id);
                Some((200, origin_access_identity(id).into_bytes()))
            }
            "public-key" => self.documents.public_keys.get(id).map(|pem| (200, public_key(id, pem).into_bytes())),
            _ => None,
        }
        .unwrap_or_else(|| {
            let (status, error) = error(404, NOT_IN_SNAPSHOT, missing(kind));
            (status, format!("<ErrorResponse>{error}</ErrorResponse>").into_bytes())
        })
    }

    fn lambda(&self, path: &str) -> (u16, Vec<u8>) {
        let arn = path.strip_prefix(LAMBDA_FUNCTIONS).map(|arn| percent_decode_str(arn).decode_utf8_lossy());
        match arn.and_then(|arn| self.documents.functions.get(arn.as_ref())) {
            // The code is on this machine, so its location is not used.
            Some(function) => {
                let body = json!({ "Configuration": function.configuration, "Code": { "Location": "http://snapshot.invalid/" } });
                (200, body.to_string().into_bytes())
            }
            None => (404, json!({ "__type": NOT_IN_SNAPSHOT, "Message": missing("lambda") }).to_string().into_bytes()),
        }
    }

    fn stores(&self, path: &str) -> (u16, Vec<u8>) {
        let path = path.strip_prefix("/key-value-stores/").unwrap_or(path);
        let (arn, key) = path.split_once("/keys/").map_or((path, None), |(arn, key)| (arn, Some(key)));
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let arn = decode(arn);
        let Some(items) = self.documents.stores.get(&arn) else {
            let body = json!({ "__type": NOT_IN_SNAPSHOT, "Message": missing("store") });
            return (404, body.to_string().into_bytes());
        };
        let size: usize = items.iter().map(|(key, value)| key.len() + value.len()).sum();
        let body = match key.map(decode) {
            None => {
                json!({ "ItemCount": items.len(), "TotalSizeInBytes": size, "KvsARN": arn, "Created": 0, "ETag": "" })
            }
            Some(key) => {
                let Some(value) = items.get(&key) else {
                    let body = json!({ "__type": "ResourceNotFoundException", "Message": "the store has no such key" });
                    return (404, body.to_string().into_bytes());
                };
                json!({ "Key": key, "Value": value, "ItemCount": items.len(), "TotalSizeInBytes": size })
            }
        };
        (200, body.to_string().into_bytes())
    }

    fn s3(&self, bucket: &str, query: &str) -> (u16, Vec<u8>) {
        let asks_for = |name: &str| query.split('&').any(|parameter| parameter.split('=').next() == Some(name));
        if asks_for("website") {
            // The website of another template's bucket is assumed to have an index document.
            let assumed = "<WebsiteConfiguration><IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>";
            return (200, self.documents.websites.get(bucket).map_or(assumed, String::as_str).into());
        }
        if !asks_for("policy") {
            return in_bytes(error(404, NOT_IN_SNAPSHOT, "a distribution from a file has no objects"));
        }
        match self.documents.buckets.get(bucket) {
            Some(Some(Ok(policy))) => (200, policy.clone().into_bytes()),
            Some(Some(Err(cause))) => in_bytes(error(400, "NotModelled", cause)),
            Some(None) => in_bytes(error(404, "NoSuchBucketPolicy", "the template has no policy for this bucket")),
            // The bucket is another template's.
            None => (200, assumed_policy(bucket).into_bytes()),
        }
    }
}

impl HttpClient for SnapshotClient {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for SnapshotClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let uri = request.uri();
        let path = uri.split_once("://").map_or(uri, |(_, rest)| rest.find('/').map_or("/", |slash| &rest[slash..]));
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let (status, body) = self.respond(path, query);
        let status = StatusCode::try_from(status).expect("the statuses of this module are valid");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
    }
}

/// What to do about a resource that is not in the files.
fn missing(kind: &str) -> &'static str {
    match kind {
        "cache-policy" | "origin-request-policy" | "response-headers-policy" => {
            "it is neither in the file nor managed by AWS; pass --include with the output of `aws cloudfront get-...-policy`"
        }
        "key-group" => "its keys are not in the file; pass --public-key",
        "function" => "its code is not in the file; pass --function NAME=FILE",
        "store" => "its items are not in the file; pass --store ID=FILE",
        "lambda" => "the function's code is not in the template",
        _ => "it is not in the file; pass --include with its description",
    }
}

/// A policy that lets CloudFront read the objects of a bucket and not list them, as AWS's documentation suggests.
fn assumed_policy(bucket: &str) -> String {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "Assumed",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::{bucket}/*"),
    }] });
    policy.to_string()
}

fn key_group(id: &str, keys: &[String]) -> String {
    let mut xml = "<KeyGroup>".to_owned();
    push_text(&mut xml, "Id", id);
    xml.push_str("<KeyGroupConfig>");
    push_text(&mut xml, "Name", id);
    xml.push_str("<Items>");
    for key in keys {
        push_text(&mut xml, "PublicKey", key);
    }
    xml.push_str("</Items></KeyGroupConfig></KeyGroup>");
    xml
}

fn origin_access_identity(id: &str) -> String {
    let mut xml = "<CloudFrontOriginAccessIdentity>".to_owned();
    push_text(&mut xml, "Id", id);
    push_text(&mut xml, "S3CanonicalUserId", &canonical_user(id));
    xml.push_str("</CloudFrontOriginAccessIdentity>");
    xml
}

fn public_key(id: &str, pem: &str) -> String {
    let mut xml = "<PublicKey>".to_owned();
    push_text(&mut xml, "Id", id);
    xml.push_str("<PublicKeyConfig>");
    push_text(&mut xml, "Name", id);
    push_text(&mut xml, "EncodedKey", pem);
    xml.push_str("</PublicKeyConfig></PublicKey>");
    xml
}

/// An error in the form of S3 and, with an element around it, of CloudFront.
fn error(status: u16, code: &str, message: &str) -> (u16, String) {
    let mut xml = "<Error>".to_owned();
    push_text(&mut xml, "Code", code);
    push_text(&mut xml, "Message", message);
    xml.push_str("</Error>");
    (status, xml)
}

fn in_bytes((status, text): (u16, String)) -> (u16, Vec<u8>) {
    (status, text.into_bytes())
}
