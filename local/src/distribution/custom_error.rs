//! Custom error responses: a page and a status in place of an error.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html>

use std::time::Duration;

use aws_sdk_cloudfront::types::CustomErrorResponse as Config;
use http::StatusCode;
use http::uri::PathAndQuery;

use crate::error::Error;
use crate::limits;

/// The statuses that may have a page:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/creating-custom-error-pages.html>.
const STATUSES_WITH_A_PAGE: [u16; 11] = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/// The response to one error status.
#[derive(Debug)]
pub(crate) struct CustomErrorResponse {
    pub(crate) error: StatusCode,
    /// `None` if the entry sets only how long the error is cached.
    pub(crate) page: Option<PathAndQuery>,
    /// The status that the page is sent with.
    pub(crate) status: StatusCode,
    /// The minimum time for which the error is cached.
    pub(crate) caching_min: Duration,
}

impl CustomErrorResponse {
    pub(crate) fn from_config(config: &Config) -> Result<Self, Error> {
        let refused = |what: String| Error::Refused {
            what: format!("custom error response for {}: {what}", config.error_code()),
        };
        let error = u16::try_from(config.error_code()).ok().filter(|code| STATUSES_WITH_A_PAGE.contains(code));
        let error = error.and_then(|code| StatusCode::from_u16(code).ok());
        let error = error.ok_or_else(|| refused("this status cannot have a custom error response".to_owned()))?;
        let page = config.response_page_path().filter(|path| !path.is_empty());
        let page = page.map(|path| match path.parse::<PathAndQuery>() {
            Ok(parsed) if path.starts_with('/') => Ok(parsed),
            _ => Err(refused(format!("the page {path:?} does not begin with /"))),
        });
        let status = match config.response_code().filter(|code| !code.is_empty()) {
            None => error,
            Some(code) => code.parse().map_err(|_| refused(format!("{code:?} is not a response code")))?,
        };
        let caching_min = config.error_caching_min_ttl().and_then(|seconds| u64::try_from(seconds).ok());
        let caching_min = caching_min.map_or(limits::ERROR_CACHING_MIN_TTL, Duration::from_secs);
        Ok(Self { error, page: page.transpose()?, status, caching_min })
    }
}

#[cfg(test)]
mod tests {
    use super::{Config, CustomErrorResponse};

    #[test]
    fn an_entry_without_a_page_sets_only_the_ttl() {
        let entry = CustomErrorResponse::from_config(
            &Config::builder().error_code(502).error_caching_min_ttl(0).build().unwrap(),
        )
        .unwrap();
        assert!(entry.page.is_none() && entry.caching_min.is_zero());
    }

    #[test]
    fn a_page_keeps_the_status_unless_another_is_given() {
        let config = Config::builder().error_code(404).response_page_path("/404.html");
        let entry = CustomErrorResponse::from_config(&config.clone().response_code("200").build().unwrap()).unwrap();
        assert_eq!((entry.error.as_u16(), entry.status.as_u16()), (404, 200));
        let entry = CustomErrorResponse::from_config(&config.build().unwrap()).unwrap();
        assert_eq!((entry.status.as_u16(), entry.caching_min.as_secs()), (404, 10));
    }

    #[test]
    fn a_status_that_cannot_have_a_page_is_refused() {
        let error = CustomErrorResponse::from_config(&Config::builder().error_code(418).build().unwrap()).unwrap_err();
        assert!(error.to_string().contains("418"));
    }
}
