//! The running system, and ways to break it and to read doctor's findings.

use std::sync::{Mutex, MutexGuard, PoisonError};

use vitae_cloud::{
    aws::AwsClients,
    operate::doctor::{Finding, Verdict, examine},
};
use vitae_local::Credentials;
use vitae_parameters::{Parameter, Prefix};
use vitae_setup::Progress;
use vitae_tests::{EdgeClock, RunningSystem, running_system};

/// The stack of the running system.
pub(crate) const STACK: &str = "tests";

/// Locked by each test, so that there is one fault at a time.
static LOCK: Mutex<()> = Mutex::new(());

pub(crate) struct Fixture {
    pub(crate) running: &'static RunningSystem,
    _clock: EdgeClock<'static>,
    _guard: MutexGuard<'static, ()>,
}

impl Fixture {
    pub(crate) fn lock() -> Self {
        let guard = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
        let (running, clock) = running_system();
        Self { running, _clock: clock, _guard: guard }
    }

    /// The local cloud with the permissions of its root user.
    pub(crate) fn root(&self) -> AwsClients {
        self.running.system().ministack().root()
    }

    /// The findings of a caller who may read everything.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        self.examine(&self.root(), STACK)
    }

    /// The findings of the deployer.
    pub(crate) fn findings_of_deployer(&self) -> Vec<Finding> {
        self.examine(self.running.system().deployer(), STACK)
    }

    /// The findings for another stack.
    pub(crate) fn findings_about(&self, stack: &str) -> Vec<Finding> {
        self.examine(&self.root(), stack)
    }

    /// The findings of the caller with this access key, which is not valid.
    pub(crate) fn findings_of(&self, access_key_id: &str) -> Vec<Finding> {
        let credentials = Credentials::new(access_key_id, "secret", None, None, "a test");
        self.examine(&AwsClients::local(self.running.system().ministack().endpoint(), credentials), STACK)
    }

    fn examine(&self, aws: &AwsClients, stack: &str) -> Vec<Finding> {
        // A response from the edge's cache would hide the fault.
        self.running.system().edge().invalidate(["/*"]);
        self.running.block_on(examine(aws, stack, &Progress::silent().step("doctor")))
    }

    /// Asserts that doctor finds the fault: see [`assert_finding`].
    pub(crate) fn assert_finding(&self, check: &str, verdict: Verdict, found: &str, fix: &str) {
        assert_finding(&self.findings(), check, verdict, found, fix);
    }

    pub(crate) fn name(parameter: Parameter) -> String {
        Prefix::from_stack_name(STACK).unwrap().name(parameter)
    }

    /// A parameter's value, if it exists.
    pub(crate) fn get(&self, parameter: Parameter) -> Option<String> {
        let got = self.root().ssm().get_parameter().name(Self::name(parameter)).with_decryption(true);
        self.running.block_on(got.send()).ok()?.parameter?.value
    }

    pub(crate) fn put(&self, parameter: Parameter, value: &str) {
        let kind = if parameter.is_secret() { "SecureString" } else { "String" };
        let put = self.root().ssm().put_parameter().name(Self::name(parameter)).value(value).overwrite(true);
        self.running.block_on(put.r#type(kind.into()).send()).unwrap();
    }

    pub(crate) fn delete(&self, parameter: Parameter) {
        self.running.block_on(self.root().ssm().delete_parameter().name(Self::name(parameter)).send()).unwrap();
    }

    /// The physical id of a resource of the stack.
    pub(crate) fn physical_id(&self, logical_id: &str) -> String {
        let root = self.root();
        self.running.block_on(vitae_cloud::deploy::physical_id(&root, STACK, logical_id)).unwrap()
    }
}

/// Asserts that a check has this verdict, and that its text and its fix contain `found` and `fix`.
pub(crate) fn assert_finding(findings: &[Finding], check: &str, verdict: Verdict, found: &str, fix: &str) {
    let finding = findings.iter().find(|finding| finding.check == check);
    let finding = finding.unwrap_or_else(|| panic!("no finding of {check} in {findings:#?}"));
    println!("{finding:#?}");
    assert_eq!(finding.verdict, verdict, "{finding:#?}");
    assert!(finding.found.contains(found), "{found:?} in {finding:#?}");
    assert!(finding.fix.as_ref().is_some_and(|named| named.contains(fix)), "{fix:?} in {finding:#?}");
}
