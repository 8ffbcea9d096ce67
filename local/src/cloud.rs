//! The cloud behind the edge: its APIs, and the client that reaches its origins.

use std::error::Error as StdError;
use std::fmt;

use aws_credential_types::Credentials;
use aws_sdk_cloudfront::config::{BehaviorVersion, Region};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::key_value_store::OneAddress;
use crate::place::Place;
use crate::{Error, Options};

/// HTTP to the origins, with connections kept.
pub(crate) type HttpClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Clients of the APIs, all with the credentials of `local-edge`.
#[derive(Clone)]
pub(crate) struct Cloud {
    pub(crate) cloudfront: aws_sdk_cloudfront::Client,
    pub(crate) lambda: aws_sdk_lambda::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) stores: aws_sdk_cloudfrontkeyvaluestore::Client,
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) http: HttpClient,
    pub(crate) place: Place,
    pub(crate) region: String,
    pub(crate) credentials: Credentials,
    /// The local cloud's base URL, without a slash at its end.
    pub(crate) endpoint_url: Option<String>,
}

impl Cloud {
    pub(crate) fn new(options: &Options) -> Result<Self, Error> {
        let place = Place::of(options.endpoint_url.as_deref())?;
        let region = options.region.clone();
        let credentials = options.credentials.clone();
        let endpoint_url = options.endpoint_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        // The five SDKs share no configuration type.
        macro_rules! config {
            ($sdk:ident) => {{
                let mut config = $sdk::Config::builder()
                    .behavior_version(BehaviorVersion::latest())
                    .region(Region::new(region.clone()))
                    .credentials_provider(credentials.clone());
                config.set_endpoint_url(endpoint_url.clone());
                config
            }};
        }
        let mut stores = config!(aws_sdk_cloudfrontkeyvaluestore);
        if let Some(endpoint_url) = &endpoint_url {
            stores = stores.endpoint_resolver(OneAddress(endpoint_url.clone()));
        }
        Ok(Self {
            cloudfront: aws_sdk_cloudfront::Client::from_conf(config!(aws_sdk_cloudfront).build()),
            lambda: aws_sdk_lambda::Client::from_conf(config!(aws_sdk_lambda).build()),
            s3: aws_sdk_s3::Client::from_conf(config!(aws_sdk_s3).force_path_style(endpoint_url.is_some()).build()),
            stores: aws_sdk_cloudfrontkeyvaluestore::Client::from_conf(stores.build()),
            sts: aws_sdk_sts::Client::from_conf(config!(aws_sdk_sts).build()),
            http: Client::builder(TokioExecutor::new()).build(connector(&place)?),
            place,
            region,
            credentials,
            endpoint_url,
        })
    }
}

impl fmt::Debug for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cloud({})", self.endpoint_url.as_deref().unwrap_or("AWS"))
    }
}

/// How origins are connected to: a local cloud without TLS, AWS by the machine's own list of authorities.
fn connector(place: &Place) -> Result<HttpsConnector<HttpConnector>, Error> {
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let refused = |cause: String| Error::Authorities { cause };
    let builder = HttpsConnectorBuilder::new();
    let builder = match place {
        Place::Aws => builder.with_provider_and_native_roots(provider).map_err(|error| refused(error.to_string()))?,
        Place::Local(_) => {
            let config =
                rustls::ClientConfig::builder_with_provider(provider.into()).with_safe_default_protocol_versions();
            let config = config.map_err(|error| refused(error.to_string()))?;
            builder.with_tls_config(config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
        }
    };
    Ok(builder.https_or_http().enable_http1().build())
}

/// The service's own words about a failed call, for [`Error::Api`].
pub(crate) fn api_error<E: StdError + ProvideErrorMetadata + 'static>(action: impl Into<String>, error: &E) -> Error {
    Error::Api { action: action.into(), cause: in_one_line(error) }
}

/// What a service says of a failed call, by its code; of a call that did not get so far, what [`with_causes`] says. The SDKs' own
/// words are "service error", with the rest in their sources.
pub fn in_one_line<E: StdError + ProvideErrorMetadata + 'static>(error: &E) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => on_one_line(&format!("{code}: {message}")),
        (Some(code), None) => code.to_owned(),
        _ => with_causes(error),
    }
}

/// What an error says, and each of its sources that says more.
pub fn with_causes(error: &(dyn StdError + 'static)) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !said.contains(&words) {
            said.push_str(": ");
            said.push_str(&words);
        }
        source = cause.source();
    }
    on_one_line(&said)
}

fn on_one_line(said: &str) -> String {
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Cloud, in_one_line};
    use crate::{Clock, Credentials, Options, RequestLog};

    #[tokio::test]
    async fn a_failed_call_is_told_in_one_line() {
        let cloud = Cloud::new(&Options {
            // Nobody can listen there.
            endpoint_url: Some("http://127.0.0.1:0".to_owned()),
            region: "us-east-1".to_owned(),
            credentials: Credentials::new("AKID", "secret", None, None, "test"),
            distribution_id: "E1".to_owned(),
            listen: 0,
            https: false,
            live_reload: false,
            read_only: false,
            node: "node".into(),
            clock: Clock::system(),
            requests: RequestLog::tracing(),
            scratch: "scratch".into(),
        });
        let error = cloud.unwrap().cloudfront.get_distribution().id("E1").send().await.unwrap_err();
        let line = in_one_line(&error);
        assert!(line.starts_with("dispatch failure: ") && line.len() < 300 && !line.contains(['{', '\n']), "{line}");
    }
}
