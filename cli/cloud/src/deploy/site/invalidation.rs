//! What the edges must forget: as few paths as will do, for each costs money after the first 1,000 of a month.
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PayingForInvalidation.html>

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use aws_sdk_cloudfront::{
    Client,
    types::{InvalidationBatch, Paths},
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use tokio::time::sleep;
use uuid::Uuid;

use super::Plan;
use crate::aws::CallError;

/// More paths than these are folded to wildcards, each of which counts as one.
const MOST_PATHS: usize = 30;
/// How many wildcard paths may be in progress at once.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
const MOST_WILDCARDS: usize = 15;
/// What a path must have percent-encoded, and nothing else must be: what RFC 1738 calls unsafe, and what has a meaning here.
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
/// How often CloudFront is asked whether an invalidation is done, which takes it seconds to minutes.
const POLL: Duration = Duration::from_secs(2);
const INDEX: &str = "index.html";

/// The paths of what changes or goes. What is new has none: no edge keeps an answer for what was not there, since the
/// distribution keeps errors for 0 s.
pub(super) fn paths(plan: &Plan) -> Vec<String> {
    let changed = plan.put.iter().filter(|put| put.replaces.is_some()).map(|put| &put.key);
    changed.chain(plan.delete.iter().map(|delete| &delete.key)).flat_map(|key| of_key(key)).collect()
}

/// The paths under which an object is kept. An index is asked for by its folder's, and CloudFront would have both the path in the
/// viewer's request and the one that a function made of it:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html>
pub(super) fn of_key(key: &str) -> Vec<String> {
    let path = |key: &str| format!("/{}", utf8_percent_encode(key, UNSAFE));
    let folder = key.strip_suffix(INDEX).filter(|folder| folder.is_empty() || folder.ends_with('/'));
    [path(key)].into_iter().chain(folder.map(path)).collect()
}

/// The same paths, folded to at most [`MOST_PATHS`]: the fullest folders become wildcards, or all becomes `/*`.
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
        if paths.len() <= MOST_PATHS {
            break;
        }
        paths.retain(|path| !path.starts_with(&folder));
        paths.insert(format!("{folder}*"));
        wildcards += 1;
    }
    if paths.len() > MOST_PATHS || wildcards > MOST_WILDCARDS {
        return vec!["/*".to_owned()];
    }
    paths.into_iter().collect()
}

/// Has the edges forget these paths. The invalidation's id; `None` if there is no path.
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
        // A request that is sent again is then one invalidation.
        .caller_reference(Uuid::new_v4().to_string())
        .build()
        .map_err(|error| failed(error.to_string()))?;
    let created =
        cloudfront.create_invalidation().distribution_id(distribution_id).invalidation_batch(batch).send().await;
    let created =
        created.map_err(|error| CallError::new(format!("CreateInvalidation for {distribution_id}"), &error))?;
    Ok(created.invalidation().map(|invalidation| invalidation.id().to_owned()))
}

/// Waits until every edge has forgotten.
pub(super) async fn done(cloudfront: &Client, distribution_id: &str, id: &str) -> Result<(), CallError> {
    loop {
        let got = cloudfront.get_invalidation().distribution_id(distribution_id).id(id).send().await;
        let got = got.map_err(|error| CallError::new(format!("GetInvalidation of {id}"), &error))?;
        if got.invalidation().is_none_or(|invalidation| invalidation.status() == "Completed") {
            return Ok(());
        }
        sleep(POLL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::plan::tests::{object, stored},
        *,
    };

    #[test]
    fn what_changes_or_goes_is_invalidated_and_what_is_new_is_not() {
        let before = ["index.html", "a.css", "old/index.html", "same.css"].map(|key| stored(&object(key, "1")));
        let wanted =
            [object("index.html", "2"), object("a.css", "2"), object("new/index.html", "1"), object("same.css", "1")];
        let paths = fold(paths(&Plan::new(&wanted, &before)));
        assert_eq!(paths, ["/", "/a.css", "/index.html", "/old/", "/old/index.html"]);
    }

    #[test]
    fn a_path_is_encoded_where_it_must_be() {
        assert_eq!(of_key("a b/ü~&(1)*.txt"), ["/a%20b/%C3%BC%7E&(1)%2A.txt"]);
        assert_eq!(of_key("notindex.html"), ["/notindex.html"]);
    }

    #[test]
    fn up_to_thirty_paths_stay_as_they_are_and_the_fullest_folder_is_folded_first() {
        let files = |folder: &str, count: usize| (0..count).map(|n| format!("/{folder}{n}.css")).collect::<Vec<_>>();
        let thirty = fold([files("a/", 20), files("", 10)].concat());
        assert_eq!(thirty.len(), 30);
        let folded = fold([files("a/", 21), files("a/b/", 2), files("c/", 5), files("", 10)].concat());
        assert_eq!(folded.len(), 16);
        assert!(folded.contains(&"/a/*".to_owned()) && folded.contains(&"/c/0.css".to_owned()), "{folded:?}");
    }

    #[test]
    fn too_many_for_folders_are_everything() {
        assert_eq!(fold((0..31).map(|n| format!("/{n}.css"))), ["/*"]);
        let folders = (0..20).flat_map(|folder| (0..3).map(move |n| format!("/{folder}/{n}.css")));
        assert_eq!(fold(folders.chain((0..12).map(|n| format!("/{n}.css")))), ["/*"], "more wildcards than may be");
    }
}
