//! The error type of the crate.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;

use crate::quoted::Quoted;
use crate::{Algorithm, Hash};

/// Why a key, URL, time or policy was rejected.
///
/// The message says what is wrong, then what to do. It quotes the rejected value, but never a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The name is not one of [`Algorithm::ALL`].
    #[error("{name} is not an algorithm that CloudFront supports: use {}", one_of(&Algorithm::ALL))]
    UnknownAlgorithm {
        /// The name as given.
        name: Quoted,
    },
    /// The name is not one of [`Hash::ALL`].
    #[error("{name} is not a hash that CloudFront supports: use {}", one_of(&Hash::ALL))]
    UnknownHash {
        /// The name as given.
        name: Quoted,
    },

    /// The key is empty, or only white space.
    #[error("the private key is empty")]
    EmptyKey,
    /// The key is longer than any supported key.
    #[error("the private key is {bytes} bytes long; the maximum is {max}")]
    KeyTooLong {
        /// The length given, in bytes.
        bytes: usize,
        /// The maximum length, in bytes.
        max: usize,
    },
    /// The text is not PEM.
    #[error("the private key is not PEM: it has no line \"-----BEGIN ...-----\"")]
    NotPem,
    /// The PEM text ends before its `-----END` line.
    #[error("the private key is truncated: the PEM block \"{label}\" has no line \"-----END {label}-----\"")]
    TruncatedPem {
        /// The label of the block.
        label: String,
    },
    /// The text has more than one PEM block.
    #[error("the text has more than one PEM block: pass the private key only")]
    MultiplePemBlocks,
    /// The body of the PEM block is not base64.
    #[error("the body of the PEM block \"{label}\" is not valid base64")]
    PemBody {
        /// The label of the block.
        label: String,
    },
    /// The key is protected by a passphrase.
    #[error("the private key is encrypted: decrypt it first, for example with `openssl pkey -in KEY`")]
    EncryptedKey,
    /// The text or the bytes are something other than a private key.
    #[error("this is a {found}, not a private key: pass a PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY in PEM")]
    NotAPrivateKey {
        /// What was given instead, such as `certificate` or `public key`.
        found: String,
    },
    /// The key's structure is broken, or its numbers are inconsistent.
    #[error("the private key is not valid {format}")]
    MalformedKey {
        /// The format it was read as: `PKCS#8`, `PKCS#1`, `SEC1` or `DER`.
        format: &'static str,
    },
    /// The RSA key does not have 2048 bits.
    #[error("the RSA key has {bits} bits: CloudFront supports RSA keys of 2048 bits only")]
    RsaKeySize {
        /// The length of the modulus, in bits.
        bits: usize,
    },
    /// The key is on another curve than P-256.
    #[error("the key is on the curve {curve}: CloudFront supports P-256 (prime256v1) only")]
    UnsupportedCurve {
        /// The curve's name, or its object identifier.
        curve: String,
    },
    /// The EC key does not name its curve.
    #[error("the EC key does not name its curve: convert it with `openssl pkcs8 -topk8 -nocrypt -in KEY`")]
    UnnamedCurve,
    /// The key is for an algorithm that CloudFront does not support.
    #[error("the key is for {algorithm}: CloudFront supports RSA (2048 bits) and ECDSA (P-256) only")]
    UnsupportedAlgorithm {
        /// The algorithm's name, or its object identifier.
        algorithm: String,
    },
    /// The text is something other than a public key that CloudFront supports.
    #[error("the public key is {found}: pass the PUBLIC KEY in PEM of an RSA (2048 bits) or P-256 key")]
    NotAPublicKey {
        /// What is wrong with it.
        found: String,
    },
    /// The crate was built without the feature for this type of key.
    #[error("this build cannot read {algorithm} keys: enable the feature \"{feature}\" of vitae-signer")]
    DisabledAlgorithm {
        /// The algorithm of the key.
        algorithm: Algorithm,
        /// The feature to enable.
        feature: &'static str,
    },

    /// The key pair ID is empty, too long, or has a character that a URL would have to encode.
    #[error("{id} is not a key pair ID: use the ID of the public key in CloudFront, such as K2JCJMDEHXQW5F")]
    InvalidKeyPairId {
        /// The ID as given.
        id: Quoted,
    },
    /// The time is after the year 2100.
    #[error("{seconds} seconds since 1970 is after the year 2100: was the value in milliseconds?")]
    AfterYear2100 {
        /// The time as given, in seconds since 1970.
        seconds: u64,
    },

    /// The number is not a valid date. Only the JavaScript interface, which takes milliseconds, returns this.
    #[error("not a valid date: expected milliseconds since 1970")]
    InvalidDate,
    /// The date is before the year 2000. Only the JavaScript interface, which takes milliseconds, returns this.
    #[error("{seconds} seconds since 1970 is before the year 2000: was the value in seconds, not milliseconds?")]
    BeforeYear2000 {
        /// The date as it was understood, in seconds since 1970.
        seconds: u64,
    },
    /// The policy would never grant access.
    #[error("the policy starts at {start} and expires at {expires}: it must start before it expires")]
    StartNotBeforeExpiry {
        /// The start, in seconds since 1970.
        start: u64,
        /// The expiry, in seconds since 1970.
        expires: u64,
    },
    /// The source address is not an IPv4 range. Messages must not hold visitors' addresses, so it is not quoted.
    #[error("invalid source address: {reason}; use a range such as 192.0.2.0/24")]
    InvalidSourceIp {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The pattern has no wildcard.
    #[error("the resource {resource} has no wildcard: use Resource::exact")]
    NoWildcard {
        /// The resource as given.
        resource: Quoted,
    },
    /// The pattern matches every URL. Create such a resource with
    /// [`Resource::everything`](crate::Resource::everything).
    #[error(
        "the resource {resource} opens every file of every distribution that trusts the key: name a host or a path, or \
         allow it explicitly"
    )]
    ResourceIsEverything {
        /// The resource as given.
        resource: Quoted,
    },
    /// The text is not the JSON of a policy.
    #[error("invalid policy: expected {expected} at byte {position}")]
    PolicySyntax {
        /// What was expected.
        expected: &'static str,
        /// The position, in bytes from the start.
        position: usize,
    },
    /// The policy has a field that CloudFront does not support.
    #[error("the policy has an unsupported field {name}")]
    UnknownPolicyField {
        /// The field's name.
        name: Quoted,
    },
    /// The policy has a field twice in the same object.
    #[error("the policy has a duplicate field {name}")]
    DuplicatePolicyField {
        /// The field's name.
        name: Quoted,
    },
    /// The policy lacks a field without which it would grant access to too much, or to nothing.
    #[error("the policy has no {name}")]
    MissingPolicyField {
        /// The field's name.
        name: &'static str,
    },
    /// The policy does not have exactly one statement.
    #[error("the policy has {count} statements: CloudFront supports exactly one")]
    PolicyStatements {
        /// The number of statements.
        count: usize,
    },

    /// The URL is not an absolute HTTP URL.
    #[error("the URL starts with {start}, not with http:// or https:// (in lower case)")]
    UrlScheme {
        /// The beginning of the URL, shortened.
        start: Quoted,
    },
    /// The URL has a user name or password before its host.
    #[error("the URL has user info (\"...@\") before its host, which clients do not send: remove it")]
    UrlUserInfo,
    /// The URL has no host, or one that a client would rewrite.
    #[error("the URL's host {host} is invalid: {reason}")]
    UrlHost {
        /// The part between the scheme and the path.
        host: Quoted,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The URL's path is empty, or a client would rewrite it.
    #[error("the path of the URL {url} is invalid: {reason}")]
    UrlPath {
        /// The URL as given.
        url: Quoted,
        /// What is wrong with the path.
        reason: &'static str,
    },
    /// A client would rewrite the URL's query.
    #[error("the query of the URL {url} is invalid: {reason}")]
    UrlQuery {
        /// The URL as given.
        url: Quoted,
        /// What is wrong with the query.
        reason: &'static str,
    },
    /// The URL has a character that must be percent-encoded before it is signed.
    #[error("the URL has {} at byte {position}: percent-encode it before signing", Quoted::from(*character))]
    UrlCharacter {
        /// The character.
        character: char,
        /// The position, in bytes from the start of the URL.
        position: usize,
    },
    /// The URL has a `*`, which is CloudFront's wildcard.
    #[error(
        "the URL has \"*\" at byte {position}, which is CloudFront's wildcard: write %2A for the character, or sign a custom policy for a wildcard"
    )]
    UrlWildcard {
        /// The position, in bytes from the start of the URL.
        position: usize,
    },
    /// The URL has a fragment, which clients do not send.
    #[error("the URL has the fragment {fragment}, which clients do not send: remove it")]
    UrlFragment {
        /// The fragment, without its `#`.
        fragment: Quoted,
    },
    /// The URL already has one of CloudFront's parameters.
    #[error("the URL already has the parameter {name}, which CloudFront reserves for signatures: remove it")]
    UrlReservedParameter {
        /// The parameter's name, decoded.
        name: &'static str,
    },
    /// The URL has none of CloudFront's parameters.
    #[error("the URL is not signed: it has neither Expires nor Policy, and no Signature and Key-Pair-Id")]
    NotSigned,
    /// The policy covers many URLs, and none was given to sign. Only the JavaScript interface returns this.
    #[error("the policy's resource {resource} is a wildcard: also pass the URL to sign")]
    WildcardWithoutUrl {
        /// The policy's resource.
        resource: Quoted,
    },
    /// The policy does not cover the URL that would carry it.
    #[error("the policy's resource {resource} does not cover the URL {url}")]
    UrlOutsideResource {
        /// The URL as given.
        url: Quoted,
        /// The policy's resource.
        resource: Quoted,
    },
    /// The signed URL is longer than CloudFront accepts.
    #[error("the signed URL has {bytes} bytes; CloudFront accepts at most {max}")]
    UrlTooLong {
        /// Its length, in bytes.
        bytes: usize,
        /// CloudFront's limit, in bytes.
        max: usize,
    },

    /// A cookie is longer than browsers keep.
    #[error("the cookie {name} has {bytes} bytes; browsers keep at most {max}")]
    CookieTooLong {
        /// The cookie's name.
        name: &'static str,
        /// Length of name and value, in bytes.
        bytes: usize,
        /// The limit, in bytes.
        max: usize,
    },

    /// The bytes are not a signature in the format that CloudFront expects.
    #[error(
        "these {bytes} bytes are not a signature that CloudFront accepts: pass the 256 bytes of an RSA-2048 signature \
         (PKCS#1 v1.5), or a P-256 signature in DER; not base64, and not r and s without DER"
    )]
    NotASignature {
        /// The number of bytes.
        bytes: usize,
    },
    /// The source of randomness failed, so the RSA computation cannot be blinded.
    #[error("the source of randomness failed; signing with an RSA key needs it")]
    Randomness,
    /// The signature did not verify with the key's public half: the key is damaged, or the computation was faulty.
    #[error("the signature does not verify with the key's public half and was discarded: the key is damaged")]
    SignatureCheck,
    /// The signature backend did not accept the key.
    #[error("the signature backend does not accept the key: {reason}")]
    BackendKey {
        /// What it reported.
        reason: Quoted,
    },
    /// The signature backend did not sign.
    #[error("the signature backend failed: {reason}")]
    Backend {
        /// What it reported.
        reason: Quoted,
    },
    /// The signature backend returned something that is not a signature of the policy by this key.
    #[error("the signature backend did not return a valid signature of the {algorithm} key; its result was discarded")]
    BackendSignature {
        /// The algorithm of the key.
        algorithm: Algorithm,
    },
}

/// `names` as a message lists them: `a or b`.
fn one_of(names: &[impl Display]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}
