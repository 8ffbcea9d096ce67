//! The request to Parameter Store: one `GetParameters` with decryption.
//!
//! <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>
//!
//! It is signed here and sent by Node's own HTTP client. The alternative is the AWS SDK's client, which Lambda's runtime
//! includes. `cargo vitae bench edge` measures both, from loading the client to the complete response, in fresh processes of
//! Node 22 against a server on loopback. Medians on two loaded cores of an AMD EPYC, where the ratios matter more than the
//! times:
//!
//! | | signed here | AWS SDK |
//! |---|---|---|
//! | one processor (30 runs) | 31 ms | 354 ms |
//! | one fourteenth of it, limited by a cgroup (20 runs) | 292 ms | 3,350 ms |
//! | code loaded | 1.3 KB of JavaScript, and this in the WASM | 1.07 MB of JavaScript |
//! | memory of the process after the response | 58 MB with the WASM | 88 MB with a JavaScript handler |
//!
//! With one fourteenth of a processor, the SDK's client takes most of the 5 s that a viewer-request function may run.

use core::fmt;

use serde::Serialize;
use serde_json::json;

use super::sigv4;
use crate::bundle_config::BundleConfig;
use vitae_parameters::{EDGE_PARAMETERS, Origin};

const TARGET: &str = "AmazonSSM.GetParameters";
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
const SERVICE: &str = "ssm";

/// The function's credentials from its environment. They rotate, so read them for each request.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// `AWS_ACCESS_KEY_ID`
    pub access_key_id: &'a str,
    /// `AWS_SECRET_ACCESS_KEY`
    pub secret_access_key: &'a str,
    /// `AWS_SESSION_TOKEN`
    pub session_token: Option<&'a str>,
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// A request for Node's HTTP client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HttpRequest {
    /// `POST`
    pub method: &'static str,
    /// An absolute URL.
    pub url: String,
    /// Names in lower case. The client adds `host` and `content-length`.
    pub headers: Vec<(String, String)>,
    /// JSON.
    pub body: String,
}

/// Why the request could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// There are no credentials in the environment.
    #[error("AWS credentials are missing in the environment")]
    NoCredentials,
    /// The endpoint is not a URL.
    #[error("AWS_ENDPOINT_URL_SSM is {value:?}: use scheme, host and port, such as http://127.0.0.1:4566")]
    Endpoint {
        /// Its value.
        value: String,
    },
}

/// The request, signed for `now_ms` milliseconds since 1970.
pub(super) fn request(
    bundle: &BundleConfig,
    credentials: &Credentials<'_>,
    endpoint_url: Option<&str>,
    now_ms: u64,
) -> Result<HttpRequest, SignError> {
    if credentials.access_key_id.is_empty() || credentials.secret_access_key.is_empty() {
        return Err(SignError::NoCredentials);
    }
    let region = bundle.parameters_region();
    let endpoint = endpoint(endpoint_url, region)?;
    let names: Vec<_> = EDGE_PARAMETERS.into_iter().map(|parameter| bundle.prefix.name(parameter)).collect();
    let body = json!({"Names": names, "WithDecryption": true}).to_string();
    let to_sign = sigv4::Post {
        host: endpoint.authority(),
        headers: &[("content-type", CONTENT_TYPE), ("x-amz-target", TARGET)],
        body: &body,
        region,
        service: SERVICE,
        now_ms,
    };
    let headers = to_sign.signed_headers(credentials);
    Ok(HttpRequest { method: "POST", url: format!("{endpoint}/"), headers, body })
}

/// An endpoint has the form of an origin, so `http`, which would send keys in plain text, is accepted for loopback only.
fn endpoint(endpoint_url: Option<&str>, region: &str) -> Result<Origin, SignError> {
    let given = endpoint_url.map(|url| url.strip_suffix('/').unwrap_or(url).to_owned());
    let url = given.unwrap_or_else(|| format!("https://ssm.{region}.amazonaws.com"));
    Origin::parse(&url).map_err(|_| SignError::Endpoint { value: endpoint_url.unwrap_or(&url).to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_767_290_400_123;
    const BOTOCORE: &str = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/ssm/aws4_request, \
        SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, \
        Signature=5db2173ee46e3e5ab5250d652ee3b810b73268deb906a6e4dd6db8c7e7e8fa92";

    fn bundle() -> BundleConfig {
        BundleConfig::parse(r#"{"prefix":"/vitae/resume/","region":"us-east-1"}"#).unwrap()
    }

    fn credentials(session_token: Option<&str>) -> Credentials<'_> {
        Credentials { access_key_id: "AKIDEXAMPLE", secret_access_key: "not-a-secret", session_token }
    }

    fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
        request.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    #[test]
    fn one_call_requests_every_parameter_decrypted() {
        let request = request(&bundle(), &credentials(Some("token")), None, NOW_MS).unwrap();
        assert_eq!((request.method, request.url.as_str()), ("POST", "https://ssm.us-east-1.amazonaws.com/"));
        let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
        let names = [
            "/vitae/resume/config",
            "/vitae/resume/origins/dev",
            "/vitae/resume/origins/prod",
            "/vitae/resume/signer/active",
        ];
        assert_eq!(body, json!({"Names": names, "WithDecryption": true}));
        assert_eq!(header(&request, "x-amz-target"), Some(TARGET));
        assert_eq!(header(&request, "x-amz-date"), Some("20260101T180000Z"));
        assert_eq!(header(&request, "x-amz-security-token"), Some("token"));
    }

    /// The signature is botocore's for the same request, time and credentials.
    #[test]
    fn the_signature_is_botocores() {
        let request = request(&bundle(), &credentials(Some("token")), None, NOW_MS).unwrap();
        assert_eq!(header(&request, "authorization"), Some(BOTOCORE));
    }

    #[test]
    fn the_endpoint_of_the_environment_replaces_the_regions() {
        for endpoint in ["http://127.0.0.1:4566", "http://127.0.0.1:4566/"] {
            let request = request(&bundle(), &credentials(None), Some(endpoint), NOW_MS).unwrap();
            assert_eq!(request.url, "http://127.0.0.1:4566/");
            assert_eq!(header(&request, "x-amz-security-token"), None);
        }
    }

    #[test]
    fn errors_do_not_contain_secrets() {
        for endpoint in [
            "",
            "localhost:4566",
            "ftp://localhost",
            "http://",
            "http://a b",
            "http://ssm.example",
            "http://localhost/ssm",
        ] {
            let error = request(&bundle(), &credentials(None), Some(endpoint), NOW_MS).unwrap_err();
            assert_eq!(error, SignError::Endpoint { value: endpoint.into() });
        }
        let none = Credentials { access_key_id: "", ..credentials(None) };
        assert_eq!(request(&bundle(), &none, None, NOW_MS), Err(SignError::NoCredentials));
        assert!(!format!("{:?}", credentials(Some("token"))).contains("not-a-secret"));
    }

    #[test]
    fn every_time_can_be_signed() {
        for (now_ms, date) in [(0, "19700101T000000Z"), (u64::MAX, "99991231T235959Z")] {
            let request = request(&bundle(), &credentials(None), None, now_ms).unwrap();
            assert_eq!(header(&request, "x-amz-date"), Some(date));
        }
    }
}
