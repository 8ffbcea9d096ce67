//! `config`: what the owner decides.

use core::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::{Error, host::is_dns_name};

/// How long a minted URL may live at least, in seconds. An hour keeps a leaked link short-lived; below ten seconds a
/// slow phone would lose the race between the answer and the download.
pub const LIFETIME_S: RangeInclusive<u32> = 10..=3600;

/// How many shards a region's counter may have.
pub const SHARDS: RangeInclusive<u32> = 1..=256;

/// The path pattern of the cache behavior with the trusted key group, less its `*`: a path outside it needs no
/// signature, and minting for it would sign what is public or missing.
const CV_FOLDER: &str = "/cv/";

/// The longest object key in S3, in bytes, which a path below the folder may not pass.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
const CV_PATH_BYTES: usize = 1024;

/// The value of `config`.
///
/// ```
/// use vitae_edge::parameters::Config;
///
/// let config = Config::parse(r#"{"names": ["example.com"], "cv": {"lifetime_s": 120}}"#)?;
/// assert_eq!((config.cv.lifetime_s, config.cv.window_s), (120, 10));
/// # Ok::<(), vitae_edge::parameters::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The stack's own host names: domain, www, the cloudfront.net name. `https://` + each is an allowed origin.
    pub names: Vec<String>,
    /// The CV and its links.
    #[serde(default)]
    pub cv: Cv,
    /// Who may mint.
    #[serde(default)]
    pub mint: Mint,
    /// Whether `origins/dev` is heeded. Whoever may write that parameter may then let any site mint.
    #[serde(default)]
    pub dev_origin: bool,
    /// The visit counter.
    #[serde(default)]
    pub counter: Counter,
}

/// The CV and its links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cv {
    /// Its path on the site, percent-encoded, below `/cv/`.
    pub path: String,
    /// How long a minted URL lives at least, in seconds.
    pub lifetime_s: u32,
    /// The window to which an expiry is rounded up, in seconds, from 1 to the lifetime; a URL lives at most
    /// `lifetime_s + window_s`.
    pub window_s: u32,
}

/// Who may mint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mint {
    /// Whether a link on another site may lead to `GET /api/cv`.
    pub cross_site: bool,
}

/// The visit counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Counter {
    /// Over how many items a region spreads its writes.
    pub shards: u32,
}

impl Default for Cv {
    fn default() -> Self {
        Self { path: "/cv/resume.pdf".to_owned(), lifetime_s: 60, window_s: 10 }
    }
}

impl Default for Counter {
    fn default() -> Self {
        Self { shards: 8 }
    }
}

impl Config {
    /// A configuration of these names with every default.
    ///
    /// # Errors
    /// As [`Config::validate`].
    pub fn of_names(names: Vec<String>) -> Result<Self, Error> {
        let config =
            Self { names, cv: Cv::default(), mint: Mint::default(), dev_origin: false, counter: Counter::default() };
        config.validate()?;
        Ok(config)
    }

    /// Reads and checks the JSON.
    ///
    /// # Errors
    /// [`Error::Json`] if it is not JSON of this shape; else as [`Config::validate`].
    pub fn parse(json: &str) -> Result<Self, Error> {
        let config: Self = serde_json::from_str(json).map_err(|error| Error::Json { reason: error.to_string() })?;
        config.validate()?;
        Ok(config)
    }

    /// The JSON, with every field, as `config` holds it.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, numbers and booleans under string keys: serde_json has no failure for them.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Checks every bound.
    ///
    /// # Errors
    /// The first bound that does not hold, with the value that breaks it.
    pub fn validate(&self) -> Result<(), Error> {
        if self.names.is_empty() {
            return Err(Error::NoNames);
        }
        if let Some(name) = self.names.iter().find(|name| !name.contains('.') || !is_dns_name(name)) {
            return Err(Error::Name { value: name.clone() });
        }
        if !is_cv_path(&self.cv.path) {
            return Err(Error::CvPath { value: self.cv.path.clone() });
        }
        if !LIFETIME_S.contains(&self.cv.lifetime_s) {
            return Err(Error::Lifetime { value: self.cv.lifetime_s });
        }
        if !(1..=self.cv.lifetime_s).contains(&self.cv.window_s) {
            return Err(Error::Window { value: self.cv.window_s, lifetime_s: self.cv.lifetime_s });
        }
        if !SHARDS.contains(&self.counter.shards) {
            return Err(Error::Shards { value: self.counter.shards });
        }
        Ok(())
    }
}

/// A path that every part of the chain reads alike: CloudFront matches behaviors on a normalised path and signs, caches
/// and forwards the raw one, so a path that normalises to another, or holds a policy's wildcard, is none of ours.
fn is_cv_path(path: &str) -> bool {
    path.len() <= CV_PATH_BYTES && path.strip_prefix(CV_FOLDER).is_some_and(|below| below.split('/').all(is_segment))
}

fn is_segment(segment: &str) -> bool {
    if matches!(segment, "" | "." | "..") {
        return false;
    }
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        let fine = if byte == b'%' {
            decoded(bytes.next(), bytes.next()).is_some_and(must_be_encoded)
        } else {
            is_unreserved(byte)
        };
        if !fine {
            return false;
        }
    }
    true
}

/// <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// Whether a byte may stand percent-encoded in a CV's path: not one that needs no encoding (two spellings of one path),
/// and neither a separator nor a control.
const fn must_be_encoded(byte: u8) -> bool {
    !is_unreserved(byte) && !byte.is_ascii_control() && !matches!(byte, b'/' | b'\\' | b'%')
}

fn decoded(high: Option<u8>, low: Option<u8>) -> Option<u8> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    };
    Some(digit(high?)? * 16 + digit(low?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_cv(cv: &str) -> Result<Config, Error> {
        Config::parse(&format!(r#"{{"names":["example.com"],"cv":{cv}}}"#))
    }

    #[test]
    fn names_alone_give_every_default() {
        let config = Config::parse(r#"{"names":["example.com","www.example.com"]}"#).unwrap();
        let cv = Cv { path: "/cv/resume.pdf".into(), lifetime_s: 60, window_s: 10 };
        assert_eq!(config.cv, cv);
        assert!(!config.mint.cross_site && !config.dev_origin);
        assert_eq!(config.counter.shards, 8);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut config = Config::of_names(vec!["example.com".into()]).unwrap();
        config.mint.cross_site = true;
        config.cv.window_s = 60;
        assert_eq!(Config::parse(&config.to_json()), Ok(config));
    }

    #[test]
    fn an_unknown_field_is_refused_at_every_level() {
        for json in [
            r#"{"names":["example.com"],"nmaes":[]}"#,
            r#"{"names":["example.com"],"cv":{"lifetime":60}}"#,
            r#"{"names":["example.com"],"mint":{"crosssite":true}}"#,
            r#"{"names":["example.com"],"counter":{"shard":8}}"#,
        ] {
            let error = Config::parse(json).unwrap_err();
            assert!(error.to_string().contains("unknown field"), "{error}");
        }
    }

    #[test]
    fn what_is_not_json_of_this_shape_is_refused() {
        for json in ["", "x", "null", "[]", "{}", r#"{"names":"example.com"}"#, r#"{"names":["a.b"]} x"#] {
            assert!(matches!(Config::parse(json), Err(Error::Json { .. })), "{json}");
        }
        assert!(matches!(with_cv(r#"{"lifetime_s":"60"}"#), Err(Error::Json { .. })));
        assert!(matches!(with_cv(r#"{"lifetime_s":60.5}"#), Err(Error::Json { .. })));
        assert!(matches!(with_cv(r#"{"lifetime_s":-1}"#), Err(Error::Json { .. })));
    }

    #[test]
    fn a_lifetime_is_ten_seconds_to_an_hour() {
        for (lifetime, fine) in [(0, false), (9, false), (10, true), (3600, true), (3601, false)] {
            let config = with_cv(&format!(r#"{{"lifetime_s":{lifetime},"window_s":1}}"#));
            assert_eq!(config.is_ok(), fine, "{lifetime}: {config:?}");
            if !fine {
                assert_eq!(config, Err(Error::Lifetime { value: lifetime }));
            }
        }
    }

    #[test]
    fn a_window_is_one_second_to_the_lifetime() {
        for (window, fine) in [(0, false), (1, true), (60, true), (61, false)] {
            let config = with_cv(&format!(r#"{{"window_s":{window}}}"#));
            assert_eq!(config.is_ok(), fine, "{window}: {config:?}");
        }
    }

    #[test]
    fn shards_are_1_to_256() {
        for (shards, fine) in [(0, false), (1, true), (256, true), (257, false)] {
            let json = format!(r#"{{"names":["example.com"],"counter":{{"shards":{shards}}}}}"#);
            assert_eq!(Config::parse(&json).is_ok(), fine, "{shards}");
        }
    }

    #[test]
    fn a_name_is_a_public_host_name_in_lower_case() {
        for name in [
            "",
            "localhost",
            "Example.com",
            "example.com.",
            "https://example.com",
            "example.com:443",
            "*.example.com",
            "10.0.0.1",
        ] {
            assert_eq!(Config::of_names(vec![name.into()]), Err(Error::Name { value: name.into() }));
        }
        assert_eq!(Config::of_names(vec![]), Err(Error::NoNames));
    }

    #[test]
    fn a_cv_path_has_one_spelling_below_its_folder() {
        for path in ["/cv/resume.pdf", "/cv/2026/jane-doe.pdf", "/cv/Lebenslauf%20M%C3%BCller.pdf", "/cv/.probe"] {
            assert!(is_cv_path(path), "{path}");
        }
        for path in [
            "",
            "/",
            "/cv",
            "/cv/",
            "cv/resume.pdf",
            "/resume.pdf",
            "/CV/resume.pdf",
            "/cv//resume.pdf",
            "/cv/../x.pdf",
            "/cv/./x.pdf",
            "/cv/x.pdf?a=b",
            "/cv/x.pdf#a",
            "/cv/a b.pdf",
            "/cv/%2e%2e/x.pdf",
            "/cv/%2E./x.pdf",
            "/cv/a%2Fb.pdf",
            "/cv/a%5Cb.pdf",
            "/cv/a%00.pdf",
            "/cv/a%2.pdf",
            "/cv/a%c3%bc.pdf",
            "/cv/ü.pdf",
            "/cv/*",
            "/cv/a\"b.pdf",
            "/cv/a\\b.pdf",
        ] {
            assert!(!is_cv_path(path), "{path}");
        }
    }
}
