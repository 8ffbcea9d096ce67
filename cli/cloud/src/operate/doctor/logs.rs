//! One call of CloudWatch Logs, in any region. The SDK's crate for it would be among the largest of the build.
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html>

use std::time::SystemTime;

use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use serde::Deserialize;
use serde_json::json;

use super::Observed;
use crate::{
    aws::{AwsClients, CallError},
    operate::http::HttpClient,
};

const TARGET: &str = "Logs_20140328.DescribeLogGroups";
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// A log group.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogGroup {
    pub(super) log_group_name: String,
    /// Its retention in days; unlimited if `None`.
    pub(super) retention_in_days: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeLogGroupsResponse {
    #[serde(default)]
    log_groups: Vec<LogGroup>,
}

/// The log group with this name in a region, if it exists.
pub(super) async fn group(
    aws: &AwsClients,
    client: &HttpClient,
    region: &str,
    name: &str,
) -> Observed<Option<LogGroup>> {
    let call = format!("DescribeLogGroups of {name} in {region}");
    let failed = |reason: String| CallError { call: call.clone(), reason };
    let config = aws.config();
    let provider = config.credentials_provider().ok_or_else(|| failed("credentials are missing".to_owned()))?;
    let credentials = provider.provide_credentials().await.map_err(|error| CallError::from_error(&call, &error))?;
    let endpoint = config.endpoint_url().map_or_else(|| format!("https://logs.{region}.amazonaws.com"), str::to_owned);
    let url = format!("{}/", endpoint.trim_end_matches('/'));
    let body = json!({"logGroupNamePrefix": name}).to_string();

    let identity = credentials.into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("logs")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| failed(error.to_string()))?
        .into();
    let headers = [("content-type", CONTENT_TYPE), ("x-amz-target", TARGET)];
    let signable = SignableRequest::new("POST", &*url, headers.into_iter(), SignableBody::Bytes(body.as_bytes()));
    let signed = signable.and_then(|signable| sign(signable, &params)).map_err(|error| failed(error.to_string()))?;
    let (instructions, _) = signed.into_parts();
    let mut request = HttpRequest::new(SdkBody::from(body));
    for (name, value) in headers {
        request.headers_mut().insert(name, value);
    }
    for (name, value) in instructions.headers() {
        request.headers_mut().insert(name.to_owned(), value.to_owned());
    }
    let http = client.send_request("POST", &url, request).await.map_err(|error| failed(error.reason))?;
    if http.status != 200 {
        return Err(failed(http.excerpt()));
    }
    let response: DescribeLogGroupsResponse =
        serde_json::from_slice(&http.body).map_err(|error| failed(error.to_string()))?;
    Ok(response.log_groups.into_iter().find(|group| group.log_group_name == name))
}
