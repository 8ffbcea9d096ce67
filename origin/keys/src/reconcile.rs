//! Look, decide, do one thing, look again.

use std::time::Duration;

use vitae_signer::Algorithm;

use crate::cloud::Cloud;
use crate::create::{self, Action};
use crate::delete;
use crate::error::Error;
use crate::stack::Stack;

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

/// Takes the stack to its first key, from wherever it is, and gives the id of its key group. `report` hears of each step
/// done.
///
/// # Errors
/// As any call; [`Error::Stuck`] if there is no room; [`Error::Unsettled`] if the steps did not suffice.
pub async fn create(
    cloud: &Cloud,
    stack: &Stack,
    algorithm: Algorithm,
    pace: Pace,
    report: &(dyn Fn(&str) + Send + Sync),
) -> Result<String, Error> {
    for _ in 0..pace.rounds {
        let observed = cloud.observe(stack).await?;
        let action = create::decide(&observed.world, algorithm)?;
        if let Action::Done { group_id } = action {
            return Ok(group_id);
        }
        match cloud.act(stack, &observed, &action).await {
            Ok(()) => report(&action.to_string()),
            Err(error) if error.is_conflict() || error.is_gone() => tokio::time::sleep(pace.pause).await,
            Err(error) => return Err(error),
        }
    }
    Err(Error::Unsettled { rounds: pace.rounds })
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
