//! What each function's role may do in the deployed stack, and that it may do nothing else: real calls, signed as the role,
//! which the local cloud checks against the role's policies.

mod actions;
mod signed;

use std::sync::OnceLock;

use aws_credential_types::Credentials;
use serde_json::json;
use vitae_cloud::{deploy, users};
use vitae_tests::{Answer, Running, running};

use self::{
    actions::{Action, Targets},
    signed::send,
};

/// The least number of actions that each role is tried with and refused.
const REFUSED: usize = 20;

/// A role's logical id in the template, and of [`actions::all`] those that it is for.
const ROLES: [(&str, &[&str]); 3] = [
    ("EdgeRole", &["ssm:GetParameters of what the edge reads"]),
    ("CounterRole", &["dynamodb:Query", "dynamodb:UpdateItem"]),
    (
        "KeysRole",
        &[
            "cloudfront:ListDistributions",
            "cloudfront:ListPublicKeys",
            "s3:PutObject of the probe",
            "ssm:GetParameters of signer/pending",
        ],
    ),
];

struct Prober<'a> {
    running: &'a Running,
    targets: Targets,
    credentials: Credentials,
}

impl<'a> Prober<'a> {
    /// A user that may assume the three roles and do everything in the table, the same for every test.
    fn new(running: &'a Running) -> Self {
        static MADE: OnceLock<(Credentials, Vec<String>)> = OnceLock::new();
        let user = "prober";
        let root = running.system().ministack().root();
        let stack = "tests";
        let made = || {
            running.block_on(async {
                let policy = json!({"Version": "2012-10-17", "Statement": [
                    {"Effect": "Allow", "Action": "*", "Resource": "*"},
                ]});
                let credentials = users::make(&root, user, &policy).await.unwrap();
                let mut roles = Vec::new();
                for (role, _) in ROLES {
                    let name = deploy::physical_id(running.system().deployer(), stack, role).await.unwrap();
                    users::let_assume(&root, user, &name).await.unwrap();
                    roles.push(name);
                }
                (credentials, roles)
            })
        };
        let (credentials, roles) = MADE.get_or_init(made).clone();
        let targets = Targets::new(running.system().outputs(), stack, roles);
        Self { running, targets, credentials }
    }

    /// A session of a role.
    fn assume(&self, role: &str) -> Credentials {
        let answer = send(self.running, &self.credentials, &actions::assume_role(role));
        let text = answer.text();
        assert!(answer.status.is_success(), "{role}: {text}");
        let element = |name: &str| {
            let (_, rest) = text.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in the answer"));
            rest.split('<').next().unwrap_or_default().to_owned()
        };
        let token = Some(element("SessionToken"));
        Credentials::new(element("AccessKeyId"), element("SecretAccessKey"), token, None, "a session of a role")
    }

    fn send(&self, credentials: &Credentials, action: &Action) -> Answer {
        send(self.running, credentials, &action.call)
    }
}

/// Whether the local cloud refused the action by the caller's policies, and not for another reason. Services that speak JSON
/// say so with 400, the others with 403.
fn is_refused(answer: &Answer, action: &Action) -> bool {
    let name = action.name.split(' ').next().unwrap_or_default();
    let text = answer.text();
    matches!(answer.status.as_u16(), 400 | 403)
        && ["AccessDenied", "AuthorizationError"].iter().any(|code| text.contains(code))
        && text.contains(&format!("is not authorized to perform: {name} "))
}

#[test]
fn each_role_can_do_its_own_work_and_is_refused_everything_else() {
    let (running, _present) = running();
    let prober = Prober::new(running);
    let all = actions::all(&prober.targets);
    for ((logical_id, own), role) in ROLES.iter().zip(&prober.targets.roles) {
        for name in *own {
            assert!(all.iter().any(|action| action.name == *name), "no action {name}");
        }
        let session = prober.assume(role);
        let mut refused = 0;
        for action in &all {
            let answer = prober.send(&session, action);
            let said = answer.text();
            if own.contains(&action.name) {
                assert!(answer.status.is_success(), "{logical_id} cannot {}: {} {said}", action.name, answer.status);
            } else {
                assert!(is_refused(&answer, action), "{logical_id} can {}: {} {said}", action.name, answer.status);
                refused += 1;
            }
        }
        eprintln!("{logical_id}: {} allowed, {refused} refused", own.len());
        assert!(refused >= REFUSED, "{logical_id}: only {refused} were tried");
    }
}

/// A refusal would prove nothing of a service whose calls were refused to everybody, or were refused for their form.
#[test]
fn in_every_service_of_the_table_the_same_calls_are_allowed_to_who_may() {
    let (running, _present) = running();
    let prober = Prober::new(running);
    let all = actions::all(&prober.targets);
    let mut services: Vec<_> = all.iter().map(|action| action.call.service).collect();
    services.sort_unstable();
    services.dedup();
    let mut tried = Vec::new();
    for action in all.iter().filter(|action| action.is_harmless) {
        let answer = prober.send(&prober.credentials, action);
        assert!(answer.status.is_success(), "{}: {} {}", action.name, answer.status, answer.text());
        tried.push(action.call.service);
    }
    tried.sort_unstable();
    tried.dedup();
    assert_eq!(tried, services, "a service without a harmless call has no control");
}
