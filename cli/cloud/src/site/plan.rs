//! What must be done to a bucket so that it holds what it should.

use std::collections::BTreeMap;

use super::Object;

/// What is known of an object in the bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its key.
    pub key: String,
    /// Its media type.
    pub content_type: String,
    /// Its `Cache-Control`.
    pub cache_control: String,
    /// Its SHA-256 in base64, as S3 tells it; empty if it was uploaded with another checksum.
    pub sha256: String,
}

/// What must be done, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// To upload, pages last: at no moment does a page refer to what is not there.
    pub put: Vec<Object>,
    /// To delete.
    pub delete: Vec<String>,
}

impl Plan {
    /// From what the bucket should hold and what it holds.
    #[must_use]
    pub fn new(wanted: &[Object], stored: &[Stored]) -> Self {
        let stored: BTreeMap<&str, &Stored> = stored.iter().map(|stored| (stored.key.as_str(), stored)).collect();
        let mut put: Vec<_> = wanted
            .iter()
            .filter(|object| !stored.get(object.key.as_str()).is_some_and(|stored| is_same(object, stored)))
            .cloned()
            .collect();
        put.sort_by_key(Object::is_page);
        let delete = stored.keys().filter(|key| !is_hidden(key) && !wanted.iter().any(|object| object.key == **key));
        Self { put, delete: delete.map(|key| (*key).to_owned()).collect() }
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.put.is_empty() && self.delete.is_empty()
    }
}

/// Hidden files are never uploaded, so a hidden object is somebody else's, such as the probe of the keys function.
fn is_hidden(key: &str) -> bool {
    key.split('/').any(|segment| segment.starts_with('.'))
}

fn is_same(object: &Object, stored: &Stored) -> bool {
    object.sha256 == stored.sha256
        && object.content_type == stored.content_type
        && object.cache_control == stored.cache_control
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(key: &str, content: &str) -> Object {
        Object::new(key.to_owned(), content.as_bytes().to_vec())
    }

    fn stored(object: &Object) -> Stored {
        Stored {
            key: object.key.clone(),
            content_type: object.content_type.clone(),
            cache_control: object.cache_control.to_owned(),
            sha256: object.sha256.clone(),
        }
    }

    fn keys(plan: &Plan) -> Vec<&str> {
        plan.put.iter().map(|object| object.key.as_str()).collect()
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
    fn a_change_of_metadata_alone_is_uploaded() {
        let wanted = object("index.html", "a");
        for change in [
            |stored: &mut Stored| stored.content_type = "text/plain".into(),
            |stored: &mut Stored| stored.cache_control = "no-store".into(),
            |stored: &mut Stored| stored.sha256 = String::new(),
        ] {
            let mut stored = stored(&wanted);
            change(&mut stored);
            assert_eq!(keys(&Plan::new(std::slice::from_ref(&wanted), &[stored])), ["index.html"]);
        }
    }

    #[test]
    fn pages_are_uploaded_after_what_they_refer_to() {
        let wanted =
            [object("a/index.html", "a"), object("index.html", "a"), object("js/main.mjs", "b"), object("x.svg", "c")];
        assert_eq!(keys(&Plan::new(&wanted, &[])), ["js/main.mjs", "x.svg", "a/index.html", "index.html"]);
    }

    #[test]
    fn what_is_no_longer_wanted_is_deleted() {
        let plan = Plan::new(&[object("new.html", "a")], &[stored(&object("old.html", "a"))]);
        assert_eq!((keys(&plan), &plan.delete), (vec!["new.html"], &vec!["old.html".to_owned()]));
    }

    #[test]
    fn a_hidden_object_is_left_to_whoever_wrote_it() {
        assert!(Plan::new(&[], &[stored(&object("cv/.probe", "a"))]).is_empty());
    }
}
