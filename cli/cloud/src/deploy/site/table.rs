//! The table of a plan.

use std::fmt;

use super::{SitePlan, Upload};

/// One line per object, the totals, and the paths to invalidate, without a final newline.
impl fmt::Display for SitePlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("No changes: the buckets are up to date with the folder.");
        }
        let (mut add, mut change) = (0, 0);
        for bucket in self.buckets.iter().filter(|bucket| !bucket.plan.is_empty()) {
            writeln!(f, "{}", bucket.bucket)?;
            let keys = bucket.plan.uploads.iter().map(|upload| upload.key.chars().count());
            let width = keys.max().unwrap_or_default().min(60);
            for upload in &bucket.plan.uploads {
                if let Some(differences) = differences(upload) {
                    change += 1;
                    writeln!(f, "  ~ {:width$}  {}", upload.key, differences.join(", "))?;
                } else {
                    add += 1;
                    writeln!(f, "  + {}", upload.key)?;
                }
            }
            for deletion in &bucket.plan.deletions {
                writeln!(f, "  - {}", deletion.key)?;
            }
        }
        write!(f, "{add} to add, {change} to change, {} to delete; ", self.deletions())?;
        match self.invalidate.as_slice() {
            [] => f.write_str("nothing to invalidate"),
            paths => write!(f, "to invalidate: {}", paths.join(" ")),
        }
    }
}

/// What differs from the previous object; `None` if the object is new.
fn differences(upload: &Upload) -> Option<Vec<String>> {
    let previous = upload.replaces.as_ref()?;
    let header = |name: &str, old: Option<&String>, new: &str| old.map(|old| format!("{name} {old:?} -> {new:?}"));
    let content = previous.content.then(|| "content".to_owned());
    let content_type = header("Content-Type", previous.content_type.as_ref(), &upload.content_type);
    let cache_control = header("Cache-Control", previous.cache_control.as_ref(), &upload.cache_control);
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
    fn each_object_has_a_line_with_its_differences() {
        let mut before = ["index.html", "me.jpg", "old.css"].map(|key| stored(&object(key, "1")));
        before[1].content_type = "image/png".into();
        before[1].cache_control = String::new();
        let objects = [object("index.html", "2"), object("me.jpg", "1"), object("new.css", "1")];
        let plan = SitePlan::new("E1", vec![BucketPlan::new("bucket", &objects, &before)], BTreeSet::new());
        let expected = "\
bucket
  + new.css
  ~ me.jpg      Content-Type \"image/png\" -> \"image/jpeg\", Cache-Control \"\" -> \"public, max-age=86400\"
  ~ index.html  content
  - old.css
1 to add, 2 to change, 1 to delete; to invalidate: / /index.html /me.jpg /old.css";
        assert_eq!(plan.to_string(), expected);
    }

    #[test]
    fn an_empty_plan_is_stated() {
        let plan = SitePlan::new("E1", vec![BucketPlan::new("bucket", &[], &[])], BTreeSet::new());
        assert_eq!(plan.to_string(), "No changes: the buckets are up to date with the folder.");
    }
}
