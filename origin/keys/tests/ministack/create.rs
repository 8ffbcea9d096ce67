use super::*;

#[tokio::test]
async fn a_creation_makes_one_key_that_is_registered_trusted_and_active() {
    for algorithm in [P256, Algorithm::Rsa2048] {
        let observed = Observed::start().await;
        let answer = observed.request_with("Create", &properties("resume", algorithm)).await;
        assert_eq!((&answer["Status"], &answer["RequestId"]), (&json!("SUCCESS"), &json!("r-1")), "{answer}");
        let public_key = observed.assert_one_key(&answer["Data"]["KeyGroupId"]).await;
        assert!(public_key.starts_with("-----BEGIN PUBLIC KEY-----\n"), "{public_key}");
        let active = observed.parameter(Parameter::SignerActive).await.unwrap();
        assert_eq!((active.r#type, active.version), (Some("SecureString".into()), 1));
        assert_eq!(observed.pair(Parameter::SignerActive).await.unwrap().algorithm(), algorithm);
        observed.assert_unspoken(&[&answer]).await;
    }
}

#[tokio::test]
async fn a_creation_that_is_repeated_changes_nothing() {
    let observed = Observed::start().await;
    let first = observed.request("Create").await;
    let public_key = observed.assert_one_key(&first["Data"]["KeyGroupId"]).await;
    // Also with another algorithm: the next rotation makes that key.
    let second = observed.request_with("Create", &properties("resume", Algorithm::Rsa2048)).await;
    assert_eq!(first, second);
    assert_eq!(observed.assert_one_key(&second["Data"]["KeyGroupId"]).await, public_key);
    assert_eq!(observed.parameter(Parameter::SignerActive).await.unwrap().version, 1);
}

#[tokio::test]
async fn a_creation_that_was_cut_off_anywhere_is_completed_with_the_key_that_was_made() {
    let observed = Observed::start().await;
    for actions in 0..=5 {
        observed.crash_after(actions).await;
        let made = match observed.pair(Parameter::SignerPending).await {
            Some(pending) => Some(pending),
            None => observed.pair(Parameter::SignerActive).await,
        };
        assert_eq!(made.is_some(), actions > 0, "a key must be stored by the first action");
        let answer = observed.request("Create").await;
        assert_eq!(answer["Status"], "SUCCESS", "after {actions} actions: {answer}");
        let public_key = observed.assert_one_key(&answer["Data"]["KeyGroupId"]).await;
        assert!(made.is_none_or(|made| made.private_key().public_key_pem() == public_key), "after {actions} actions");
        observed.request("Delete").await;
        observed.assert_nothing_left().await;
    }
}

#[tokio::test]
async fn two_creations_at_once_make_one_key() {
    let observed = Observed::start().await;
    for _ in 0..10 {
        let event = observed.event("Create", &properties("resume", P256));
        let (one, other) = tokio::join!(observed.serve(event.clone(), LEFT), observed.serve(event, LEFT));
        assert!(one.is_ok() && other.is_ok());
        let answers = observed.cloudformation.take_answers();
        assert_eq!((&answers[0]["Status"], &answers[0]), (&json!("SUCCESS"), &answers[1]));
        observed.assert_one_key(&answers[0]["Data"]["KeyGroupId"]).await;
        observed.request("Delete").await;
    }
}

#[tokio::test]
async fn an_active_key_that_lost_its_public_half_is_registered_again_and_kept() {
    let observed = Observed::start().await;
    observed.request("Create").await;
    let active = observed.pair(Parameter::SignerActive).await.unwrap();
    let (stack, group) = (resume(), observed.groups().await.remove(0).0);
    for removal in [
        vitae_keys::teardown::Removal::Group { id: group },
        vitae_keys::teardown::Removal::PublicKey { id: active.key_pair_id().to_string() },
    ] {
        observed.cloud().remove(&stack, &removal).await.unwrap();
    }
    let answer = observed.request("Create").await;
    let public_key = observed.assert_one_key(&answer["Data"]["KeyGroupId"]).await;
    assert_eq!(public_key, active.private_key().public_key_pem());
    let renamed = observed.pair(Parameter::SignerActive).await.unwrap();
    assert_ne!(renamed.key_pair_id(), active.key_pair_id());
}

#[tokio::test]
async fn an_update_tells_the_group_and_changes_no_key() {
    let observed = Observed::start().await;
    let created = observed.request("Create").await;
    let updated = observed.request_with("Update", &properties("resume", Algorithm::Rsa2048)).await;
    assert_eq!(created["Data"], updated["Data"]);
    observed.assert_one_key(&updated["Data"]["KeyGroupId"]).await;
    assert_eq!(observed.parameter(Parameter::SignerActive).await.unwrap().version, 1);
    let unknown = observed.request_with("Update", &properties("other", P256)).await;
    assert_eq!(unknown["Status"], "FAILED");
    assert!(unknown["Reason"].as_str().unwrap().contains("vitae-other"), "{unknown}");
}

#[tokio::test]
async fn a_full_account_is_said_before_anything_is_made() {
    let observed = Observed::start().await;
    for key in 0..10 {
        observed.register_foreign_key(&format!("foreign-{key}")).await;
    }
    let answer = observed.request("Create").await;
    assert_eq!(answer["Status"], "FAILED");
    assert!(answer["Reason"].as_str().unwrap().contains("10 public keys"), "{answer}");
    assert!(observed.parameter(Parameter::SignerPending).await.is_none());
    assert_eq!((observed.public_keys().await.len(), observed.groups().await.len()), (10, 0));
}

#[tokio::test]
async fn a_parameter_that_is_no_pair_is_named_and_neither_quoted_nor_overwritten() {
    let observed = Observed::start().await;
    for parameter in [Parameter::SignerActive, Parameter::SignerPending] {
        observed.put(parameter, "c2VjcmV0IG9mIHRoZSBvd25lcg").await;
        let answer = observed.request("Create").await;
        let reason = answer["Reason"].as_str().unwrap();
        assert_eq!(answer["Status"], "FAILED");
        assert!(reason.contains(&resume().parameter(parameter)) && !reason.contains("c2VjcmV0"), "{reason}");
        assert_eq!(observed.parameter(parameter).await.unwrap().version, 1);
        observed.cloud().remove(&resume(), &vitae_keys::teardown::Removal::Parameters).await.unwrap();
    }
    assert!(observed.public_keys().await.is_empty());
}
