//! PEM, as it arrives: from files of any system, from environment variables, from JSON.
//!
//! Read here and not by a PEM library because those refuse, without saying why, what people do give: lines ending in
//! the two characters `\n`, and the `EC PARAMETERS` block that OpenSSL puts first.

use alloc::string::{String, ToString};

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::{Kind, der};
use crate::Error;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// `openssl ecparam -genkey` writes this block before the key; it says nothing that the key does not say.
const EC_PARAMETERS: &str = "EC PARAMETERS";

/// Lines that a passphrase-protected key in OpenSSL's old format begins with (RFC 1421).
const PROC_TYPE: &str = "Proc-Type:";

struct Block<'a> {
    label: &'a str,
    body: &'a str,
    rest: &'a str,
}

/// The key in the one block of `text` that may hold one.
pub(super) fn parse(text: &str) -> Result<Kind, Error> {
    let text = unescaped(text);
    if text.trim().is_empty() {
        return Err(Error::EmptyKey);
    }
    let mut block = next_block(&text)?;
    if block.label == EC_PARAMETERS {
        block = next_block(block.rest)?;
    }
    if block.rest.contains(BEGIN) {
        return Err(Error::SeveralPemBlocks);
    }
    if block.body.contains(PROC_TYPE) {
        return Err(Error::EncryptedKey);
    }
    let read = reader(block.label)?;
    read(&decode(&block)?)
}

/// `text` with the two characters `\n` made a line's end and `\r` taken out. Written once into memory that is wiped, as
/// text that grows leaves copies of a key behind.
fn unescaped(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    for (index, line) in text.split("\\n").enumerate() {
        if index > 0 {
            plain.push('\n');
        }
        line.split("\\r").for_each(|piece| plain.push_str(piece));
    }
    plain
}

type Reader = fn(&[u8]) -> Result<Kind, Error>;

fn reader(label: &str) -> Result<Reader, Error> {
    match label {
        "PRIVATE KEY" => Ok(der::pkcs8),
        "RSA PRIVATE KEY" => Ok(der::pkcs1),
        "EC PRIVATE KEY" => Ok(der::sec1),
        "ENCRYPTED PRIVATE KEY" => Err(Error::EncryptedKey),
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Err(Error::NotAPrivateKey { what: String::from("public key") }),
        "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
            Err(Error::NotAPrivateKey { what: String::from("certificate") })
        }
        other => Err(Error::NotAPrivateKey { what: alloc::format!("PEM block of \"{other}\"") }),
    }
}

fn next_block(text: &str) -> Result<Block<'_>, Error> {
    let (_, after) = text.split_once(BEGIN).ok_or(Error::NotPem)?;
    let (label, after) = after.split_once(DASHES).filter(|(label, _)| is_label(label)).ok_or(Error::NotPem)?;
    let end = alloc::format!("-----END {label}-----");
    let (body, rest) = after.split_once(&end).ok_or_else(|| Error::PemCutOff { label: label.to_string() })?;
    Ok(Block { label, body, rest })
}

/// Labels go into messages. Only what looks like one does, lest it be a piece of a key.
fn is_label(text: &str) -> bool {
    text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ')
}

/// Decodes in constant time, as what is decoded is a key.
fn decode(block: &Block<'_>) -> Result<Zeroizing<alloc::vec::Vec<u8>>, Error> {
    let mut base64 = Zeroizing::new(String::with_capacity(block.body.len()));
    base64.extend(block.body.chars().filter(|character| !character.is_ascii_whitespace()));
    if base64.is_empty() {
        return Err(Error::EmptyKey);
    }
    Base64::decode_vec(&base64).map(Zeroizing::new).map_err(|_| Error::PemBody { label: block.label.to_string() })
}
