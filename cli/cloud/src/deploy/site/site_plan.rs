//! The plan for a site, as shown, saved and applied.

use std::collections::{BTreeMap, BTreeSet};

use aws_smithy_types::base64;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Object, Plan, StoredObject, invalidation};

/// The version of the file format.
const VERSION: u32 = 1;

/// The plan for the buckets of a stack. `Display` is the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SitePlan {
    version: u32,
    /// The stack in an account; `None` for the system of `vitae dev`.
    pub stack: Option<String>,
    /// The distribution that serves the buckets.
    pub distribution_id: String,
    /// The plan for each bucket.
    pub buckets: Vec<BucketPlan>,
    /// The paths to invalidate: of changed and deleted objects, and those that an interrupted apply left.
    pub invalidate: Vec<String>,
}

/// The plan for one bucket, and the state that it was made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BucketPlan {
    /// The bucket.
    pub bucket: String,
    /// The ETag of each object in the bucket.
    pub base: BTreeMap<String, String>,
    /// The SHA-256, in base64, of the keys, contents and metadata of the folder.
    pub folder_sha256: String,
    /// The uploads and deletions.
    pub plan: Plan,
}

/// A file that is not a plan, or has another version.
#[derive(Debug, thiserror::Error)]
#[error("not a valid plan: {0}; create one with `vitae site plan --out`")]
pub struct InvalidPlan(String);

/// The bucket or the folder has changed since the plan was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{subject} has changed since the plan was made; make a new one with `vitae site plan`")]
pub struct StalePlan {
    /// What has changed, such as `index.html in bucket resume-sitebucket-1`.
    pub subject: String,
}

impl StalePlan {
    pub(super) fn object(bucket: &str, key: &str) -> Self {
        Self { subject: format!("{key} in bucket {bucket}") }
    }
}

impl SitePlan {
    pub(super) fn new(distribution_id: &str, buckets: Vec<BucketPlan>, pending: BTreeSet<String>) -> Self {
        let paths = buckets.iter().flat_map(|bucket| invalidation::paths(&bucket.plan));
        let invalidate = invalidation::fold(paths.chain(pending));
        Self { version: VERSION, stack: None, distribution_id: distribution_id.to_owned(), buckets, invalidate }
    }

    /// Parses the text of a plan file.
    ///
    /// # Errors
    /// [`InvalidPlan`].
    pub fn parse(json: &str) -> Result<Self, InvalidPlan> {
        let plan: Self = serde_json::from_str(json).map_err(|error| InvalidPlan(error.to_string()))?;
        if plan.version == VERSION {
            Ok(plan)
        } else {
            Err(InvalidPlan(format!("unsupported version {}", plan.version)))
        }
    }

    /// The text of a plan file.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Serialization of strings, numbers and lists under string keys does not fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Whether there is nothing to upload, delete or invalidate.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.invalidate.is_empty() && self.buckets.iter().all(|bucket| bucket.plan.is_empty())
    }

    /// The number of deletions.
    #[must_use]
    pub fn deletions(&self) -> usize {
        self.buckets.iter().map(|bucket| bucket.plan.deletions.len()).sum()
    }
}

impl BucketPlan {
    pub(super) fn new(bucket: &str, objects: &[Object], stored: &[StoredObject]) -> Self {
        Self {
            bucket: bucket.to_owned(),
            base: stored.iter().map(|stored| (stored.key.clone(), stored.etag.clone())).collect(),
            folder_sha256: hash(objects),
            plan: Plan::new(objects, stored),
        }
    }

    /// The part of the plan that is not done yet: all of it, or less if an apply was interrupted.
    ///
    /// # Errors
    /// [`StalePlan`] if the folder has changed, or an object is neither as before the plan nor as after it.
    pub(super) fn remaining(&self, objects: &[Object], stored: &[StoredObject]) -> Result<Plan, StalePlan> {
        if hash(objects) != self.folder_sha256 {
            return Err(StalePlan { subject: format!("the folder of bucket {}", self.bucket) });
        }
        let current: BTreeMap<&str, &StoredObject> =
            stored.iter().map(|stored| (stored.key.as_str(), stored)).collect();
        let uploads: BTreeMap<&str, _> = self.plan.uploads.iter().map(|upload| (upload.key.as_str(), upload)).collect();
        let deletions: BTreeSet<&str> = self.plan.deletions.iter().map(|deletion| deletion.key.as_str()).collect();
        let mut done = BTreeSet::new();
        let keys: BTreeSet<&str> = self.base.keys().map(String::as_str).chain(current.keys().copied()).collect();
        for key in keys {
            let object = current.get(key);
            let is_unchanged = self.base.get(key).map(String::as_str) == object.map(|stored| stored.etag.as_str());
            let is_uploaded = object.zip(uploads.get(key)).is_some_and(|(stored, upload)| upload.is_done(stored));
            let is_deleted = deletions.contains(key) && object.is_none();
            if is_uploaded || is_deleted {
                done.insert(key);
            } else if !is_unchanged {
                return Err(StalePlan::object(&self.bucket, key));
            }
        }
        let mut remaining = self.plan.clone();
        remaining.uploads.retain(|upload| !done.contains(upload.key.as_str()));
        remaining.deletions.retain(|deletion| !done.contains(deletion.key.as_str()));
        Ok(remaining)
    }
}

fn hash(objects: &[Object]) -> String {
    let mut hash = Sha256::new();
    for object in objects {
        for text in [object.key.as_str(), &object.sha256, &object.content_type, object.cache_control] {
            hash.update(text);
            // A separator that none of the texts contains.
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

    fn site_plan() -> SitePlan {
        let before = [stored(&object("index.html", "1")), stored(&object("old.css", "1"))];
        SitePlan::new("E1", vec![BucketPlan::new("bucket", &[object("index.html", "2")], &before)], BTreeSet::new())
    }

    #[test]
    fn a_saved_plan_is_read_back() {
        let plan = SitePlan { stack: Some("resume".into()), ..site_plan() };
        assert_eq!(SitePlan::parse(&plan.to_json()).unwrap(), plan);
    }

    #[test]
    fn an_invalid_file_is_rejected_with_the_reason() {
        let json = site_plan().to_json();
        for (text, reason) in [
            ("", "EOF"),
            ("{}", "missing field"),
            (&json.replacen("\"version\": 1", "\"version\": 2", 1), "unsupported version 2"),
            (&json.replacen("\"uploads\"", "\"puts\"", 1), "unknown field `puts`"),
        ] {
            let error = SitePlan::parse(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_changed_folder_is_rejected() {
        let plan = &site_plan().buckets[0];
        let before = [stored(&object("index.html", "1")), stored(&object("old.css", "1"))];
        assert!(plan.remaining(&[object("index.html", "2")], &before).is_ok());
        for wanted in [vec![object("index.html", "3")], vec![object("index.html", "2"), object("x.css", "")], vec![]] {
            let error = plan.remaining(&wanted, &before).unwrap_err().to_string();
            assert!(error.starts_with("the folder of bucket bucket has changed"), "{error}");
        }
    }

    /// `a` is changed, `b` deleted, `c` added, `d` unchanged.
    fn bucket_plan() -> (BucketPlan, [Object; 3], Vec<StoredObject>) {
        let objects = [object("a", "2"), object("c", "1"), object("d", "1")];
        let before: Vec<_> = ["a", "b", "d"].map(|key| stored(&object(key, "1"))).into();
        (BucketPlan::new("bucket", &objects, &before), objects, before)
    }

    fn keys(plan: &Plan) -> (Vec<&str>, Vec<&str>) {
        (
            plan.uploads.iter().map(|upload| &*upload.key).collect(),
            plan.deletions.iter().map(|deletion| &*deletion.key).collect(),
        )
    }

    #[test]
    fn in_an_unchanged_bucket_the_whole_plan_remains() {
        let (plan, objects, before) = bucket_plan();
        assert_eq!(keys(&plan.remaining(&objects, &before).unwrap()), (vec!["c", "a"], vec!["b"]));
    }

    #[test]
    fn what_an_interrupted_apply_did_is_not_repeated() {
        let (plan, objects, before) = bucket_plan();
        let after = [stored(&object("a", "2")), before[1].clone(), stored(&object("c", "1")), before[2].clone()];
        assert_eq!(keys(&plan.remaining(&objects, &after).unwrap()), (vec![], vec!["b"]));
        let after = [after[0].clone(), after[2].clone(), after[3].clone()];
        assert!(plan.remaining(&objects, &after).unwrap().is_empty());
    }

    #[test]
    fn a_changed_bucket_is_rejected_by_the_changed_object() {
        let (plan, objects, before) = bucket_plan();
        let mut cases = Vec::new();
        for key in ["a", "b", "d"] {
            let mut now = before.clone();
            *now.iter_mut().find(|stored| stored.key == key).unwrap() = stored(&object(key, "other content"));
            cases.push((key, now));
        }
        for key in ["c", "e"] {
            let mut now = before.clone();
            now.push(stored(&object(key, "other content")));
            cases.push((key, now));
        }
        cases.push(("d", before[..2].to_vec()));
        cases.push(("a", before[1..].to_vec()));
        for (key, now) in cases {
            assert_eq!(plan.remaining(&objects, &now), Err(StalePlan::object("bucket", key)), "{now:?}");
        }
    }
}
