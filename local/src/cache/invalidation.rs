//! Invalidations: made in the control plane, carried out here.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html>

use std::collections::HashSet;

use super::{Cache, Key};
use crate::cloud::{Cloud, api_error};
use crate::path_pattern;

/// A path of an invalidation: one URL, or with `*` at its end all that begin so. Compared with the path normalised, and with the query as
/// far as it is in the cache key.
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

    pub(super) fn names(&self, key: &Key) -> bool {
        let url = key.url();
        if self.is_prefix { url.starts_with(&self.url) } else { url == self.url }
    }
}

/// The invalidations that were carried out already, or came before the cache.
#[derive(Debug, Default)]
pub(crate) struct Invalidations {
    seen: HashSet<String>,
}

impl Invalidations {
    /// Those that are there already: there is nothing yet that they could take.
    ///
    /// # Errors
    /// The API does not answer, in its own words.
    pub(crate) async fn begin(cloud: &Cloud, distribution_id: &str) -> Result<Self, String> {
        Ok(Self { seen: list(cloud, distribution_id).await? })
    }

    /// Carries out what has been made since the last look.
    ///
    /// # Errors
    /// The API does not answer, in its own words; what was not carried out will be, at the next look.
    pub(crate) async fn carry_out(
        &mut self,
        cloud: &Cloud,
        distribution_id: &str,
        cache: &Cache,
    ) -> Result<(), String> {
        let listed = list(cloud, distribution_id).await?;
        for id in listed.difference(&self.seen) {
            let action = format!("cloudfront:GetInvalidation {id}");
            let output = cloud.cloudfront.get_invalidation().distribution_id(distribution_id).id(id).send().await;
            let output = output.map_err(|error| api_error(&action, &error).to_string())?;
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

async fn list(cloud: &Cloud, distribution_id: &str) -> Result<HashSet<String>, String> {
    let action = format!("cloudfront:ListInvalidations {distribution_id}");
    let mut pages =
        cloud.cloudfront.list_invalidations().distribution_id(distribution_id).into_paginator().items().send();
    let mut ids = HashSet::new();
    while let Some(summary) = pages.next().await {
        ids.insert(summary.map_err(|error| api_error(&action, &error).to_string())?.id().to_owned());
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::{Key, Pattern};

    #[test]
    fn a_path_names_itself_and_a_star_what_begins_so() {
        let names = |pattern: &str, path: &str| Pattern::new(pattern).names(&Key::of_path(path));
        assert!(names("/a.html", "/a.html") && names("a.html", "/a.html") && names("/*", "/") && names("/a*", "/ab/c"));
        assert!(!names("/a.html", "/a.html.gz") && !names("/a/*", "/b") && !names("/A.html", "/a.html"));
        assert!(!names("/a*c", "/abc"), "a star elsewhere is a star");
    }

    #[test]
    fn spellings_of_one_path_are_one_path() {
        assert!(Pattern::new("/cv/a.pdf").names(&Key::of_path("/%63v/a.pdf")));
        assert!(Pattern::new("/%63v/a.pdf").names(&Key::of_path("/cv/a.pdf")));
    }

    #[test]
    fn a_query_in_the_key_is_part_of_the_url() {
        let key = Key::with_query("/a", "days=1");
        assert!(!Pattern::new("/a").names(&key));
        assert!(Pattern::new("/a?days=1").names(&key) && Pattern::new("/a*").names(&key));
    }
}
