//! The signer's parameters, and the key of named links. AWS's message is withheld for calls that carry a private key, since it may quote the value.

use aws_sdk_ssm::config::Builder;
use aws_sdk_ssm::config::retry::RetryConfig;
use aws_sdk_ssm::types::{ParameterTier, ParameterType};
use base64ct::{Base64, Encoding as _};
use vitae_parameters::{LINKS_KEY_BYTES, Parameter, SignerParameter, SignerState, SignerStatus};
use zeroize::Zeroizing;

use super::{AwsClients, sdk_error};
use crate::error::Error;
use crate::stack::Stack;

/// A key pair and the time of its last write.
pub(super) type Dated = (SignerParameter, u64);

/// The values of the signer's parameters.
#[derive(Default)]
pub(super) struct Signer {
    pub(super) active: Option<Dated>,
    pub(super) pending: Option<Dated>,
    /// The owner's value, unchecked.
    pub(super) next: Option<Zeroizing<String>>,
    pub(super) state: SignerState,
    pub(super) status: SignerStatus,
}

struct Value {
    text: Zeroizing<String>,
    since: u64,
}

impl AwsClients {
    /// Reads all of them. `signer/pending` is read before `signer/active`: a key pair moves from the first to the second, so
    /// it is found in at least one. A single call for both would not be atomic either.
    pub(super) async fn signer(&self, stack: &Stack) -> Result<Signer, Error> {
        let first = [Parameter::SignerPending, Parameter::SignerNext, Parameter::SignerState, Parameter::SignerStatus];
        let [pending, next, state, status] = self.values(stack, first).await?;
        let [active] = self.values(stack, [Parameter::SignerActive]).await?;
        let unreadable = |parameter, rule| Error::Unreadable { name: stack.parameter(parameter), rule };
        let pair = |parameter, value: Option<Value>| -> Result<Option<Dated>, Error> {
            let Some(Value { text, since }) = value else { return Ok(None) };
            let pair = SignerParameter::parse(&text).map_err(|error| unreadable(parameter, error.code()))?;
            Ok(Some((pair, since)))
        };
        let state = state.map_or(Ok(SignerState::default()), |value| SignerState::parse(&value.text));
        Ok(Signer {
            active: pair(Parameter::SignerActive, active)?,
            pending: pair(Parameter::SignerPending, pending)?,
            next: next.map(|value| value.text),
            state: state.map_err(|error| unreadable(Parameter::SignerState, error.code()))?,
            // Informational only: an invalid one is replaced.
            status: status.and_then(|value| SignerStatus::parse(&value.text).ok()).unwrap_or_default(),
        })
    }

    async fn values<const N: usize>(
        &self,
        stack: &Stack,
        parameters: [Parameter; N],
    ) -> Result<[Option<Value>; N], Error> {
        let names = parameters.map(|parameter| stack.parameter(parameter));
        let get = self.ssm.get_parameters().set_names(Some(names.to_vec())).with_decryption(true);
        let got = get.send().await.map_err(|error| sdk_error("GetParameters", &error, false))?;
        let mut values = [const { None }; N];
        for parameter in got.parameters.unwrap_or_default() {
            let slot = values.iter_mut().zip(&names).find(|(_, name)| parameter.name.as_ref() == Some(name));
            let text = Zeroizing::new(parameter.value.unwrap_or_default());
            // A parameter without a date counts as written in the far future, so it never counts as old.
            let since = parameter.last_modified_date.map_or(i64::MAX, |date| date.secs());
            if let Some((value, _)) = slot {
                *value = Some(Value { text, since: since.try_into().unwrap_or_default() });
            }
        }
        Ok(values)
    }

    /// Stores a new key pair at `signer/pending`, unless one is stored: that one may be registered already.
    pub(super) async fn store_new(&self, stack: &Stack, pair: &SignerParameter) -> Result<(), Error> {
        self.put_pair(stack.parameter(Parameter::SignerPending), pair, false).await
    }

    /// Writes id and private key to `signer/active` in one call. Without `replace` it fails if a key was stored meanwhile.
    pub(super) async fn write_active(&self, stack: &Stack, pair: &SignerParameter, replace: bool) -> Result<(), Error> {
        self.put_pair(stack.parameter(Parameter::SignerActive), pair, replace).await
    }

    /// Stores a new value at `links/key`, unless there is one: the hashes in the table of links depend on it.
    pub(crate) async fn store_links_key(&self, stack: &Stack) -> Result<(), Error> {
        let mut bytes = Zeroizing::new([0; LINKS_KEY_BYTES]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| Error::Randomness)?;
        let value = Zeroizing::new(Base64::encode_string(bytes.as_slice()));
        let stored = self.put_secret(stack.parameter(Parameter::LinksKey), &value, false).await;
        stored.or_else(|error| if error.is_conflict() { Ok(()) } else { Err(error) })
    }

    async fn put_pair(&self, name: String, pair: &SignerParameter, overwrite: bool) -> Result<(), Error> {
        self.put_secret(name, &pair.to_json(), overwrite).await
    }

    async fn put_secret(&self, name: String, value: &str, overwrite: bool) -> Result<(), Error> {
        let put = self
            .ssm
            .put_parameter()
            .name(name)
            .r#type(ParameterType::SecureString)
            .tier(ParameterTier::Standard)
            .overwrite(overwrite)
            .value(value);
        put.send().await.map(drop).map_err(|error| sdk_error("PutParameter", &error, false))
    }

    /// Writes `signer/state` or `signer/status`, which hold no secret.
    pub(super) async fn put_note(&self, stack: &Stack, parameter: Parameter, json: String) -> Result<(), Error> {
        let put = self.ssm.put_parameter().name(stack.parameter(parameter)).r#type(ParameterType::String);
        let put = put.tier(ParameterTier::Standard).overwrite(true).value(json);
        put.send().await.map(drop).map_err(|error| sdk_error("PutParameter", &error, true))
    }

    /// Deletes a parameter if it still has the value of the decision. Parameter Store has no conditional deletion, so the
    /// value is read again just before. The call is not retried: a retry could delete a key that was stored meanwhile.
    pub(super) async fn delete_if(
        &self,
        stack: &Stack,
        parameter: Parameter,
        is_same: impl Fn(&str) -> bool,
    ) -> Result<(), Error> {
        let name = stack.parameter(parameter);
        let [stored] = self.values(stack, [parameter]).await?;
        if !stored.is_some_and(|value| is_same(&value.text)) {
            return Err(Error::Changed { name });
        }
        let once = Builder::new().retry_config(RetryConfig::disabled());
        let deleted = self.ssm.delete_parameters().names(name).customize().config_override(once).send().await;
        deleted.map(drop).map_err(|error| sdk_error("DeleteParameters", &error, true))
    }

    /// Deletes parameters. Missing ones are ignored.
    pub(super) async fn delete_parameters(&self, stack: &Stack, parameters: &[Parameter]) -> Result<(), Error> {
        let names = parameters.iter().map(|&parameter| stack.parameter(parameter)).collect();
        let deleted = self.ssm.delete_parameters().set_names(Some(names)).send().await;
        deleted.map(drop).map_err(|error| sdk_error("DeleteParameters", &error, true))
    }
}
