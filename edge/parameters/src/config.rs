//! `config`: the owner's settings.

#[cfg(test)]
mod tests;

use core::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::cv_path::is_cv_path;
use crate::host::is_dns_name;
use crate::limits::{DEFAULT_SHARDS, OWNER_CHARS};

/// The bounds of a signed URL's lifetime, in seconds. At most an hour keeps a leaked link short-lived; below ten seconds
/// the URL could expire before a slow phone starts the download.
pub const LIFETIME_S: RangeInclusive<u32> = 10..=3600;

/// How many shards a counter may have per region.
pub const SHARDS: RangeInclusive<u32> = 1..=256;

/// The value of `config`.
///
/// ```
/// use vitae_parameters::Config;
///
/// let config = Config::parse(r#"{"names": ["example.com"], "cv": {"lifetime_s": 120}}"#)?;
/// assert_eq!((config.cv.lifetime_s, config.cv.window_s), (120, 10));
/// # Ok::<(), vitae_parameters::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The site's host names, such as the domain and its cloudfront.net name. `https://` + each is an allowed origin.
    pub names: Vec<String>,
    /// The owner's name, as mail and the page of a named link show it. Empty: see [`Config::owner_name`].
    #[serde(default)]
    pub owner: String,
    /// The CV and its links.
    #[serde(default)]
    pub cv: Cv,
    /// Named links.
    #[serde(default)]
    pub links: Links,
    /// Who may request a CV link.
    #[serde(default)]
    pub mint: Mint,
    /// Whether `origins/dev` is honoured. Anyone who can write that parameter can then let any site request CV links.
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
    /// The CV's path on the site, percent-encoded, below `/cv/`.
    pub path: String,
    /// The minimum lifetime of a signed URL, in seconds.
    pub lifetime_s: u32,
    /// The window to which an expiry is rounded up, in seconds, from 1 to the lifetime. A URL is valid for at most
    /// `lifetime_s + window_s`.
    pub window_s: u32,
}

/// Who may request a CV link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mint {
    /// Whether a link on another site may navigate to `GET /api/cv`.
    pub cross_site: bool,
}

/// Named links.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Links {
    /// Who gets the CV without a named link.
    pub gate: Gate,
}

/// Who gets the CV without a named link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gate {
    /// Every visitor of the page.
    #[default]
    Open,
    /// No one: a visitor must request a named link.
    Request,
}

/// The visit counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Counter {
    /// The number of items over which a region spreads its writes.
    pub shards: u32,
}

impl Cv {
    /// The expiry of a URL that is signed now, in seconds since 1970: `ceil((now + lifetime) / window) * window`. A URL is
    /// valid for at least the lifetime and less than lifetime + window. The sum is in milliseconds, or a URL could expire up
    /// to a second too early.
    #[must_use]
    pub fn expires_s(&self, now_ms: u64) -> u64 {
        let earliest_ms = now_ms.saturating_add(u64::from(self.lifetime_s) * 1000);
        let window_s = u64::from(self.window_s.max(1));
        earliest_ms.div_ceil(window_s * 1000) * window_s
    }
}

impl Default for Cv {
    fn default() -> Self {
        Self { path: "/cv/resume.pdf".to_owned(), lifetime_s: 60, window_s: 10 }
    }
}

impl Default for Counter {
    fn default() -> Self {
        Self { shards: DEFAULT_SHARDS }
    }
}

impl Config {
    /// A configuration with these names and the defaults.
    ///
    /// # Errors
    /// As [`Config::validate`].
    pub fn from_names(names: Vec<String>) -> Result<Self, Error> {
        let config = Self {
            names,
            owner: String::new(),
            cv: Cv::default(),
            links: Links::default(),
            mint: Mint::default(),
            dev_origin: false,
            counter: Counter::default(),
        };
        config.validate()?;
        Ok(config)
    }

    /// Parses and validates the JSON.
    ///
    /// # Errors
    /// [`Error::Json`] if the text is not JSON of this shape; otherwise as [`Config::validate`].
    pub fn parse(json: &str) -> Result<Self, Error> {
        let config: Self = serde_json::from_str(json).map_err(|error| Error::Json { reason: error.to_string() })?;
        config.validate()?;
        Ok(config)
    }

    /// The JSON as stored in `config`, with every field.
    #[must_use]
    pub fn to_json(&self) -> String {
        // serde_json cannot fail on strings, numbers and booleans under string keys.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The owner's name; the first of the site's names if the owner did not set one.
    #[must_use]
    pub fn owner_name(&self) -> &str {
        match self.names.first() {
            Some(name) if self.owner.is_empty() => name,
            _ => &self.owner,
        }
    }

    /// Checks every bound.
    ///
    /// # Errors
    /// The first violated bound, with the value.
    pub fn validate(&self) -> Result<(), Error> {
        if self.names.is_empty() {
            return Err(Error::NoNames);
        }
        if let Some(name) = self.names.iter().find(|name| !name.contains('.') || !is_dns_name(name)) {
            return Err(Error::Name { value: name.clone() });
        }
        if !is_owner(&self.owner) {
            return Err(Error::Owner { value: self.owner.clone() });
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

/// Whether the name needs no escaping in a mail header, a page, or the JSON that the template writes.
fn is_owner(name: &str) -> bool {
    name.chars().count() <= OWNER_CHARS
        && name.trim_matches(' ') == name
        && !name.chars().any(|c| c.is_control() || matches!(c, '"' | '\\' | '<' | '>'))
}
