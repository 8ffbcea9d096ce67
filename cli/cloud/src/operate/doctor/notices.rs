//! Checks that the owner is notified of named links: an e-mail subscription is pending until it is confirmed.
//! <https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html>

use super::{Finding, Observed, Subject, alarms::PENDING};
use crate::aws::CallError;

const CHECK: &str = "notices";

/// The ARNs of the topic's subscriptions; `None` without named links.
pub(super) async fn observe(subject: &Subject) -> Observed<Option<Vec<String>>> {
    let Some(links) = &subject.outputs.links else { return Ok(None) };
    let topic = &links.notices_topic;
    let listed = subject.aws.sns().list_subscriptions_by_topic().topic_arn(topic).send().await;
    let listed = listed.map_err(|error| CallError::new(format!("ListSubscriptionsByTopic of {topic}"), &error))?;
    let arns = listed.subscriptions().iter().filter_map(|subscription| subscription.subscription_arn());
    Ok(Some(arns.map(str::to_owned).collect()))
}

pub(super) fn judge(subscriptions: &Observed<Option<Vec<String>>>) -> Finding {
    match subscriptions {
        Err(error) => Finding::skipped(CHECK, error),
        Ok(None) => Finding::pass(CHECK, "none: this stack has no named links"),
        Ok(Some(arns)) if arns.is_empty() => {
            Finding::pass(CHECK, "no one is notified of first opens: NoticesEmail is empty")
        }
        Ok(Some(arns)) if arns.iter().all(|arn| arn == PENDING) => {
            let found = "the subscription of NoticesEmail is not confirmed, so no one is notified of first opens";
            Finding::fail(CHECK, found, "open the link in AWS's e-mail, or subscribe again")
        }
        Ok(Some(_)) => Finding::pass(CHECK, "a subscriber is notified of first opens"),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    #[test]
    fn a_subscription_that_is_not_confirmed_is_reported() {
        for fine in [None, Some(vec![]), Some(vec![PENDING.to_owned(), "arn:aws:sns:us-east-1:1:topic:1".to_owned()])] {
            assert_eq!(judge(&Ok(fine)).verdict, Verdict::Pass);
        }
        assert!(judge(&Ok(Some(vec![PENDING.to_owned()]))).is_failure());
    }
}
