//! Look, decide, do one thing, look again.

use std::sync::Arc;
use std::time::Duration;

use crate::cloud::{Cloud, Observation};
use crate::decide::{Action, Rest, decide};
use crate::delete;
use crate::error::Error;
use crate::rules::Rules;
use crate::stack::Stack;
use crate::world::{Wish, World};

/// How patiently a run goes on.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How many steps it takes at most, counting those that came to nothing.
    pub rounds: usize,
    /// How long it waits after a conflict, until AWS shows what has changed.
    pub pause: Duration,
}

impl Pace {
    /// A first key takes five steps. The rest is for lists of CloudFront's that lag behind its own answers.
    pub const DEFAULT: Self = Self { rounds: 30, pause: Duration::from_millis(500) };
}

/// Tells the time, in seconds since 1970.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Hears of each step done.
pub type Report<'a> = &'a (dyn Fn(&Action) + Send + Sync);

/// What a run goes by.
#[derive(Clone)]
pub struct Reconciler {
    /// Where.
    pub cloud: Cloud,
    /// How patiently.
    pub pace: Pace,
    /// What the owner decided.
    pub rules: Rules,
    /// Where the probe is asked for; `None` for the distribution's own name.
    pub probe_base_url: Option<String>,
    /// What time it is.
    pub clock: Clock,
}

/// Where a run ended.
#[derive(Debug)]
pub struct Ended {
    /// What was there last.
    pub observed: Observation,
    /// Why nothing more could be done.
    pub rest: Rest,
}

impl Reconciler {
    /// Takes every step that is due, from wherever the stack is.
    ///
    /// # Errors
    /// As any call; [`Error::UnknownKey`] if the key to revoke is not this stack's; [`Error::Unsettled`] if the steps did
    /// not suffice.
    pub async fn run(&self, stack: &Stack, mut wish: Option<Wish>, report: Report<'_>) -> Result<Ended, Error> {
        let mut proof = None;
        let mut is_first = true;
        for _ in 0..self.pace.rounds {
            let mut observed = self.observe(stack).await?;
            if let (Some(Wish::Revoke(id)), true) = (&wish, is_first) {
                must_know(&observed.world, id)?;
            }
            is_first = false;
            // The wish for a new key is fulfilled by the first that is on its way, whoever began it.
            wish = wish.filter(|wish| !matches!(wish, Wish::Rotate(_)) || observed.world.pending.is_none());
            observed.world.wish.clone_from(&wish);
            observed.world.proof.clone_from(&proof);
            match decide(&observed.world) {
                Action::Rest(rest) => return Ok(Ended { observed, rest }),
                action @ Action::Prove { .. } => {
                    let Action::Prove { key_pair_id } = &action else { continue };
                    let base_url = self.probe_base_url.as_deref();
                    proof = Some(self.cloud.proof(&observed, key_pair_id, base_url).await?);
                    report(&action);
                }
                action => match self.cloud.act(stack, &observed, &action).await {
                    Ok(()) => report(&action),
                    Err(error) if error.is_conflict() || error.is_gone() => tokio::time::sleep(self.pace.pause).await,
                    Err(error) => return Err(error),
                },
            }
        }
        Err(Error::Unsettled { rounds: self.pace.rounds })
    }

    /// Looks, and does nothing.
    ///
    /// # Errors
    /// As any call.
    pub async fn observe(&self, stack: &Stack) -> Result<Observation, Error> {
        let mut observed = self.cloud.observe(stack).await?;
        observed.world.now = (self.clock)();
        observed.world.rules = self.rules;
        Ok(observed)
    }

    /// Takes the stack to its first key and gives the id of its key group.
    ///
    /// # Errors
    /// As [`Reconciler::run`]; [`Error::Stuck`] if there is no room.
    pub async fn create(&self, stack: &Stack, report: Report<'_>) -> Result<String, Error> {
        let ended = self.run(stack, Some(Wish::Create), report).await?;
        match (ended.rest, ended.observed.world.group) {
            (Rest::Stuck(why), _) => Err(why.into()),
            (_, Some(group)) => Ok(group.id),
            (_, None) => Err(Error::NoGroup { name: stack.group_name() }),
        }
    }
}

fn must_know(world: &World, id: &str) -> Result<(), Error> {
    let is_known = world.public_keys.iter().any(|key| key.id == id)
        || world.active.as_ref().is_some_and(|active| active.key_pair_id == id);
    if is_known { Ok(()) } else { Err(Error::UnknownKey { id: id.to_owned() }) }
}

/// The id of the stack's key group.
///
/// # Errors
/// As any call; [`Error::NoGroup`] if there is none.
pub async fn group_id(cloud: &Cloud, stack: &Stack) -> Result<String, Error> {
    let group = cloud.registry(stack).await?.group;
    group.map(|group| group.id).ok_or_else(|| Error::NoGroup { name: stack.group_name() })
}

/// Removes what the stack made. What is gone already is no failure; what cannot be removed does not keep the rest, except
/// a group that is still trusted, whose keys are left to sign.
///
/// # Errors
/// [`Error::Left`] names all that is left and why; as any call if the account cannot be looked at.
pub async fn delete(cloud: &Cloud, stack: &Stack, report: &(dyn Fn(&str) + Send + Sync)) -> Result<(), Error> {
    let found = cloud.registry(stack).await?;
    let mut left = Vec::new();
    for removal in delete::plan(found.group.as_ref().map(|group| group.id.as_str()), &found.public_keys) {
        match cloud.remove(stack, &removal).await {
            Ok(()) => report(&format!("removed {removal}")),
            Err(error) => {
                let and_all = removal.holds_up_the_rest();
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
    if left.is_empty() { Ok(()) } else { Err(Error::Left(left.join("; "))) }
}
