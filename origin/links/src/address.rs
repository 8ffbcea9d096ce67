//! E-mail addresses of visitors, and the keyed hash that stands for one in the table.
//!
//! `email_address` parses them; lettre builds on it too. On top of its grammar are the rules of SES and of mail between
//! strangers: no display name, no address literal, a domain of at least two labels, and ASCII only, with an internationalized
//! domain in Punycode.
//! <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html>

use core::fmt;

use base64ct::{Base64, Encoding as _};
use email_address::{EmailAddress, Options};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use vitae_parameters::LINKS_KEY_BYTES;
use zeroize::Zeroizing;

use crate::code::{self, Code, hex, is_hex_256};

/// The longest address in bytes.
/// <https://www.rfc-editor.org/errata/eid1690>
const ADDRESS_BYTES: usize = 254;

/// The fewest labels of a domain.
const DOMAIN_LABELS: usize = 2;

/// An address that a message can be sent to. `Debug` omits it.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(String);

/// A text that is not an address. It is not quoted, since messages are logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address: use one address without a name, such as jane@example.com")]
pub struct BadAddress;

impl Address {
    /// Parses an address. Spaces around it are removed.
    ///
    /// # Errors
    /// [`BadAddress`].
    pub fn parse(text: &str) -> Result<Self, BadAddress> {
        let options = Options {
            minimum_sub_domains: DOMAIN_LABELS,
            allow_domain_literal: false,
            allow_long_local_parts: false,
            allow_display_text: false,
        };
        let parsed = EmailAddress::parse_with_options(text.trim_matches(' '), options).map_err(|_| BadAddress)?;
        let local = parsed.local_part();
        if !local.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(BadAddress);
        }
        let domain = idna::domain_to_ascii_strict(parsed.domain()).map_err(|_| BadAddress)?;
        let address = format!("{local}@{domain}");
        if address.len() > ADDRESS_BYTES { Err(BadAddress) } else { Ok(Self(address)) }
    }

    /// The address, for the message's destination.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the limits count: lower case, and without a subaddress such as `+jobs`, so that spellings of one mailbox share
    /// their limits.
    fn mailbox(&self) -> String {
        let lower = self.0.to_ascii_lowercase();
        match lower.rsplit_once('@') {
            Some((local, domain)) if !local.starts_with('"') => {
                let user = local.split_once('+').map_or(local, |(user, _)| user);
                format!("{}@{domain}", if user.is_empty() { local } else { user })
            }
            _ => lower,
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(..)")
    }
}

/// The keyed hash of an address, in lower-case hexadecimal: without the key, no one can test whether it is that of a given
/// address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressHash(String);

impl AddressHash {
    /// Parses a hash; `None` if it is not 64 hexadecimal digits in lower case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_hex_256(text).then(|| Self(text.to_owned()))
    }

    /// The hash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The value of `links/key`: 32 random bytes in base64.
#[derive(Clone)]
pub struct LinksKey(Zeroizing<[u8; LINKS_KEY_BYTES]>);

/// `links/key` has another form. Nothing of it is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("links/key is not {LINKS_KEY_BYTES} bytes in base64: delete it, and update the stack to make another")]
pub struct BadKey;

impl LinksKey {
    /// Parses the parameter's value.
    ///
    /// # Errors
    /// [`BadKey`].
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let mut bytes = Zeroizing::new([0; LINKS_KEY_BYTES]);
        match Base64::decode(text, bytes.as_mut_slice()) {
            Ok(decoded) if decoded.len() == LINKS_KEY_BYTES => Ok(Self(bytes)),
            _ => Err(BadKey),
        }
    }

    /// The hash of an address.
    #[must_use]
    pub fn hash(&self, address: &Address) -> AddressHash {
        AddressHash(hex(&self.authenticate(b"address", address.mailbox().as_bytes())))
    }

    /// The code of the link that is sent for a request. It is derived, so that a message whose sending was interrupted before
    /// it began can be sent later although no code is stored.
    #[must_use]
    pub fn code(&self, token: &str) -> Code {
        let bytes = self.authenticate(b"code", token.as_bytes());
        let mut half = [0; code::BYTES];
        half.copy_from_slice(&bytes[..code::BYTES]);
        Code::from_bytes(&half)
    }

    /// HMAC-SHA-256 of a purpose and a text.
    fn authenticate(&self, purpose: &[u8], text: &[u8]) -> [u8; 32] {
        // HMAC accepts keys of every length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_slice()) else { return [0; 32] };
        mac.update(purpose);
        mac.update(&[0]);
        mac.update(text);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for LinksKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinksKey(..)")
    }
}

#[cfg(test)]
mod tests;
