//! Sending the origin request, and what becomes of the answer.

use bytes::Bytes;
use http::header::{HOST, HeaderValue, SET_COOKIE};
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::request::{OriginRequest, build};
use super::sign::{Service, sign_request};
use super::{access, object_key};
use crate::cloud::Cloud;
use crate::distribution::{Behavior, Distribution, Origin, OriginKind, Signing};
use crate::journal::{Exchange, headers};
use crate::place::Address;
use crate::response::{Answer, Body, BodyError, ResultType, error_page, remove_hop_by_hop};
use crate::viewer::ViewerRequest;

/// What the origin of a behavior is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) distribution: &'a Distribution,
    pub(crate) behavior: &'a Behavior,
    pub(crate) viewer: &'a ViewerRequest,
    pub(crate) path: &'a str,
    pub(crate) request_id: &'a str,
}

/// Asks the behavior's origin, and answers as CloudFront would.
pub(crate) async fn fetch(cloud: &Cloud, asked: Asked<'_>, exchange: &mut Exchange) -> Answer {
    let answer = ask(cloud, asked, exchange).await;
    exchange.result(
        || json!({ "status": answer.response.status().as_u16(), "headers": headers(answer.response.headers()) }),
    );
    answer
}

async fn ask(cloud: &Cloud, asked: Asked<'_>, exchange: &mut Exchange) -> Answer {
    let Asked { distribution, behavior, viewer, path, request_id } = asked;
    let request = build(viewer, path, &behavior.forwarding, &behavior.origin, request_id);
    exchange.event(|| shown(&request, &behavior.origin));
    let sent = match &behavior.origin.kind {
        OriginKind::Bucket { name } => to_bucket(cloud, distribution, behavior, name, request).await,
        OriginKind::FunctionUrl { host, function_name, qualifier } => {
            to_function_url(cloud, distribution, behavior, host, (function_name, qualifier.as_deref()), request).await
        }
    };
    let mut response = match sent {
        Ok(response) => response,
        Err(answer) => return *answer,
    };
    remove_hop_by_hop(response.headers_mut());
    // Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Cookies.html
    if !behavior.forwarding.has_any_cookie() {
        response.headers_mut().remove(SET_COOKIE);
    }
    let result = if response.status().as_u16() < 400 { ResultType::Miss } else { ResultType::Error };
    Answer { response, result }
}

/// The request as a trace shows it: as it is before it is signed, without the distribution's own headers, which may be a secret between it
/// and the origin.
fn shown(request: &OriginRequest, origin: &Origin) -> Value {
    let mut sent = request.headers.clone();
    for (name, _) in &origin.custom_headers {
        sent.insert(name.clone(), HeaderValue::from_static("(custom header)"));
    }
    json!({
        "origin": origin.id,
        "method": request.method.as_str(),
        "uri": request.path,
        "querystring": request.query,
        "headers": headers(&sent),
    })
}

async fn to_bucket(
    cloud: &Cloud,
    distribution: &Distribution,
    behavior: &Behavior,
    bucket: &str,
    request: OriginRequest,
) -> Result<Response<Body>, Box<Answer>> {
    let key = object_key::decode(&request.path);
    let mut may_list = true;
    let signed = is_signed(behavior, &request);
    if signed {
        let checked = access::to_bucket(cloud, bucket, distribution, &request, &key).await;
        may_list = checked.map_err(|refused| log_refused(behavior, refused))?.may_list;
    }
    let address = cloud.place.object(bucket, &cloud.region, &object_key::encode(&key));
    let hash = access::sha256_hex(&request.body);
    let mut outgoing = outgoing(&address, request)?;
    if signed {
        sign(&mut outgoing, hash, Service::S3, cloud)?;
    }
    let response = send(cloud, behavior, outgoing).await?;
    if response.status() == StatusCode::NOT_FOUND && !may_list {
        // `local-edge` may list every bucket; CloudFront, which may not list this one, is not told that an object is missing.
        return Ok(access::s3_access_denied());
    }
    Ok(response)
}

async fn to_function_url(
    cloud: &Cloud,
    distribution: &Distribution,
    behavior: &Behavior,
    host: &str,
    (function, qualifier): (&str, Option<&str>),
    request: OriginRequest,
) -> Result<Response<Body>, Box<Answer>> {
    let signed = is_signed(behavior, &request);
    let hash = if signed {
        let checked = access::to_function_url(cloud, function, qualifier, distribution, &request).await;
        Some(checked.map_err(|refused| log_refused(behavior, refused))?)
    } else {
        None
    };
    let address = cloud.place.function_url(host, &request.path);
    let mut outgoing = outgoing(&address, request)?;
    if let Some(hash) = hash {
        sign(&mut outgoing, hash, Service::Lambda, cloud)?;
    }
    send(cloud, behavior, outgoing).await
}

fn is_signed(behavior: &Behavior, request: &OriginRequest) -> bool {
    match behavior.origin.signing {
        Signing::Always => true,
        Signing::NoOverride => !request.headers.contains_key(http::header::AUTHORIZATION),
        Signing::Never => false,
    }
}

fn log_refused(behavior: &Behavior, refused: access::Refused) -> Box<Answer> {
    tracing::warn!(target: "vitae::edge", origin = %behavior.origin.id, "{}", refused.why);
    Box::new(Answer { response: refused.response, result: ResultType::Error })
}

/// The request as it is sent to an address.
fn outgoing(address: &Address, request: OriginRequest) -> Result<Request<Full<Bytes>>, Box<Answer>> {
    let question_mark = if request.query.is_empty() { "" } else { "?" };
    let path = format!("{}{question_mark}{}", address.path, request.query);
    let uri =
        Uri::builder().scheme(address.scheme).authority(address.authority.as_str()).path_and_query(path).build().ok();
    let host = HeaderValue::from_str(&address.host).ok();
    let Some((uri, host)) = uri.zip(host) else {
        return Err(Box::new(error_page(
            StatusCode::BAD_REQUEST,
            ResultType::Error,
            "The path cannot be sent to the origin.",
        )));
    };
    let mut outgoing = Request::new(Full::from(request.body));
    *outgoing.method_mut() = request.method;
    *outgoing.uri_mut() = uri;
    *outgoing.headers_mut() = request.headers;
    outgoing.headers_mut().insert(HOST, host);
    Ok(outgoing)
}

fn sign(outgoing: &mut Request<Full<Bytes>>, hash: String, service: Service, cloud: &Cloud) -> Result<(), Box<Answer>> {
    sign_request(outgoing, hash, service, &cloud.region, &cloud.credentials).map_err(|cause| {
        tracing::warn!(target: "vitae::edge", "the origin request cannot be signed: {cause}");
        Box::new(error_page(StatusCode::BAD_GATEWAY, ResultType::Error, "The origin request cannot be signed."))
    })
}

async fn send(
    cloud: &Cloud,
    behavior: &Behavior,
    outgoing: Request<Full<Bytes>>,
) -> Result<Response<Body>, Box<Answer>> {
    match timeout(behavior.origin.response_timeout, cloud.http.request(outgoing)).await {
        Ok(Ok(response)) => Ok(response.map(pass_on)),
        Ok(Err(error)) => {
            tracing::warn!(target: "vitae::edge", origin = %behavior.origin.id, "the origin does not answer: {error}");
            Err(Box::new(error_page(
                StatusCode::BAD_GATEWAY,
                ResultType::Error,
                "CloudFront could not connect to the origin.",
            )))
        }
        Err(_) => {
            let waited = behavior.origin.response_timeout.as_secs();
            tracing::warn!(target: "vitae::edge", origin = %behavior.origin.id, "the origin did not answer within {waited} s");
            Err(Box::new(error_page(
                StatusCode::GATEWAY_TIMEOUT,
                ResultType::Error,
                "The origin did not answer in time.",
            )))
        }
    }
}

/// As the origin sends it, piece by piece: the viewer's reading holds the origin's sending back.
fn pass_on(body: Incoming) -> Body {
    body.map_err(|error| Box::new(error) as BodyError).boxed_unsync()
}
