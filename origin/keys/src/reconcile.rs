//! Look, decide, do one thing, look again.

use std::sync::Arc;
use std::time::Duration;

use crate::aws::{AwsClients, Snapshot};
use crate::decide::{Action, Idle, decide};
use crate::error::Error;
use crate::observed::{Intent, Observed};
use crate::stack::Stack;
use crate::teardown;
use crate::timing::RotationPolicy;

/// How patiently a run goes on.
#[derive(Clone, Copy, Debug)]
pub struct RetryLimits {
    /// How many steps it takes at most, counting those that came to nothing.
    pub max_steps: usize,
    /// How long it waits after a conflict, until AWS shows what has changed.
    pub backoff: Duration,
}

impl RetryLimits {
    /// A first key takes five steps. The rest is for lists of CloudFront's that lag behind its own answers.
    pub const DEFAULT: Self = Self { max_steps: 30, backoff: Duration::from_millis(500) };
}

/// Tells the time, in seconds since 1970.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Hears of each step done.
pub type Report<'a> = &'a (dyn Fn(&Action) + Send + Sync);

/// What a run goes by.
#[derive(Clone)]
pub struct Reconciler {
    /// Where.
    pub cloud: AwsClients,
    /// How patiently.
    pub limits: RetryLimits,
    /// What the owner decided.
    pub policy: RotationPolicy,
    /// Where the probe is asked for; `None` for the distribution's own name.
    pub probe_base_url: Option<String>,
    /// What time it is.
    pub clock: Clock,
}

/// Where a run ended.
#[derive(Debug)]
pub struct Ended {
    /// What was there last.
    pub snapshot: Snapshot,
    /// Why nothing more could be done.
    pub idle: Idle,
}

impl Reconciler {
    /// Takes every step that is due, from wherever the stack is.
    ///
    /// # Errors
    /// As any call; [`Error::UnknownKey`] if the key to revoke is not this stack's; [`Error::Unsettled`] if the steps did
    /// not suffice.
    pub async fn run(&self, stack: &Stack, mut intent: Option<Intent>, report: Report<'_>) -> Result<Ended, Error> {
        let mut proof = None;
        let mut is_first = true;
        for _ in 0..self.limits.max_steps {
            let mut snapshot = self.observe(stack).await?;
            if let (Some(Intent::Revoke(id)), true) = (&intent, is_first) {
                must_know(&snapshot.observed, id)?;
            }
            is_first = false;
            // The intent for a new key is fulfilled by the first that is on its way, whoever began it.
            intent =
                intent.filter(|intent| !matches!(intent, Intent::Rotate(_)) || snapshot.observed.pending.is_none());
            snapshot.observed.intent.clone_from(&intent);
            snapshot.observed.proof.clone_from(&proof);
            match decide(&snapshot.observed) {
                Action::Idle(idle) => return Ok(Ended { snapshot, idle }),
                action @ Action::Prove { .. } => {
                    let Action::Prove { key_pair_id } = &action else { continue };
                    let base_url = self.probe_base_url.as_deref();
                    proof = Some(self.cloud.proof(&snapshot, key_pair_id, base_url).await?);
                    report(&action);
                }
                action => match self.cloud.act(stack, &snapshot, &action).await {
                    Ok(()) => report(&action),
                    Err(error) if error.is_conflict() || error.is_gone() => {
                        tokio::time::sleep(self.limits.backoff).await
                    }
                    Err(error) => return Err(error),
                },
            }
        }
        Err(Error::Unsettled { max_steps: self.limits.max_steps })
    }

    /// Looks, and does nothing.
    ///
    /// # Errors
    /// As any call.
    pub async fn observe(&self, stack: &Stack) -> Result<Snapshot, Error> {
        let mut snapshot = self.cloud.observe(stack).await?;
        snapshot.observed.now = (self.clock)();
        snapshot.observed.policy = self.policy;
        Ok(snapshot)
    }

    /// Takes the stack to its first key and gives the id of its key group.
    ///
    /// # Errors
    /// As [`Reconciler::run`]; [`Error::Blocked`] if there is no room.
    pub async fn create(&self, stack: &Stack, report: Report<'_>) -> Result<String, Error> {
        let ended = self.run(stack, Some(Intent::Create), report).await?;
        match (ended.idle, ended.snapshot.observed.group) {
            (Idle::Blocked(why), _) => Err(why.into()),
            (_, Some(group)) => Ok(group.id),
            (_, None) => Err(Error::NoKeyGroup { name: stack.group_name() }),
        }
    }
}

fn must_know(observed: &Observed, id: &str) -> Result<(), Error> {
    let is_known = observed.public_keys.iter().any(|key| key.id == id)
        || observed.active.as_ref().is_some_and(|active| active.key_pair_id == id);
    if is_known { Ok(()) } else { Err(Error::UnknownKey { id: id.to_owned() }) }
}

/// The id of the stack's key group.
///
/// # Errors
/// As any call; [`Error::NoKeyGroup`] if there is none.
pub async fn group_id(cloud: &AwsClients, stack: &Stack) -> Result<String, Error> {
    let group = cloud.registry(stack).await?.group;
    group.map(|group| group.id).ok_or_else(|| Error::NoKeyGroup { name: stack.group_name() })
}

/// Removes what the stack made. What is gone already is no failure; what cannot be removed does not keep the idle, except
/// a group that is still trusted, whose keys are left to sign.
///
/// # Errors
/// [`Error::LeftBehind`] names all that is left and why; as any call if the account cannot be looked at.
pub async fn delete(cloud: &AwsClients, stack: &Stack, report: &(dyn Fn(&str) + Send + Sync)) -> Result<(), Error> {
    let found = cloud.registry(stack).await?;
    let mut left = Vec::new();
    for removal in teardown::plan(found.group.as_ref().map(|group| group.id.as_str()), &found.public_keys) {
        match cloud.remove(stack, &removal).await {
            Ok(()) => report(&format!("removed {removal}")),
            Err(error) => {
                let and_all = removal.blocks_the_rest();
                let trusted =
                    "a distribution still trusts it: delete that, then this again; the keys are left to sign for it";
                let why = if and_all && error.is_in_use() { trusted.to_owned() } else { error.to_string() };
                left.push(format!("{removal} ({why})"));
                if and_all {
                    break;
                }
            }
        }
    }
    if left.is_empty() { Ok(()) } else { Err(Error::LeftBehind(left.join("; "))) }
}
