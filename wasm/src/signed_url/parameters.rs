//! CloudFront's parameters in the query of a URL.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Rejection, SignedPolicy, decode};
use crate::policy::{ReadPolicy, canned_json};
use crate::quoted::Quoted;
use crate::url::percent_decode;
use crate::{Hash, signature_format};

/// The values, percent-decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) key_pair_id: Option<String>,
    expires: Option<String>,
    policy: Option<String>,
    signature: Option<String>,
    hash_algorithm: Option<String>,
    repeated: Vec<&'static str>,
    /// Whether the name of a parameter begins with `amp;`: the URL was copied from HTML.
    is_html: bool,
}

impl Parameters {
    /// Separates CloudFront's parameters from the others, which are returned unchanged and in order.
    pub(super) fn read(query: &str) -> (String, Self) {
        let mut parameters = Self::default();
        let mut kept = Vec::new();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (slot, name) = match name {
                "Key-Pair-Id" => (&mut parameters.key_pair_id, "Key-Pair-Id"),
                "Expires" => (&mut parameters.expires, "Expires"),
                "Policy" => (&mut parameters.policy, "Policy"),
                "Signature" => (&mut parameters.signature, "Signature"),
                "Hash-Algorithm" => (&mut parameters.hash_algorithm, "Hash-Algorithm"),
                other => {
                    parameters.is_html |= other.starts_with("amp;");
                    kept.push(pair);
                    continue;
                }
            };
            // Some signers escape `~`.
            let value = String::from_utf8_lossy(&percent_decode(value)).into_owned();
            if slot.replace(value).is_some() && !parameters.repeated.contains(&name) {
                parameters.repeated.push(name);
            }
        }
        (kept.join("&"), parameters)
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self { is_html: self.is_html, ..Self::default() }
    }

    /// What is wrong with the parameters together, and with the key pair ID.
    pub(super) fn rejections(&self) -> Vec<Rejection> {
        let html = self.is_html.then_some(Rejection::HtmlEscape);
        let repeated = self.repeated.iter().map(|name| Rejection::RepeatedParameter { name });
        let missing = self.key_pair_id.as_ref().is_none_or(String::is_empty).then_some(Rejection::MissingKeyPairId);
        html.into_iter().chain(repeated).chain(missing).collect()
    }

    pub(super) fn hash(&self) -> Result<Hash, Rejection> {
        match self.hash_algorithm.as_deref() {
            None | Some("" | "SHA1") => Ok(Hash::Sha1),
            Some("SHA256") => Ok(Hash::Sha256),
            Some(other) => Err(Rejection::UnknownHashAlgorithm { name: Quoted::new(other) }),
        }
    }

    pub(super) fn signature(&self) -> Result<Vec<u8>, Rejection> {
        let value = self.signature.as_deref().filter(|value| !value.is_empty()).ok_or(Rejection::MissingSignature)?;
        let signature = decode("Signature", value)?;
        if signature_format::detect(&signature).is_none() {
            return Err(Rejection::NotASignature { bytes: signature.len() });
        }
        Ok(signature)
    }

    /// The policy: the custom one, or the canned one for `url`.
    pub(super) fn policy(&self, url: &str) -> Result<SignedPolicy, Rejection> {
        let present = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        match (present(&self.policy), present(&self.expires)) {
            (Some(policy), _) => {
                let json = String::from_utf8(decode("Policy", &policy)?).map_err(|_| Rejection::PolicyNotText)?;
                let read = ReadPolicy::parse(&json).map_err(|error| Rejection::MalformedPolicy { error })?;
                Ok(SignedPolicy { is_canned: false, json, read })
            }
            (None, Some(expires)) => {
                let malformed = |reason| Rejection::MalformedExpires { value: Quoted::new(&expires), reason };
                let seconds = epoch_seconds(&expires).map_err(malformed)?;
                let json = canned_json(url, seconds).ok_or(Rejection::UnsignableUrl)?;
                let read = ReadPolicy::canned(url, seconds);
                Ok(SignedPolicy { is_canned: true, json, read })
            }
            (None, None) => Err(Rejection::MissingPolicy),
        }
    }
}

/// 10000-01-01T00:00:00Z: a later time must be in milliseconds.
const YEAR_10000: u64 = 253_402_300_800;

fn epoch_seconds(text: &str) -> Result<u64, &'static str> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    let seconds = text.parse::<u64>().ok().filter(|_| is_number).ok_or("it is not a number of seconds")?;
    if seconds >= YEAR_10000 {
        return Err("it is in milliseconds");
    }
    Ok(seconds)
}
