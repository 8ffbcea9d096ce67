//! CloudFront, Parameter Store and the probe: everything that has an effect, except the answer to CloudFormation.

mod distributions;
mod key_group;
mod parameters;
mod prober;
mod public_keys;

use aws_sdk_cloudfront::error::{ProvideErrorMetadata, SdkError};
use vitae_parameters::{NextKey, Parameter, SignerParameter, SignerState, SignerStatus};
use zeroize::Zeroizing;

use crate::decide::{Action, Slot};
use crate::error::Error;
use crate::key_pair;
use crate::observed::{Group, NextPair, Observed, Proof, RegisteredKey, StoredPair};
use crate::public_key::PublicKey;
use crate::stack::Stack;
use crate::teardown::Removal;
use parameters::Signer;
use prober::Prober;

/// The services, as one function reaches them.
#[derive(Clone, Debug)]
pub struct AwsClients {
    cloudfront: aws_sdk_cloudfront::Client,
    ssm: aws_sdk_ssm::Client,
    s3: aws_sdk_s3::Client,
    /// The bucket of the probe.
    bucket: Option<String>,
    prober: Prober,
}

/// What is there, with the private halves that actions need.
pub struct Snapshot {
    /// What decisions are made from. The clock, the policy and the owner's intent are not of the cloud.
    pub observed: Observed,
    /// What was last told the owner.
    pub status: SignerStatus,
    active: Option<SignerParameter>,
    pending: Option<SignerParameter>,
    next: Option<Zeroizing<String>>,
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

impl AwsClients {
    /// The services through these clients, and the bucket that holds the probe.
    #[must_use]
    pub fn new(
        cloudfront: aws_sdk_cloudfront::Client,
        ssm: aws_sdk_ssm::Client,
        s3: aws_sdk_s3::Client,
        bucket: Option<String>,
    ) -> Self {
        Self { cloudfront, ssm, s3, bucket, prober: Prober::new() }
    }

    /// Looks at all that a decision needs. CloudFront comes first: a public key of this stack was stored before it was
    /// registered, so whoever sees it registered then finds it stored.
    ///
    /// # Errors
    /// As any call; [`Error::Unreadable`] if a parameter holds no pair.
    pub async fn observe(&self, stack: &Stack) -> Result<Snapshot, Error> {
        let Registry { group, public_keys, keys_in_account } = self.registry(stack).await?;
        let distributions = match &group {
            Some(group) => self.distributions(&group.id).await?,
            None => Vec::new(),
        };
        let Signer { active, pending, next, state, status } = self.signer(stack).await?;
        let stored = |(pair, since): &(SignerParameter, u64)| StoredPair {
            key_pair_id: pair.key_pair_id().to_string(),
            public_key: PublicKey::from_pem(&pair.private_key().public_key_pem()),
            since: *since,
        };
        let observed = Observed {
            pending: pending.as_ref().map(stored),
            active: active.as_ref().map(stored),
            next: next.as_deref().map(|pem| judge(pem)),
            revoked: state.revoked,
            public_keys,
            group,
            distributions,
            keys_in_account,
            ..Observed::default()
        };
        let pair = |dated: Option<(SignerParameter, u64)>| dated.map(|(pair, _)| pair);
        Ok(Snapshot { observed, status, active: pair(active), pending: pair(pending), next })
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

    /// Does one step, other than to prove a key or to idle.
    ///
    /// # Errors
    /// As any call. An error that [is a conflict](Error::is_conflict) means that the observation is out of date.
    pub async fn act(&self, stack: &Stack, snapshot: &Snapshot, action: &Action) -> Result<(), Error> {
        let observed = &snapshot.observed;
        let group = observed.group.as_ref().ok_or(Error::Internal);
        match action {
            Action::GeneratePair(algorithm) => self.store_new(stack, &key_pair::generate(*algorithm)?).await,
            Action::AcceptNext => {
                let pem = snapshot.next.as_ref().ok_or(Error::Internal)?;
                self.store_new(stack, &key_pair::from_supplied(pem)?).await
            }
            Action::DeleteNext { accepted, reason } => {
                let next = NextKey { accepted: *accepted, reason: reason.clone(), at: observed.now };
                let status = SignerStatus { next: Some(next) };
                self.put_note(stack, Parameter::SignerStatus, status.to_json()).await?;
                let judged = snapshot.next.as_ref().ok_or(Error::Internal)?;
                self.delete_if(stack, Parameter::SignerNext, |value| value == judged.as_str()).await
            }
            Action::Register(slot) => self.register(stack, snapshot.pair(*slot)?).await,
            Action::CreateGroup { key_pair_id } => self.create_group(stack, key_pair_id).await,
            Action::AddToGroup { key_pair_id } => self.add_to_group(stack, group?, key_pair_id).await,
            Action::RemoveFromGroup { key_pair_ids } => self.remove_from_group(stack, group?, key_pair_ids).await,
            Action::Promote { from, key_pair_id } => {
                let active = key_pair::with_id(snapshot.pair(*from)?, key_pair_id)?;
                self.write_active(stack, &active, snapshot.active.is_some()).await
            }
            Action::DeletePending => {
                let public_key = snapshot.pair(Slot::Pending)?.private_key().public_key_pem();
                let is_it = |value: &str| {
                    SignerParameter::parse(value).is_ok_and(|there| there.private_key().public_key_pem() == public_key)
                };
                self.delete_if(stack, Parameter::SignerPending, is_it).await
            }
            Action::Deregister { key_pair_id } => self.delete_public_key(key_pair_id).await,
            Action::RecordRevoked { key_pair_id } => {
                let revoked = observed.revoked.iter().chain([key_pair_id]).cloned().collect();
                self.put_note(stack, Parameter::SignerState, SignerState { revoked }.to_json()).await
            }
            Action::ForgetRevoked { key_pair_ids } => {
                let revoked = observed.revoked.iter().filter(|id| !key_pair_ids.contains(id)).cloned().collect();
                self.put_note(stack, Parameter::SignerState, SignerState { revoked }.to_json()).await
            }
            Action::Prove { .. } | Action::Idle(_) => Ok(()),
        }
    }

    /// Asks for the probe with the pending pair under this id. Without a base URL the distributions' own names are asked,
    /// and the first that does not open the door is what counts.
    ///
    /// # Errors
    /// As any call; what the probe is answered is no error.
    pub async fn proof(&self, snapshot: &Snapshot, key_pair_id: &str, base_url: Option<&str>) -> Result<Proof, Error> {
        let observed = &snapshot.observed;
        let pair = snapshot.pair(Slot::Pending)?;
        let own = observed.distributions.iter().map(|one| format!("https://{}", one.domain_name));
        let urls: Vec<String> = base_url.map_or_else(|| own.collect(), |url| vec![url.to_owned()]);
        let mut result = crate::probe::ProbeResult::Unreachable;
        for url in urls {
            result = self.prove(pair, key_pair_id, &url, observed.now).await?;
            if result != crate::probe::ProbeResult::Accepted {
                break;
            }
        }
        let etag = observed.group.as_ref().map(|group| group.etag.clone()).unwrap_or_default();
        Ok(Proof { key_pair_id: key_pair_id.to_owned(), etag, result })
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
            Removal::Probe => self.delete_probe().await,
        };
        removed.or_else(|error| if error.is_gone() { Ok(()) } else { Err(error) })
    }
}

impl Snapshot {
    fn pair(&self, slot: Slot) -> Result<&SignerParameter, Error> {
        let pair = match slot {
            Slot::Active => &self.active,
            Slot::Pending => &self.pending,
        };
        pair.as_ref().ok_or(Error::Internal)
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("observed", &self.observed).finish_non_exhaustive()
    }
}

/// What the owner brought. The signer's words name what is wrong and quote nothing of a key.
fn judge(pem: &str) -> NextPair {
    match key_pair::parse_supplied(pem) {
        Ok(pair) => NextPair::Valid(PublicKey::from_pem(&pair.private_key().public_key_pem())),
        Err(reason) => NextPair::Invalid(reason),
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
            return Error::Rejected { call, code, message: message.to_owned() };
        }
        // Nothing is sent, so nothing but the request could be quoted.
        SdkError::ConstructionFailure(_) => "the request could not be built".to_owned(),
        SdkError::TimeoutError(_) => "it did not come in time".to_owned(),
        SdkError::DispatchFailure(_) => with_causes("the request could not be sent", error),
        _ => "the answer was cut off or unreadable".to_owned(),
    };
    Error::NoResponse { call, reason }
}

/// What happened to a connection: refused, not resolved, without credentials. It knows nothing of what was to be sent.
fn with_causes(said: &str, error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(said.to_owned(), |said, cause| format!("{said}: {cause}"))
}
