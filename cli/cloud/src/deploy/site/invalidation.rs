//! Invalidations, with as few paths as possible: each costs money after the first 1,000 of a month.
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PayingForInvalidation.html>

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use aws_sdk_cloudfront::{
    Client,
    types::{InvalidationBatch, Paths},
};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::time::sleep;
use uuid::Uuid;

use super::Plan;
use crate::aws::CallError;

/// Above this number, paths are folded to wildcards, each of which counts as one path.
const MAX_PATHS: usize = 30;
/// The maximum number of wildcard paths in progress.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
const MAX_WILDCARDS: usize = 15;
/// The characters of a path that must be percent-encoded: those that RFC 1738 calls unsafe, and those with a meaning here. Others
/// must not be encoded.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html>
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'*')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}')
    .add(b'~');
/// The interval between status requests. An invalidation takes seconds to minutes.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// Reserved characters that clients send as they are or encoded.
const AMBIGUOUS: &[u8] = b"!$&'()+,:;=@";
const INDEX: &str = "index.html";

/// The paths of changed and deleted objects. New objects need no invalidation, since the distribution caches errors for 0 s.
pub(super) fn paths(plan: &Plan) -> Vec<String> {
    let changed = plan.uploads.iter().filter(|upload| upload.replaces.is_some()).map(|upload| &upload.key);
    changed.chain(plan.deletions.iter().map(|deletion| &deletion.key)).flat_map(|key| key_paths(key)).collect()
}

/// The characters that a viewer may leave unencoded in every spelling of a path.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The paths of an object. A key such as `a+b` or `logo@2x.png` has two spellings, since CloudFront compares text and viewers
/// request either (S3 serves `a+b` only as `a%2Bb`): ir-engine/etherealengine#10153. An index page has two: a viewer requests its folder, a function rewrites the path, and an invalidation
/// needs both paths:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html>
pub(super) fn key_paths(key: &str) -> Vec<String> {
    let folder = key.strip_suffix(INDEX).filter(|folder| folder.is_empty() || folder.ends_with('/'));
    let mut paths = Vec::new();
    for key in [Some(key), folder].into_iter().flatten() {
        paths.push(format!("/{}", utf8_percent_encode(key, UNSAFE)));
        let is_ambiguous = key.bytes().any(|byte| AMBIGUOUS.contains(&byte));
        paths.extend(is_ambiguous.then(|| format!("/{}", utf8_percent_encode(key, UNRESERVED))));
    }
    paths
}

/// Folds paths to at most [`MAX_PATHS`]: the folders with the most paths become wildcards, or all paths become `/*`.
pub(super) fn fold(paths: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut paths: BTreeSet<String> = paths.into_iter().collect();
    let mut folders: BTreeMap<String, usize> = BTreeMap::new();
    for path in &paths {
        if let Some((folder, _)) = path[1..].split_once('/') {
            *folders.entry(format!("/{folder}/")).or_default() += 1;
        }
    }
    let mut folders: Vec<_> = folders.into_iter().collect();
    folders.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut wildcards = 0;
    for (folder, _) in folders {
        if paths.len() <= MAX_PATHS {
            break;
        }
        paths.retain(|path| !path.starts_with(&folder));
        paths.insert(format!("{folder}*"));
        wildcards += 1;
    }
    if paths.len() > MAX_PATHS || wildcards > MAX_WILDCARDS {
        return vec!["/*".to_owned()];
    }
    paths.into_iter().collect()
}

/// Creates an invalidation and returns its id; `None` if there are no paths.
pub(super) async fn create(
    cloudfront: &Client,
    distribution_id: &str,
    paths: &[String],
) -> Result<Option<String>, CallError> {
    if paths.is_empty() {
        return Ok(None);
    }
    let failed = |reason: String| CallError { call: format!("CreateInvalidation for {distribution_id}"), reason };
    let quantity = i32::try_from(paths.len()).map_err(|error| failed(error.to_string()))?;
    let items = Paths::builder().quantity(quantity).set_items(Some(paths.to_vec())).build();
    let batch = InvalidationBatch::builder()
        .paths(items.map_err(|error| failed(error.to_string()))?)
        // A retried request creates no second invalidation.
        .caller_reference(Uuid::new_v4().to_string())
        .build()
        .map_err(|error| failed(error.to_string()))?;
    let created =
        cloudfront.create_invalidation().distribution_id(distribution_id).invalidation_batch(batch).send().await;
    let created =
        created.map_err(|error| CallError::new(format!("CreateInvalidation for {distribution_id}"), &error))?;
    Ok(created.invalidation().map(|invalidation| invalidation.id().to_owned()))
}

/// Waits until an invalidation is complete.
pub(super) async fn wait(cloudfront: &Client, distribution_id: &str, id: &str) -> Result<(), CallError> {
    loop {
        let got = cloudfront.get_invalidation().distribution_id(distribution_id).id(id).send().await;
        let got = got.map_err(|error| CallError::new(format!("GetInvalidation of {id}"), &error))?;
        if got.invalidation().is_none_or(|invalidation| invalidation.status() == "Completed") {
            return Ok(());
        }
        sleep(POLL_INTERVAL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::plan::tests::{object, stored},
        *,
    };

    #[test]
    fn changed_and_deleted_objects_are_invalidated_and_new_ones_are_not() {
        let before = ["index.html", "a.css", "old/index.html", "same.css"].map(|key| stored(&object(key, "1")));
        let objects =
            [object("index.html", "2"), object("a.css", "2"), object("new/index.html", "1"), object("same.css", "1")];
        let paths = fold(paths(&Plan::new(&objects, &before)));
        assert_eq!(paths, ["/", "/a.css", "/index.html", "/old/", "/old/index.html"]);
    }

    #[test]
    fn unsafe_characters_of_a_path_are_encoded() {
        assert_eq!(key_paths("a b/ü~1*.txt"), ["/a%20b/%C3%BC%7E1%2A.txt"]);
        assert_eq!(key_paths("notindex.html"), ["/notindex.html"]);
    }

    /// ir-engine/etherealengine#10153 and oursky/aws-site-manager#10.
    #[test]
    fn both_spellings_of_a_reserved_character_are_invalidated() {
        assert_eq!(key_paths("a+b.txt"), ["/a+b.txt", "/a%2Bb.txt"]);
        assert_eq!(key_paths("logo@2x (1).png"), ["/logo@2x%20(1).png", "/logo%402x%20%281%29.png"]);
    }

    #[test]
    fn up_to_thirty_paths_are_kept_and_the_largest_folder_is_folded_first() {
        let files = |folder: &str, count: usize| (0..count).map(|n| format!("/{folder}{n}.css")).collect::<Vec<_>>();
        let thirty = fold([files("a/", 20), files("", 10)].concat());
        assert_eq!(thirty.len(), 30);
        let folded = fold([files("a/", 21), files("a/b/", 2), files("c/", 5), files("", 10)].concat());
        assert_eq!(folded.len(), 16);
        assert!(folded.contains(&"/a/*".to_owned()) && folded.contains(&"/c/0.css".to_owned()), "{folded:?}");
    }

    #[test]
    fn too_many_folders_are_folded_to_everything() {
        assert_eq!(fold((0..31).map(|n| format!("/{n}.css"))), ["/*"]);
        let folders = (0..20).flat_map(|folder| (0..3).map(move |n| format!("/{folder}/{n}.css")));
        assert_eq!(fold(folders.chain((0..12).map(|n| format!("/{n}.css")))), ["/*"], "more wildcards than allowed");
    }
}
