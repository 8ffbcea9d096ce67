use super::*;
use vitae_keys::sender::SendError;

#[tokio::test]
async fn a_request_that_makes_no_sense_is_answered_and_cleaned_up_after() {
    let observed = Observed::start().await;
    let bad = json!({ "ParameterPrefix": "/elsewhere/", "Algorithm": "rsa-2048" });
    let answer = observed.request_with("Create", &bad).await;
    assert_eq!(answer["Status"], "FAILED");
    assert!(answer["Reason"].as_str().unwrap().contains("/elsewhere/"), "{answer}");
    assert_eq!(observed.request_with("Delete", &bad).await["Status"], "SUCCESS");
}

#[tokio::test]
async fn an_answer_that_is_refused_is_sent_again() {
    let observed = Observed::start().await;
    observed.cloudformation.refuse_next(&[503, 500]);
    assert_eq!(observed.request("Delete").await["Status"], "SUCCESS");
    observed.cloudformation.refuse_next(&[403; 4]);
    let unanswered = observed.serve(observed.event("Delete", &properties("resume", P256)), LEFT).await;
    assert!(matches!(unanswered, Err(HandlerError::SendError(SendError::Rejected { status: 403 }))), "{unanswered:?}");
}

#[tokio::test]
async fn an_answer_that_nobody_takes_fails_without_its_url() {
    let observed = Observed::start().await;
    for url in ["http://127.0.0.1:9/secret?Signature=secret", "not a URL", ""] {
        let mut event = observed.event("Delete", &json!({}));
        event["ResponseURL"] = url.into();
        let error = observed.serve(event, LEFT).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
    assert!(!observed.log.lock().unwrap().concat().contains("Signature"));
}

#[tokio::test]
async fn an_event_of_another_kind_is_refused() {
    let observed = Observed::start().await;
    for event in [json!({ "source": "aws.s3", "detail": {} }), json!(null), json!({ "RequestType": "Create" })] {
        assert!(matches!(observed.serve(event, LEFT).await, Err(HandlerError::UnknownEvent)));
    }
}

#[tokio::test]
async fn a_creation_without_time_left_is_answered() {
    let observed = Observed::start().await;
    observed.serve(observed.event("Create", &properties("resume", P256)), Duration::ZERO).await.unwrap();
    let answer = observed.cloudformation.take_answers().remove(0);
    assert_eq!(answer["Status"], "FAILED");
    assert!(answer["Reason"].as_str().unwrap().contains("time was up"), "{answer}");
    assert_eq!(observed.request("Create").await["Status"], "SUCCESS");
}

#[tokio::test]
async fn a_panic_on_the_way_is_answered() {
    let observed = Observed::start().await;
    let log = |line: &Value| assert!(line["event"] != "step", "the test's own panic");
    let sender = Sender::new(Duration::from_millis(10));
    let handler = Handler::new(observed.cloud(), sender, settings(&[]), LIMITS, clock(), Arc::new(log));
    handler.handle("r-1", observed.event("Create", &properties("resume", P256)), LEFT).await.unwrap();
    let answer = observed.cloudformation.take_answers().remove(0);
    assert_eq!(answer["Status"], "FAILED", "{answer}");
    // CloudFormation then asks for a deletion, and the stack is made again.
    assert_eq!(observed.request("Delete").await["Status"], "SUCCESS");
    assert_eq!(observed.request("Create").await["Status"], "SUCCESS");
}

#[tokio::test]
async fn a_cloud_that_is_down_is_answered() {
    let mut observed = Observed::start().await;
    observed.ministack.stop();
    let answer = observed.request("Create").await;
    assert_eq!(answer["Status"], "FAILED");
    assert!(answer["Reason"].as_str().unwrap().contains("ListKeyGroups"), "{answer}");
}

#[tokio::test]
async fn a_command_is_answered_with_every_key_and_what_comes_next() {
    let observed = Observed::start().await;
    observed.request("Create").await;
    let id = observed.public_keys().await.remove(0).id;
    let status = observed.serve(json!({ "command": "status" }), LEFT).await.unwrap();
    let key = &status["keys"][0];
    assert_eq!((&key["id"], &key["phase"], &key["algorithm"]), (&json!(id), &json!("active"), &json!("ecdsa-p256")));
    assert!(key["at"].as_u64().unwrap() > key["since"].as_u64().unwrap(), "{status}");

    let nothing = observed.serve(json!({ "command": "rotate" }), LEFT).await.unwrap();
    assert_eq!((&nothing["steps"], &nothing["rest"]), (&json!([]), &json!("the keys are settled")));
    let begun = json!({ "command": "rotate", "now": true, "algorithm": "rsa-2048" });
    let begun = observed.serve(begun, LEFT).await.unwrap();
    let phases: Vec<_> = begun["keys"].as_array().unwrap().iter().map(|key| key["phase"].as_str().unwrap()).collect();
    assert_eq!(phases, ["in-group", "active"], "{begun}");
    assert_eq!(begun["keys"][0]["algorithm"], "rsa-2048");
    let log = observed.log.lock().unwrap().concat();
    assert!(log.contains("\"KeyRotationPhase\":3") && log.contains("\"ActiveKeyAge\""), "{log}");
}

#[tokio::test]
async fn the_only_key_is_replaced_before_it_is_revoked_and_a_strange_one_is_unknown() {
    let observed = Observed::start().await;
    observed.request("Create").await;
    let id = observed.public_keys().await.remove(0).id;
    let revoked = observed.serve(json!({ "command": "revoke", "id": id }), LEFT).await.unwrap();
    let keys = observed.public_keys().await;
    let active = observed.pair(Parameter::SignerActive).await.unwrap();
    assert_eq!((keys.len(), keys[0].id.as_str()), (1, active.key_pair_id().as_str()), "{revoked}");
    assert_ne!(keys[0].id, id);
    assert_eq!(observed.groups().await[0].1, [keys[0].id.clone()]);
    let unknown = observed.serve(json!({ "command": "revoke", "id": "KNONE" }), LEFT).await.unwrap_err();
    assert!(unknown.to_string().contains("KNONE"), "{unknown}");
}

#[tokio::test]
async fn a_tick_beside_a_deletion_brings_nothing_back() {
    let observed = Observed::start().await;
    let tick = json!({ "source": "aws.events", "detail-type": "Scheduled Event" });
    observed.serve(tick.clone(), LEFT).await.unwrap();
    observed.assert_nothing_left().await;
    observed.request("Create").await;
    observed.request("Delete").await;
    observed.serve(tick, LEFT).await.unwrap();
    observed.assert_nothing_left().await;
}
