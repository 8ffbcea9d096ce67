//! An HTTP client that calls a system under its public name.

use std::time::Duration;

use aws_smithy_runtime_api::client::{
    http::{HttpConnector as _, SharedHttpConnector},
    orchestrator::HttpRequest,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};

use crate::aws::{AwsClients, CallError};

const CONNECT: Duration = Duration::from_secs(5);
/// Longer than the counter's timeout.
const READ: Duration = Duration::from_secs(15);
/// WAF's common rules reject a request without one.
/// <https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html>
const USER_AGENT: &str = concat!("vitae/", env!("CARGO_PKG_VERSION"));

/// The public address of a stack, without a final slash: the stack's `ProbeBaseUrl`, which the local system sets to its own
/// address, or else the distribution's name. It requires `cloudformation:DescribeStacks`.
///
/// # Errors
/// The call that failed, or the output that is missing.
pub async fn address(aws: &AwsClients, stack: &str) -> Result<String, CallError> {
    let call = format!("DescribeStacks of {stack}");
    let described = aws.cloudformation().describe_stacks().stack_name(stack).send().await;
    let described = described.map_err(|error| CallError::new(&call, &error))?;
    let stack = described.stacks().first();
    let parameter = stack.and_then(|stack| {
        let found = stack.parameters().iter().find(|parameter| parameter.parameter_key() == Some("ProbeBaseUrl"));
        found?.parameter_value().filter(|value| !value.is_empty())
    });
    let name = stack.and_then(|stack| {
        let found = stack.outputs().iter().find(|output| output.output_key() == Some("DistributionDomainName"));
        found?.output_value()
    });
    match (parameter, name) {
        (Some(base_url), _) => Ok(base_url.trim_end_matches('/').to_owned()),
        (None, Some(name)) => Ok(format!("https://{name}")),
        (None, None) => Err(CallError { call, reason: "the stack has no output DistributionDomainName".to_owned() }),
    }
}

/// A client.
#[derive(Clone, Debug)]
pub struct HttpClient(SharedHttpConnector);

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status.
    pub status: u16,
    /// Names, in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as text, shortened if it is long.
    #[must_use]
    pub fn excerpt(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(200).collect()
    }
}

impl Default for HttpClient {
    fn default() -> Self {
        Self(vitae_lambda::http_connector(CONNECT, READ))
    }
}

impl HttpClient {
    /// Sends a request without a body.
    ///
    /// # Errors
    /// There was no response. The error does not contain the URL's query, which may be a signature.
    pub async fn send(&self, method: &str, url: &str, headers: &[(&'static str, &str)]) -> Result<Response, CallError> {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.headers_mut().insert("user-agent", USER_AGENT);
        for (name, value) in headers {
            request.headers_mut().insert(*name, (*value).to_owned());
        }
        self.send_request(method, url, request).await
    }

    /// Sends a request that has its headers and its body.
    ///
    /// # Errors
    /// There was no response.
    pub(crate) async fn send_request(
        &self,
        method: &str,
        url: &str,
        mut request: HttpRequest,
    ) -> Result<Response, CallError> {
        let call = || format!("{method} {}", url.split('?').next().unwrap_or_default());
        request.set_method(method).map_err(|error| CallError::from_error(call(), &error))?;
        request.set_uri(url).map_err(|error| CallError::from_error(call(), &error))?;
        let response = self.0.call(request).await;
        let response = response.map_err(|error| CallError::from_error(call(), &error))?;
        let status = response.status().as_u16();
        let headers = response.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let body = tokio::time::timeout(READ, ByteStream::new(response.into_body()).collect()).await;
        let body = body.map_err(|error| CallError::from_error(call(), &error))?;
        let body = body.map_err(|error| CallError::from_error(call(), &error))?.to_vec();
        Ok(Response { status, headers, body })
    }
}
