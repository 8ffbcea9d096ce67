//! A plan for people.

use std::fmt::Write as _;

use super::{Put, SavedPlan};

/// A line for each object, a sum, and what is invalidated; without a final line end.
#[must_use]
pub fn table(plan: &SavedPlan) -> String {
    let mut text = String::new();
    let (mut add, mut change) = (0, 0);
    for bucket in plan.buckets.iter().filter(|bucket| !bucket.plan.is_empty()) {
        let _ = writeln!(text, "{}", bucket.bucket);
        let width = bucket.plan.put.iter().map(|put| put.key.chars().count()).max().unwrap_or_default().min(60);
        for put in &bucket.plan.put {
            match changes(put) {
                None => {
                    add += 1;
                    let _ = writeln!(text, "  + {}", put.key);
                }
                Some(changes) => {
                    change += 1;
                    let _ = writeln!(text, "  ~ {:width$}  {}", put.key, changes.join(", "));
                }
            }
        }
        for delete in &bucket.plan.delete {
            let _ = writeln!(text, "  - {}", delete.key);
        }
    }
    if plan.is_empty() {
        return "Nothing to do: the buckets hold what the folder holds.".to_owned();
    }
    let _ = write!(text, "{add} to add, {change} to change, {} to delete; ", plan.deletes());
    let _ = match plan.invalidate.as_slice() {
        [] => write!(text, "nothing to invalidate"),
        paths => write!(text, "to invalidate: {}", paths.join(" ")),
    };
    text
}

/// What of an object changes; `None` if it is new.
fn changes(put: &Put) -> Option<Vec<String>> {
    let replaced = put.replaces.as_ref()?;
    let drift = |name: &str, was: Option<&String>, is: &str| was.map(|was| format!("{name} {was:?} -> {is:?}"));
    let content = replaced.content.then(|| "content".to_owned());
    let content_type = drift("Content-Type", replaced.content_type.as_ref(), &put.content_type);
    let cache_control = drift("Cache-Control", replaced.cache_control.as_ref(), &put.cache_control);
    Some([content, content_type, cache_control].into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{
        super::{
            BucketPlan,
            plan::tests::{object, stored},
        },
        *,
    };

    #[test]
    fn each_object_has_a_line_that_says_what_differs() {
        let mut before = ["index.html", "me.jpg", "old.css"].map(|key| stored(&object(key, "1")));
        before[1].content_type = "image/png".into();
        before[1].cache_control = String::new();
        let wanted = [object("index.html", "2"), object("me.jpg", "1"), object("new.css", "1")];
        let plan = SavedPlan::new("E1", vec![BucketPlan::new("bucket", &wanted, &before)], BTreeSet::new());
        let expected = "\
bucket
  + new.css
  ~ me.jpg      Content-Type \"image/png\" -> \"image/jpeg\", Cache-Control \"\" -> \"public, max-age=86400\"
  ~ index.html  content
  - old.css
1 to add, 2 to change, 1 to delete; to invalidate: / /index.html /me.jpg /old.css";
        assert_eq!(table(&plan), expected);
    }

    #[test]
    fn nothing_to_do_is_said() {
        let plan = SavedPlan::new("E1", vec![BucketPlan::new("bucket", &[], &[])], BTreeSet::new());
        assert_eq!(table(&plan), "Nothing to do: the buckets hold what the folder holds.");
    }
}
