//! PEM keys, as found in files of any system, environment variables and JSON.
//!
//! `pem-rfc7468` is not used, because it implements the strict grammar: it rejects indented lines, lines of different
//! lengths and the `EC PARAMETERS` block that OpenSSL writes first, and reads only the first of several blocks. Everything
//! here except the call of the base64 decoder would remain in front of it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::{Kind, der};
use crate::Error;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// `openssl ecparam -genkey` writes this block before the key. The key repeats its content.
const EC_PARAMETERS: &str = "EC PARAMETERS";

/// The header of an encrypted key in OpenSSL's traditional format (RFC 1421).
const PROC_TYPE: &str = "Proc-Type:";

struct Block<'a> {
    label: &'a str,
    body: &'a str,
    rest: &'a str,
}

/// Parses the key in the only block of `text`.
pub(super) fn parse(text: &str) -> Result<Kind, Error> {
    let text = unescape(text);
    if text.trim().is_empty() {
        return Err(Error::EmptyKey);
    }
    let mut block = next_block(&text)?;
    if block.label == EC_PARAMETERS {
        block = next_block(block.rest)?;
    }
    if block.rest.contains(BEGIN) {
        return Err(Error::MultiplePemBlocks);
    }
    if block.body.contains(PROC_TYPE) {
        return Err(Error::EncryptedKey);
    }
    let parse = parser(block.label)?;
    parse(&decode(&block)?)
}

/// The DER in the only block of `text`, which must be a public key.
pub(crate) fn public_key_der(text: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    let text = unescape(text);
    if text.trim().is_empty() {
        return Err(Error::NotAPublicKey { found: String::from("empty") });
    }
    let not_public = |found: &str| Err(Error::NotAPublicKey { found: String::from(found) });
    let Ok(block) = next_block(&text) else { return not_public("not PEM") };
    match block.label {
        "PUBLIC KEY" => decode(&block),
        "RSA PUBLIC KEY" => not_public("in PKCS#1 (convert it with `openssl rsa -RSAPublicKey_in -pubout`)"),
        "CERTIFICATE" => not_public("a certificate (convert it with `openssl x509 -pubkey -noout`)"),
        label if label.ends_with("PRIVATE KEY") => not_public("a private key (convert it with `openssl pkey -pubout`)"),
        _ => not_public("another PEM block"),
    }
}

/// Replaces the two characters `\n` by a line ending and removes `\r`. The result is written once, into memory that is
/// wiped: a growing string would leave copies of the key behind.
fn unescape(text: &str) -> Zeroizing<String> {
    let mut unescaped = Zeroizing::new(String::with_capacity(text.len()));
    for (index, line) in text.split("\\n").enumerate() {
        if index > 0 {
            unescaped.push('\n');
        }
        line.split("\\r").for_each(|piece| unescaped.push_str(piece));
    }
    unescaped
}

type Parser = fn(&[u8]) -> Result<Kind, Error>;

fn parser(label: &str) -> Result<Parser, Error> {
    match label {
        "PRIVATE KEY" => Ok(der::pkcs8),
        "RSA PRIVATE KEY" => Ok(der::pkcs1),
        "EC PRIVATE KEY" => Ok(der::sec1),
        "ENCRYPTED PRIVATE KEY" => Err(Error::EncryptedKey),
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Err(Error::NotAPrivateKey { found: String::from("public key") }),
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
            Err(Error::NotAPrivateKey { found: String::from("certificate") })
        }
        other => Err(Error::NotAPrivateKey { found: alloc::format!("PEM block of \"{other}\"") }),
    }
}

fn next_block(text: &str) -> Result<Block<'_>, Error> {
    let (_, after) = text.split_once(BEGIN).ok_or(Error::NotPem)?;
    let (label, after) = after.split_once(DASHES).filter(|(label, _)| is_label(label)).ok_or(Error::NotPem)?;
    let end = alloc::format!("-----END {label}-----");
    let (body, rest) = after.split_once(&end).ok_or_else(|| Error::TruncatedPem { label: label.to_string() })?;
    Ok(Block { label, body, rest })
}

/// Messages quote the label, so only text that looks like one is accepted: it must not be a part of a key.
fn is_label(text: &str) -> bool {
    text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ')
}

/// Decodes the body in constant time, because it is a key.
fn decode(block: &Block<'_>) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut base64 = Zeroizing::new(String::with_capacity(block.body.len()));
    base64.extend(block.body.chars().filter(|character| !character.is_ascii_whitespace()));
    if base64.is_empty() {
        return Err(Error::EmptyKey);
    }
    Base64::decode_vec(&base64).map(Zeroizing::new).map_err(|_| Error::PemBody { label: block.label.to_string() })
}
