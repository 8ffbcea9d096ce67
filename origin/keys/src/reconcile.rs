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

    /// Creates the stack's first key and returns the id of its key group.
    ///
    /// # Errors
    /// As [`Reconciler::run`]; [`Error::Blocked`] if a quota is exhausted.
    pub async fn create(&self, stack: &Stack, report: Report<'_>) -> Result<String, Error> {
        let ended = self.run(stack, Some(Intent::Create), report).await?;
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

/// The id of the stack's key group.
///
/// # Errors
/// The call that failed; [`Error::NoKeyGroup`] if the stack has no key group.
pub async fn group_id(cloud: &AwsClients, stack: &Stack) -> Result<String, Error> {
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
