//! The users of the local cloud. Only users and their policies are created as root.

use aws_credential_types::Credentials;
use aws_sdk_iam::operation::create_user::CreateUserError;
use serde_json::Value;

use crate::{
    aws::{AwsClients, CallError},
    deploy::policies,
};

/// Creates the user if it does not exist, sets its policy, and replaces its access keys, so that no secret needs to be kept
/// between starts.
///
/// # Errors
/// The call that failed.
pub async fn make(root: &AwsClients, name: &str, policy: &Value) -> Result<Credentials, CallError> {
    let iam = root.iam();
    let call_name = |call: &str| format!("{call} of {name}");

    if let Err(error) = iam.create_user().user_name(name).send().await
        && !error.as_service_error().is_some_and(CreateUserError::is_entity_already_exists_exception)
    {
        return Err(CallError::new(call_name("CreateUser"), &error));
    }
    set_policy(root, name, policy).await?;
    let listed = iam.list_access_keys().user_name(name).send().await;
    let listed = listed.map_err(|error| CallError::new(call_name("ListAccessKeys"), &error))?;
    for key in listed.access_key_metadata() {
        let id = key.access_key_id().unwrap_or_default();
        let deleted = iam.delete_access_key().user_name(name).access_key_id(id).send().await;
        deleted.map_err(|error| CallError::new(call_name("DeleteAccessKey"), &error))?;
    }
    let created = iam.create_access_key().user_name(name).send().await;
    let created = created.map_err(|error| CallError::new(call_name("CreateAccessKey"), &error))?;
    let key = created.access_key().ok_or_else(|| CallError {
        call: call_name("CreateAccessKey"),
        reason: "the response contains no key".to_owned(),
    })?;
    Ok(Credentials::new(key.access_key_id(), key.secret_access_key(), None, None, "local cloud"))
}

/// Allows a user to assume a role, in addition to the principals that its template trusts.
///
/// # Errors
/// The call that failed, or a trust policy that is not JSON.
pub async fn allow_assume_role(root: &AwsClients, name: &str, role: &str) -> Result<(), CallError> {
    let iam = root.iam();
    let role_output = iam.get_role().role_name(role).send().await;
    let role_output = role_output.map_err(|error| CallError::new(format!("GetRole of {role}"), &error))?;
    let document = role_output.role().and_then(|role| role.assume_role_policy_document()).unwrap_or_default();
    let invalid = |reason: String| CallError { call: format!("GetRole of {role}"), reason };
    let document =
        decode(document).ok_or_else(|| invalid("its trust policy is not percent-encoded text".to_owned()))?;
    let document = serde_json::from_str(&document).map_err(|error| invalid(format!("its trust policy: {error}")))?;
    let policy = policies::trust(document, name).to_string();
    let updated = iam.update_assume_role_policy().role_name(role).policy_document(policy).send().await;
    updated.map(drop).map_err(|error| CallError::new(format!("UpdateAssumeRolePolicy of {role}"), &error))
}

/// Decodes a policy document, which IAM returns percent-encoded.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html>
fn decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            decoded.push(u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

/// Replaces the policy of a user.
///
/// # Errors
/// The call that failed.
pub async fn set_policy(root: &AwsClients, name: &str, policy: &Value) -> Result<(), CallError> {
    let put = root.iam().put_user_policy().user_name(name).policy_name("vitae").policy_document(policy.to_string());
    put.send().await.map(drop).map_err(|error| CallError::new(format!("PutUserPolicy of {name}"), &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_document_is_decoded() {
        assert_eq!(decode("%7B%22a%22%3A%20%C3%BC%7D").as_deref(), Some("{\"a\": ü}"));
        assert_eq!(decode("{\"a\":1}").as_deref(), Some("{\"a\":1}"));
        for text in ["%", "%7", "%zz", "%ff"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
