//! `config`: what the owner decides.

#[cfg(test)]
mod tests;

use core::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::cv_path::is_cv_path;
use crate::host::is_dns_name;
use crate::limits::DEFAULT_SHARDS;

/// How long a minted URL may live at least, in seconds. An hour keeps a leaked link short-lived; below ten seconds a
/// slow phone would lose the race between the answer and the download.
pub const LIFETIME_S: RangeInclusive<u32> = 10..=3600;

/// How many shards a region's counter may have.
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
        Self { shards: DEFAULT_SHARDS }
    }
}

impl Config {
    /// A configuration of these names with every default.
    ///
    /// # Errors
    /// As [`Config::validate`].
    pub fn from_names(names: Vec<String>) -> Result<Self, Error> {
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
