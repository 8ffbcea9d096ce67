//! A plan as a file: what is looked at and approved is what is done.

use std::collections::{BTreeMap, BTreeSet};

use aws_smithy_types::base64;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Moved, Object, Plan, Stored, invalidation, moved};

/// The form of the file. One of another form is refused, not guessed at.
const VERSION: u32 = 1;

/// A plan for every bucket of a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPlan {
    version: u32,
    /// The stack in an account that it is for; `None` for the system that runs here.
    pub stack: Option<String>,
    /// The distribution that serves the buckets.
    pub distribution_id: String,
    /// The plan for each bucket.
    pub buckets: Vec<BucketPlan>,
    /// The paths that will be invalidated: of what changes or goes, and what an apply that was cut off left.
    pub invalidate: Vec<String>,
}

/// A plan for one bucket, and what it was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketPlan {
    /// The bucket.
    pub bucket: String,
    /// What the bucket held: each object's ETag.
    pub base: BTreeMap<String, String>,
    /// The SHA-256, in base64, of what the folder held: every key, content and metadata.
    pub folder_sha256: String,
    /// What is to be done.
    pub plan: Plan,
}

/// A file that is no plan, or one of another version.
#[derive(Debug, thiserror::Error)]
#[error("it is no plan of this version ({0}): make one with `vitae site plan --out`")]
pub struct NotAPlan(String);

impl SavedPlan {
    pub(super) fn new(distribution_id: &str, buckets: Vec<BucketPlan>, left_over: BTreeSet<String>) -> Self {
        let paths = buckets.iter().flat_map(|bucket| invalidation::paths(&bucket.plan));
        let invalidate = invalidation::fold(paths.chain(left_over));
        Self { version: VERSION, stack: None, distribution_id: distribution_id.to_owned(), buckets, invalidate }
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// [`NotAPlan`].
    pub fn parse(json: &str) -> Result<Self, NotAPlan> {
        let plan: Self = serde_json::from_str(json).map_err(|error| NotAPlan(error.to_string()))?;
        if plan.version == VERSION { Ok(plan) } else { Err(NotAPlan(format!("it is of version {}", plan.version))) }
    }

    /// The file's text.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, numbers and lists of them under string keys: serde_json has no failure for them.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.invalidate.is_empty() && self.buckets.iter().all(|bucket| bucket.plan.is_empty())
    }

    /// How many objects it deletes.
    #[must_use]
    pub fn deletes(&self) -> usize {
        self.buckets.iter().map(|bucket| bucket.plan.delete.len()).sum()
    }
}

impl BucketPlan {
    pub(super) fn new(bucket: &str, wanted: &[Object], stored: &[Stored]) -> Self {
        Self {
            bucket: bucket.to_owned(),
            base: stored.iter().map(|stored| (stored.key.clone(), stored.etag.clone())).collect(),
            folder_sha256: sha256_of(wanted),
            plan: Plan::new(wanted, stored),
        }
    }

    /// What is left to do, in the bucket as it is and with the folder as it is.
    ///
    /// # Errors
    /// [`Moved`] if either is no longer what the plan was made from.
    pub(super) fn left_to_do(&self, wanted: &[Object], stored: &[Stored]) -> Result<Plan, Moved> {
        if sha256_of(wanted) != self.folder_sha256 {
            return Err(Moved { what: format!("the folder whose files go to the bucket {}", self.bucket) });
        }
        moved::left_to_do(self, stored)
    }
}

fn sha256_of(objects: &[Object]) -> String {
    let mut hash = Sha256::new();
    for object in objects {
        for text in [object.key.as_str(), &object.sha256, &object.content_type, object.cache_control] {
            // A separator that stands in none of them.
            hash.update(text);
            hash.update([0]);
        }
    }
    base64::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::{
        super::plan::tests::{object, stored},
        *,
    };

    fn planned() -> SavedPlan {
        let before = [stored(&object("index.html", "1")), stored(&object("old.css", "1"))];
        SavedPlan::new("E1", vec![BucketPlan::new("bucket", &[object("index.html", "2")], &before)], BTreeSet::new())
    }

    #[test]
    fn what_is_saved_is_read_back() {
        let plan = SavedPlan { stack: Some("resume".into()), ..planned() };
        assert_eq!(SavedPlan::parse(&plan.to_json()).unwrap(), plan);
    }

    #[test]
    fn a_file_of_another_form_is_refused() {
        let json = planned().to_json();
        for (text, says) in [
            ("", "EOF"),
            ("{}", "missing field"),
            (&json.replacen("\"version\": 1", "\"version\": 2", 1), "it is of version 2"),
            (&json.replacen("\"put\"", "\"puts\"", 1), "unknown field `puts`"),
        ] {
            let error = SavedPlan::parse(text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn a_folder_that_moved_is_refused() {
        let plan = &planned().buckets[0];
        let before = [stored(&object("index.html", "1")), stored(&object("old.css", "1"))];
        assert!(plan.left_to_do(&[object("index.html", "2")], &before).is_ok());
        for wanted in [vec![object("index.html", "3")], vec![object("index.html", "2"), object("x.css", "")], vec![]] {
            let error = plan.left_to_do(&wanted, &before).unwrap_err().to_string();
            assert!(error.starts_with("the folder whose files go to the bucket bucket is not what"), "{error}");
        }
    }
}
