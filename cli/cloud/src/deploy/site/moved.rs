//! Whether a bucket is still what a plan was made from.

use std::collections::{BTreeMap, BTreeSet};

use super::{BucketPlan, Plan, Stored};

/// The bucket or the folder is no longer what the plan was made from.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} is not what the plan was made from: make a new one with `vitae site plan`")]
pub struct Moved {
    /// What moved, such as `index.html of the bucket resume-sitebucket-1`.
    pub what: String,
}

impl Moved {
    pub(super) fn object(bucket: &str, key: &str) -> Self {
        Self { what: format!("{key} of the bucket {bucket}") }
    }
}

/// What is left to do of a plan in a bucket that holds this: all of it, or less where it was begun before and interrupted.
///
/// # Errors
/// [`Moved`] if an object is neither as it was nor as the plan makes it.
pub(super) fn left_to_do(planned: &BucketPlan, stored: &[Stored]) -> Result<Plan, Moved> {
    let now: BTreeMap<&str, &Stored> = stored.iter().map(|stored| (stored.key.as_str(), stored)).collect();
    let puts: BTreeMap<&str, _> = planned.plan.put.iter().map(|put| (put.key.as_str(), put)).collect();
    let deletes: BTreeSet<&str> = planned.plan.delete.iter().map(|delete| delete.key.as_str()).collect();
    let mut done = BTreeSet::new();
    let keys: BTreeSet<&str> = planned.base.keys().map(String::as_str).chain(now.keys().copied()).collect();
    for key in keys {
        let is_as_it_was = planned.base.get(key).map(String::as_str) == now.get(key).map(|stored| stored.etag.as_str());
        let is_put = now.get(key).zip(puts.get(key)).is_some_and(|(stored, put)| put.is_done(stored));
        let is_deleted = deletes.contains(key) && !now.contains_key(key);
        if is_put || is_deleted {
            done.insert(key);
        } else if !is_as_it_was {
            return Err(Moved::object(&planned.bucket, key));
        }
    }
    let mut left = planned.plan.clone();
    left.put.retain(|put| !done.contains(put.key.as_str()));
    left.delete.retain(|delete| !done.contains(delete.key.as_str()));
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::{
        super::plan::tests::{object, stored},
        *,
    };

    /// `a` changes, `b` goes, `c` comes, `d` stays.
    fn planned() -> (BucketPlan, Vec<Stored>) {
        let wanted = [object("a", "2"), object("c", "1"), object("d", "1")];
        let before: Vec<_> = ["a", "b", "d"].map(|key| stored(&object(key, "1"))).into();
        (BucketPlan::new("bucket", &wanted, &before), before)
    }

    fn keys(plan: &Plan) -> (Vec<&str>, Vec<&str>) {
        (plan.put.iter().map(|put| &*put.key).collect(), plan.delete.iter().map(|delete| &*delete.key).collect())
    }

    #[test]
    fn in_the_same_bucket_all_is_left() {
        let (planned, before) = planned();
        assert_eq!(keys(&left_to_do(&planned, &before).unwrap()), (vec!["c", "a"], vec!["b"]));
    }

    #[test]
    fn what_an_interrupted_apply_did_is_not_done_again() {
        let (planned, before) = planned();
        let after = [stored(&object("a", "2")), before[1].clone(), stored(&object("c", "1")), before[2].clone()];
        assert_eq!(keys(&left_to_do(&planned, &after).unwrap()), (vec![], vec!["b"]));
        let after = [after[0].clone(), after[2].clone(), after[3].clone()];
        assert!(left_to_do(&planned, &after).unwrap().is_empty());
    }

    #[test]
    fn a_bucket_that_moved_is_refused_by_the_object_that_did() {
        let (planned, before) = planned();
        let mut cases = Vec::new();
        for key in ["a", "b", "d"] {
            let mut now = before.clone();
            *now.iter_mut().find(|stored| stored.key == key).unwrap() = stored(&object(key, "someone else's"));
            cases.push((key, now));
        }
        for key in ["c", "e"] {
            let mut now = before.clone();
            now.push(stored(&object(key, "someone else's")));
            cases.push((key, now));
        }
        cases.push(("d", before[..2].to_vec()));
        cases.push(("a", before[1..].to_vec()));
        for (key, now) in cases {
            assert_eq!(left_to_do(&planned, &now), Err(Moved::object("bucket", key)), "{now:?}");
        }
    }
}
