//! The signer's parameters. Of calls that carry a private key, AWS's words are withheld: a message about a value may
//! quote it.

use aws_sdk_ssm::types::{ParameterTier, ParameterType};
use vitae_edge::parameters::{Parameter, SignerParameter};
use zeroize::Zeroizing;

use super::{Cloud, refused};
use crate::error::Error;
use crate::stack::Stack;

impl Cloud {
    /// `signer/active` and `signer/pending`, of one moment.
    pub(super) async fn pairs(&self, stack: &Stack) -> Result<[Option<SignerParameter>; 2], Error> {
        let names = [Parameter::SignerActive, Parameter::SignerPending].map(|parameter| stack.parameter(parameter));
        let get = self.ssm.get_parameters().set_names(Some(names.to_vec())).with_decryption(true);
        let got = get.send().await.map_err(|error| refused("GetParameters", &error, false))?;
        let mut pairs = [None, None];
        for parameter in got.parameters.unwrap_or_default() {
            let value = Zeroizing::new(parameter.value.unwrap_or_default());
            for (pair, name) in pairs.iter_mut().zip(&names) {
                if parameter.name.as_ref() == Some(name) {
                    let unreadable = |rule| Error::Unreadable { name: name.clone(), rule };
                    *pair = Some(SignerParameter::parse(&value).map_err(|error| unreadable(error.code()))?);
                }
            }
        }
        Ok(pairs)
    }

    /// Stores a new pair at `signer/pending`, unless another one is there: that one may be registered already.
    pub(super) async fn store_new(&self, stack: &Stack, pair: &SignerParameter) -> Result<(), Error> {
        self.put(stack.parameter(Parameter::SignerPending), pair, false).await
    }

    /// Writes id and private key to `signer/active` at once. Where none was observed, none may have appeared since.
    pub(super) async fn write_active(&self, stack: &Stack, pair: &SignerParameter, replace: bool) -> Result<(), Error> {
        self.put(stack.parameter(Parameter::SignerActive), pair, replace).await
    }

    async fn put(&self, name: String, pair: &SignerParameter, overwrite: bool) -> Result<(), Error> {
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

    /// Deletes parameters, of which any may be gone.
    pub(super) async fn delete_parameters(&self, stack: &Stack, parameters: &[Parameter]) -> Result<(), Error> {
        let names = parameters.iter().map(|&parameter| stack.parameter(parameter)).collect();
        let deleted = self.ssm.delete_parameters().set_names(Some(names)).send().await;
        deleted.map(drop).map_err(|error| refused("DeleteParameters", &error, true))
    }
}
