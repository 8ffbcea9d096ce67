//! The error page in place of an error, fetched through the behavior that its own path belongs to.
//!
//! An answer that a function made is left alone: its author has decided. Functions do not see the fetch of the page.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html>

use std::time::Instant;

use bytes::Bytes;
use http::header::{
    CONTENT_LENGTH, CONTENT_TYPE, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
};
use http::{Method, StatusCode};

use crate::distribution::Distribution;
use crate::edge::{Edge, Wanted};
use crate::journal::Journal;
use crate::response::{Answer, ResultType};
use crate::viewer::ViewerRequest;

pub(crate) async fn replace(
    edge: &Edge,
    distribution: &Distribution,
    viewer: &ViewerRequest,
    answer: Answer,
    request_id: &str,
    journal: &mut Journal,
) -> Answer {
    if matches!(answer.result, ResultType::FunctionGeneratedResponse | ResultType::LambdaGeneratedResponse) {
        return answer;
    }
    let entry = distribution.custom_errors.iter().find(|entry| entry.error == answer.response.status());
    let Some((entry, page)) = entry.and_then(|entry| entry.page.as_ref().map(|page| (entry, page))) else {
        return answer;
    };
    let started = Instant::now();
    let behavior = distribution.behavior_for(page.path());
    let mut headers = viewer.headers.clone();
    // They were about the object that was asked for.
    for name in
        [CONTENT_LENGTH, CONTENT_TYPE, RANGE, IF_RANGE, IF_MATCH, IF_NONE_MATCH, IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE]
    {
        headers.remove(name);
    }
    let request = ViewerRequest {
        method: if viewer.method == Method::HEAD { Method::HEAD } else { Method::GET },
        scheme: viewer.scheme,
        host: viewer.host.clone(),
        path: page.path().to_owned(),
        query: page.query().unwrap_or_default().to_owned(),
        headers,
        body: Bytes::new(),
    };
    let wanted = Wanted { distribution, behavior: &behavior, viewer: &request, path: page.path(), request_id };
    let mut fetched = edge.fetch(wanted, journal).await;
    journal.error_page(started.elapsed());
    // Without its page, the error is the page's own.
    if fetched.response.status() == StatusCode::OK {
        *fetched.response.status_mut() = entry.status;
    }
    fetched.result = answer.result;
    fetched
}
