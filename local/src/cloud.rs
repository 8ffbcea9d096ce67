//! The cloud behind the edge: its APIs and the one way to reach its origins.

use std::error::Error as StdError;
use std::fmt;

use aws_credential_types::Credentials;
use aws_sdk_cloudfront::config::{BehaviorVersion, Region};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use bytes::Bytes;
use http::uri::Authority;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::key_value_store::OneAddress;
use crate::{Error, Options};

/// Plain HTTP to the local cloud, with connections kept.
pub(crate) type HttpClient = Client<HttpConnector, Full<Bytes>>;

/// Clients of the APIs, all with the credentials of `local-edge`.
#[derive(Clone)]
pub(crate) struct Cloud {
    pub(crate) cloudfront: aws_sdk_cloudfront::Client,
    pub(crate) lambda: aws_sdk_lambda::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) stores: aws_sdk_cloudfrontkeyvaluestore::Client,
    pub(crate) sts: aws_sdk_sts::Client,
    pub(crate) http: HttpClient,
    pub(crate) authority: Authority,
    pub(crate) region: String,
    pub(crate) credentials: Credentials,
    pub(crate) endpoint_url: String,
}

impl Cloud {
    pub(crate) fn new(options: &Options) -> Result<Self, Error> {
        let authority = local_authority(&options.endpoint_url)?;
        let region = options.region.clone();
        let credentials = options.credentials.clone();
        let endpoint_url = options.endpoint_url.trim_end_matches('/').to_owned();
        // The five SDKs share no configuration type.
        macro_rules! config {
            ($sdk:ident) => {
                $sdk::Config::builder()
                    .behavior_version(BehaviorVersion::latest())
                    .region(Region::new(region.clone()))
                    .credentials_provider(credentials.clone())
                    .endpoint_url(&endpoint_url)
            };
        }
        Ok(Self {
            cloudfront: aws_sdk_cloudfront::Client::from_conf(config!(aws_sdk_cloudfront).build()),
            lambda: aws_sdk_lambda::Client::from_conf(config!(aws_sdk_lambda).build()),
            s3: aws_sdk_s3::Client::from_conf(config!(aws_sdk_s3).force_path_style(true).build()),
            stores: aws_sdk_cloudfrontkeyvaluestore::Client::from_conf(
                config!(aws_sdk_cloudfrontkeyvaluestore).endpoint_resolver(OneAddress(endpoint_url.clone())).build(),
            ),
            sts: aws_sdk_sts::Client::from_conf(config!(aws_sdk_sts).build()),
            http: Client::builder(TokioExecutor::new()).build_http(),
            authority,
            region,
            credentials,
            endpoint_url,
        })
    }
}

impl fmt::Debug for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cloud({})", self.endpoint_url)
    }
}

/// Host and port of an `http://` URL without a path.
fn local_authority(endpoint_url: &str) -> Result<Authority, Error> {
    let refused = || Error::NotModelled {
        what: format!(
            "an endpoint other than http://HOST:PORT, such as {endpoint_url:?}: origins are reached without TLS"
        ),
    };
    let uri: http::Uri = endpoint_url.parse().map_err(|_| refused())?;
    match (uri.scheme_str(), uri.authority(), uri.path()) {
        (Some("http"), Some(authority), "/" | "") => Ok(authority.clone()),
        _ => Err(refused()),
    }
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
    use super::{Cloud, in_one_line, local_authority};
    use crate::{Clock, Credentials, Options, RequestLog};

    #[tokio::test]
    async fn a_failed_call_is_told_in_one_line() {
        let cloud = Cloud::new(&Options {
            // Nobody can listen there.
            endpoint_url: "http://127.0.0.1:0".to_owned(),
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

    #[test]
    fn only_a_plain_http_endpoint_is_taken() {
        assert_eq!(local_authority("http://127.0.0.1:4566").unwrap(), "127.0.0.1:4566");
        assert_eq!(local_authority("http://127.0.0.1:4566/").unwrap(), "127.0.0.1:4566");
        for url in ["https://cloudfront.amazonaws.com", "http://127.0.0.1:1/x", "127.0.0.1:4566", ""] {
            assert!(local_authority(url).unwrap_err().to_string().contains("not modelled locally"), "{url}");
        }
    }
}
