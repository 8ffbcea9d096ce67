//! Compression of responses by CloudFront.
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

/// The content types that CloudFront compresses.
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
/// A middle level, as for gzip. The level that CloudFront uses is not documented.
const BROTLI_QUALITY: i32 = 5;
const BROTLI_WINDOW_BITS: i32 = 22;
const BROTLI_BUFFER_BYTES: usize = 4_096;

/// A content encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// The preferred encoding of a normalised `Accept-Encoding`.
    pub(crate) fn best(normalised: &str) -> Option<Self> {
        let accepts = |encoding: &str| normalised.split(',').any(|name| name == encoding);
        if accepts("br") { Some(Self::Brotli) } else { accepts("gzip").then_some(Self::Gzip) }
    }

    /// Reads a `Content-Encoding`.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Brotli, Self::Gzip].into_iter().find(|encoding| name.eq_ignore_ascii_case(encoding.name()))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// Encodes a body. This is slow for a large body, so do not call it on an async worker thread.
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

    /// Decodes a body.
    ///
    /// # Errors
    /// The body is not in this encoding, or decodes to more than `limit` bytes.
    pub(crate) fn decode(self, body: &[u8], limit: usize) -> std::io::Result<Vec<u8>> {
        let max = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        let mut decoded = Vec::new();
        match self {
            Self::Gzip => MultiGzDecoder::new(body).take(max).read_to_end(&mut decoded)?,
            Self::Brotli => brotli::Decompressor::new(body, BROTLI_BUFFER_BYTES).take(max).read_to_end(&mut decoded)?,
        };
        if decoded.len() > limit {
            return Err(std::io::Error::other(format!("more than {limit} bytes when decoded")));
        }
        Ok(decoded)
    }

    /// Sets the headers of an encoded body, which is sent without its length (captures of several sites). A strong `ETag` becomes weak; an invalid one is removed.
    pub(crate) fn set_headers(self, headers: &mut HeaderMap) {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(self.name()));
        headers.remove(CONTENT_LENGTH);
        headers.remove(ACCEPT_RANGES);
        add_vary(headers);
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

/// Adds `Accept-Encoding` to `Vary`. CloudFront joins the names into one sorted field, without spaces (a capture with the
/// origin's own `Vary`).
pub(crate) fn add_vary(headers: &mut HeaderMap) {
    let fields = headers.get_all(VARY).iter().filter_map(|value| value.to_str().ok());
    let mut names: Vec<&str> = fields.flat_map(|value| value.split(',')).map(str::trim).collect();
    if names.iter().any(|name| name.eq_ignore_ascii_case("accept-encoding") || *name == "*") {
        return;
    }
    names.push("Accept-Encoding");
    names.sort_by_key(|name| name.to_ascii_lowercase());
    if let Ok(joined) = HeaderValue::from_str(&names.join(",")) {
        headers.insert(VARY, joined);
    }
}

/// Whether a response has a content type that CloudFront compresses, and no encoding yet. Then `Vary` has
/// `Accept-Encoding` also if the response is not compressed.
pub(crate) fn has_compressible_type(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_listed = content_type.is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        TYPES.contains(&essence.as_str())
    });
    is_listed && !headers.contains_key(CONTENT_ENCODING)
}

/// Whether CloudFront compresses a response, by its status, type, size and existing encoding.
pub(crate) fn is_compressible(status: StatusCode, headers: &HeaderMap) -> bool {
    let status = matches!(status, StatusCode::OK | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let transformable = headers
        .get_all(header::CACHE_CONTROL)
        .iter()
        .all(|value| !value.to_str().is_ok_and(|value| value.to_ascii_lowercase().contains("no-transform")));
    status
        && has_compressible_type(headers)
        && transformable
        && length.is_some_and(|length| limits::COMPRESSIBLE_BYTES.contains(&length))
}

#[cfg(test)]
mod tests {
    use super::{Encoding, add_vary, is_compressible};
    use http::{HeaderMap, HeaderValue, StatusCode};

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_some_types_and_sizes_are_compressed() {
        let is = |content_type: &'static str, length: &'static str| {
            is_compressible(StatusCode::OK, &headers(&[("content-type", content_type), ("content-length", length)]))
        };
        assert!(is("text/html; charset=utf-8", "1000") && is("Application/WASM", "10000000"));
        assert!(!is("text/html", "999") && !is("text/html", "10000001") && !is("image/png", "5000"));
        assert!(!is("application/pdf", "5000") && !is("text/html", "x"));
    }

    #[test]
    fn only_some_statuses_without_an_encoding_are_compressed() {
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
            Encoding::Gzip.set_headers(&mut map);
            assert_eq!(map.get("etag").map(|etag| etag.to_str().unwrap()), expected);
            assert_eq!([&map["content-encoding"], &map["vary"]], ["gzip", "Accept-Encoding"]);
        }
    }

    /// Captures of several sites, hits included: a compressed response has no length.
    #[test]
    fn a_compressed_response_has_no_length() {
        let mut map = headers(&[("content-length", "5000")]);
        Encoding::Brotli.set_headers(&mut map);
        assert!(!map.contains_key("content-length"));
    }

    /// A capture with the origin's own `Vary`: one sorted field, comma without a space.
    #[test]
    fn the_names_of_vary_are_joined_and_sorted() {
        for (given, expected) in [
            (&[][..], "Accept-Encoding"),
            (
                &[("vary", "Origin"), ("vary", "accept-language, Access-Control-Request-Method")],
                "Accept-Encoding,accept-language,Access-Control-Request-Method,Origin",
            ),
            (&[("vary", "Origin, accept-encoding")], "Origin, accept-encoding"),
            (&[("vary", "*")], "*"),
        ] {
            let mut map = headers(given);
            add_vary(&mut map);
            assert_eq!(map["vary"], expected);
        }
    }

    #[test]
    fn an_encoded_body_decodes_to_the_original() {
        let body = b"resume ".repeat(500);
        for encoding in [Encoding::Gzip, Encoding::Brotli] {
            let encoded = encoding.encode(&body).unwrap();
            assert!(encoding.decode(&encoded, body.len()).unwrap() == body && encoded.len() < body.len());
            // A small body may decode to one that exhausts memory.
            assert!(encoding.decode(&encoded, body.len() - 1).is_err());
            assert!(encoding.decode(b"resume", body.len()).is_err());
        }
    }

    #[test]
    fn brotli_is_preferred_to_gzip() {
        assert_eq!(Encoding::best("br,gzip"), Some(Encoding::Brotli));
        assert_eq!(Encoding::best("gzip"), Some(Encoding::Gzip));
        assert_eq!(Encoding::best(""), None);
    }
}
