//! Comparison with `aws-sigv4`, which signs the requests of the AWS SDK for Rust.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as Identity;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use proptest::prelude::*;

use super::*;

const HEADERS: &[(&str, &str)] =
    &[("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "AmazonSSM.GetParameters")];

/// The headers that `aws-sigv4` adds to the same request.
fn theirs(post: &Post<'_>, credentials: &Credentials<'_>) -> Vec<(String, String)> {
    let token = credentials.session_token.map(str::to_owned);
    let identity = Identity::new(credentials.access_key_id, credentials.secret_access_key, token, None, "test").into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(post.region)
        .name(post.service)
        .time(SystemTime::UNIX_EPOCH + Duration::from_millis(post.now_ms))
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let url = format!("https://{}/", post.host);
    let body = SignableBody::Bytes(post.body.as_bytes());
    let request = SignableRequest::new("POST", url, post.headers.iter().copied(), body).unwrap();
    let (headers, _) = sign(request, &params).unwrap().into_parts().0.into_parts();
    headers.into_iter().map(|header| (header.name().to_owned(), header.value().to_owned())).collect()
}

proptest! {
    #![proptest_config(crate::testing::cases(500))]

    #[test]
    fn the_signature_equals_that_of_aws_sigv4(
        now_ms in 0u64..LAST_TIME_S * 1000,
        body in ".{0,200}",
        region in "[a-z]{2}-[a-z]{4,9}-[1-9]",
        host in "[a-z]{1,9}\\.example(:[1-9][0-9]{3})?",
        id in "[A-Z0-9]{16,20}",
        secret in "[A-Za-z0-9/+]{1,80}",
        token in prop::option::of("[A-Za-z0-9/+=]{1,400}"),
    ) {
        let post = Post { host: &host, headers: HEADERS, body: &body, region: &region, service: "ssm", now_ms };
        let credentials =
            Credentials { access_key_id: &id, secret_access_key: &secret, session_token: token.as_deref() };
        let mut ours = post.signed_headers(&credentials);
        ours.retain(|(name, _)| HEADERS.iter().all(|(given, _)| given != name));
        let mut theirs = theirs(&post, &credentials);
        ours.sort_unstable();
        theirs.sort_unstable();
        prop_assert_eq!(ours, theirs);
    }
}

#[test]
fn every_time_has_a_stamp() {
    for (now_ms, time) in
        [(0, "19700101T000000Z"), (u64::MAX, "99991231T235959Z"), (951_782_400_000, "20000229T000000Z")]
    {
        assert_eq!(Stamp::new(now_ms).time, time);
    }
}
