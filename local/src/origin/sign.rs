//! Signature Version 4 on behalf of CloudFront, as the IAM user `local-edge`.
//!
//! The signature has the system's time and not the injected clock's, because the local cloud compares it with
//! its own.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode,
    sign,
};
use aws_sigv4::sign::v4::SigningParams;
use bytes::Bytes;
use http::Request;
use http::header::HOST;
use http_body_util::Full;
use vitae_parameters::header::CONTENT_SHA256;

/// The service that receives the request, which determines how its path is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// The path is signed as it is sent.
    S3,
    /// The path is normalised and encoded again.
    Lambda,
}

/// Signs `Host` and the body's hash, which is added as `x-amz-content-sha256`.
///
/// # Errors
/// The request cannot be signed.
pub(super) fn sign_request(
    request: &mut Request<Full<Bytes>>,
    body_sha256: String,
    service: Service,
    region: &str,
    credentials: &Credentials,
) -> Result<(), String> {
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    if service == Service::S3 {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    let identity = credentials.clone().into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(if service == Service::S3 { "s3" } else { "lambda" })
        .time(SystemTime::now())
        .settings(settings)
        .build()
        .map_err(|error| error.to_string())?
        .into();
    for name in ["authorization", "x-amz-date", "x-amz-security-token", CONTENT_SHA256] {
        request.headers_mut().remove(name);
    }
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let uri = format!("http://{host}{path}");
    let signable = SignableRequest::new(
        request.method().as_str(),
        uri,
        std::iter::once(("host", host.as_str())),
        SignableBody::Precomputed(body_sha256),
    );
    let signable = signable.map_err(|error| error.to_string())?;
    let (instructions, _) = sign(signable, &params).map_err(|error| error.to_string())?.into_parts();
    instructions.apply_to_request_http1x(request);
    Ok(())
}
