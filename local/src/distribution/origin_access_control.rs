//! Origin access control: whether CloudFront signs its requests to an origin.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>

use aws_sdk_cloudfront::types::{
    OriginAccessControlConfig, OriginAccessControlOriginTypes, OriginAccessControlSigningBehaviors,
    OriginAccessControlSigningProtocols,
};

use crate::aws_clients::AwsClients;
use crate::error::Error;

/// An origin access identity: the older way to sign requests to a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OriginAccessIdentity {
    pub(crate) id: String,
    /// By which a bucket policy may name it.
    pub(crate) canonical_user: String,
}

impl OriginAccessIdentity {
    /// Reads the identity of an `S3OriginConfig`, `origin-access-identity/cloudfront/ID`. `None` if it is empty.
    pub(super) async fn load(aws: &AwsClients, setting: &str, origin_id: &str) -> Result<Option<Self>, Error> {
        if setting.is_empty() {
            return Ok(None);
        }
        let id = setting.strip_prefix("origin-access-identity/cloudfront/").ok_or_else(|| Error::Refused {
            what: format!(
                "origin {origin_id:?} has the OriginAccessIdentity {setting:?}, it must be origin-access-identity/cloudfront/ID"
            ),
        })?;
        let action = format!("cloudfront:GetCloudFrontOriginAccessIdentity {id}");
        let output = aws.cloudfront.get_cloud_front_origin_access_identity().id(id).send().await;
        let output = output.map_err(|e| Error::api(&action, &e))?;
        let identity = output.cloud_front_origin_access_identity().ok_or_else(|| Error::no_configuration(action))?;
        Ok(Some(Self { id: id.to_owned(), canonical_user: identity.s3_canonical_user_id().to_owned() }))
    }
}

/// Whether requests to an origin are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SigningBehavior {
    Always,
    /// Unless the request has the viewer's own `Authorization`.
    NoOverride,
    Never,
}

impl SigningBehavior {
    /// Reads the origin access control of an origin that needs one of type `expected`.
    ///
    /// # Errors
    /// A type that CloudFront would reject for this origin, or a protocol or behavior that is not modelled.
    pub(super) fn from_config(
        control: &OriginAccessControlConfig,
        origin_id: &str,
        expected: &OriginAccessControlOriginTypes,
    ) -> Result<Self, Error> {
        let found = control.origin_access_control_origin_type();
        if found != expected {
            return Err(Error::Refused {
                what: format!(
                    "origin {origin_id:?} has an origin access control of type {:?}, it needs {:?}",
                    found.as_str(),
                    expected.as_str()
                ),
            });
        }
        if *control.signing_protocol() != OriginAccessControlSigningProtocols::Sigv4 {
            return Err(Error::NotModelled {
                what: format!("signing protocol {:?}", control.signing_protocol().as_str()),
            });
        }
        match control.signing_behavior() {
            OriginAccessControlSigningBehaviors::Always => Ok(Self::Always),
            OriginAccessControlSigningBehaviors::NoOverride => Ok(Self::NoOverride),
            OriginAccessControlSigningBehaviors::Never => Ok(Self::Never),
            other => Err(Error::NotModelled { what: format!("signing behavior {:?}", other.as_str()) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SigningBehavior;
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
    fn the_control_must_match_the_origin_type() {
        let always = SigningBehavior::from_config(&control(Types::S3, Behaviors::Always), "o", &Types::S3);
        assert_eq!(always.unwrap(), SigningBehavior::Always);
        let error = SigningBehavior::from_config(&control(Types::Lambda, Behaviors::Always), "o", &Types::S3);
        let error = error.unwrap_err().to_string();
        assert!(error.contains("type \"lambda\", it needs \"s3\""), "{error}");
    }

    #[test]
    fn an_unmodelled_signing_behavior_is_refused_by_name() {
        let error = SigningBehavior::from_config(&control(Types::S3, Behaviors::AlwaysAmzAuth), "o", &Types::S3);
        let error = error.unwrap_err().to_string();
        assert!(error.contains("always-amz-auth"), "{error}");
    }
}
