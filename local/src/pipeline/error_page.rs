//! Custom error responses: the page that replaces an error, fetched through the behavior of its own path.
//!
//! A response that a function generated is not replaced. Functions do not run when the page is fetched.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html>

use bytes::Bytes;
use http::header::{
    CONTENT_LENGTH, CONTENT_TYPE, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
};
use http::{Method, StatusCode};

use super::{Pipeline, RequestContext};
use crate::origin::FetchRequest;
use crate::request_log::StageTrace;
use crate::response::{EdgeResponse, ResultType};
use crate::viewer_request::ViewerRequest;

impl Pipeline {
    pub(super) async fn replace_error(
        &self,
        context: &mut RequestContext<'_>,
        viewer: &ViewerRequest,
        response: EdgeResponse,
    ) -> EdgeResponse {
        if matches!(response.result, ResultType::FunctionGeneratedResponse | ResultType::LambdaGeneratedResponse) {
            return response;
        }
        let distribution = &context.deployment.distribution;
        let entry = distribution.custom_errors.iter().find(|entry| entry.error == response.response.status());
        let Some((entry, page)) = entry.and_then(|entry| entry.page.as_ref().map(|page| (entry, page))) else {
            return response;
        };
        let stage = StageTrace::untraced("error page");
        let behavior = distribution.behavior_for(page.path());
        let mut headers = viewer.headers.clone();
        // These refer to the requested object and not to the page.
        for name in [
            CONTENT_LENGTH,
            CONTENT_TYPE,
            RANGE,
            IF_RANGE,
            IF_MATCH,
            IF_NONE_MATCH,
            IF_MODIFIED_SINCE,
            IF_UNMODIFIED_SINCE,
        ] {
            headers.remove(name);
        }
        let viewer = ViewerRequest {
            method: if viewer.method == Method::HEAD { Method::HEAD } else { Method::GET },
            scheme: viewer.scheme,
            host: viewer.host.clone(),
            path: page.path().to_owned(),
            query: page.query().unwrap_or_default().to_owned(),
            headers,
            body: Bytes::new(),
        };
        let request = FetchRequest {
            distribution,
            behavior: &behavior,
            viewer: &viewer,
            path: page.path(),
            request_id: context.request_id,
        };
        let mut fetched = self.fetch(request, &context.deployment.functions, context.trace).await;
        context.trace.push(stage);
        // If the page itself cannot be fetched, the viewer gets that error.
        if fetched.response.status() == StatusCode::OK {
            *fetched.response.status_mut() = entry.status;
        }
        fetched.result = response.result;
        fetched
    }
}
