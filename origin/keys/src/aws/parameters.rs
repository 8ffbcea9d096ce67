//! The signer's parameters. Of calls that carry a private key, AWS's words are withheld: a message about a value may
//! quote it.

use aws_sdk_ssm::config::Builder;
use aws_sdk_ssm::config::retry::RetryConfig;
use aws_sdk_ssm::types::{ParameterTier, ParameterType};
use vitae_parameters::{Parameter, SignerParameter, SignerState, SignerStatus};
use zeroize::Zeroizing;

use super::{AwsClients, refused};
use crate::error::Error;
use crate::stack::Stack;

/// A pair, and when it was written.
pub(super) type Dated = (SignerParameter, u64);

/// What the signer's parameters hold.
#[derive(Default)]
pub(super) struct Signer {
    pub(super) active: Option<Dated>,
    pub(super) pending: Option<Dated>,
    /// Whatever the owner wrote.
    pub(super) next: Option<Zeroizing<String>>,
    pub(super) state: SignerState,
    pub(super) status: SignerStatus,
}

struct Value {
    text: Zeroizing<String>,
    since: u64,
}

impl AwsClients {
    /// All that is stored. `signer/pending` is read before `signer/active`: a pair goes from one to the other, so whoever no
    /// longer finds it in the first then finds it in the second. One call for both would be of no one moment either.
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
            // It is for people: one that cannot be read is written anew.
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
        let got = get.send().await.map_err(|error| refused("GetParameters", &error, false))?;
        let mut values = [const { None }; N];
        for parameter in got.parameters.unwrap_or_default() {
            let slot = values.iter_mut().zip(&names).find(|(_, name)| parameter.name.as_ref() == Some(name));
            let text = Zeroizing::new(parameter.value.unwrap_or_default());
            // A pair without a date could not be said to be old: it counts as written in the farthest future.
            let since = parameter.last_modified_date.map_or(i64::MAX, |date| date.secs());
            if let Some((value, _)) = slot {
                *value = Some(Value { text, since: since.try_into().unwrap_or_default() });
            }
        }
        Ok(values)
    }

    /// Stores a new pair at `signer/pending`, unless another one is there: that one may be registered already.
    pub(super) async fn store_new(&self, stack: &Stack, pair: &SignerParameter) -> Result<(), Error> {
        self.put_pair(stack.parameter(Parameter::SignerPending), pair, false).await
    }

    /// Writes id and private key to `signer/active` at once. Where none was snapshot, none may have appeared since.
    pub(super) async fn write_active(&self, stack: &Stack, pair: &SignerParameter, replace: bool) -> Result<(), Error> {
        self.put_pair(stack.parameter(Parameter::SignerActive), pair, replace).await
    }

    async fn put_pair(&self, name: String, pair: &SignerParameter, overwrite: bool) -> Result<(), Error> {
        let put = self
            .ssm
            .put_parameter()
            .name(name)
            .r#type(ParameterType::SecureString)
            .tier(ParameterTier::Standard)
            .overwrite(overwrite)
            .value(pair.to_json().as_str());
        put.send().await.map(drop).map_err(|error| refused("PutParameter", &error, false))
    }

    /// Writes a note, which holds no secret.
    pub(super) async fn put_note(&self, stack: &Stack, parameter: Parameter, json: String) -> Result<(), Error> {
        let put = self.ssm.put_parameter().name(stack.parameter(parameter)).r#type(ParameterType::String);
        let put = put.tier(ParameterTier::Standard).overwrite(true).value(json);
        put.send().await.map(drop).map_err(|error| refused("PutParameter", &error, true))
    }

    /// Deletes a parameter if it still holds what was decided about. Parameter Store deletes without a condition, so it is read
    /// again just before; and the call is not repeated without another look, or a key that came meanwhile would go instead.
    pub(super) async fn delete_if(
        &self,
        stack: &Stack,
        parameter: Parameter,
        is_it: impl Fn(&str) -> bool,
    ) -> Result<(), Error> {
        let name = stack.parameter(parameter);
        let [there] = self.values(stack, [parameter]).await?;
        if !there.is_some_and(|value| is_it(&value.text)) {
            return Err(Error::Changed { name });
        }
        let once = Builder::new().retry_config(RetryConfig::disabled());
        let deleted = self.ssm.delete_parameters().names(name).customize().config_override(once).send().await;
        deleted.map(drop).map_err(|error| refused("DeleteParameters", &error, true))
    }

    /// Deletes parameters, of which any may be gone.
    pub(super) async fn delete_parameters(&self, stack: &Stack, parameters: &[Parameter]) -> Result<(), Error> {
        let names = parameters.iter().map(|&parameter| stack.parameter(parameter)).collect();
        let deleted = self.ssm.delete_parameters().set_names(Some(names)).send().await;
        deleted.map(drop).map_err(|error| refused("DeleteParameters", &error, true))
    }
}
