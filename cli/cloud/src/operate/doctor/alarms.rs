//! Checks that alarms have a confirmed subscriber. An e-mail subscription is pending until it is confirmed.
//! <https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html>

use super::{Finding, Observed, Subject};
use crate::aws::CallError;

const CHECK: &str = "alarms";
const TOPIC: &str = "AWS::SNS::Topic";
/// The ARN of a subscription that is not confirmed.
pub(super) const PENDING: &str = "PendingConfirmation";

/// A topic, and the ARNs of its subscriptions.
pub(super) struct Facts {
    topic: String,
    subscriptions: Vec<String>,
}

pub(super) async fn observe(subject: &Subject) -> Observed<Vec<Facts>> {
    let mut facts = Vec::new();
    for (_, topic) in subject.watching.values().filter(|(kind, _)| kind == TOPIC) {
        let listed = subject.aws.sns().list_subscriptions_by_topic().topic_arn(topic).send().await;
        let listed = listed.map_err(|error| CallError::new(format!("ListSubscriptionsByTopic of {topic}"), &error))?;
        let arns = listed.subscriptions().iter().filter_map(|subscription| subscription.subscription_arn());
        facts.push(Facts { topic: topic.clone(), subscriptions: arns.map(str::to_owned).collect() });
    }
    Ok(facts)
}

pub(super) fn judge(facts: &Observed<Vec<Facts>>) -> Finding {
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) => return Finding::skipped(CHECK, error),
    };
    if facts.is_empty() {
        return Finding::pass(CHECK, "none: this stack has no alarms");
    }
    for Facts { topic, subscriptions } in facts {
        if subscriptions.is_empty() {
            let fix = format!(
                "`aws sns subscribe --region us-east-1 --topic-arn {topic} --protocol email --notification-endpoint YOU`"
            );
            return Finding::warn(CHECK, format!("{topic} has no subscribers, so no one is notified of alarms"), fix);
        }
        if subscriptions.iter().all(|arn| arn == PENDING) {
            let found = format!("the subscription to {topic} is not confirmed, so no one is notified of alarms");
            return Finding::fail(CHECK, found, "open the link in AWS's e-mail, or subscribe again");
        }
    }
    Finding::pass(CHECK, "a subscriber is notified")
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    #[test]
    fn alarms_without_a_subscriber_are_reported() {
        let topic = |arns: &[&str]| Facts {
            topic: "topic".into(),
            subscriptions: arns.iter().map(|arn| (*arn).into()).collect(),
        };
        assert_eq!(judge(&Ok(vec![])).verdict, Verdict::Pass);
        assert_eq!(
            judge(&Ok(vec![topic(&["arn:aws:sns:us-east-1:123456789012:topic:1", PENDING])])).verdict,
            Verdict::Pass
        );
        let missing = judge(&Ok(vec![topic(&[])]));
        assert!(missing.verdict == Verdict::Warn && missing.fix.unwrap().contains("aws sns subscribe"));
        let pending = judge(&Ok(vec![topic(&[PENDING])]));
        assert!(pending.is_failure() && pending.fix.unwrap().contains("e-mail"));
    }
}
