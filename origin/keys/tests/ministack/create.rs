use super::*;

#[tokio::test]
async fn a_creation_makes_one_registered_trusted_and_active_key() {
    for algorithm in [P256, Algorithm::Rsa2048] {
        let fixture = Fixture::start().await;
        let response = fixture.request_with("Create", &properties("resume", algorithm)).await;
        assert_eq!((&response["Status"], &response["RequestId"]), (&json!("SUCCESS"), &json!("r-1")), "{response}");
        let public_key = fixture.assert_one_key(&response["Data"]["KeyGroupId"]).await;
        assert!(public_key.starts_with("-----BEGIN PUBLIC KEY-----\n"), "{public_key}");
        let active = fixture.parameter(Parameter::SignerActive).await.unwrap();
        assert_eq!((active.r#type, active.version), (Some("SecureString".into()), 1));
        assert_eq!(fixture.pair(Parameter::SignerActive).await.unwrap().algorithm(), algorithm);
        fixture.assert_not_output(&[&response]).await;
    }
}

#[tokio::test]
async fn a_repeated_creation_changes_nothing() {
    let fixture = Fixture::start().await;
    let first = fixture.request("Create").await;
    let public_key = fixture.assert_one_key(&first["Data"]["KeyGroupId"]).await;
    // Not even with another algorithm, which the next rotation uses.
    let second = fixture.request_with("Create", &properties("resume", Algorithm::Rsa2048)).await;
    assert_eq!(first, second);
    assert_eq!(fixture.assert_one_key(&second["Data"]["KeyGroupId"]).await, public_key);
    assert_eq!(fixture.parameter(Parameter::SignerActive).await.unwrap().version, 1);
}

#[tokio::test]
async fn an_interrupted_creation_is_completed_with_the_stored_key() {
    let fixture = Fixture::start().await;
    for actions in 0..=5 {
        fixture.crash_after(actions).await;
        let made = match fixture.pair(Parameter::SignerPending).await {
            Some(pending) => Some(pending),
            None => fixture.pair(Parameter::SignerActive).await,
        };
        assert_eq!(made.is_some(), actions > 0, "a key must be stored by the first action");
        let response = fixture.request("Create").await;
        assert_eq!(response["Status"], "SUCCESS", "after {actions} actions: {response}");
        let public_key = fixture.assert_one_key(&response["Data"]["KeyGroupId"]).await;
        assert!(made.is_none_or(|made| made.private_key().public_key_pem() == public_key), "after {actions} actions");
        fixture.request("Delete").await;
        fixture.assert_nothing_left().await;
    }
}

#[tokio::test]
async fn two_concurrent_creations_make_one_key() {
    let fixture = Fixture::start().await;
    for _ in 0..10 {
        let event = fixture.event("Create", &properties("resume", P256));
        let (one, other) = tokio::join!(fixture.serve(event.clone(), LEFT), fixture.serve(event, LEFT));
        assert!(one.is_ok() && other.is_ok());
        let responses = fixture.cloudformation.take_responses();
        assert_eq!((&responses[0]["Status"], &responses[0]), (&json!("SUCCESS"), &responses[1]));
        fixture.assert_one_key(&responses[0]["Data"]["KeyGroupId"]).await;
        fixture.request("Delete").await;
    }
}

#[tokio::test]
async fn an_active_key_whose_public_key_was_deleted_is_registered_again() {
    let fixture = Fixture::start().await;
    fixture.request("Create").await;
    let active = fixture.pair(Parameter::SignerActive).await.unwrap();
    let (stack, group) = (resume(), fixture.groups().await.remove(0).0);
    for removal in [
        vitae_keys::teardown::Removal::Group { id: group },
        vitae_keys::teardown::Removal::PublicKey { id: active.key_pair_id().to_string() },
    ] {
        fixture.clients().remove(&stack, &removal).await.unwrap();
    }
    let response = fixture.request("Create").await;
    let public_key = fixture.assert_one_key(&response["Data"]["KeyGroupId"]).await;
    assert_eq!(public_key, active.private_key().public_key_pem());
    let renamed = fixture.pair(Parameter::SignerActive).await.unwrap();
    assert_ne!(renamed.key_pair_id(), active.key_pair_id());
}

#[tokio::test]
async fn an_update_returns_the_group_and_changes_no_key() {
    let fixture = Fixture::start().await;
    let created = fixture.request("Create").await;
    let updated = fixture.request_with("Update", &properties("resume", Algorithm::Rsa2048)).await;
    assert_eq!(created["Data"], updated["Data"]);
    fixture.assert_one_key(&updated["Data"]["KeyGroupId"]).await;
    assert_eq!(fixture.parameter(Parameter::SignerActive).await.unwrap().version, 1);
    let unknown = fixture.request_with("Update", &properties("other", P256)).await;
    assert_eq!(unknown["Status"], "FAILED");
    assert!(unknown["Reason"].as_str().unwrap().contains("vitae-other"), "{unknown}");
}

#[tokio::test]
async fn a_full_account_fails_before_a_key_is_generated() {
    let fixture = Fixture::start().await;
    for key in 0..10 {
        fixture.register_foreign_key(&format!("foreign-{key}")).await;
    }
    let response = fixture.request("Create").await;
    assert_eq!(response["Status"], "FAILED");
    assert!(response["Reason"].as_str().unwrap().contains("10 public keys"), "{response}");
    assert!(fixture.parameter(Parameter::SignerPending).await.is_none());
    assert_eq!((fixture.public_keys().await.len(), fixture.groups().await.len()), (10, 0));
}

#[tokio::test]
async fn an_invalid_parameter_is_named_and_neither_quoted_nor_overwritten() {
    let fixture = Fixture::start().await;
    for parameter in [Parameter::SignerActive, Parameter::SignerPending] {
        fixture.put(parameter, "c2VjcmV0IG9mIHRoZSBvd25lcg").await;
        let response = fixture.request("Create").await;
        let reason = response["Reason"].as_str().unwrap();
        assert_eq!(response["Status"], "FAILED");
        assert!(reason.contains(&resume().parameter(parameter)) && !reason.contains("c2VjcmV0"), "{reason}");
        assert_eq!(fixture.parameter(parameter).await.unwrap().version, 1);
        fixture.clients().remove(&resume(), &vitae_keys::teardown::Removal::Parameters).await.unwrap();
    }
    assert!(fixture.public_keys().await.is_empty());
}
