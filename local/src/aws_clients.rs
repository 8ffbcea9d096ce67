//! Clients of the AWS APIs, and the HTTP client for origins.

use std::fmt;
use std::sync::Arc;

use aws_credential_types::Credentials;
use aws_sdk_cloudfront::config::{BehaviorVersion, Region};
use aws_sdk_cloudfrontkeyvaluestore::config::endpoint::{
    Endpoint as ResolvedEndpoint, EndpointFuture, Params, ResolveEndpoint,
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::snapshot::{Documents, Service, SnapshotClient};

/// The address of the APIs that a snapshot takes the place of. Nothing is sent to it.
const SNAPSHOT_URL: &str = "http://snapshot.invalid";

/// An HTTP client that pools its connections to origins.
pub(crate) type HttpClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// API clients, all with the credentials of `local-edge`.
#[derive(Clone)]
pub(crate) struct AwsClients {
    pub(crate) cloudfront: aws_sdk_cloudfront::Client,
    pub(crate) lambda: aws_sdk_lambda::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) stores: aws_sdk_cloudfrontkeyvaluestore::Client,
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) http: HttpClient,
    pub(crate) endpoint: Endpoint,
    pub(crate) region: String,
    pub(crate) credentials: Credentials,
    /// The local cloud's base URL, without a trailing slash.
    pub(crate) endpoint_url: Option<String>,
    /// Takes the place of the APIs, if the distribution is from a file.
    pub(crate) snapshot: Option<Arc<Documents>>,
}

impl AwsClients {
    pub(crate) fn new(endpoint_url: Option<&str>, region: String, credentials: Credentials) -> Result<Self, Error> {
        Self::with_snapshot(endpoint_url, region, credentials, None)
    }

    /// Clients whose responses come from a snapshot.
    pub(crate) fn from_snapshot(documents: Arc<Documents>, region: String) -> Result<Self, Error> {
        // Nothing checks them.
        let credentials = Credentials::new("snapshot", "snapshot", None, None, "a distribution from a file");
        let clients = Self::with_snapshot(Some(SNAPSHOT_URL), region, credentials, Some(documents))?;
        // A function must not call it.
        Ok(Self { endpoint_url: None, ..clients })
    }

    fn with_snapshot(
        endpoint_url: Option<&str>,
        region: String,
        credentials: Credentials,
        snapshot: Option<Arc<Documents>>,
    ) -> Result<Self, Error> {
        let endpoint = Endpoint::from_url(endpoint_url)?;
        let endpoint_url = endpoint_url.map(|url| url.trim_end_matches('/').to_owned());
        let client = |service| {
            let documents = Arc::clone(snapshot.as_ref()?);
            Some(SharedHttpClient::new(SnapshotClient::new(documents, service)))
        };
        // The five SDKs have no common configuration type.
        macro_rules! config {
            ($sdk:ident, $service:ident) => {{
                let mut config = $sdk::Config::builder()
                    .behavior_version(BehaviorVersion::latest())
                    .region(Region::new(region.clone()))
                    .credentials_provider(credentials.clone());
                config.set_endpoint_url(endpoint_url.clone());
                if let Some(client) = client(Service::$service) {
                    config = config.http_client(client);
                }
                config
            }};
        }
        let mut stores = config!(aws_sdk_cloudfrontkeyvaluestore, Stores);
        if let Some(endpoint_url) = &endpoint_url {
            stores = stores.endpoint_resolver(FixedEndpoint(endpoint_url.clone()));
        }
        Ok(Self {
            cloudfront: aws_sdk_cloudfront::Client::from_conf(config!(aws_sdk_cloudfront, CloudFront).build()),
            lambda: aws_sdk_lambda::Client::from_conf(config!(aws_sdk_lambda, Lambda).build()),
            s3: aws_sdk_s3::Client::from_conf(config!(aws_sdk_s3, S3).force_path_style(endpoint_url.is_some()).build()),
            stores: aws_sdk_cloudfrontkeyvaluestore::Client::from_conf(stores.build()),
            sts: aws_sdk_sts::Client::from_conf(config!(aws_sdk_sts, Other).build()),
            http: Client::builder(TokioExecutor::new()).build(connector(&endpoint)?),
            endpoint,
            region,
            credentials,
            endpoint_url,
            snapshot,
        })
    }
}

impl fmt::Debug for AwsClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AwsClients({})", self.endpoint_url.as_deref().unwrap_or("AWS"))
    }
}

/// Connects to AWS and to custom origins with the system's root certificates. A local cloud needs none of them, so without
/// any it can still be used.
fn connector(endpoint: &Endpoint) -> Result<HttpsConnector<HttpConnector>, Error> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let failed = |cause: String| Error::RootCertificates { cause };
    let builder = HttpsConnectorBuilder::new();
    let native = builder.with_provider_and_native_roots(provider.clone());
    let builder = match (native, endpoint) {
        (Ok(builder), _) => builder,
        (Err(error), Endpoint::Aws) => return Err(failed(error.to_string())),
        (Err(_), Endpoint::Local(_)) => {
            let config =
                rustls::ClientConfig::builder_with_provider(provider.into()).with_safe_default_protocol_versions();
            let config = config.map_err(|error| failed(error.to_string()))?;
            let config = config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
            HttpsConnectorBuilder::new().with_tls_config(config)
        }
    };
    Ok(builder.https_or_http().enable_http1().build())
}

/// Always the local cloud's address. The default rules of the key value store's SDK put the account id in
/// front of it.
#[derive(Debug)]
struct FixedEndpoint(String);

impl ResolveEndpoint for FixedEndpoint {
    fn resolve_endpoint<'a>(&'a self, _: &'a Params) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(ResolvedEndpoint::builder().url(self.0.clone()).build()))
    }
}

#[cfg(test)]
mod tests {
    use super::{AwsClients, Credentials};
    use crate::error::service_error;

    #[tokio::test]
    async fn a_failed_call_is_reported_on_one_line() {
        let credentials = Credentials::new("AKID", "secret", None, None, "test");
        // Nothing can listen on port 0.
        let aws = AwsClients::new(Some("http://127.0.0.1:0"), "us-east-1".to_owned(), credentials).unwrap();
        let error = aws.cloudfront.get_distribution().id("E1").send().await.unwrap_err();
        let line = service_error(&error);
        assert!(line.starts_with("dispatch failure: ") && line.len() < 300 && !line.contains(['{', '\n']), "{line}");
    }
}
