//! Calls to AWS services, signed with Signature Version 4 without an SDK.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use vitae_tests::{Response, RunningSystem};

/// An HTTP request to a service.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// The service's name in the signature.
    pub(super) service: &'static str,
    pub(super) method: &'static str,
    /// The path with its query.
    pub(super) target: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

/// Signs the call and sends it to the local cloud of the running system.
pub(super) fn send(running: &RunningSystem, credentials: &Credentials, call: &Call) -> Response {
    let address = running.system().ministack().endpoint().trim_start_matches("http://").to_owned();
    let identity = credentials.clone().into();
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region("us-east-1")
        .name(call.service)
        .time(SystemTime::now())
        .settings(settings)
        .build()
        .expect("all parameters are set")
        .into();
    let url = format!("http://{address}{}", call.target);
    let headers = call.headers.iter().map(|(name, value)| (*name, value.as_str()));
    let signable = SignableRequest::new(call.method, &url, headers, SignableBody::Bytes(call.body.as_bytes()));
    let (instructions, _) =
        sign(signable.expect("a request that can be signed"), &parameters).expect("a signature").into_parts();
    let mut request = running.request_to(&address, &address, call.method, &call.target);
    for (name, value) in &call.headers {
        request = request.header(name, value);
    }
    for (name, value) in instructions.headers() {
        request = request.header(name, value);
    }
    request.body(call.body.clone()).send()
}
