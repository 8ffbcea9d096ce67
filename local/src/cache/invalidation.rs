//! Invalidations, which are created in CloudFront's API and applied to the local cache.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html>

use std::collections::HashSet;

use super::{Cache, Key};
use crate::aws_clients::AwsClients;
use crate::error::Error;
use crate::path_pattern;

/// A path of an invalidation: one URL, or a prefix if it ends in `*`. It is compared with the normalised path
/// and the part of the query that is in the cache key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    url: String,
    is_prefix: bool,
}

impl Pattern {
    /// The leading slash is optional.
    pub(crate) fn new(path: &str) -> Self {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let (path, is_prefix) = path.strip_suffix('*').map_or((path.as_str(), false), |prefix| (prefix, true));
        let url = match path.split_once('?') {
            Some((path, query)) => format!("{}?{query}", path_pattern::normalise(path)),
            None => path_pattern::normalise(path),
        };
        Self { url, is_prefix }
    }

    pub(super) fn matches(&self, key: &Key) -> bool {
        let url = key.url();
        if self.is_prefix { url.starts_with(&self.url) } else { url == self.url }
    }
}

/// The invalidations that have been applied or are older than the cache.
#[derive(Debug, Default)]
pub(crate) struct Invalidations {
    seen: HashSet<String>,
}

impl Invalidations {
    /// Lists the existing invalidations. They do not affect a cache that is still empty.
    ///
    /// # Errors
    /// The API call failed.
    pub(crate) async fn load(aws: &AwsClients, distribution_id: &str) -> Result<Self, Error> {
        Ok(Self { seen: list(aws, distribution_id).await? })
    }

    /// Applies the invalidations that were created since the last call.
    ///
    /// # Errors
    /// An API call failed. The next call applies the remaining invalidations.
    pub(crate) async fn apply_new(
        &mut self,
        aws: &AwsClients,
        distribution_id: &str,
        cache: &Cache,
    ) -> Result<(), Error> {
        let listed = list(aws, distribution_id).await?;
        for id in listed.difference(&self.seen) {
            let action = format!("cloudfront:GetInvalidation {id}");
            let output = aws.cloudfront.get_invalidation().distribution_id(distribution_id).id(id).send().await;
            let output = output.map_err(|error| Error::api(&action, &error))?;
            let batch = output.invalidation().and_then(|invalidation| invalidation.invalidation_batch());
            let paths = batch.and_then(|batch| batch.paths()).map_or(&[][..], |paths| paths.items());
            let patterns: Vec<Pattern> = paths.iter().map(|path| Pattern::new(path)).collect();
            cache.invalidate(&patterns);
            tracing::info!(target: "vitae::edge", "invalidated {} paths: {id}", patterns.len());
        }
        self.seen = listed;
        Ok(())
    }
}

async fn list(aws: &AwsClients, distribution_id: &str) -> Result<HashSet<String>, Error> {
    let action = format!("cloudfront:ListInvalidations {distribution_id}");
    let mut pages =
        aws.cloudfront.list_invalidations().distribution_id(distribution_id).into_paginator().items().send();
    let mut ids = HashSet::new();
    while let Some(summary) = pages.next().await {
        ids.insert(summary.map_err(|error| Error::api(&action, &error))?.id().to_owned());
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::{Key, Pattern};

    #[test]
    fn a_path_matches_itself_and_a_trailing_star_a_prefix() {
        let matches = |pattern: &str, path: &str| Pattern::new(pattern).matches(&Key::for_path(path));
        assert!(
            matches("/a.html", "/a.html")
                && matches("a.html", "/a.html")
                && matches("/*", "/")
                && matches("/a*", "/ab/c")
        );
        assert!(!matches("/a.html", "/a.html.gz") && !matches("/a/*", "/b") && !matches("/A.html", "/a.html"));
        assert!(!matches("/a*c", "/abc"), "a star elsewhere is literal");
    }

    #[test]
    fn every_encoding_of_a_path_matches() {
        assert!(Pattern::new("/cv/a.pdf").matches(&Key::for_path("/%63v/a.pdf")));
        assert!(Pattern::new("/%63v/a.pdf").matches(&Key::for_path("/cv/a.pdf")));
    }

    #[test]
    fn a_query_in_the_key_is_part_of_the_url() {
        let key = Key::with_query("/a", "days=1");
        assert!(!Pattern::new("/a").matches(&key));
        assert!(Pattern::new("/a?days=1").matches(&key) && Pattern::new("/a*").matches(&key));
    }
}
