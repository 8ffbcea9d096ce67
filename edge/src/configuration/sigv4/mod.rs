//! AWS Signature Version 4, for the one request that the edge makes: a `POST` to `/` without a query.
//!
//! The crate `aws-sigv4` signs every kind of request, and takes 44 KB of a compressed bundle that may have 200. The tests
//! compare this module with it.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

#[cfg(test)]
mod tests;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::Credentials;
use crate::hex;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATION: &str = "aws4_request";

/// The last time with a four-digit year, in seconds since 1970: 9999-12-31T23:59:59Z.
const LAST_TIME_S: u64 = 253_402_300_799;

/// The request to sign.
pub(super) struct Post<'a> {
    /// As the client sends it: without the default port.
    pub(super) host: &'a str,
    /// Names in lower case; values without white space around them.
    pub(super) headers: &'a [(&'static str, &'static str)],
    pub(super) body: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    /// Milliseconds since 1970.
    pub(super) now_ms: u64,
}

impl Post<'_> {
    /// The headers to send, except `host`: the given ones, and those of the signature.
    pub(super) fn signed_headers(&self, credentials: &Credentials<'_>) -> Vec<(String, String)> {
        let Stamp { date, time } = Stamp::new(self.now_ms);
        let mut headers = self.headers.to_vec();
        headers.extend([("host", self.host), ("x-amz-date", time.as_str())]);
        headers
            .extend(credentials.session_token.filter(|t| !t.is_empty()).map(|token| ("x-amz-security-token", token)));
        headers.sort_unstable();

        let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let scope = format!("{date}/{}/{}/{TERMINATION}", self.region, self.service);
        let canonical = hex::sha256(self.canonical_request(&headers, &names).as_bytes());
        let to_sign = format!("{ALGORITHM}\n{time}\n{scope}\n{canonical}");
        let key = self.signing_key(credentials.secret_access_key, &date);
        let signature = hex::encode(&mac(&key[..], to_sign.as_bytes()));

        let id = credentials.access_key_id;
        let authorization =
            format!("{ALGORITHM} Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}");
        let sent = headers.into_iter().filter(|(name, _)| *name != "host");
        let sent = sent.map(|(name, value)| (name.to_owned(), value.to_owned()));
        sent.chain([("authorization".to_owned(), authorization)]).collect()
    }

    /// Method, path, query, headers, their names and the hash of the body, one per line, with an empty line after the headers.
    fn canonical_request(&self, headers: &[(&str, &str)], names: &str) -> String {
        let lines: String = headers.iter().flat_map(|(name, value)| [*name, ":", *value, "\n"]).collect();
        format!("POST\n/\n\n{lines}\n{names}\n{}", hex::sha256(self.body.as_bytes()))
    }

    /// The key for one day, region and service.
    fn signing_key(&self, secret: &str, date: &str) -> Zeroizing<[u8; 32]> {
        let secret = Zeroizing::new(format!("AWS4{secret}"));
        let mut key = Zeroizing::new(mac(secret.as_bytes(), date.as_bytes()));
        for part in [self.region, self.service, TERMINATION] {
            key = Zeroizing::new(mac(&key[..], part.as_bytes()));
        }
        key
    }
}

/// A time as `20260101` and as `20260101T180000Z`.
struct Stamp {
    date: String,
    time: String,
}

impl Stamp {
    fn new(now_ms: u64) -> Self {
        let seconds = i64::try_from((now_ms / 1000).min(LAST_TIME_S)).unwrap_or_default();
        let time_utc = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let date = format!("{:04}{:02}{:02}", time_utc.year(), u8::from(time_utc.month()), time_utc.day());
        let time = format!("{date}T{:02}{:02}{:02}Z", time_utc.hour(), time_utc.minute(), time_utc.second());
        Self { date, time }
    }
}

fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length: https://www.rfc-editor.org/rfc/rfc2104#section-2
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.update(message);
    mac.finalize().into_bytes().into()
}
