//! `inbox.yaml` keeps what its policies promise.

use serde_json::{Value, json};

use crate::document::{list, parse};

/// The statements of the inline policies of a role.
fn statements(role: &str) -> Vec<Value> {
    let template = parse("inbox.yaml");
    let policies = list(&template["Resources"][role]["Properties"]["Policies"]);
    policies.iter().flat_map(|policy| list(&policy["PolicyDocument"]["Statement"])).collect()
}

/// The actions of a role on a bucket's objects or on the bucket.
fn actions(role: &str, bucket: &str) -> Vec<String> {
    let on_bucket = |statement: &Value| statement["Resource"].to_string().contains(bucket);
    let mut actions: Vec<_> = statements(role)
        .iter()
        .filter(|statement| on_bucket(statement))
        .flat_map(|statement| list(&statement["Action"]))
        .filter_map(|action| action.as_str().map(str::to_owned))
        .collect();
    actions.sort_unstable();
    actions
}

#[test]
fn no_function_reads_the_inbox_or_the_quarantine_and_only_the_events_function_reads_uploads() {
    assert_eq!(actions("InboxRole", "UploadBucket"), ["s3:PutObject"]);
    for role in ["InboxRole", "InboxEventsRole"] {
        for bucket in ["InboxBucket", "QuarantineBucket"] {
            let expected: &[&str] = if role == "InboxRole" { &[] } else { &["s3:PutObject"] };
            assert_eq!(actions(role, bucket), expected, "{role} {bucket}");
        }
    }
    let reads = actions("InboxEventsRole", "UploadBucket");
    assert!(reads.contains(&"s3:GetObjectVersion".to_owned()) && !reads.contains(&"s3:PutObjectTagging".to_owned()));
}

#[test]
fn the_policy_of_the_uploads_denies_reads_without_the_clean_tag_and_tags_to_all_but_the_scanner() {
    let template = parse("inbox.yaml");
    let policy = &template["Resources"]["UploadBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"];
    let statements = list(policy);
    let [read, tag] = statements.as_slice() else { panic!("{policy}") };
    for statement in [read, tag] {
        assert_eq!((&statement["Effect"], &statement["Principal"]), (&json!("Deny"), &json!("*")));
    }
    assert_eq!(read["Action"], json!(["s3:GetObject", "s3:GetObjectVersion"]));
    let condition = &read["Condition"]["StringNotEquals"];
    assert_eq!(condition, &json!({"s3:ExistingObjectTag/GuardDutyMalwareScanStatus": "NO_THREATS_FOUND"}));
    assert_eq!(tag["Action"], json!(["s3:PutObjectTagging", "s3:PutObjectVersionTagging"]));
    let spared = tag["Condition"]["ArnNotLike"]["aws:PrincipalArn"].to_string();
    assert!(spared.contains("ScannerRole") && !spared.contains("InboxEventsRole") && !spared.contains("InboxRole"));
}

#[test]
fn every_bucket_is_private_encrypted_versioned_and_kept() {
    let template = parse("inbox.yaml");
    for name in ["UploadBucket", "InboxBucket", "QuarantineBucket"] {
        let bucket = &template["Resources"][name];
        assert_eq!(bucket["DeletionPolicy"], "RetainExceptOnCreate", "{name}");
        let properties = &bucket["Properties"];
        assert_eq!(properties["VersioningConfiguration"]["Status"], "Enabled", "{name}");
        let access = properties["PublicAccessBlockConfiguration"].as_object().unwrap();
        assert!(access.len() == 4 && access.values().all(|blocked| *blocked == json!(true)), "{name}");
        assert!(
            properties["BucketEncryption"].is_object() && properties["LifecycleConfiguration"].is_object(),
            "{name}"
        );
    }
}
