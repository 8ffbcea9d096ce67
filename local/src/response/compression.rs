//! Compression of answers by CloudFront itself.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html>

use std::io::{Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use http::header::{ACCEPT_RANGES, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, VARY};
use http::{StatusCode, header};

use crate::limits;

/// The types that CloudFront compresses.
const TYPES: [&str; 47] = [
    "application/dash+xml",
    "application/eot",
    "application/font",
    "application/font-sfnt",
    "application/javascript",
    "application/json",
    "application/opentype",
    "application/otf",
    "application/pkcs7-mime",
    "application/protobuf",
    "application/rss+xml",
    "application/truetype",
    "application/ttf",
    "application/vnd.apple.mpegurl",
    "application/vnd.mapbox-vector-tile",
    "application/vnd.ms-fontobject",
    "application/wasm",
    "application/x-font-opentype",
    "application/x-font-truetype",
    "application/x-font-ttf",
    "application/x-httpd-cgi",
    "application/x-javascript",
    "application/x-mpegurl",
    "application/x-opentype",
    "application/x-otf",
    "application/x-perl",
    "application/x-ttf",
    "application/xhtml+xml",
    "application/xml",
    "font/eot",
    "font/opentype",
    "font/otf",
    "font/ttf",
    "image/svg+xml",
    "text/css",
    "text/csv",
    "text/html",
    "text/javascript",
    "text/js",
    "text/plain",
    "text/richtext",
    "text/tab-separated-values",
    "text/x-component",
    "text/x-java-source",
    "text/x-script",
    "text/xml",
    "vnd.apple.mpegurl",
];
/// Brotli's and gzip's middle ways; what CloudFront uses is not documented.
const BROTLI_QUALITY: i32 = 5;
const BROTLI_WINDOW_BITS: i32 = 22;
/// What is read at a time.
const BROTLI_BUFFER_BYTES: usize = 4_096;

/// A way to write a body, by its name in `Content-Encoding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// The best of those that the normalised `Accept-Encoding` names.
    pub(crate) fn best(normalised: &str) -> Option<Self> {
        let names = |wanted: &str| normalised.split(',').any(|name| name == wanted);
        if names("br") { Some(Self::Brotli) } else { names("gzip").then_some(Self::Gzip) }
    }

    /// By its name in `Content-Encoding`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Brotli, Self::Gzip].into_iter().find(|encoding| name.eq_ignore_ascii_case(encoding.name()))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// Writes a body this way. Takes a while for a large one: not on a thread that others wait for.
    pub(crate) fn encode(self, body: &[u8]) -> std::io::Result<Bytes> {
        match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(body)?;
                encoder.finish().map(Bytes::from)
            }
            Self::Brotli => {
                let parameters = brotli::enc::BrotliEncoderParams {
                    quality: BROTLI_QUALITY,
                    lgwin: BROTLI_WINDOW_BITS,
                    ..Default::default()
                };
                let mut encoded = Vec::new();
                brotli::BrotliCompress(&mut &*body, &mut encoded, &parameters)?;
                Ok(Bytes::from(encoded))
            }
        }
    }

    /// Reads a body that was written this way.
    ///
    /// # Errors
    /// It was not, or is larger than `limit` bytes.
    pub(crate) fn decode(self, body: &[u8], limit: usize) -> std::io::Result<Vec<u8>> {
        let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        let mut decoded = Vec::new();
        match self {
            Self::Gzip => MultiGzDecoder::new(body).take(most).read_to_end(&mut decoded)?,
            Self::Brotli => {
                brotli::Decompressor::new(body, BROTLI_BUFFER_BYTES).take(most).read_to_end(&mut decoded)?
            }
        };
        if decoded.len() > limit {
            return Err(std::io::Error::other(format!("more than {limit} bytes when decoded")));
        }
        Ok(decoded)
    }

    /// Says so in the headers. A strong validator becomes a weak one; what is no validator goes.
    pub(crate) fn describe(self, headers: &mut HeaderMap, length: usize) {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(self.name()));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        headers.remove(ACCEPT_RANGES);
        if !headers.get_all(VARY).iter().any(|value| value.as_bytes().eq_ignore_ascii_case(b"accept-encoding")) {
            headers.append(VARY, HeaderValue::from_static("Accept-Encoding"));
        }
        let etag = headers.get(ETAG).map(|etag| etag.as_bytes().to_vec()).unwrap_or_default();
        if etag.starts_with(b"\"") {
            if let Ok(weak) = HeaderValue::from_bytes(&[b"W/", etag.as_slice()].concat()) {
                headers.insert(ETAG, weak);
            }
        } else if !etag.starts_with(b"W/") {
            headers.remove(ETAG);
        }
    }
}

/// Whether CloudFront compresses this answer: its status, type and size, and no encoding of the origin's own.
pub(crate) fn is_compressible(status: StatusCode, headers: &HeaderMap) -> bool {
    let status = matches!(status, StatusCode::OK | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
    let of_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        TYPES.contains(&essence.as_str())
    });
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let transformable = headers
        .get_all(header::CACHE_CONTROL)
        .iter()
        .all(|value| !value.to_str().is_ok_and(|value| value.to_ascii_lowercase().contains("no-transform")));
    status
        && of_type
        && transformable
        && length.is_some_and(|length| limits::COMPRESSED_BYTES.contains(&length))
        && !headers.contains_key(CONTENT_ENCODING)
}

#[cfg(test)]
mod tests {
    use super::{Encoding, is_compressible};
    use http::{HeaderMap, HeaderValue, StatusCode};

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn type_and_size_decide() {
        let is = |content_type: &'static str, length: &'static str| {
            is_compressible(StatusCode::OK, &headers(&[("content-type", content_type), ("content-length", length)]))
        };
        assert!(is("text/html; charset=utf-8", "1000") && is("Application/WASM", "10000000"));
        assert!(!is("text/html", "999") && !is("text/html", "10000001") && !is("image/png", "5000"));
        assert!(!is("application/pdf", "5000") && !is("text/html", "x"));
    }

    #[test]
    fn status_and_the_origins_own_encoding_decide_too() {
        let html = headers(&[("content-type", "text/html"), ("content-length", "5000")]);
        for (status, expected) in [(200, true), (403, true), (404, true), (206, false), (302, false), (500, false)] {
            assert_eq!(is_compressible(StatusCode::from_u16(status).unwrap(), &html), expected, "{status}");
        }
        let mut encoded = html.clone();
        encoded.insert("content-encoding", HeaderValue::from_static("identity"));
        assert!(!is_compressible(StatusCode::OK, &encoded));
        let unknown = headers(&[("content-type", "text/html")]);
        assert!(!is_compressible(StatusCode::OK, &unknown), "without a length");
    }

    #[test]
    fn a_strong_validator_becomes_weak() {
        for (given, expected) in [("\"1\"", Some("W/\"1\"")), ("W/\"1\"", Some("W/\"1\"")), ("1", None)] {
            let mut map = headers(&[("etag", given), ("accept-ranges", "bytes")]);
            Encoding::Gzip.describe(&mut map, 7);
            assert_eq!(map.get("etag").map(|etag| etag.to_str().unwrap()), expected);
            assert_eq!(
                (&map["content-encoding"], &map["content-length"], &map["vary"]),
                (
                    &HeaderValue::from_static("gzip"),
                    &HeaderValue::from(7),
                    &HeaderValue::from_static("Accept-Encoding")
                )
            );
        }
    }

    #[test]
    fn what_is_encoded_can_be_decoded() {
        let body = b"resume ".repeat(500);
        for encoding in [Encoding::Gzip, Encoding::Brotli] {
            let encoded = encoding.encode(&body).unwrap();
            assert!(encoding.decode(&encoded, body.len()).unwrap() == body && encoded.len() < body.len());
            // A small body may stand for one that fills the memory.
            assert!(encoding.decode(&encoded, body.len() - 1).is_err());
            assert!(encoding.decode(b"resume", body.len()).is_err());
        }
    }

    #[test]
    fn brotli_goes_before_gzip() {
        assert_eq!(Encoding::best("br,gzip"), Some(Encoding::Brotli));
        assert_eq!(Encoding::best("gzip"), Some(Encoding::Gzip));
        assert_eq!(Encoding::best(""), None);
    }
}
