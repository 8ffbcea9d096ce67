//! CloudFront, Parameter Store and the probe: all side effects except the response to CloudFormation.

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

/// The clients of the services.
#[derive(Clone, Debug)]
pub struct AwsClients {
    cloudfront: aws_sdk_cloudfront::Client,
    ssm: aws_sdk_ssm::Client,
    s3: aws_sdk_s3::Client,
    /// The bucket of the probe.
    bucket: Option<String>,
    prober: Prober,
}

/// The observed state, with the private keys that actions need.
pub struct Snapshot {
    /// The state on which decisions are based. The caller sets clock, policy and intent.
    pub observed: Observed,
    /// The stored `signer/status`.
    pub status: SignerStatus,
    active: Option<SignerParameter>,
    pending: Option<SignerParameter>,
    next: Option<Zeroizing<String>>,
}

/// A stack's key group and public keys in CloudFront.
#[derive(Debug)]
pub struct Registry {
    /// Its key group.
    pub group: Option<Group>,
    /// Its public keys.
    pub public_keys: Vec<RegisteredKey>,
    /// The number of public keys in the account.
    pub keys_in_account: usize,
}

impl AwsClients {
    /// Uses these clients, and the bucket that holds the probe.
    #[must_use]
    pub fn new(
        cloudfront: aws_sdk_cloudfront::Client,
        ssm: aws_sdk_ssm::Client,
        s3: aws_sdk_s3::Client,
        bucket: Option<String>,
    ) -> Self {
        Self { cloudfront, ssm, s3, bucket, prober: Prober::new() }
    }

    /// Reads everything that a decision needs. CloudFront is read first: a key pair is stored before its public key is
    /// registered, so a registered key is then found in its parameter.
    ///
    /// # Errors
    /// As any call; [`Error::Unreadable`] if a parameter is invalid.
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
            next: next.as_deref().map(|pem| check(pem)),
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

    /// Reads the key group and the public keys.
    ///
    /// # Errors
    /// As any call.
    pub async fn registry(&self, stack: &Stack) -> Result<Registry, Error> {
        let group = self.group(stack).await?;
        let (public_keys, keys_in_account) = self.public_keys(stack).await?;
        Ok(Registry { group, public_keys, keys_in_account })
    }

    /// Takes one step, other than [`Action::Prove`] and [`Action::Idle`].
    ///
    /// # Errors
    /// As any call. An error that [is a conflict](Error::is_conflict) means that the snapshot is out of date.
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
                let checked = snapshot.next.as_ref().ok_or(Error::Internal)?;
                self.delete_if(stack, Parameter::SignerNext, |value| value == checked.as_str()).await
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
                let is_same = |value: &str| {
                    SignerParameter::parse(value)
                        .is_ok_and(|stored| stored.private_key().public_key_pem() == public_key)
                };
                self.delete_if(stack, Parameter::SignerPending, is_same).await
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

    /// Requests the probe with a URL signed by the pending key with this id. Without a base URL it is requested from every
    /// distribution, up to the first that does not accept the key.
    ///
    /// # Errors
    /// As any call. A failed probe is not an error.
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

    /// Removes one resource. One that does not exist counts as removed.
    ///
    /// # Errors
    /// As any call.
    pub async fn remove(&self, stack: &Stack, removal: &Removal) -> Result<(), Error> {
        let removed = match removal {
            Removal::Group { id } => self.delete_group(id).await,
            Removal::PublicKey { id } => self.delete_public_key(id).await,
            Removal::Parameters => self.delete_parameters(stack, &Stack::PARAMETERS).await,
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

/// Checks a key supplied by the owner. The reason of a rejection quotes nothing of the key.
fn check(pem: &str) -> NextPair {
    match key_pair::parse_supplied(pem) {
        Ok(pair) => NextPair::Valid(PublicKey::from_pem(&pair.private_key().public_key_pem())),
        Err(reason) => NextPair::Invalid(reason),
    }
}

/// Converts an error of the SDK. AWS's message is kept only with `quotes`.
fn sdk_error<E: ProvideErrorMetadata + std::error::Error + 'static>(
    call: &'static str,
    error: &SdkError<E>,
    quotes: bool,
) -> Error {
    let reason = match error {
        SdkError::ServiceError(response) => {
            let (code, message) = (response.err().code(), response.err().message());
            let message = if quotes { message.unwrap_or("no message") } else { "message withheld" };
            let code = code.map_or_else(|| format!("status {}", response.raw().status()), str::to_owned);
            return Error::Rejected { call, code, message: message.to_owned() };
        }
        // Nothing was sent; the error might quote the request.
        SdkError::ConstructionFailure(_) => "the request could not be built".to_owned(),
        SdkError::TimeoutError(_) => "the request timed out".to_owned(),
        SdkError::DispatchFailure(_) => with_causes("the request could not be sent", error),
        _ => "the response was truncated or unreadable".to_owned(),
    };
    Error::NoResponse { call, reason }
}

/// Appends the causes of a failed connection, such as a refused connection, an unresolved name or missing credentials.
/// They do not contain the request.
fn with_causes(message: &str, error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(message.to_owned(), |message, cause| format!("{message}: {cause}"))
}
