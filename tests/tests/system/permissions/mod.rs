//! Each function's role may do exactly what it needs. The tests make real calls, signed with the role's credentials,
//! and the local cloud evaluates the role's policies.

mod actions;
mod call;

use std::sync::OnceLock;

use aws_credential_types::Credentials;
use serde_json::{Value, json};
use vitae_cloud::{deploy, dev::users};
use vitae_tests::{Response, RunningSystem, running_system};

use self::{
    actions::{Action, Targets},
    call::{Call, send},
};

/// The least number of actions that each role must be refused.
const MIN_REFUSED: usize = 20;

/// A role's stack, its logical id in the template, and the names of the [`actions::all`] that it allows.
const ROLES: [(&str, &str, &[&str]); 6] = [
    ("tests", "EdgeRole", &["ssm:GetParameters of the edge's parameters"]),
    ("tests", "CounterRole", &["dynamodb:Query", "dynamodb:UpdateItem"]),
    ("tests-inbox", "InboxRole", &["dynamodb:GetItem of an upload", "s3:PutObject of an upload"]),
    (
        "tests-inbox",
        "InboxEventsRole",
        &[
            "dynamodb:GetItem of an upload",
            "dynamodb:Scan of the uploads",
            "s3:ListBucketVersions of the uploads",
            "s3:PutObject of a clean file",
        ],
    ),
    ("tests-inbox", "ScannerRole", &["s3:GetObject of an upload", "s3:PutObjectTagging of an upload"]),
    (
        "tests",
        "KeysRole",
        &[
            "cloudfront:ListDistributions",
            "cloudfront:ListPublicKeys",
            "s3:PutObject of the probe object",
            "ssm:GetParameters of signer/pending",
        ],
    ),
];

struct RoleTester<'a> {
    running: &'a RunningSystem,
    targets: Targets,
    credentials: Credentials,
}

impl<'a> RoleTester<'a> {
    /// Creates a user with all permissions who may assume the roles. All tests share it.
    fn new(running: &'a RunningSystem) -> Self {
        static USER: OnceLock<(Credentials, Vec<String>)> = OnceLock::new();
        let user = "prober";
        let root = running.system().ministack().root();
        let stack = "tests";
        let create = || {
            running.block_on(async {
                let policy = json!({"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": "*", "Resource": "*"},
                ]});
                let credentials = users::make(&root, user, &policy).await.unwrap();
                // The object of the actions on uploads. It is of no record.
                let bucket = &running.system().inbox().upload_bucket;
                root.s3().put_object().bucket(bucket).key("incoming/prober").send().await.unwrap();
                let mut roles = Vec::new();
                for (stack, role, _) in ROLES {
                    let name = deploy::physical_id(running.system().deployer(), stack, role).await.unwrap();
                    users::allow_assume_role(&root, user, &name).await.unwrap();
                    roles.push(name);
                }
                (credentials, roles)
            })
        };
        let (credentials, roles) = USER.get_or_init(create).clone();
        let targets = Targets::new(running.system(), stack, roles);
        Self { running, targets, credentials }
    }

    /// Credentials of a session of a role.
    fn assume(&self, role: &str) -> Credentials {
        let response = send(self.running, &self.credentials, &actions::assume_role(role));
        let text = response.text();
        assert!(response.status.is_success(), "{role}: {text}");
        let element = |name: &str| {
            let (_, rest) =
                text.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in the response"));
            rest.split('<').next().unwrap_or_default().to_owned()
        };
        let token = Some(element("SessionToken"));
        Credentials::new(element("AccessKeyId"), element("SecretAccessKey"), token, None, "a session of a role")
    }

    fn send(&self, credentials: &Credentials, action: &Action) -> Response {
        send(self.running, credentials, &action.call)
    }
}

/// Whether the caller's policies are the reason that the local cloud refused the action. Services with a JSON protocol
/// respond with 400, the others with 403.
fn is_refused(response: &Response, action: &Action) -> bool {
    let name = action.name.split(' ').next().unwrap_or_default();
    let text = response.text();
    matches!(response.status.as_u16(), 400 | 403)
        && ["AccessDenied", "AuthorizationError"].iter().any(|code| text.contains(code))
        && text.contains(&format!("is not authorized to perform: {name} "))
}

#[test]
fn each_role_is_allowed_its_own_actions_and_refused_all_others() {
    let (running, _clock) = running_system();
    let tester = RoleTester::new(running);
    let all = actions::all(&tester.targets);
    for ((_, logical_id, allowed), role) in ROLES.iter().zip(&tester.targets.roles) {
        for name in *allowed {
            assert!(all.iter().any(|action| action.name == *name), "no action {name}");
        }
        let session = tester.assume(role);
        let mut refused = 0;
        for action in &all {
            let response = tester.send(&session, action);
            let text = response.text();
            if allowed.contains(&action.name) {
                assert!(
                    response.status.is_success(),
                    "{logical_id} cannot {}: {} {text}",
                    action.name,
                    response.status
                );
            } else {
                assert!(is_refused(&response, action), "{logical_id} can {}: {} {text}", action.name, response.status);
                refused += 1;
            }
        }
        eprintln!("{logical_id}: {} allowed, {refused} refused", allowed.len());
        assert!(refused >= MIN_REFUSED, "{logical_id}: only {refused} refused");
    }
}

/// The control of the test above: a refusal proves nothing if the service refuses every caller, or the call is
/// malformed.
#[test]
fn every_service_allows_the_same_calls_to_a_user_with_permission() {
    let (running, _clock) = running_system();
    let tester = RoleTester::new(running);
    let all = actions::all(&tester.targets);
    let mut services: Vec<_> = all.iter().map(|action| action.call.service).collect();
    services.sort_unstable();
    services.dedup();
    let mut called = Vec::new();
    for action in all.iter().filter(|action| action.is_read_only) {
        let response = tester.send(&tester.credentials, action);
        assert!(response.status.is_success(), "{}: {} {}", action.name, response.status, response.text());
        called.push(action.call.service);
    }
    called.sort_unstable();
    called.dedup();
    assert_eq!(called, services, "a service without a read-only call has no control");
}

/// The bucket's policy denies it to everyone, also to a user with every permission. The object is not below the prefix that the
/// stand-in scanner looks at, and only the local cloud's root user, to whom no policy applies, can tag it.
#[test]
fn an_upload_is_read_only_when_a_scan_has_tagged_it_as_clean_and_only_the_scanner_tags() {
    let (running, _clock) = running_system();
    let tester = RoleTester::new(running);
    let (root, bucket) = (running.system().ministack().root_credentials(), &running.system().inbox().upload_bucket);
    let key = "unscanned";
    let put = running.system().ministack().root().s3().put_object().bucket(bucket).key(key).send();
    let version = running.block_on(put).unwrap().version_id.unwrap();
    let call = |credentials: &Credentials, call: &Call| send(running, credentials, call).status.as_u16();
    let reads = [
        actions::read_object("GET", bucket, key),
        actions::read_object("HEAD", bucket, key),
        actions::read_object("GET", bucket, &format!("{key}?versionId={version}")),
    ];
    let statuses = |credentials: &Credentials| reads.each_ref().map(|read| call(credentials, read));
    assert_eq!(statuses(&tester.credentials), [403; 3], "without a tag");
    for (result, status) in [
        ("THREATS_FOUND", 403),
        ("UNSUPPORTED", 403),
        ("ACCESS_DENIED", 403),
        ("FAILED", 403),
        ("NO_THREATS_FOUND", 200),
    ] {
        let tag = actions::tag(bucket, key, result);
        assert_eq!(call(&tester.credentials, &tag), 403, "a user with every permission tagged");
        assert_eq!(call(root, &tag), 200);
        assert_eq!(statuses(&tester.credentials), [status; 3], "{result}");
        for ((_, logical_id, _), role) in ROLES.iter().zip(&tester.targets.roles) {
            let session = tester.assume(role);
            // Below incoming/ the scanner may.
            assert_eq!(call(&session, &tag), 403, "{logical_id}");
            assert_eq!(statuses(&session), [403; 3], "{logical_id} {result}");
        }
    }
}

/// The policy as it is stored: a deny for everyone, which spares two roles of this stack by name, and one of them only from tagging.
#[test]
fn the_policy_of_the_uploads_spares_the_scanner_and_the_function_that_moves_files() {
    let (running, _clock) = running_system();
    let (root, bucket) = (running.system().ministack().root(), &running.system().inbox().upload_bucket);
    let policy = running.block_on(root.s3().get_bucket_policy().bucket(bucket).send()).unwrap().policy.unwrap();
    let policy: Value = serde_json::from_str(&policy).unwrap();
    let role = |logical_id: &str| {
        let id = deploy::physical_id(running.system().deployer(), "tests-inbox", logical_id);
        running.block_on(id).unwrap()
    };
    let forms = |role: &str| {
        [format!("arn:aws:iam::000000000000:role/{role}"), format!("arn:aws:sts::000000000000:assumed-role/{role}/*")]
    };
    let (scanner, events) = (forms(&role("ScannerRole")), forms(&role("InboxEventsRole")));
    let statements = policy["Statement"].as_array().unwrap();
    let spared = |statement: &Value| statement["Condition"]["ArnNotLike"]["aws:PrincipalArn"].clone();
    assert_eq!(statements.len(), 2, "{policy}");
    assert!(statements.iter().all(|statement| statement["Effect"] == "Deny" && statement["Principal"] == "*"));
    assert_eq!(spared(&statements[1]), json!(scanner));
    assert_eq!(spared(&statements[0]), json!([&scanner[0], &scanner[1], &events[0], &events[1]]));
}
