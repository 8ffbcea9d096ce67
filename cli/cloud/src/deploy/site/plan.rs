//! The plan for one bucket: uploads and deletions.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Object, StoredObject, bucket::is_hidden, object::is_page};

/// The uploads and deletions that make a bucket hold the objects of a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The uploads, by phase.
    pub uploads: Vec<Upload>,
    /// The deletions, pages first.
    pub deletions: Vec<Deletion>,
}

/// An object to upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upload {
    /// The key.
    pub key: String,
    /// The SHA-256 of the content in base64.
    pub sha256: String,
    /// The media type.
    pub content_type: String,
    /// The `Cache-Control` header.
    pub cache_control: String,
    /// The object that it replaces; `None` if the key is new.
    pub replaces: Option<PreviousObject>,
}

/// An object that is replaced, and what differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviousObject {
    /// The ETag.
    pub etag: String,
    /// Whether the content differs or has no SHA-256 to compare.
    pub content: bool,
    /// The media type, if it differs.
    pub content_type: Option<String>,
    /// The `Cache-Control` header, if it differs.
    pub cache_control: Option<String>,
}

/// An object to delete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deletion {
    /// The key.
    pub key: String,
    /// The ETag.
    pub etag: String,
    /// Whether it is a page. Pages are deleted before the assets that they refer to.
    pub page: bool,
}

/// The phase of an upload, so that no page or style refers to a missing asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// New assets. Nothing in the bucket refers to them.
    NewAssets,
    /// Changed assets: a style or a script may refer to a new one.
    ChangedAssets,
    /// Pages.
    Pages,
}

impl Phase {
    /// All phases, in order.
    pub const ALL: [Self; 3] = [Self::NewAssets, Self::ChangedAssets, Self::Pages];
}

impl Upload {
    /// The phase.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match &self.replaces {
            _ if is_page(&self.content_type) => Phase::Pages,
            None => Phase::NewAssets,
            Some(_) => Phase::ChangedAssets,
        }
    }

    /// Whether an object in the bucket is the result of this upload.
    #[must_use]
    pub fn is_done(&self, stored: &StoredObject) -> bool {
        self.sha256 == stored.sha256
            && self.content_type == stored.content_type
            && self.cache_control == stored.cache_control
    }
}

impl Plan {
    /// Compares the objects of the folder with those of the bucket.
    #[must_use]
    pub fn new(objects: &[Object], stored: &[StoredObject]) -> Self {
        let by_key: BTreeMap<&str, &StoredObject> = stored.iter().map(|stored| (stored.key.as_str(), stored)).collect();
        let keys: BTreeSet<&str> = objects.iter().map(|object| object.key.as_str()).collect();
        let mut uploads: Vec<_> =
            objects.iter().filter_map(|object| upload(object, by_key.get(object.key.as_str()).copied())).collect();
        uploads.sort_by_key(Upload::phase);
        let removed = stored.iter().filter(|stored| !is_hidden(&stored.key) && !keys.contains(stored.key.as_str()));
        let mut deletions: Vec<_> = removed
            .map(|stored| Deletion {
                key: stored.key.clone(),
                etag: stored.etag.clone(),
                page: is_page(&stored.content_type),
            })
            .collect();
        deletions.sort_by_key(|deletion| !deletion.page);
        Self { uploads, deletions }
    }

    /// Whether there are no changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.uploads.is_empty() && self.deletions.is_empty()
    }
}

/// The upload of an object; `None` if the stored object is the same.
fn upload(object: &Object, stored: Option<&StoredObject>) -> Option<Upload> {
    let previous = |stored: &str, new: &str| (stored != new).then(|| stored.to_owned());
    let replaces = stored.map(|stored| PreviousObject {
        etag: stored.etag.clone(),
        content: stored.sha256 != object.sha256,
        content_type: previous(&stored.content_type, &object.content_type),
        cache_control: previous(&stored.cache_control, object.cache_control),
    });
    let is_same =
        replaces.as_ref().is_some_and(|was| !was.content && was.content_type.is_none() && was.cache_control.is_none());
    (!is_same).then(|| Upload {
        key: object.key.clone(),
        sha256: object.sha256.clone(),
        content_type: object.content_type.clone(),
        cache_control: object.cache_control.to_owned(),
        replaces,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in super::super) fn object(key: &str, content: &str) -> Object {
        Object::new(key.to_owned(), content.as_bytes().to_vec())
    }

    pub(in super::super) fn stored(object: &Object) -> StoredObject {
        StoredObject {
            key: object.key.clone(),
            etag: format!("\"{}\"", object.sha256),
            content_type: object.content_type.clone(),
            cache_control: object.cache_control.to_owned(),
            sha256: object.sha256.clone(),
        }
    }

    fn keys(plan: &Plan) -> Vec<&str> {
        plan.uploads.iter().map(|upload| upload.key.as_str()).collect()
    }

    #[test]
    fn an_object_that_is_the_same_is_not_uploaded() {
        let wanted = [object("index.html", "a"), object("css/site.css", "b")];
        let plan = Plan::new(&wanted, &wanted.each_ref().map(stored));
        assert!(plan.is_empty(), "{plan:?}");
    }

    #[test]
    fn a_change_of_the_same_size_is_uploaded() {
        let plan = Plan::new(&[object("index.html", "a")], &[stored(&object("index.html", "b"))]);
        assert_eq!(keys(&plan), ["index.html"]);
    }

    #[test]
    fn a_change_of_metadata_alone_is_uploaded_and_has_the_previous_value() {
        let wanted = object("index.html", "a");
        let replaced = |change: fn(&mut StoredObject)| {
            let mut stored = stored(&wanted);
            change(&mut stored);
            let plan = Plan::new(std::slice::from_ref(&wanted), &[stored]);
            let replaces = plan.uploads[0].replaces.clone().unwrap();
            (replaces.content, replaces.content_type, replaces.cache_control)
        };
        assert_eq!(
            replaced(|stored| stored.content_type = "text/plain".into()),
            (false, Some("text/plain".into()), None)
        );
        assert_eq!(replaced(|stored| stored.cache_control = "no-store".into()), (false, None, Some("no-store".into())));
        assert_eq!(replaced(|stored| stored.sha256 = String::new()), (true, None, None));
    }

    #[test]
    fn new_assets_go_before_changed_ones_and_pages_last() {
        let wanted =
            [object("a/index.html", "a"), object("css/a.css", "b"), object("index.html", "a"), object("x.svg", "c")];
        let plan = Plan::new(&wanted, &[stored(&object("css/a.css", "old")), stored(&object("index.html", "old"))]);
        assert_eq!(keys(&plan), ["x.svg", "css/a.css", "a/index.html", "index.html"]);
    }

    #[test]
    fn an_object_that_is_not_in_the_folder_is_deleted_pages_first() {
        let old = [object("a.css", "a"), object("old.html", "a"), object("z.html", "a")];
        let plan = Plan::new(&[object("new.html", "a")], &old.each_ref().map(stored));
        let deleted: Vec<_> = plan.deletions.iter().map(|deletion| deletion.key.as_str()).collect();
        assert_eq!((keys(&plan), deleted), (vec!["new.html"], vec!["old.html", "z.html", "a.css"]));
    }

    #[test]
    fn a_hidden_object_is_not_deleted() {
        assert!(Plan::new(&[], &[stored(&object("cv/.probe", "a"))]).is_empty());
    }
}
