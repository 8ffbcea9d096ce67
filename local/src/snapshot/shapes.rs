//! The shapes of a distribution and of what it refers to. Fields that are missing here are refused by name.
//!
//! Sources: <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html> and
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_CloudFront.html>

use super::shape::Shape::{Bool, Dropped, Items, List, Number, Structure, Switched, Text, Unmodelled};
pub(super) use super::shape::to_xml;
use super::shape::{Shape, field, renamed};

/// A resource that a distribution refers to by its id.
pub(super) struct Kind {
    /// The field of the distribution's configuration that has the id.
    pub(super) field: &'static str,
    /// The type in CloudFormation.
    pub(super) resource: &'static str,
    /// The property with the configuration, and its element in the API.
    pub(super) config: &'static str,
    /// The path in the API, before the id.
    pub(super) path: &'static str,
    /// The element around the configuration.
    pub(super) root: &'static str,
    pub(super) shape: &'static Shape,
}

pub(super) const KINDS: [Kind; 4] = [
    Kind {
        field: "CachePolicyId",
        resource: "AWS::CloudFront::CachePolicy",
        config: "CachePolicyConfig",
        path: "cache-policy",
        root: "CachePolicy",
        shape: &CACHE_POLICY,
    },
    Kind {
        field: "OriginRequestPolicyId",
        resource: "AWS::CloudFront::OriginRequestPolicy",
        config: "OriginRequestPolicyConfig",
        path: "origin-request-policy",
        root: "OriginRequestPolicy",
        shape: &ORIGIN_REQUEST_POLICY,
    },
    Kind {
        field: "ResponseHeadersPolicyId",
        resource: "AWS::CloudFront::ResponseHeadersPolicy",
        config: "ResponseHeadersPolicyConfig",
        path: "response-headers-policy",
        root: "ResponseHeadersPolicy",
        shape: &RESPONSE_HEADERS_POLICY,
    },
    Kind {
        field: "OriginAccessControlId",
        resource: "AWS::CloudFront::OriginAccessControl",
        config: "OriginAccessControlConfig",
        path: "origin-access-control",
        root: "OriginAccessControl",
        shape: &ORIGIN_ACCESS_CONTROL,
    },
];

pub(super) const DISTRIBUTION: Shape = Structure(&[
    field("CallerReference", Text),
    field("Aliases", List("CNAME", &Text)),
    field("DefaultRootObject", Text),
    field("Origins", List("Origin", &ORIGIN)),
    field("OriginGroups", List("OriginGroup", &ORIGIN_GROUP)),
    field("DefaultCacheBehavior", BEHAVIOR),
    field("CacheBehaviors", List("CacheBehavior", &BEHAVIOR)),
    field("CustomErrorResponses", List("CustomErrorResponse", &CUSTOM_ERROR)),
    field("Comment", Text),
    field("Logging", LOGGING),
    field("PriceClass", Text),
    field("Enabled", Bool),
    field("ViewerCertificate", VIEWER_CERTIFICATE),
    field("Restrictions", Structure(&[field("GeoRestriction", GEO_RESTRICTION)])),
    field("WebACLId", Unmodelled),
    field("HttpVersion", Text),
    renamed("IsIPV6Enabled", "IPV6Enabled", Bool),
    field("ContinuousDeploymentPolicyId", Unmodelled),
    field("Staging", Unmodelled),
    field("AnycastIpListId", Text),
    field("TenantConfig", Unmodelled),
    field("ConnectionMode", Text),
    field("ViewerMtlsConfig", Unmodelled),
    field("ConnectionFunctionAssociation", Unmodelled),
    field("CacheTagConfig", Unmodelled),
]);

const ORIGIN: Shape = Structure(&[
    field("Id", Text),
    field("DomainName", Text),
    field("OriginPath", Text),
    renamed("CustomHeaders", "OriginCustomHeaders", List("OriginCustomHeader", &CUSTOM_HEADER)),
    field("S3OriginConfig", Structure(&[field("OriginAccessIdentity", Text), field("OriginReadTimeout", Number)])),
    field("CustomOriginConfig", CUSTOM_ORIGIN),
    field(
        "VpcOriginConfig",
        Structure(&[
            field("VpcOriginId", Text),
            field("OwnerAccountId", Text),
            field("OriginReadTimeout", Number),
            field("OriginKeepaliveTimeout", Number),
        ]),
    ),
    field("ConnectionAttempts", Number),
    field("ConnectionTimeout", Number),
    field("ResponseCompletionTimeout", Number),
    field("OriginShield", Structure(&[field("Enabled", Bool), field("OriginShieldRegion", Text)])),
    field("OriginAccessControlId", Text),
]);

const CUSTOM_HEADER: Shape = Structure(&[field("HeaderName", Text), field("HeaderValue", Text)]);

const CUSTOM_ORIGIN: Shape = Structure(&[
    field("HTTPPort", Number),
    field("HTTPSPort", Number),
    field("OriginProtocolPolicy", Text),
    renamed("OriginSslProtocols", "OriginSSLProtocols", List("SslProtocol", &Text)),
    field("OriginReadTimeout", Number),
    field("OriginKeepaliveTimeout", Number),
    field("IpAddressType", Text),
    field("OriginMtlsConfig", Unmodelled),
]);

const ORIGIN_GROUP: Shape = Structure(&[
    field("Id", Text),
    field("FailoverCriteria", Structure(&[field("StatusCodes", List("StatusCode", &Number))])),
    field("Members", List("OriginGroupMember", &Structure(&[field("OriginId", Text)]))),
    field("SelectionCriteria", Text),
]);

/// The default behavior too: it has no path pattern.
const BEHAVIOR: Shape = Structure(&[
    field("PathPattern", Text),
    field("TargetOriginId", Text),
    field("TrustedSigners", Unmodelled),
    field("TrustedKeyGroups", Switched("KeyGroup", &Text)),
    field("ViewerProtocolPolicy", Text),
    field(
        "AllowedMethods",
        Structure(&[
            field("Quantity", Dropped),
            field("Items", Items("Method", &Text)),
            field("CachedMethods", List("Method", &Text)),
        ]),
    ),
    field("SmoothStreaming", Unmodelled),
    field("Compress", Bool),
    field(
        "LambdaFunctionAssociations",
        List(
            "LambdaFunctionAssociation",
            &Structure(&[field("LambdaFunctionARN", Text), field("EventType", Text), field("IncludeBody", Bool)]),
        ),
    ),
    field(
        "FunctionAssociations",
        List("FunctionAssociation", &Structure(&[field("FunctionARN", Text), field("EventType", Text)])),
    ),
    field("FieldLevelEncryptionId", Unmodelled),
    field("RealtimeLogConfigArn", Text),
    field("CachePolicyId", Text),
    field("OriginRequestPolicyId", Text),
    field("ResponseHeadersPolicyId", Text),
    field("GrpcConfig", Unmodelled),
    field("ForwardedValues", FORWARDED_VALUES),
    field("MinTTL", Number),
    field("DefaultTTL", Number),
    field("MaxTTL", Number),
]);

const FORWARDED_VALUES: Shape = Structure(&[
    field("QueryString", Bool),
    field("Cookies", Structure(&[field("Forward", Text), field("WhitelistedNames", List("Name", &Text))])),
    field("Headers", List("Name", &Text)),
    field("QueryStringCacheKeys", List("Name", &Text)),
]);

const CUSTOM_ERROR: Shape = Structure(&[
    field("ErrorCode", Number),
    field("ResponsePagePath", Text),
    field("ResponseCode", Text),
    field("ErrorCachingMinTTL", Number),
]);

const LOGGING: Shape =
    Structure(&[field("Enabled", Bool), field("IncludeCookies", Bool), field("Bucket", Text), field("Prefix", Text)]);

const VIEWER_CERTIFICATE: Shape = Structure(&[
    field("CloudFrontDefaultCertificate", Bool),
    renamed("IAMCertificateId", "IamCertificateId", Text),
    renamed("ACMCertificateArn", "AcmCertificateArn", Text),
    renamed("SSLSupportMethod", "SslSupportMethod", Text),
    field("MinimumProtocolVersion", Text),
    field("Certificate", Dropped),
    field("CertificateSource", Dropped),
]);

const GEO_RESTRICTION: Shape = Structure(&[
    field("RestrictionType", Text),
    field("Quantity", Dropped),
    renamed("Items", "Locations", Items("Location", &Text)),
]);

pub(super) const CACHE_POLICY: Shape = Structure(&[
    field("Name", Text),
    field("Comment", Text),
    field("DefaultTTL", Number),
    field("MaxTTL", Number),
    field("MinTTL", Number),
    field(
        "ParametersInCacheKeyAndForwardedToOrigin",
        Structure(&[
            field("EnableAcceptEncodingGzip", Bool),
            field("EnableAcceptEncodingBrotli", Bool),
            field("HeadersConfig", HEADERS_CONFIG),
            field("CookiesConfig", COOKIES_CONFIG),
            field("QueryStringsConfig", QUERY_STRINGS_CONFIG),
        ]),
    ),
]);

pub(super) const ORIGIN_REQUEST_POLICY: Shape = Structure(&[
    field("Name", Text),
    field("Comment", Text),
    field("HeadersConfig", HEADERS_CONFIG),
    field("CookiesConfig", COOKIES_CONFIG),
    field("QueryStringsConfig", QUERY_STRINGS_CONFIG),
]);

const HEADERS_CONFIG: Shape = Structure(&[field("HeaderBehavior", Text), field("Headers", List("Name", &Text))]);
const COOKIES_CONFIG: Shape = Structure(&[field("CookieBehavior", Text), field("Cookies", List("Name", &Text))]);
const QUERY_STRINGS_CONFIG: Shape =
    Structure(&[field("QueryStringBehavior", Text), field("QueryStrings", List("Name", &Text))]);

pub(super) const RESPONSE_HEADERS_POLICY: Shape = Structure(&[
    field("Name", Text),
    field("Comment", Text),
    field(
        "CorsConfig",
        Structure(&[
            field("AccessControlAllowOrigins", List("Origin", &Text)),
            field("AccessControlAllowHeaders", List("Header", &Text)),
            field("AccessControlAllowMethods", List("Method", &Text)),
            field("AccessControlExposeHeaders", List("Header", &Text)),
            field("AccessControlAllowCredentials", Bool),
            field("AccessControlMaxAgeSec", Number),
            field("OriginOverride", Bool),
        ]),
    ),
    field("SecurityHeadersConfig", SECURITY_HEADERS),
    field("ServerTimingHeadersConfig", Structure(&[field("Enabled", Bool), field("SamplingRate", Number)])),
    field(
        "CustomHeadersConfig",
        List(
            "ResponseHeadersPolicyCustomHeader",
            &Structure(&[field("Header", Text), field("Value", Text), field("Override", Bool)]),
        ),
    ),
    field("RemoveHeadersConfig", List("ResponseHeadersPolicyRemoveHeader", &Structure(&[field("Header", Text)]))),
]);

const SECURITY_HEADERS: Shape = Structure(&[
    field("ContentSecurityPolicy", Structure(&[field("ContentSecurityPolicy", Text), field("Override", Bool)])),
    field("ContentTypeOptions", Structure(&[field("Override", Bool)])),
    field("FrameOptions", Structure(&[field("FrameOption", Text), field("Override", Bool)])),
    field("ReferrerPolicy", Structure(&[field("ReferrerPolicy", Text), field("Override", Bool)])),
    field(
        "StrictTransportSecurity",
        Structure(&[
            field("AccessControlMaxAgeSec", Number),
            field("IncludeSubdomains", Bool),
            field("Preload", Bool),
            field("Override", Bool),
        ]),
    ),
    field(
        "XSSProtection",
        Structure(&[
            field("Protection", Bool),
            field("ModeBlock", Bool),
            field("ReportUri", Text),
            field("Override", Bool),
        ]),
    ),
]);

pub(super) const ORIGIN_ACCESS_CONTROL: Shape = Structure(&[
    field("Name", Text),
    field("Description", Text),
    field("SigningProtocol", Text),
    field("SigningBehavior", Text),
    field("OriginAccessControlOriginType", Text),
]);

pub(super) const FUNCTION_CONFIG: Shape = Structure(&[
    field("Comment", Text),
    field("Runtime", Text),
    field(
        "KeyValueStoreAssociations",
        List("KeyValueStoreAssociation", &Structure(&[field("KeyValueStoreARN", Text)])),
    ),
]);
