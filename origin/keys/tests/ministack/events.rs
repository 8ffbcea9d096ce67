use super::*;
use keys::sender::NotSent;

#[tokio::test]
async fn a_request_that_makes_no_sense_is_answered_and_cleaned_up_after() {
    let world = World::start().await;
    let bad = json!({ "ParameterPrefix": "/elsewhere/", "Algorithm": "rsa-2048" });
    let answer = world.request_with("Create", &bad).await;
    assert_eq!(answer["Status"], "FAILED");
    assert!(answer["Reason"].as_str().unwrap().contains("/elsewhere/"), "{answer}");
    assert_eq!(world.request_with("Delete", &bad).await["Status"], "SUCCESS");
}

#[tokio::test]
async fn an_answer_that_is_refused_is_sent_again() {
    let world = World::start().await;
    world.cloudformation.refuse_next(&[503, 500]);
    assert_eq!(world.request("Delete").await["Status"], "SUCCESS");
    world.cloudformation.refuse_next(&[403; 4]);
    let unanswered = world.serve(world.event("Delete", &properties("resume", P256)), LEFT).await;
    assert!(matches!(unanswered, Err(Unanswered::NotSent(NotSent::Refused { status: 403 }))), "{unanswered:?}");
}

#[tokio::test]
async fn an_answer_that_nobody_takes_fails_without_its_url() {
    let world = World::start().await;
    for url in ["http://127.0.0.1:9/secret?Signature=secret", "not a URL", ""] {
        let mut event = world.event("Delete", &json!({}));
        event["ResponseURL"] = url.into();
        let error = world.serve(event, LEFT).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
    assert!(!world.log.lock().unwrap().concat().contains("Signature"));
}

#[tokio::test]
async fn an_event_of_another_kind_is_refused() {
    let world = World::start().await;
    for event in [json!({ "source": "aws.ssm", "detail": {} }), json!(null), json!({ "RequestType": "Create" })] {
        assert!(matches!(world.serve(event, LEFT).await, Err(Unanswered::NotARequest)));
    }
}

#[tokio::test]
async fn a_creation_without_time_left_is_answered() {
    let world = World::start().await;
    world.serve(world.event("Create", &properties("resume", P256)), Duration::ZERO).await.unwrap();
    let answer = world.cloudformation.take_answers().remove(0);
    assert_eq!(answer["Status"], "FAILED");
    assert!(answer["Reason"].as_str().unwrap().contains("time was up"), "{answer}");
    assert_eq!(world.request("Create").await["Status"], "SUCCESS");
}

#[tokio::test]
async fn a_panic_on_the_way_is_answered() {
    let world = World::start().await;
    let log = |line: &str| assert!(!line.contains("step"), "the test's own panic");
    let sender = Sender::new(Duration::from_millis(10));
    let handler = Handler::new(world.cloud(), sender, PACE, Arc::new(log));
    handler.handle(world.event("Create", &properties("resume", P256)), LEFT).await.unwrap();
    let answer = world.cloudformation.take_answers().remove(0);
    assert_eq!(answer["Status"], "FAILED", "{answer}");
    // CloudFormation then asks for a deletion, and the stack is made again.
    assert_eq!(world.request("Delete").await["Status"], "SUCCESS");
    assert_eq!(world.request("Create").await["Status"], "SUCCESS");
}

#[tokio::test]
async fn a_cloud_that_is_down_is_answered() {
    let mut world = World::start().await;
    world.ministack.stop();
    let answer = world.request("Create").await;
    assert_eq!(answer["Status"], "FAILED");
    assert!(answer["Reason"].as_str().unwrap().contains("ListKeyGroups"), "{answer}");
}
