//! Sends a request to a behavior's origin, if the origin's policies would accept it from CloudFront.
//!
//! Each [`OriginKind`] has a module with its address, its policy and its signature.

mod authorize;
mod custom;
mod folder;
mod function_url;
mod origin_request;
mod policy_document;
mod s3;
mod sign;
mod website;

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST, HeaderValue, SET_COOKIE};
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::aws_clients::AwsClients;
use crate::distribution::{
    Behavior, CustomOrigin, Distribution, Forwarding, OriginConfig, OriginKind, Replacement, SigningBehavior,
};
use crate::endpoint::Target;
use crate::request_log::{StageTrace, headers_json};
use crate::response::{Body, BodyError, EdgeResponse, ResultType, error_page, remove_hop_by_hop_headers};
use crate::viewer_request::ViewerRequest;
use authorize::Denied;
pub(crate) use origin_request::OriginRequest;
use sign::{Service, sign_request};

/// What is fetched for a viewer, after the viewer-request function.
#[derive(Clone, Copy)]
pub(crate) struct FetchRequest<'a> {
    pub(crate) distribution: &'a Distribution,
    pub(crate) behavior: &'a Behavior,
    pub(crate) viewer: &'a ViewerRequest,
    /// With the default root object, if it applies.
    pub(crate) path: &'a str,
    pub(crate) request_id: &'a str,
}

/// Marks a response that CloudFront generated because the origin did not send one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unreachable;

/// Sends a request to its origin.
pub(crate) async fn send(
    aws: &AwsClients,
    distribution: &Distribution,
    forwarding: &Forwarding,
    request: OriginRequest,
    stage: &mut StageTrace,
) -> EdgeResponse {
    let config = Arc::clone(&request.origin);
    let origin = Origin { aws, distribution, config: &config };
    let request = request.complete();
    stage.event(|| origin.request_json(&request));
    let sent = match (&config.replacement, &config.kind) {
        (Some(Replacement::Missing), _) => Err(origin.without_replacement()),
        (Some(Replacement::Server(server)), _) => custom::fetch_from_local(&origin, server, request).await,
        (_, OriginKind::Bucket { name }) => s3::fetch(&origin, name, request).await,
        (Some(Replacement::Folder(folder)), OriginKind::Custom(custom)) if config.website.is_some() => {
            origin.fetch_website(folder, custom, &request).await
        }
        (Some(Replacement::Folder(folder)), _) => {
            Ok(folder::fetch(folder, &s3::decode_key(&request.path), &request).await)
        }
        (None, OriginKind::FunctionUrl { host, function_name, qualifier }) => {
            function_url::fetch(&origin, host, function_name, qualifier.as_deref(), request).await
        }
        (None, OriginKind::Custom(custom)) => custom::fetch(&origin, custom, request).await,
    };
    let response = sent.map_or_else(
        |error| *error,
        |mut response| {
            remove_hop_by_hop_headers(response.headers_mut());
            // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html
            if !forwarding.has_any_cookie() {
                response.headers_mut().remove(SET_COOKIE);
            }
            let result = if response.status().as_u16() < 400 { ResultType::Miss } else { ResultType::Error };
            EdgeResponse { response, result }
        },
    );
    stage.result(|| {
        json!({ "status": response.response.status().as_u16(), "headers": headers_json(response.response.headers()) })
    });
    response
}

/// An origin's response, or CloudFront's in place of one.
type OriginResult<T = Response<Body>> = Result<T, Box<EdgeResponse>>;

/// The origin of a request, with what the modules of the kinds have in common.
struct Origin<'a> {
    aws: &'a AwsClients,
    distribution: &'a Distribution,
    config: &'a OriginConfig,
}

impl Origin<'_> {
    /// The unsigned request for a trace. The distribution's custom headers are omitted, because they may be a
    /// secret that it shares with the origin.
    fn request_json(&self, request: &OriginRequest) -> Value {
        let mut headers = request.headers.clone();
        for (name, _) in &self.config.custom_headers {
            headers.insert(name.clone(), HeaderValue::from_static("(custom header)"));
        }
        json!({
            "origin": self.config.id,
            "method": request.method.as_str(),
            "uri": request.path,
            "querystring": request.query,
            "headers": headers_json(&headers),
        })
    }

    /// The response in place of that of an origin that must not be reached.
    fn without_replacement(&self) -> Box<EdgeResponse> {
        let OriginConfig { id, domain_name, .. } = self.config;
        let reason = format!(
            "The origin {id} ({domain_name}) is not reached, because the distribution is from a file. Pass --origin {id}=FOLDER \
             or --origin {id}=http://localhost:PORT."
        );
        error(StatusCode::BAD_GATEWAY, &reason)
    }

    /// The response of a website endpoint with a folder's files. Such an endpoint has no TLS.
    async fn fetch_website(&self, folder: &Path, custom: &CustomOrigin, request: &OriginRequest) -> OriginResult {
        if custom.scheme_and_port(request.viewer_scheme).0 == "https" {
            let reason = "An S3 website endpoint does not accept HTTPS: use the OriginProtocolPolicy http-only.";
            return Err(unreachable(StatusCode::GATEWAY_TIMEOUT, reason));
        }
        match &self.config.website {
            Some(website) => Ok(website::fetch(folder, website, request).await),
            None => Err(self.without_replacement()),
        }
    }

    fn is_signed(&self, request: &OriginRequest) -> bool {
        if self.config.identity.is_some() {
            return true;
        }
        match self.config.signing {
            SigningBehavior::Always => true,
            SigningBehavior::NoOverride => !request.headers.contains_key(AUTHORIZATION),
            SigningBehavior::Never => false,
        }
    }

    fn denied(&self, denied: Denied) -> Box<EdgeResponse> {
        tracing::warn!(target: "vitae::edge", origin = %self.config.id, "{}", denied.reason);
        Box::new(EdgeResponse { response: denied.response, result: ResultType::Error })
    }

    /// Sends the request to `target`, signed for the service if there is one. The hash is the body's SHA-256.
    async fn send(
        &self,
        target: &Target,
        request: OriginRequest,
        signature: Option<(Service, String)>,
    ) -> OriginResult {
        let mut outgoing = outgoing(target, request)
            .ok_or_else(|| error(StatusCode::BAD_REQUEST, "The path is not valid in a request to the origin."))?;
        if let Some((service, body_sha256)) = signature {
            let signed = sign_request(&mut outgoing, body_sha256, service, &self.aws.region, &self.aws.credentials);
            signed.map_err(|cause| {
                tracing::warn!(target: "vitae::edge", "cannot sign the origin request: {cause}");
                error(StatusCode::BAD_GATEWAY, "The origin request could not be signed.")
            })?;
        }
        let origin = &self.config.id;
        match timeout(self.config.response_timeout, self.aws.http.request(outgoing)).await {
            // The body is streamed: a slow viewer slows the origin down.
            Ok(Ok(response)) => {
                Ok(response.map(|body| body.map_err(|error| Box::new(error) as BodyError).boxed_unsync()))
            }
            Ok(Err(cause)) => {
                tracing::warn!(target: "vitae::edge", %origin, "the origin does not respond: {cause}");
                Err(unreachable(StatusCode::BAD_GATEWAY, "CloudFront could not connect to the origin."))
            }
            Err(_) => {
                let seconds = self.config.response_timeout.as_secs();
                tracing::warn!(target: "vitae::edge", %origin, "the origin did not respond within {seconds} s");
                Err(unreachable(StatusCode::GATEWAY_TIMEOUT, "The origin did not respond in time."))
            }
        }
    }
}

fn error(status: StatusCode, reason: &str) -> Box<EdgeResponse> {
    Box::new(error_page(status, ResultType::Error, reason))
}

fn unreachable(status: StatusCode, reason: &str) -> Box<EdgeResponse> {
    let mut response = error(status, reason);
    response.response.extensions_mut().insert(Unreachable);
    response
}

/// The request as it is sent to `target`; `None` if the path or the host is not valid.
fn outgoing(target: &Target, request: OriginRequest) -> Option<Request<Full<Bytes>>> {
    let question_mark = if request.query.is_empty() { "" } else { "?" };
    let path = format!("{}{question_mark}{}", target.path, request.query);
    let uri = Uri::builder().scheme(target.scheme).authority(target.authority.as_str()).path_and_query(path);
    let mut outgoing = Request::new(Full::from(request.body));
    *outgoing.method_mut() = request.method;
    *outgoing.uri_mut() = uri.build().ok()?;
    *outgoing.headers_mut() = request.headers;
    outgoing.headers_mut().insert(HOST, HeaderValue::from_str(&target.host).ok()?);
    Some(outgoing)
}
