//! Everything that can be refused, in one enum.

use alloc::string::String;

use crate::quoted::Quoted;

/// Why a key, a URL, a time or a policy was refused, and what to do. Quotes the offending value, never a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The algorithm's name is not known.
    #[error("{name} is not an algorithm that CloudFront verifies: write rsa-2048 or ecdsa-p256")]
    UnknownAlgorithm {
        /// The name as given.
        name: Quoted,
    },
    /// The hash's name is not known.
    #[error("{name} is not a hash that CloudFront verifies: write sha1 or sha256")]
    UnknownHash {
        /// The name as given.
        name: Quoted,
    },

    /// The key is empty, or only white space.
    #[error("the private key is empty")]
    EmptyKey,
    /// The key is too long to be one.
    #[error("the private key is {bytes} bytes long, and no key for CloudFront is longer than {max}")]
    KeyTooLong {
        /// The length given, in bytes.
        bytes: usize,
        /// The length at which a key is refused unread, in bytes.
        max: usize,
    },
    /// The text is not PEM.
    #[error("the private key is not PEM: it has no line \"-----BEGIN ...-----\"")]
    NotPem,
    /// The PEM text ends before its `-----END` line.
    #[error("the PEM block \"{label}\" has no matching \"-----END {label}-----\": the key is cut off")]
    PemCutOff {
        /// The label of the block.
        label: String,
    },
    /// The text holds more than one key.
    #[error("the text holds more than one PEM block, so which one signs is unclear: give the private key alone")]
    SeveralPemBlocks,
    /// The body of the PEM block is not base64.
    #[error("the body of the PEM block \"{label}\" is not base64")]
    PemBody {
        /// The label of the block.
        label: String,
    },
    /// The key is protected by a passphrase.
    #[error("the private key is encrypted: decrypt it first, for example with `openssl pkey -in KEY`")]
    EncryptedKey,
    /// This is not a private key at all.
    #[error("this is a {what}, not a private key: give a PEM of PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY")]
    NotAPrivateKey {
        /// What was given instead, such as `certificate` or `public key`.
        what: String,
    },
    /// The key's structure is broken, or its numbers do not fit together.
    #[error("the private key is not valid {format}")]
    MalformedKey {
        /// The format it was read as: `PKCS#8`, `PKCS#1`, `SEC1` or `DER`.
        format: &'static str,
    },
    /// An RSA key of another length than 2048 bits.
    #[error("the RSA key has {bits} bits, and CloudFront takes RSA keys of exactly 2048")]
    RsaKeySize {
        /// The length of the modulus, in bits.
        bits: usize,
    },
    /// A key on another curve than P-256.
    #[error("the key is on the curve {curve}, and CloudFront takes P-256 (prime256v1) only")]
    UnsupportedCurve {
        /// The curve's name, or its object identifier.
        curve: String,
    },
    /// An EC key that does not say its curve.
    #[error("the EC key does not name its curve: convert it with `openssl pkcs8 -topk8 -nocrypt -in KEY`")]
    UnnamedCurve,
    /// A key for another algorithm.
    #[error("the key is for {algorithm}, and CloudFront takes RSA (2048 bits) and ECDSA (P-256) only")]
    UnsupportedAlgorithm {
        /// The algorithm's name, or its object identifier.
        algorithm: String,
    },

    /// The key pair id cannot be one.
    #[error("{id} is not a key pair id: take the id of the public key in CloudFront, such as K2JCJMDEHXQW5F")]
    KeyPairId {
        /// The id as given.
        id: Quoted,
    },
    /// The time lies past the year 2100.
    #[error("{seconds} seconds since 1970 is past the year 2100: are these milliseconds?")]
    AfterYear2100 {
        /// The time as given, in seconds since 1970.
        seconds: u64,
    },

    /// The number of milliseconds is no date. Only the JavaScript interface takes milliseconds.
    #[error("this is no date: not a number of milliseconds since 1970")]
    NotADate,
    /// The date lies before the year 2000. Only the JavaScript interface, which takes milliseconds, refuses it.
    #[error("{seconds} seconds since 1970 is before the year 2000: were seconds given as milliseconds?")]
    BeforeYear2000 {
        /// The date as it was understood, in seconds since 1970.
        seconds: u64,
    },
    /// The policy would never admit anyone.
    #[error(
        "the policy starts at {starts} and ends at {expires} (seconds since 1970): the start must lie before the end"
    )]
    StartNotBeforeEnd {
        /// The start, in seconds since 1970.
        starts: u64,
        /// The end, in seconds since 1970.
        expires: u64,
    },
    /// The source address is not an IPv4 range. Addresses of visitors do not belong in messages, so it is not quoted.
    #[error("the source address is refused: {why}; write a range such as 192.0.2.0/24")]
    SourceIp {
        /// What is wrong with it.
        why: &'static str,
    },
    /// The pattern has no wildcard in it.
    #[error("the resource {resource} has no wildcard in it: make it with Resource::exact")]
    NoWildcard {
        /// The resource as given.
        resource: Quoted,
    },
    /// The text is not the JSON of a policy.
    #[error("this is not a policy: at byte {position} stands something else than {expected}")]
    PolicyJson {
        /// What was expected.
        expected: &'static str,
        /// Where, in bytes from the start.
        position: usize,
    },
    /// The policy has a field that CloudFront does not know.
    #[error("the policy has the field {name}, which CloudFront does not know in this place")]
    PolicyField {
        /// The field's name.
        name: Quoted,
    },
    /// The policy says the same thing twice.
    #[error("the policy has the field {name} twice in one place")]
    PolicyRepeats {
        /// The field's name.
        name: Quoted,
    },
    /// The policy lacks a field without which it would open too much, or nothing.
    #[error("the policy has no {name}")]
    PolicyLacks {
        /// The field's name.
        name: &'static str,
    },
    /// The policy has no statement, or several.
    #[error("the policy has {count} statements, and CloudFront takes exactly one")]
    PolicyStatements {
        /// How many there are.
        count: usize,
    },

    /// The URL is not absolute, or not of HTTP.
    #[error("the URL does not begin with http:// or https:// (in lower case) but with {scheme}")]
    UrlScheme {
        /// What stands where the scheme should, shortened.
        scheme: Quoted,
    },
    /// The URL has a user name or password before its host.
    #[error("the URL has user info before its host (\"...@\"), which no client sends in the request: leave it off")]
    UrlUserInfo,
    /// The URL has no host, or one that a client would rewrite.
    #[error("the host {host} of the URL is refused: {why}")]
    UrlHost {
        /// The part between the scheme and the path.
        host: Quoted,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The URL's path is empty or would be rewritten on its way.
    #[error("the path of the URL {url} is refused: {why}")]
    UrlPath {
        /// The URL as given.
        url: Quoted,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The URL's query would be rewritten on its way.
    #[error("the query of the URL {url} is refused: {why}")]
    UrlQuery {
        /// The URL as given.
        url: Quoted,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The URL holds a character that must be percent-encoded before it is signed.
    #[error("the URL has {} at byte {position}: percent-encode it before signing", Quoted::from(*character))]
    UrlCharacter {
        /// The character.
        character: char,
        /// Its place, in bytes from the start of the URL.
        position: usize,
    },
    /// The URL has a `*`, which to CloudFront is a wildcard.
    #[error(
        "the URL has \"*\" at byte {position}, CloudFront's wildcard: write %2A for the character itself, or sign a custom policy whose resource is a wildcard"
    )]
    UrlWildcard {
        /// Its place, in bytes from the start of the URL.
        position: usize,
    },
    /// The URL has a fragment, which no client sends.
    #[error("the URL has the fragment {fragment}, which is never sent: leave it off")]
    UrlFragment {
        /// The fragment, without its `#`.
        fragment: Quoted,
    },
    /// The URL already holds a parameter of CloudFront's.
    #[error("the URL already has the parameter {name}, which CloudFront would take for part of a signature")]
    UrlReservedParameter {
        /// The parameter's name, decoded.
        name: &'static str,
    },
    /// A policy for many URLs cannot tell which of them to sign.
    #[error("the policy opens {resource}, a wildcard: give the URL to sign beside it")]
    WildcardWithoutUrl {
        /// The policy's resource.
        resource: Quoted,
    },
    /// The policy does not open the URL that is to carry it.
    #[error("the policy opens {resource}, which does not cover the URL {url}")]
    UrlOutsideResource {
        /// The URL as given.
        url: Quoted,
        /// The policy's resource.
        resource: Quoted,
    },
    /// The signed URL is longer than CloudFront accepts.
    #[error("the signed URL has {bytes} bytes, and CloudFront accepts at most {max}")]
    UrlTooLong {
        /// Its length, in bytes.
        bytes: usize,
        /// CloudFront's limit, in bytes.
        max: usize,
    },

    /// A cookie is longer than browsers keep.
    #[error("the cookie {name} has {bytes} bytes, and browsers keep at most {max}")]
    CookieTooLong {
        /// The cookie's name.
        name: &'static str,
        /// Length of name and value, in bytes.
        bytes: usize,
        /// The limit, in bytes.
        max: usize,
    },

    /// The source of randomness failed, so the RSA computation cannot be blinded.
    #[error("the source of randomness failed, and RSA is not signed without it")]
    Randomness,
    /// The signature did not verify with the key's own public half: a damaged key or a fault of the machine.
    #[error("the signature does not verify with the key's own public half and is withheld: the key is damaged")]
    SignatureCheck,
}
