//! Runs the Lambda@Edge functions of a behavior on origin request and on origin response.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;
use http::header::HOST;

use super::viewer_function::{event_config, lambda_failed, lambda_on_response};
use crate::functions::Functions;
use crate::functions::lambda_at_edge::FunctionResult;
use crate::origin::{FetchRequest, OriginRequest};
use crate::request_log::RequestTrace;
use crate::response::{EdgeResponse, ResultType};
use crate::viewer_request::ViewerRequest;

/// Runs the function on origin request, which may change the request and its origin. Returns a response if the request is
/// not sent.
pub(super) async fn on_request(
    request: FetchRequest<'_>,
    functions: &Functions,
    outgoing: &mut OriginRequest,
    trace: &mut RequestTrace,
) -> Option<EdgeResponse> {
    let association = request.behavior.functions.origin_request.as_ref()?;
    let function = &functions.lambda[&association.arn];
    let mut stage = trace.stage("origin function");
    let (sent, config) = (visible(outgoing), event_config(request.distribution, request.request_id));
    let result = function.run(&sent, Some(&outgoing.origin), config, association.include_body, &mut stage).await;
    trace.push(stage);
    match result {
        Ok(FunctionResult::Request { path, query, headers, body, origin }) => {
            (outgoing.path, outgoing.query, outgoing.headers) = (path, query, headers);
            if let Some(body) = body {
                outgoing.body = Bytes::from(body);
            }
            if let Some(origin) = origin {
                outgoing.origin = Arc::new(*origin);
            }
            // The origin's own host is set when the request is sent. Any other one is the function's or the viewer's.
            let domain = outgoing.origin.domain_name.as_bytes();
            if outgoing.headers.get(HOST).is_some_and(|host| host.as_bytes().eq_ignore_ascii_case(domain)) {
                outgoing.headers.remove(HOST);
            }
            None
        }
        Ok(FunctionResult::Response(response)) => {
            Some(EdgeResponse { response: *response, result: ResultType::LambdaGeneratedResponse })
        }
        Err(error) => Some(lambda_failed(function, &error)),
    }
}

/// Runs the function on origin response, for every response of an origin.
pub(super) async fn on_response(
    request: FetchRequest<'_>,
    functions: &Functions,
    sent: &OriginRequest,
    response: EdgeResponse,
    trace: &mut RequestTrace,
) -> EdgeResponse {
    let Some(association) = &request.behavior.functions.origin_response else { return response };
    let mut stage = trace.stage("origin response function");
    let config = event_config(request.distribution, request.request_id);
    let function = &functions.lambda[&association.arn];
    let changed = lambda_on_response(function, config, &visible(sent), Some(&sent.origin), response, &mut stage).await;
    trace.push(stage);
    changed
}

/// The origin request as functions see it: with the origin's host, unless the policies forward the viewer's.
fn visible(outgoing: &OriginRequest) -> ViewerRequest {
    let mut headers = outgoing.headers.clone();
    let domain = &outgoing.origin.domain_name;
    if !headers.contains_key(HOST)
        && let Ok(host) = HeaderValue::from_str(domain)
    {
        headers.insert(HOST, host);
    }
    ViewerRequest {
        method: outgoing.method.clone(),
        scheme: outgoing.viewer_scheme,
        host: domain.clone(),
        path: outgoing.path.clone(),
        query: outgoing.query.clone(),
        headers,
        body: outgoing.body.clone(),
    }
}
