//! What must be done to a bucket so that it holds what it should.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Object, Stored, object::is_page, stored::is_hidden};

/// What must be done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// To upload, phase by phase.
    pub put: Vec<Put>,
    /// To delete, pages first.
    pub delete: Vec<Delete>,
}

/// An object to upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Put {
    /// Its key.
    pub key: String,
    /// The SHA-256 of its content in base64.
    pub sha256: String,
    /// Its media type.
    pub content_type: String,
    /// Its `Cache-Control`.
    pub cache_control: String,
    /// What it replaces; `None` if it is new.
    pub replaces: Option<Replaced>,
}

/// An object that is replaced, and what differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// Its ETag.
    pub etag: String,
    /// Whether its content differs, or is not known to be the same.
    pub content: bool,
    /// Its media type, where that differs.
    pub content_type: Option<String>,
    /// Its `Cache-Control`, where that differs.
    pub cache_control: Option<String>,
}

/// An object to delete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delete {
    /// Its key.
    pub key: String,
    /// Its ETag.
    pub etag: String,
    /// Whether it refers to others, and so goes before them.
    pub page: bool,
}

/// When an object is uploaded: no page or style may refer to what is not there yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Assets that are new, to which nothing refers yet.
    NewAssets,
    /// Assets that change: a style or a script may refer to a new one.
    ChangedAssets,
    /// Pages.
    Pages,
}

impl Phase {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::NewAssets, Self::ChangedAssets, Self::Pages];
}

impl Put {
    /// When it is uploaded.
    #[must_use]
    pub fn phase(&self) -> Phase {
        match &self.replaces {
            _ if is_page(&self.content_type) => Phase::Pages,
            None => Phase::NewAssets,
            Some(_) => Phase::ChangedAssets,
        }
    }

    /// Whether the bucket holds it already.
    #[must_use]
    pub fn is_done(&self, stored: &Stored) -> bool {
        self.sha256 == stored.sha256
            && self.content_type == stored.content_type
            && self.cache_control == stored.cache_control
    }
}

impl Plan {
    /// From what the bucket should hold and what it holds.
    #[must_use]
    pub fn new(wanted: &[Object], stored: &[Stored]) -> Self {
        let by_key: BTreeMap<&str, &Stored> = stored.iter().map(|stored| (stored.key.as_str(), stored)).collect();
        let wanted_keys: BTreeSet<&str> = wanted.iter().map(|object| object.key.as_str()).collect();
        let mut put: Vec<_> =
            wanted.iter().filter_map(|object| differs(object, by_key.get(object.key.as_str()).copied())).collect();
        put.sort_by_key(Put::phase);
        let ends = stored.iter().filter(|stored| !is_hidden(&stored.key) && !wanted_keys.contains(stored.key.as_str()));
        let mut delete: Vec<_> = ends
            .map(|stored| Delete {
                key: stored.key.clone(),
                etag: stored.etag.clone(),
                page: is_page(&stored.content_type),
            })
            .collect();
        delete.sort_by_key(|delete| !delete.page);
        Self { put, delete }
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.put.is_empty() && self.delete.is_empty()
    }
}

/// What is to be uploaded of an object, if anything.
fn differs(object: &Object, stored: Option<&Stored>) -> Option<Put> {
    let other = |was: &str, is: &str| (was != is).then(|| was.to_owned());
    let replaces = stored.map(|stored| Replaced {
        etag: stored.etag.clone(),
        content: stored.sha256 != object.sha256,
        content_type: other(&stored.content_type, &object.content_type),
        cache_control: other(&stored.cache_control, object.cache_control),
    });
    let is_same =
        replaces.as_ref().is_some_and(|was| !was.content && was.content_type.is_none() && was.cache_control.is_none());
    (!is_same).then(|| Put {
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

    pub(in super::super) fn stored(object: &Object) -> Stored {
        Stored {
            key: object.key.clone(),
            etag: format!("\"{}\"", object.sha256),
            content_type: object.content_type.clone(),
            cache_control: object.cache_control.to_owned(),
            sha256: object.sha256.clone(),
        }
    }

    fn keys(plan: &Plan) -> Vec<&str> {
        plan.put.iter().map(|put| put.key.as_str()).collect()
    }

    #[test]
    fn nothing_is_done_to_what_is_the_same() {
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
    fn a_change_of_metadata_alone_is_uploaded_and_says_what_it_was() {
        let wanted = object("index.html", "a");
        let replaced = |change: fn(&mut Stored)| {
            let mut stored = stored(&wanted);
            change(&mut stored);
            let plan = Plan::new(std::slice::from_ref(&wanted), &[stored]);
            let replaces = plan.put[0].replaces.clone().unwrap();
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
    fn what_is_no_longer_wanted_is_deleted_pages_first() {
        let old = [object("a.css", "a"), object("old.html", "a"), object("z.html", "a")];
        let plan = Plan::new(&[object("new.html", "a")], &old.each_ref().map(stored));
        let deleted: Vec<_> = plan.delete.iter().map(|delete| delete.key.as_str()).collect();
        assert_eq!((keys(&plan), deleted), (vec!["new.html"], vec!["old.html", "z.html", "a.css"]));
    }

    #[test]
    fn a_hidden_object_is_left_to_whoever_wrote_it() {
        assert!(Plan::new(&[], &[stored(&object("cv/.probe", "a"))]).is_empty());
    }
}
