//! Reading a distribution from the CloudFront API.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_cloudfront::types::{CacheBehavior, HttpVersion};

use super::{Behavior, Distribution, behavior, origins, unmodelled};
use crate::Error;
use crate::cloud::{Cloud, api_error};
use crate::lambda_at_edge::Host;
use crate::response::CustomErrorResponse;

/// Reads the distribution and everything it refers to; logs what it ignores.
///
/// # Errors
/// An API that fails, a setting that CloudFront would refuse, or one that is not modelled.
pub(crate) async fn load(cloud: &Cloud, host: &Host, id: &str) -> Result<Distribution, Error> {
    let action = format!("cloudfront:GetDistribution {id}");
    let output = cloud.cloudfront.get_distribution().id(id).send().await.map_err(|e| api_error(&action, &e))?;
    let distribution = output.distribution();
    let config = distribution.and_then(|distribution| distribution.distribution_config());
    let (distribution, config) = distribution
        .zip(config)
        .ok_or_else(|| Error::Api { action: action.clone(), cause: "the answer holds no configuration".to_owned() })?;

    unmodelled::refuse(config)?;
    let default = config.default_cache_behavior();
    let default =
        default.ok_or_else(|| Error::Api { action, cause: "there is no default cache behavior".to_owned() })?;
    let mut configs: Vec<CacheBehavior> =
        config.cache_behaviors().map(|list| list.items().to_vec()).unwrap_or_default();
    configs.push(behavior::from_default(default));

    let mut by_id = HashMap::new();
    for origin in config.origins().map_or(&[][..], |origins| origins.items()) {
        by_id.insert(origin.id().to_owned(), Arc::new(origins::load(cloud, origin).await?));
    }
    let mut functions = behavior::Functions::default();
    let mut behaviors = Vec::with_capacity(configs.len());
    for config in &configs {
        behaviors.push(Arc::new(behavior::load(cloud, host, config, &by_id, &mut functions).await?));
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
        // HTTP/2 unless the distribution says otherwise.
        http2: !matches!(config.http_version(), Some(HttpVersion::Http11 | HttpVersion::Http3)),
        default_root_object: config.default_root_object().filter(|name| !name.is_empty()).map(ToOwned::to_owned),
        behaviors,
        custom_errors: errors.iter().map(CustomErrorResponse::from_config).collect::<Result<_, _>>()?,
    };
    refuse_private_error_pages(&loaded)?;
    for what in unmodelled::ignored(config, &configs) {
        tracing::info!(target: "vitae::edge", "not modelled, ignored: {what}");
    }
    Ok(loaded)
}

/// Whether CloudFront asks itself for a signature when it fetches an error page is not documented.
fn refuse_private_error_pages(distribution: &Distribution) -> Result<(), Error> {
    let pages = distribution.custom_errors.iter().filter_map(|error| error.page.as_ref());
    for page in pages {
        let behavior: Arc<Behavior> = distribution.behavior_for(page.path());
        if !behavior.key_groups.is_empty() {
            return Err(Error::NotModelled {
                what: format!("the error page {:?} behind trusted key groups", page.path()),
            });
        }
    }
    Ok(())
}
