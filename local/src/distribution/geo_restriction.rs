//! Geographic restrictions: the countries whose viewers may or may not use the distribution.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/georestrictions.html>

use aws_sdk_cloudfront::types::{GeoRestriction as Config, GeoRestrictionType};

use crate::error::Error;

/// The rule of a distribution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum GeoRestriction {
    #[default]
    None,
    /// Only these countries, by their ISO 3166-1 alpha-2 codes.
    AllowList(Vec<String>),
    /// All countries but these.
    BlockList(Vec<String>),
}

impl GeoRestriction {
    /// # Errors
    /// A type of restriction that is not modelled.
    pub(super) fn from_config(config: Option<&Config>) -> Result<Self, Error> {
        let Some(config) = config else { return Ok(Self::None) };
        match config.restriction_type() {
            GeoRestrictionType::None => Ok(Self::None),
            GeoRestrictionType::Whitelist => Ok(Self::AllowList(config.items().to_vec())),
            GeoRestrictionType::Blacklist => Ok(Self::BlockList(config.items().to_vec())),
            other => Err(Error::NotModelled { what: format!("the geographic restriction {:?}", other.as_str()) }),
        }
    }

    pub(crate) fn allows(&self, country: &str) -> bool {
        let lists = |countries: &[String]| countries.iter().any(|listed| listed == country);
        match self {
            Self::None => true,
            Self::AllowList(countries) => lists(countries),
            Self::BlockList(countries) => !lists(countries),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::GeoRestriction;

    #[test]
    fn a_list_allows_or_blocks_its_countries() {
        let germany = || vec!["DE".to_owned()];
        assert!(GeoRestriction::None.allows("US"));
        assert!(
            !GeoRestriction::AllowList(germany()).allows("US") && GeoRestriction::AllowList(germany()).allows("DE")
        );
        assert!(
            GeoRestriction::BlockList(germany()).allows("US") && !GeoRestriction::BlockList(germany()).allows("DE")
        );
    }
}
