//! Signed requests to services of which few calls are needed. Their SDK crates would be among the largest of the build.

use std::time::SystemTime;

use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::http::{HttpClient, Response};
use crate::{
    aws::{AwsClients, CallError},
    operate::doctor::Observed,
};

/// A service that speaks AWS JSON.
/// <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>
pub(crate) struct JsonService {
    /// The name in a signature and, with the region, in the host.
    pub(crate) name: &'static str,
    /// What precedes the action in `X-Amz-Target`.
    pub(crate) target: &'static str,
    /// `application/x-amz-json-1.0` or `application/x-amz-json-1.1`.
    pub(crate) content_type: &'static str,
}

/// CloudWatch Logs. <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/>
pub(crate) const LOGS: JsonService =
    JsonService { name: "logs", target: "Logs_20140328", content_type: "application/x-amz-json-1.1" };

/// Certificate Manager. <https://docs.aws.amazon.com/acm/latest/APIReference/>
pub(crate) const ACM: JsonService =
    JsonService { name: "acm", target: "CertificateManager", content_type: "application/x-amz-json-1.1" };

/// Service Quotas. <https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/>
pub(crate) const SERVICE_QUOTAS: JsonService =
    JsonService { name: "servicequotas", target: "ServiceQuotasV20190624", content_type: "application/x-amz-json-1.1" };

/// EventBridge. <https://docs.aws.amazon.com/eventbridge/latest/APIReference/>
pub(crate) const EVENTS: JsonService =
    JsonService { name: "events", target: "AWSEvents", content_type: "application/x-amz-json-1.1" };

/// The plan of an account. <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/>
pub(crate) const FREE_TIER: JsonService =
    JsonService { name: "freetier", target: "AWSFreeTierService", content_type: "application/x-amz-json-1.0" };

impl JsonService {
    /// Calls an action. `call` names it and its subject in an error.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        aws: &AwsClients,
        client: &HttpClient,
        (region, action): (&str, &str),
        body: &Value,
        call: &str,
    ) -> Observed<T> {
        let host = format!("{}.{region}.amazonaws.com", self.name);
        let target = format!("{}.{action}", self.target);
        let request = SignedRequest {
            service: self.name,
            region,
            host: &host,
            method: "POST",
            path: "/",
            headers: &[("content-type", self.content_type), ("x-amz-target", &target)],
            body: body.to_string(),
        };
        let response = request.send(aws, client, call).await?;
        let failed = |reason: String| CallError { call: call.to_owned(), reason };
        serde_json::from_slice(&response.body).map_err(|error| failed(error.to_string()))
    }
}

/// A request.
pub(crate) struct SignedRequest<'a> {
    /// The service's name in the signature.
    pub(crate) service: &'a str,
    /// The region in the signature.
    pub(crate) region: &'a str,
    /// The host in AWS. Another cloud is reached at its endpoint.
    pub(crate) host: &'a str,
    pub(crate) method: &'a str,
    /// The path, with its query.
    pub(crate) path: &'a str,
    pub(crate) headers: &'a [(&'static str, &'a str)],
    pub(crate) body: String,
}

impl SignedRequest<'_> {
    /// Sends it. A status other than 200 is an error.
    pub(crate) async fn send(self, aws: &AwsClients, client: &HttpClient, call: &str) -> Observed<Response> {
        let failed = |reason: String| CallError { call: call.to_owned(), reason };
        let config = aws.config();
        let provider = config.credentials_provider().ok_or_else(|| failed("credentials are missing".to_owned()))?;
        let credentials = provider.provide_credentials().await.map_err(|error| CallError::from_error(call, &error))?;
        let endpoint = config.endpoint_url().map_or_else(|| format!("https://{}", self.host), str::to_owned);
        let url = format!("{}{}", endpoint.trim_end_matches('/'), self.path);

        let identity = credentials.into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| failed(error.to_string()))?
            .into();
        let headers = self.headers.iter().copied();
        let signable =
            SignableRequest::new(self.method, &*url, headers.clone(), SignableBody::Bytes(self.body.as_bytes()));
        let signed =
            signable.and_then(|signable| sign(signable, &params)).map_err(|error| failed(error.to_string()))?;
        let (instructions, _) = signed.into_parts();
        let mut request = HttpRequest::new(SdkBody::from(self.body));
        for (name, value) in headers {
            request.headers_mut().insert(name, value.to_owned());
        }
        for (name, value) in instructions.headers() {
            request.headers_mut().insert(name.to_owned(), value.to_owned());
        }
        let response = client.send_request(self.method, &url, request).await.map_err(|error| failed(error.reason))?;
        if response.status == 200 { Ok(response) } else { Err(failed(response.excerpt())) }
    }
}
