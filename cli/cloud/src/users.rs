//! The local cloud's users: nothing but the making of users is done as root.

use aws_credential_types::Credentials;
use aws_sdk_iam::operation::create_user::CreateUserError;
use serde_json::Value;

use crate::cloud::{CallError, Cloud};

/// Makes the user, or takes it as it is, gives it exactly this policy, and returns fresh keys: the old ones end, so
/// that no secret need be kept between two runs.
///
/// # Errors
/// The call that failed.
pub async fn make(root: &Cloud, name: &str, policy: &Value) -> Result<Credentials, CallError> {
    let iam = root.iam();
    let called = |call: &str| format!("{call} of {name}");

    if let Err(error) = iam.create_user().user_name(name).send().await
        && !error.as_service_error().is_some_and(CreateUserError::is_entity_already_exists_exception)
    {
        return Err(CallError::new(called("CreateUser"), &error));
    }
    set_policy(root, name, policy).await?;
    let old = iam.list_access_keys().user_name(name).send().await;
    let old = old.map_err(|error| CallError::new(called("ListAccessKeys"), &error))?;
    for key in old.access_key_metadata() {
        let id = key.access_key_id().unwrap_or_default();
        let deleted = iam.delete_access_key().user_name(name).access_key_id(id).send().await;
        deleted.map_err(|error| CallError::new(called("DeleteAccessKey"), &error))?;
    }
    let made = iam.create_access_key().user_name(name).send().await;
    let made = made.map_err(|error| CallError::new(called("CreateAccessKey"), &error))?;
    let key = made
        .access_key()
        .ok_or_else(|| CallError { call: called("CreateAccessKey"), reason: "the answer holds no key".to_owned() })?;
    Ok(Credentials::new(key.access_key_id(), key.secret_access_key(), None, None, "local cloud"))
}

/// Gives a user exactly this policy.
///
/// # Errors
/// The call that failed.
pub async fn set_policy(root: &Cloud, name: &str, policy: &Value) -> Result<(), CallError> {
    let put = root.iam().put_user_policy().user_name(name).policy_name("vitae").policy_document(policy.to_string());
    put.send().await.map(drop).map_err(|error| CallError::new(format!("PutUserPolicy of {name}"), &error))
}
