//! `inbox.yaml` keeps what its policies promise.

use serde_json::{Value, json};
use vitae_inbox::{
    events::event::{SCAN_DETAIL_TYPE, SCAN_SOURCE},
    objects::{SCAN_TAG, file_key, summary_key},
    record::object_key,
    upload_id::UploadId,
};

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
    assert_eq!(condition, &json!({format!("s3:ExistingObjectTag/{SCAN_TAG}"): "NO_THREATS_FOUND"}));
    assert_eq!(tag["Action"], json!(["s3:PutObjectTagging", "s3:PutObjectVersionTagging"]));
    let spared = tag["Condition"]["ArnNotLike"]["aws:PrincipalArn"].to_string();
    assert!(spared.contains("ScannerRole") && !spared.contains("InboxEventsRole") && !spared.contains("InboxRole"));
    let spared = read["Condition"]["ArnNotLike"]["aws:PrincipalArn"].to_string();
    assert!(spared.contains("ScannerRole") && spared.contains("InboxEventsRole") && !spared.contains("InboxRole"));
}

/// The properties of a resource.
fn properties(logical_id: &str) -> Value {
    parse("inbox.yaml")["Resources"][logical_id]["Properties"].clone()
}

#[test]
fn the_rules_and_the_plan_match_the_events_and_the_objects_of_the_code() {
    let key = object_key(&UploadId::parse("0123456789-_3456789abc").unwrap());
    let (folder, _) = key.split_at(key.find('/').unwrap() + 1);
    let arrived = properties("FileArrived")["EventPattern"].clone();
    assert_eq!((&arrived["source"], &arrived["detail-type"]), (&json!(["aws.s3"]), &json!(["Object Created"])));
    assert_eq!(arrived["detail"]["bucket"]["name"], json!([{"Ref": "UploadBucket"}]));
    assert_eq!(arrived["detail"]["object"]["key"], json!([{"prefix": folder}]));
    let scanned = properties("FileScanned")["EventPattern"].clone();
    assert_eq!((&scanned["source"], &scanned["detail-type"]), (&json!([SCAN_SOURCE]), &json!([SCAN_DETAIL_TYPE])));
    assert_eq!(scanned["detail"]["s3ObjectDetails"]["bucketName"], json!([{"Ref": "UploadBucket"}]));
    let bucket = &properties("ScanPlan")["ProtectedResource"]["S3Bucket"];
    assert_eq!(*bucket, json!({"BucketName": {"Ref": "UploadBucket"}, "ObjectPrefixes": [folder]}));
    assert_eq!(properties("ScanPlan")["Actions"]["Tagging"]["Status"], "ENABLED");
}

#[test]
fn the_functions_may_write_the_objects_that_the_code_writes_and_no_others() {
    let id = UploadId::parse("0123456789-_3456789abc").unwrap();
    let may_write = |role: &str| {
        let writes = |statement: &Value| list(&statement["Action"]).contains(&json!("s3:PutObject"));
        let resources = statements(role).into_iter().filter(writes).flat_map(|statement| list(&statement["Resource"]));
        resources.map(|resource| resource["Fn::Sub"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let folder = |key: String| key.split_once('/').unwrap().0.to_owned();
    let pattern = |bucket: &str, key: String| format!("${{{bucket}.Arn}}/{}/*", folder(key));
    assert_eq!(may_write("InboxRole"), [pattern("UploadBucket", object_key(&id))]);
    let expected = [
        pattern("InboxBucket", file_key(&id)),
        pattern("InboxBucket", summary_key(&id)),
        pattern("QuarantineBucket", file_key(&id)),
    ];
    assert_eq!(may_write("InboxEventsRole"), expected);
}

#[test]
fn browsers_may_post_to_the_upload_bucket_and_do_nothing_else() {
    for bucket in ["InboxBucket", "QuarantineBucket"] {
        assert_eq!(properties(bucket)["CorsConfiguration"], Value::Null, "{bucket}");
    }
    let rules = list(&properties("UploadBucket")["CorsConfiguration"]["CorsRules"]);
    assert_eq!(rules.len(), 1);
    // Any origin: a bucket's rules cannot name the distribution, which is created later. The signed policy decides.
    assert_eq!(
        (&rules[0]["AllowedMethods"], &rules[0]["AllowedOrigins"], &rules[0]["ExposeHeaders"]),
        (&json!(["POST"]), &json!(["*"]), &Value::Null)
    );
}

#[test]
fn uploads_expire_and_clean_files_are_archived_and_nothing_deletes_what_the_owner_has_not_deleted() {
    let rules = |bucket: &str| list(&properties(bucket)["LifecycleConfiguration"]["Rules"]);
    assert_eq!(rules("UploadBucket")[0]["ExpirationInDays"], 30);
    let archive = &rules("InboxBucket")[0];
    assert_eq!(archive["Transitions"], json!([{"StorageClass": "GLACIER_IR", "TransitionInDays": 90}]));
    assert_eq!(archive["Prefix"], "files/");
    for bucket in ["InboxBucket", "QuarantineBucket"] {
        assert!(rules(bucket).iter().all(|rule| rule["ExpirationInDays"].is_null()), "{bucket}");
    }
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
