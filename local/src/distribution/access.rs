//! Origin access control: whether and how CloudFront signs its requests to an origin.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>

use aws_sdk_cloudfront::types::{
    OriginAccessControlConfig, OriginAccessControlOriginTypes, OriginAccessControlSigningBehaviors,
    OriginAccessControlSigningProtocols,
};

use super::origins::{OriginKind, Signing};
use crate::Error;

/// How an origin's requests are signed, from its origin access control.
///
/// # Errors
/// A kind or a protocol that does not fit the origin, as CloudFront would refuse it, or one that is not modelled.
pub(crate) fn signing(
    control: &OriginAccessControlConfig,
    origin_id: &str,
    kind: &OriginKind,
) -> Result<Signing, Error> {
    let wanted = match kind {
        OriginKind::Bucket { .. } => OriginAccessControlOriginTypes::S3,
        OriginKind::FunctionUrl { .. } => OriginAccessControlOriginTypes::Lambda,
    };
    let found = control.origin_access_control_origin_type();
    if *found != wanted {
        return Err(Error::Refused {
            what: format!(
                "origin {origin_id:?} has an origin access control of type {:?}, it needs {:?}",
                found.as_str(),
                wanted.as_str()
            ),
        });
    }
    if *control.signing_protocol() != OriginAccessControlSigningProtocols::Sigv4 {
        return Err(Error::NotModelled { what: format!("signing protocol {:?}", control.signing_protocol().as_str()) });
    }
    match control.signing_behavior() {
        OriginAccessControlSigningBehaviors::Always => Ok(Signing::Always),
        OriginAccessControlSigningBehaviors::NoOverride => Ok(Signing::NoOverride),
        OriginAccessControlSigningBehaviors::Never => Ok(Signing::Never),
        other => Err(Error::NotModelled { what: format!("signing behavior {:?}", other.as_str()) }),
    }
}

#[cfg(test)]
mod tests {
    use super::{OriginKind, Signing, signing};
    use aws_sdk_cloudfront::types::{
        OriginAccessControlConfig, OriginAccessControlOriginTypes as Types,
        OriginAccessControlSigningBehaviors as Behaviors, OriginAccessControlSigningProtocols::Sigv4,
    };

    fn control(origin_type: Types, behavior: Behaviors) -> OriginAccessControlConfig {
        OriginAccessControlConfig::builder()
            .name("n")
            .signing_protocol(Sigv4)
            .signing_behavior(behavior)
            .origin_access_control_origin_type(origin_type)
            .build()
            .unwrap()
    }

    #[test]
    fn the_control_must_fit_the_origin() {
        let bucket = OriginKind::Bucket { name: "b".to_owned() };
        assert_eq!(signing(&control(Types::S3, Behaviors::Always), "o", &bucket).unwrap(), Signing::Always);
        let error = signing(&control(Types::Lambda, Behaviors::Always), "o", &bucket).unwrap_err().to_string();
        assert!(error.contains("type \"lambda\", it needs \"s3\""), "{error}");
    }

    #[test]
    fn an_unmodelled_signing_behavior_is_refused_by_name() {
        let bucket = OriginKind::Bucket { name: "b".to_owned() };
        let error = signing(&control(Types::S3, Behaviors::AlwaysAmzAuth), "o", &bucket).unwrap_err().to_string();
        assert!(error.contains("always-amz-auth"), "{error}");
    }
}
