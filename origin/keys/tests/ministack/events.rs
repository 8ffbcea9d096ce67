use super::*;
use vitae_keys::sender::SendError;

#[tokio::test]
async fn an_invalid_request_gets_a_response_and_can_be_rolled_back() {
    let fixture = Fixture::start().await;
    let bad = json!({ "ParameterPrefix": "/elsewhere/", "Algorithm": "rsa-2048" });
    let response = fixture.request_with("Create", &bad).await;
    assert_eq!(response["Status"], "FAILED");
    assert!(response["Reason"].as_str().unwrap().contains("/elsewhere/"), "{response}");
    assert_eq!(fixture.request_with("Delete", &bad).await["Status"], "SUCCESS");
}

#[tokio::test]
async fn a_rejected_response_is_sent_again() {
    let fixture = Fixture::start().await;
    fixture.cloudformation.reject_next(&[503, 500]);
    assert_eq!(fixture.request("Delete").await["Status"], "SUCCESS");
    fixture.cloudformation.reject_next(&[403; 4]);
    let error = fixture.serve(fixture.event("Delete", &properties("resume", P256)), LEFT).await;
    assert!(matches!(error, Err(HandlerError::SendError(SendError::Rejected { status: 403 }))), "{error:?}");
}

#[tokio::test]
async fn a_response_that_cannot_be_delivered_fails_without_its_url() {
    let fixture = Fixture::start().await;
    for url in ["http://127.0.0.1:9/secret?Signature=secret", "not a URL", ""] {
        let mut event = fixture.event("Delete", &json!({}));
        event["ResponseURL"] = url.into();
        let error = fixture.serve(event, LEFT).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
    assert!(!fixture.log.lock().unwrap().concat().contains("Signature"));
}

#[tokio::test]
async fn an_unknown_event_is_rejected() {
    let fixture = Fixture::start().await;
    for event in [json!({ "source": "aws.s3", "detail": {} }), json!(null), json!({ "RequestType": "Create" })] {
        assert!(matches!(fixture.serve(event, LEFT).await, Err(HandlerError::UnknownEvent)));
    }
}

#[tokio::test]
async fn a_creation_without_time_left_gets_a_response() {
    let fixture = Fixture::start().await;
    fixture.serve(fixture.event("Create", &properties("resume", P256)), Duration::ZERO).await.unwrap();
    let response = fixture.cloudformation.take_responses().remove(0);
    assert_eq!(response["Status"], "FAILED");
    assert!(response["Reason"].as_str().unwrap().contains("timed out"), "{response}");
    assert_eq!(fixture.request("Create").await["Status"], "SUCCESS");
}

#[tokio::test]
async fn a_panic_leads_to_a_response() {
    let fixture = Fixture::start().await;
    let log = |line: &Value| assert!(line["event"] != "step", "the test's own panic");
    let sender = Sender::new(Duration::from_millis(10));
    let handler = Handler::new(fixture.clients(), sender, settings(&[]), LIMITS, clock(), Arc::new(log));
    handler.handle("r-1", fixture.event("Create", &properties("resume", P256)), LEFT).await.unwrap();
    let response = fixture.cloudformation.take_responses().remove(0);
    assert_eq!(response["Status"], "FAILED", "{response}");
    // CloudFormation then requests a deletion, and the stack can be created again.
    assert_eq!(fixture.request("Delete").await["Status"], "SUCCESS");
    assert_eq!(fixture.request("Create").await["Status"], "SUCCESS");
}

#[tokio::test]
async fn an_outage_leads_to_a_response() {
    let mut fixture = Fixture::start().await;
    fixture.ministack.stop();
    let response = fixture.request("Create").await;
    assert_eq!(response["Status"], "FAILED");
    assert!(response["Reason"].as_str().unwrap().contains("ListKeyGroups"), "{response}");
}

#[tokio::test]
async fn a_command_returns_every_key_and_its_next_phase() {
    let fixture = Fixture::start().await;
    fixture.request("Create").await;
    let id = fixture.public_keys().await.remove(0).id;
    let status = fixture.serve(json!({ "command": "status" }), LEFT).await.unwrap();
    let key = &status["keys"][0];
    assert_eq!((&key["id"], &key["phase"], &key["algorithm"]), (&json!(id), &json!("active"), &json!("ecdsa-p256")));
    assert!(key["at"].as_u64().unwrap() > key["since"].as_u64().unwrap(), "{status}");

    let nothing = fixture.serve(json!({ "command": "rotate" }), LEFT).await.unwrap();
    assert_eq!((&nothing["steps"], &nothing["idle_reason"]), (&json!([]), &json!("the keys are settled")));
    let begun = json!({ "command": "rotate", "now": true, "algorithm": "rsa-2048" });
    let begun = fixture.serve(begun, LEFT).await.unwrap();
    let phases: Vec<_> = begun["keys"].as_array().unwrap().iter().map(|key| key["phase"].as_str().unwrap()).collect();
    assert_eq!(phases, ["in-group", "active"], "{begun}");
    assert_eq!(begun["keys"][0]["algorithm"], "rsa-2048");
    let log = fixture.log.lock().unwrap().concat();
    assert!(log.contains("\"KeyRotationPhase\":3") && log.contains("\"ActiveKeyAge\""), "{log}");
}

#[tokio::test]
async fn the_only_key_is_replaced_before_it_is_revoked_and_a_foreign_one_is_unknown() {
    let fixture = Fixture::start().await;
    fixture.request("Create").await;
    let id = fixture.public_keys().await.remove(0).id;
    let revoked = fixture.serve(json!({ "command": "revoke", "id": id }), LEFT).await.unwrap();
    let keys = fixture.public_keys().await;
    let active = fixture.pair(Parameter::SignerActive).await.unwrap();
    assert_eq!((keys.len(), keys[0].id.as_str()), (1, active.key_pair_id().as_str()), "{revoked}");
    assert_ne!(keys[0].id, id);
    assert_eq!(fixture.groups().await[0].1, [keys[0].id.clone()]);
    let unknown = fixture.serve(json!({ "command": "revoke", "id": "KNONE" }), LEFT).await.unwrap_err();
    assert!(unknown.to_string().contains("KNONE"), "{unknown}");
}

#[tokio::test]
async fn a_run_concurrent_with_a_deletion_restores_nothing() {
    let fixture = Fixture::start().await;
    let tick = json!({ "source": "aws.events", "detail-type": "Scheduled Event" });
    fixture.serve(tick.clone(), LEFT).await.unwrap();
    fixture.assert_nothing_left().await;
    fixture.request("Create").await;
    fixture.request("Delete").await;
    fixture.serve(tick, LEFT).await.unwrap();
    fixture.assert_nothing_left().await;
}
