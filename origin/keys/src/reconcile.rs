//! The loop of a run: observe, decide, take one step, observe again.

use std::sync::Arc;
use std::time::Duration;

use crate::aws::{AwsClients, Snapshot};
use crate::decide::{Action, Idle, decide};
use crate::error::Error;
use crate::observed::{Intent, Observed};
use crate::stack::Stack;
use crate::teardown;
use crate::timing::RotationPolicy;

/// The limits of a run.
#[derive(Clone, Copy, Debug)]
pub struct RetryLimits {
    /// The maximum number of steps, including those that failed with a conflict.
    pub max_steps: usize,
    /// The pause after a conflict, before the next observation.
    pub backoff: Duration,
}

impl RetryLimits {
    /// A first key takes five steps. The other steps allow for CloudFront's lists, which lag behind its changes.
    pub const DEFAULT: Self = Self { max_steps: 30, backoff: Duration::from_millis(500) };
}

/// How long a creation is repeated while AWS denies a call, in seconds. The function's role is created with the stack, and IAM
/// is eventually consistent. The rest of the function's timeout is enough for a first key and the response.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>
const IAM_PROPAGATION_S: u64 = 30;

/// A clock, in seconds since 1970.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Called for each completed step.
pub type Report<'a> = &'a (dyn Fn(&Action) + Send + Sync);

/// Reconciles the keys of a stack.
#[derive(Clone)]
pub struct Reconciler {
    /// The clients.
    pub cloud: AwsClients,
    /// The limits.
    pub limits: RetryLimits,
    /// The owner's settings.
    pub policy: RotationPolicy,
    /// The address to which the probe is sent; `None` for the distribution's domain name.
    pub probe_base_url: Option<String>,
    /// The clock.
    pub clock: Clock,
}

/// The result of a run.
#[derive(Debug)]
pub struct RunResult {
    /// The last snapshot.
    pub snapshot: Snapshot,
    /// Why no step is due.
    pub idle: Idle,
}

impl Reconciler {
    /// Takes every step that is due. `intent` is what the caller requests in addition, such as a rotation.
    ///
    /// # Errors
    /// The call that failed; [`Error::UnknownKey`] if the key to revoke does not belong to this stack; [`Error::Unsettled`]
    /// after too many steps.
    pub async fn run(&self, stack: &Stack, mut intent: Option<Intent>, report: Report<'_>) -> Result<RunResult, Error> {
        let mut proof = None;
        let mut is_first = true;
        for _ in 0..self.limits.max_steps {
            let mut snapshot = self.observe(stack).await?;
            if let (Some(Intent::Revoke(id)), true) = (&intent, is_first) {
                require_known(&snapshot.observed, id)?;
            }
            is_first = false;
            // A pending key fulfils the request for a rotation, even if a concurrent run started it.
            intent =
                intent.filter(|intent| !matches!(intent, Intent::Rotate(_)) || snapshot.observed.pending.is_none());
            snapshot.observed.intent.clone_from(&intent);
            snapshot.observed.proof.clone_from(&proof);
            match decide(&snapshot.observed) {
                Action::Idle(idle) => return Ok(RunResult { snapshot, idle }),
                action @ Action::Prove { .. } => {
                    let Action::Prove { key_pair_id } = &action else { continue };
                    let base_url = self.probe_base_url.as_deref();
                    proof = Some(self.cloud.proof(&snapshot, key_pair_id, base_url).await?);
                    report(&action);
                }
                action => match self.cloud.act(stack, &snapshot, &action).await {
                    Ok(()) => report(&action),
                    Err(error) if error.is_conflict() || error.is_gone() => {
                        tokio::time::sleep(self.limits.backoff).await;
                    }
                    Err(error) => return Err(error),
                },
            }
        }
        Err(Error::Unsettled { max_steps: self.limits.max_steps })
    }

    /// Observes, and takes no step.
    ///
    /// # Errors
    /// The call that failed.
    pub async fn observe(&self, stack: &Stack) -> Result<Snapshot, Error> {
        let mut snapshot = self.cloud.observe(stack).await?;
        snapshot.observed.now = (self.clock)();
        snapshot.observed.policy = self.policy;
        Ok(snapshot)
    }

    /// Creates the stack's first key and the key of named links, and returns the id of its key group. A denied call is repeated for the first seconds,
    /// until the permissions of the function's role are in effect.
    ///
    /// # Errors
    /// As [`Reconciler::run`]; [`Error::Blocked`] if a quota is exhausted.
    pub async fn create(&self, stack: &Stack, report: Report<'_>) -> Result<String, Error> {
        let started = (self.clock)();
        let ended = loop {
            match self.run(stack, Some(Intent::Create), report).await {
                Err(error)
                    if error.is_access_denied() && (self.clock)().saturating_sub(started) < IAM_PROPAGATION_S =>
                {
                    tokio::time::sleep(self.limits.backoff).await;
                }
                ended => break ended?,
            }
        };
        self.cloud.store_links_key(stack).await?;
        match (ended.idle, ended.snapshot.observed.group) {
            (Idle::Blocked(blocked), _) => Err(blocked.into()),
            (_, Some(group)) => Ok(group.id),
            (_, None) => Err(Error::NoKeyGroup { name: stack.group_name() }),
        }
    }
}

fn require_known(observed: &Observed, id: &str) -> Result<(), Error> {
    let is_known = observed.public_keys.iter().any(|key| key.id == id)
        || observed.active.as_ref().is_some_and(|active| active.key_pair_id == id);
    if is_known { Ok(()) } else { Err(Error::UnknownKey { id: id.to_owned() }) }
}

/// Updates the resource: creates the key of named links if an earlier version has not, and returns the id of the stack's key
/// group. The signer's keys do not change.
///
/// # Errors
/// The call that failed; [`Error::NoKeyGroup`] if the stack has no key group.
pub async fn update(cloud: &AwsClients, stack: &Stack) -> Result<String, Error> {
    cloud.store_links_key(stack).await?;
    let group = cloud.registry(stack).await?.group;
    group.map(|group| group.id).ok_or_else(|| Error::NoKeyGroup { name: stack.group_name() })
}

/// Removes what the stack created: the key group, the public keys, the probe object and the parameters of the signer. A missing
/// resource is not an error. If one cannot be removed, the others still are, except that the keys of a group that a
/// distribution trusts are kept.
///
/// # Errors
/// [`Error::LeftBehind`] lists what remains, with reasons; the call that failed, if the account cannot be read.
pub async fn delete(cloud: &AwsClients, stack: &Stack, report: &(dyn Fn(&str) + Send + Sync)) -> Result<(), Error> {
    let found = cloud.registry(stack).await?;
    let mut left = Vec::new();
    for removal in teardown::plan(found.group.as_ref().map(|group| group.id.as_str()), &found.public_keys) {
        match cloud.remove(stack, &removal).await {
            Ok(()) => report(&format!("removed {removal}")),
            Err(error) => {
                let blocks_the_rest = removal.blocks_the_rest();
                let trusted = "a distribution still trusts it; delete the distribution first, then this stack again. The keys are kept for it";
                let reason = if blocks_the_rest && error.is_in_use() { trusted.to_owned() } else { error.to_string() };
                left.push(format!("{removal} ({reason})"));
                if blocks_the_rest {
                    break;
                }
            }
        }
    }
    if left.is_empty() { Ok(()) } else { Err(Error::LeftBehind(left.join("; "))) }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use aws_sdk_cloudfront::config::{BehaviorVersion, Credentials, Region, retry::RetryConfig};
    use aws_smithy_runtime_api::client::http::{
        HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
    };
    use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
    use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
    use aws_smithy_types::body::SdkBody;
    use vitae_parameters::Prefix;

    use super::*;

    /// CloudFront that denies the first calls and rejects the others.
    #[derive(Clone, Debug)]
    struct Denying {
        denials: u64,
        calls: Arc<AtomicU64>,
    }

    impl HttpConnector for Denying {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            let is_denied = self.calls.fetch_add(1, Ordering::Relaxed) < self.denials;
            let (status, code) = if is_denied { (403_u16, "AccessDenied") } else { (400, "InvalidArgument") };
            let body = format!("<ErrorResponse><Error><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>");
            HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body))))
        }
    }

    /// A reconciler whose clock advances by a second at each call of the cloud.
    fn reconciler(denials: u64) -> (Reconciler, Arc<AtomicU64>) {
        let cloud = Denying { denials, calls: Arc::default() };
        let calls = Arc::clone(&cloud.calls);
        let connector = SharedHttpConnector::new(cloud);
        let client = http_client_fn(move |_: &HttpConnectorSettings, _: &RuntimeComponents| connector.clone());
        let cloudfront = aws_sdk_cloudfront::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(Credentials::new("id", "secret", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .http_client(client)
            .build();
        let ssm = aws_sdk_ssm::Config::builder().behavior_version(BehaviorVersion::latest()).build();
        let s3 = aws_sdk_s3::Config::builder().behavior_version(BehaviorVersion::latest()).build();
        let cloud = AwsClients::new(
            aws_sdk_cloudfront::Client::from_conf(cloudfront),
            aws_sdk_ssm::Client::from_conf(ssm),
            aws_sdk_s3::Client::from_conf(s3),
            None,
        );
        let clock = Arc::clone(&calls);
        let reconciler = Reconciler {
            cloud,
            limits: RetryLimits { max_steps: 30, backoff: Duration::ZERO },
            policy: RotationPolicy::default(),
            probe_base_url: None,
            clock: Arc::new(move || 1_800_000_000 + clock.load(Ordering::Relaxed)),
        };
        (reconciler, calls)
    }

    fn stack() -> Stack {
        Stack::new(Prefix::from_stack_name("resume").unwrap())
    }

    fn code(error: Error) -> String {
        let Error::Rejected { code, .. } = error else { panic!("{error}") };
        code
    }

    #[tokio::test]
    async fn a_creation_waits_until_the_permissions_of_its_new_role_are_in_effect() {
        let (reconciler, calls) = reconciler(IAM_PROPAGATION_S - 1);
        let error = reconciler.create(&stack(), &|_| ()).await.unwrap_err();
        assert_eq!((code(error).as_str(), calls.load(Ordering::Relaxed)), ("InvalidArgument", IAM_PROPAGATION_S));
    }

    #[tokio::test]
    async fn a_creation_that_is_still_denied_after_thirty_seconds_fails() {
        let (reconciler, calls) = reconciler(u64::MAX);
        let error = reconciler.create(&stack(), &|_| ()).await.unwrap_err();
        assert_eq!((code(error).as_str(), calls.load(Ordering::Relaxed)), ("AccessDenied", IAM_PROPAGATION_S));
    }

    #[tokio::test]
    async fn a_denied_rotation_fails_at_once() {
        let (reconciler, calls) = reconciler(1);
        let error = reconciler.run(&stack(), None, &|_| ()).await.unwrap_err();
        assert_eq!((code(error).as_str(), calls.load(Ordering::Relaxed)), ("AccessDenied", 1));
    }
}
