//! Reads a distribution from the CloudFront API.

use std::sync::Arc;

use aws_sdk_cloudfront::types::{CacheBehavior, HttpVersion, Origin};

use super::geo_restriction::GeoRestriction;
use super::{
    Behavior, CustomErrorResponse, Distribution, OriginConfig, OriginReplacements, Origins, behavior, unmodelled,
};
use crate::aws_clients::AwsClients;
use crate::error::Error;

/// Reads the distribution and everything it refers to except functions. Logs the settings that it ignores.
///
/// # Errors
/// A failed API call, a setting that CloudFront would reject, or one that is not modelled.
pub(crate) async fn load(aws: &AwsClients, id: &str, replacements: &OriginReplacements) -> Result<Distribution, Error> {
    let action = format!("cloudfront:GetDistribution {id}");
    let output = aws.cloudfront.get_distribution().id(id).send().await.map_err(|e| Error::api(&action, &e))?;
    let distribution = output.distribution();
    let config = distribution.and_then(|distribution| distribution.distribution_config());
    let (distribution, config) = distribution.zip(config).ok_or_else(|| Error::no_configuration(&action))?;

    unmodelled::refuse(config)?;
    let default = config.default_cache_behavior();
    let default =
        default.ok_or_else(|| Error::Api { action, cause: "there is no default cache behavior".to_owned() })?;
    let mut configs: Vec<CacheBehavior> =
        config.cache_behaviors().map(|list| list.items().to_vec()).unwrap_or_default();
    configs.push(behavior::from_default(default));

    let mut origins = Origins::default();
    let origin_configs = config.origins().map_or(&[][..], |origins| origins.items());
    replacements.check_ids(origin_configs.iter().map(Origin::id))?;
    for origin in origin_configs {
        origins.insert(OriginConfig::load(aws, origin, replacements.find(origin.id())).await?);
    }
    for group in config.origin_groups().map_or(&[][..], |groups| groups.items()) {
        origins.insert_group(group)?;
    }
    let mut behaviors = Vec::with_capacity(configs.len());
    for config in &configs {
        behaviors.push(Arc::new(Behavior::load(aws, config, &origins).await?));
    }
    let errors = config.custom_error_responses().map_or(&[][..], |errors| errors.items());
    let loaded = Distribution {
        id: distribution.id().to_owned(),
        arn: distribution.arn().to_owned(),
        domain_name: distribution.domain_name().to_ascii_lowercase(),
        aliases: config
            .aliases()
            .map_or(&[][..], |a| a.items())
            .iter()
            .map(|alias| alias.to_ascii_lowercase())
            .collect(),
        // HTTP/2 is the default.
        http2: !matches!(config.http_version(), Some(HttpVersion::Http11 | HttpVersion::Http3)),
        default_root_object: config.default_root_object().filter(|name| !name.is_empty()).map(ToOwned::to_owned),
        behaviors,
        geo_restriction: GeoRestriction::from_config(
            config.restrictions().and_then(|restrictions| restrictions.geo_restriction()),
        )?,
        custom_errors: errors.iter().map(CustomErrorResponse::from_config).collect::<Result<_, _>>()?,
    };
    refuse_private_error_pages(&loaded)?;
    for what in unmodelled::ignored(config, &configs) {
        tracing::info!(target: "vitae::edge", "not modelled, ignored: {what}");
    }
    Ok(loaded)
}

/// Whether CloudFront needs a signature when it fetches its own error page is not documented.
fn refuse_private_error_pages(distribution: &Distribution) -> Result<(), Error> {
    let pages = distribution.custom_errors.iter().filter_map(|error| error.page.as_ref());
    for page in pages {
        if !distribution.behavior_for(page.path()).key_groups.is_empty() {
            return Err(Error::NotModelled {
                what: format!("the error page {:?} behind trusted key groups", page.path()),
            });
        }
    }
    Ok(())
}
