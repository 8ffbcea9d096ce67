//! Requests the probe as a visitor would.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use getrandom::SysRng;
use vitae_parameters::SignerParameter;
use vitae_signer::{Expires, Signer};

use super::{AwsClients, sdk_error};
use crate::error::Error;
use crate::key_pair;
use crate::probe::{self, ProbeResult};

/// The lifetime of the probe's URL, in seconds. Only this function uses it.
const LIFETIME_S: u64 = 60;
const CONNECT: Duration = Duration::from_secs(2);
const READ: Duration = Duration::from_secs(5);
/// How much of a response is read, in bytes.
const MAX_BYTES: usize = 64 * 1024;
/// WAF's common rules block a request without a `User-Agent`.
/// <https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html>
const USER_AGENT: &str = "vitae-keys";

/// The HTTP client of probes.
#[derive(Clone, Debug)]
pub(super) struct Prober(SharedHttpConnector);

impl Prober {
    pub(super) fn new() -> Self {
        Self(vitae_lambda::http_connector(CONNECT, READ))
    }

    /// Requests a signed URL. The URL is not part of an error.
    async fn request(&self, url: &str) -> ProbeResult {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.headers_mut().insert("user-agent", USER_AGENT);
        if request.set_uri(url).is_err() {
            return ProbeResult::Unreachable;
        }
        let Ok(response) = self.0.call(request).await else { return ProbeResult::Unreachable };
        let status = response.status().as_u16();
        let body = tokio::time::timeout(READ, ByteStream::new(response.into_body()).collect()).await;
        let Ok(Ok(body)) = body else { return ProbeResult::Unreachable };
        let body = body.into_bytes();
        ProbeResult::from_response(status, &String::from_utf8_lossy(&body[..body.len().min(MAX_BYTES)]))
    }
}

impl AwsClients {
    /// Stores the probe in the bucket and requests it below this base URL, signed by the key pair with this id.
    pub(super) async fn prove(
        &self,
        pair: &SignerParameter,
        key_pair_id: &str,
        base_url: &str,
        now: u64,
    ) -> Result<ProbeResult, Error> {
        self.put_probe().await?;
        let signer: Signer = key_pair::with_id(pair, key_pair_id)?.into_signer();
        let url = format!("{}{}", base_url.trim_end_matches('/'), probe::PATH);
        let link = Expires::from_epoch_seconds(now + LIFETIME_S)
            .and_then(|expires| signer.sign_url_canned(&url, expires, &mut SysRng))
            // The error may quote the base URL, which the owner set, and nothing of the key.
            .map_err(|error| Error::Probe { reason: error.to_string() })?;
        Ok(self.prober.request(&link).await)
    }

    async fn put_probe(&self) -> Result<(), Error> {
        let Some(bucket) = &self.bucket else { return Err(Error::Probe { reason: "CV_BUCKET is not set".to_owned() }) };
        let put = self.s3.put_object().bucket(bucket).key(probe::PATH.trim_start_matches('/'));
        let put = put
            .content_type("text/plain")
            .cache_control("no-store")
            .body(ByteStream::from_static(probe::BODY.as_bytes()));
        put.send().await.map(drop).map_err(|error| sdk_error("PutObject", &error, true))
    }

    pub(super) async fn delete_probe(&self) -> Result<(), Error> {
        let Some(bucket) = &self.bucket else { return Ok(()) };
        let delete = self.s3.delete_object().bucket(bucket).key(probe::PATH.trim_start_matches('/'));
        delete.send().await.map(drop).map_err(|error| sdk_error("DeleteObject", &error, true))
    }
}
