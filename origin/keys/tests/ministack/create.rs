use super::*;

#[tokio::test]
async fn a_creation_makes_one_key_that_is_registered_trusted_and_active() {
    for algorithm in [P256, Algorithm::Rsa2048] {
        let world = World::start().await;
        let answer = world.request_with("Create", &properties("resume", algorithm)).await;
        assert_eq!((&answer["Status"], &answer["RequestId"]), (&json!("SUCCESS"), &json!("r-1")), "{answer}");
        let public_key = world.assert_one_key(&answer["Data"]["KeyGroupId"]).await;
        assert!(public_key.starts_with("-----BEGIN PUBLIC KEY-----\n"), "{public_key}");
        let active = world.parameter(Parameter::SignerActive).await.unwrap();
        assert_eq!((active.r#type, active.version), (Some("SecureString".into()), 1));
        assert_eq!(world.pair(Parameter::SignerActive).await.unwrap().algorithm(), algorithm);
        world.assert_unspoken(&[&answer]).await;
    }
}

#[tokio::test]
async fn a_creation_that_is_repeated_changes_nothing() {
    let world = World::start().await;
    let first = world.request("Create").await;
    let public_key = world.assert_one_key(&first["Data"]["KeyGroupId"]).await;
    // Also with another algorithm: the next rotation makes that key.
    let second = world.request_with("Create", &properties("resume", Algorithm::Rsa2048)).await;
    assert_eq!(first, second);
    assert_eq!(world.assert_one_key(&second["Data"]["KeyGroupId"]).await, public_key);
    assert_eq!(world.parameter(Parameter::SignerActive).await.unwrap().version, 1);
}

#[tokio::test]
async fn a_creation_that_was_cut_off_anywhere_is_completed_with_the_key_that_was_made() {
    let world = World::start().await;
    for actions in 0..=5 {
        world.crash_after(actions).await;
        let made = match world.pair(Parameter::SignerPending).await {
            Some(pending) => Some(pending),
            None => world.pair(Parameter::SignerActive).await,
        };
        assert_eq!(made.is_some(), actions > 0, "a key must be stored by the first action");
        let answer = world.request("Create").await;
        assert_eq!(answer["Status"], "SUCCESS", "after {actions} actions: {answer}");
        let public_key = world.assert_one_key(&answer["Data"]["KeyGroupId"]).await;
        assert!(made.is_none_or(|made| made.private_key().public_key_pem() == public_key), "after {actions} actions");
        world.request("Delete").await;
        world.assert_nothing_left().await;
    }
}

#[tokio::test]
async fn two_creations_at_once_make_one_key() {
    let world = World::start().await;
    for _ in 0..10 {
        let event = world.event("Create", &properties("resume", P256));
        let (one, other) = tokio::join!(world.serve(event.clone(), LEFT), world.serve(event, LEFT));
        assert!(one.is_ok() && other.is_ok());
        let answers = world.cloudformation.take_answers();
        assert_eq!((&answers[0]["Status"], &answers[0]), (&json!("SUCCESS"), &answers[1]));
        world.assert_one_key(&answers[0]["Data"]["KeyGroupId"]).await;
        world.request("Delete").await;
    }
}

#[tokio::test]
async fn an_active_key_that_lost_its_public_half_is_registered_again_and_kept() {
    let world = World::start().await;
    world.request("Create").await;
    let active = world.pair(Parameter::SignerActive).await.unwrap();
    let (stack, group) = (resume(), world.groups().await.remove(0).0);
    for removal in [
        vitae_keys::delete::Removal::Group { id: group },
        vitae_keys::delete::Removal::PublicKey { id: active.key_pair_id().to_string() },
    ] {
        world.cloud().remove(&stack, &removal).await.unwrap();
    }
    let answer = world.request("Create").await;
    let public_key = world.assert_one_key(&answer["Data"]["KeyGroupId"]).await;
    assert_eq!(public_key, active.private_key().public_key_pem());
    let renamed = world.pair(Parameter::SignerActive).await.unwrap();
    assert_ne!(renamed.key_pair_id(), active.key_pair_id());
}

#[tokio::test]
async fn an_update_tells_the_group_and_changes_no_key() {
    let world = World::start().await;
    let created = world.request("Create").await;
    let updated = world.request_with("Update", &properties("resume", Algorithm::Rsa2048)).await;
    assert_eq!(created["Data"], updated["Data"]);
    world.assert_one_key(&updated["Data"]["KeyGroupId"]).await;
    assert_eq!(world.parameter(Parameter::SignerActive).await.unwrap().version, 1);
    let unknown = world.request_with("Update", &properties("other", P256)).await;
    assert_eq!(unknown["Status"], "FAILED");
    assert!(unknown["Reason"].as_str().unwrap().contains("vitae-other"), "{unknown}");
}

#[tokio::test]
async fn a_full_account_is_said_before_anything_is_made() {
    let world = World::start().await;
    for key in 0..10 {
        world.register_foreign_key(&format!("foreign-{key}")).await;
    }
    let answer = world.request("Create").await;
    assert_eq!(answer["Status"], "FAILED");
    assert!(answer["Reason"].as_str().unwrap().contains("10 public keys"), "{answer}");
    assert!(world.parameter(Parameter::SignerPending).await.is_none());
    assert_eq!((world.public_keys().await.len(), world.groups().await.len()), (10, 0));
}

#[tokio::test]
async fn a_parameter_that_is_no_pair_is_named_and_neither_quoted_nor_overwritten() {
    let world = World::start().await;
    for parameter in [Parameter::SignerActive, Parameter::SignerPending] {
        world.put(parameter, "c2VjcmV0IG9mIHRoZSBvd25lcg").await;
        let answer = world.request("Create").await;
        let reason = answer["Reason"].as_str().unwrap();
        assert_eq!(answer["Status"], "FAILED");
        assert!(reason.contains(&resume().parameter(parameter)) && !reason.contains("c2VjcmV0"), "{reason}");
        assert_eq!(world.parameter(parameter).await.unwrap().version, 1);
        world.cloud().remove(&resume(), &vitae_keys::delete::Removal::Parameters).await.unwrap();
    }
    assert!(world.public_keys().await.is_empty());
}
