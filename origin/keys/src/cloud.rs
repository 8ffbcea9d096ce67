//! CloudFront and Parameter Store: everything that has an effect, except the answer to CloudFormation.

mod groups;
mod parameters;
mod public_keys;

use aws_sdk_cloudfront::error::{ProvideErrorMetadata, SdkError};
use vitae_edge::parameters::{Parameter, SignerParameter};

use crate::create::{Action, Slot};
use crate::delete::Removal;
use crate::error::Error;
use crate::pair;
use crate::public_key::PublicKey;
use crate::stack::Stack;
use crate::world::{Group, RegisteredKey, StoredPair, World};

/// The two services.
#[derive(Clone, Debug)]
pub struct Cloud {
    cloudfront: aws_sdk_cloudfront::Client,
    ssm: aws_sdk_ssm::Client,
}

/// What is there, with the private halves that actions need.
#[derive(Debug)]
pub struct Observation {
    /// What decisions are made from.
    pub world: World,
    active: Option<SignerParameter>,
    pending: Option<SignerParameter>,
}

/// What CloudFront has of a stack.
#[derive(Debug)]
pub struct Registry {
    /// Its key group.
    pub group: Option<Group>,
    /// Its public keys.
    pub public_keys: Vec<RegisteredKey>,
    /// How many public keys the account has.
    pub keys_in_account: usize,
}

impl Cloud {
    /// The two services through these clients.
    #[must_use]
    pub const fn new(cloudfront: aws_sdk_cloudfront::Client, ssm: aws_sdk_ssm::Client) -> Self {
        Self { cloudfront, ssm }
    }

    /// Looks at all that a decision needs. CloudFront comes first: a public key of this stack was stored before it was
    /// registered, so whoever sees it registered then finds it stored.
    ///
    /// # Errors
    /// As any call; [`Error::Unreadable`] if a parameter holds no pair.
    pub async fn observe(&self, stack: &Stack) -> Result<Observation, Error> {
        let Registry { group, public_keys, keys_in_account } = self.registry(stack).await?;
        let [active, pending] = self.pairs(stack).await?;
        let stored = |pair: &SignerParameter| StoredPair {
            key_pair_id: pair.key_pair_id().to_string(),
            public_key: PublicKey::of_pem(&pair.private_key().public_key_pem()),
        };
        let (of_active, of_pending) = (active.as_ref().map(stored), pending.as_ref().map(stored));
        let world = World { pending: of_pending, active: of_active, public_keys, group, keys_in_account };
        Ok(Observation { world, active, pending })
    }

    /// Looks at what CloudFront has.
    ///
    /// # Errors
    /// As any call.
    pub async fn registry(&self, stack: &Stack) -> Result<Registry, Error> {
        let group = self.group(stack).await?;
        let (public_keys, keys_in_account) = self.public_keys(stack).await?;
        Ok(Registry { group, public_keys, keys_in_account })
    }

    /// Does one step.
    ///
    /// # Errors
    /// As any call. An error that [is a conflict](Error::is_conflict) means that the observation is out of date.
    pub async fn act(&self, stack: &Stack, observed: &Observation, action: &Action) -> Result<(), Error> {
        match action {
            Action::MakePair(algorithm) => self.store_new(stack, &pair::generate(*algorithm)?).await,
            Action::Register(slot) => self.register(stack, observed.pair(*slot)?).await,
            Action::CreateGroup { key_pair_id } => self.create_group(stack, key_pair_id).await,
            Action::AddToGroup { key_pair_id } => match &observed.world.group {
                Some(group) => self.add_to_group(stack, group, key_pair_id).await,
                None => Err(Error::Bug),
            },
            Action::Promote { from, key_pair_id } => {
                let active = pair::under_id(observed.pair(*from)?, key_pair_id)?;
                self.write_active(stack, &active, observed.active.is_some()).await
            }
            Action::DeletePending => self.delete_parameters(stack, &[Parameter::SignerPending]).await,
            Action::Deregister { key_pair_id } => self.delete_public_key(key_pair_id).await,
            Action::Done { .. } => Ok(()),
        }
    }

    /// Removes one thing. What is gone already counts as removed.
    ///
    /// # Errors
    /// As any call.
    pub async fn remove(&self, stack: &Stack, removal: &Removal) -> Result<(), Error> {
        let removed = match removal {
            Removal::Group { id } => self.delete_group(id).await,
            Removal::PublicKey { id } => self.delete_public_key(id).await,
            Removal::Parameters => self.delete_parameters(stack, &Stack::SIGNER).await,
        };
        removed.or_else(|error| if error.is_gone() { Ok(()) } else { Err(error) })
    }
}

impl Observation {
    fn pair(&self, slot: Slot) -> Result<&SignerParameter, Error> {
        let pair = match slot {
            Slot::Active => &self.active,
            Slot::Pending => &self.pending,
        };
        pair.as_ref().ok_or(Error::Bug)
    }
}

/// What an error of the SDK means. With `quotes`, AWS's words are kept.
fn refused<E: ProvideErrorMetadata + std::error::Error + 'static>(
    call: &'static str,
    error: &SdkError<E>,
    quotes: bool,
) -> Error {
    let reason = match error {
        SdkError::ServiceError(answer) => {
            let (code, said) = (answer.err().code(), answer.err().message());
            let message = if quotes { said.unwrap_or("no message") } else { "message withheld" };
            let code = code.map_or_else(|| format!("status {}", answer.raw().status()), str::to_owned);
            return Error::Refused { call, code, message: message.to_owned() };
        }
        // Nothing is sent, so nothing but the request could be quoted.
        SdkError::ConstructionFailure(_) => "the request could not be built".to_owned(),
        SdkError::TimeoutError(_) => "it did not come in time".to_owned(),
        SdkError::DispatchFailure(_) => with_causes("the request could not be sent", error),
        _ => "the answer was cut off or unreadable".to_owned(),
    };
    Error::NoAnswer { call, reason }
}

/// What happened to a connection: refused, not resolved, without credentials. It knows nothing of what was to be sent.
fn with_causes(said: &str, error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(said.to_owned(), |said, cause| format!("{said}: {cause}"))
}
