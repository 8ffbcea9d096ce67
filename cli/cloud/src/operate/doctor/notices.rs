//! Checks that the owner is notified of named links and of visitors' files: an e-mail subscription is pending until it is confirmed.
//! <https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html>

use super::{Finding, Observed, Subject, alarms::PENDING};
use crate::aws::CallError;

/// What a topic's notices are about.
pub(super) struct Notices {
    check: &'static str,
    subject: &'static str,
    /// The parameter with the e-mail address.
    parameter: &'static str,
    /// What is found without such a topic.
    none: &'static str,
}

/// Notices of named links.
pub(super) const LINKS: Notices = Notices {
    check: "notices",
    subject: "first opens",
    parameter: "NoticesEmail",
    none: "none: this stack has no named links",
};

/// Notices of the inbox.
pub(super) const INBOX: Notices = Notices {
    check: "inbox notices",
    subject: "visitors' files",
    parameter: "InboxEmail",
    none: "none: visitors cannot send files",
};

/// The ARNs of a topic's subscriptions; `None` without a topic.
pub(super) async fn observe(subject: &Subject, topic: Option<&str>) -> Observed<Option<Vec<String>>> {
    let Some(topic) = topic else { return Ok(None) };
    let listed = subject.aws.sns().list_subscriptions_by_topic().topic_arn(topic).send().await;
    let listed = listed.map_err(|error| CallError::new(format!("ListSubscriptionsByTopic of {topic}"), &error))?;
    let arns = listed.subscriptions().iter().filter_map(|subscription| subscription.subscription_arn());
    Ok(Some(arns.map(str::to_owned).collect()))
}

pub(super) fn judge(notices: &Notices, subscriptions: &Observed<Option<Vec<String>>>) -> Finding {
    let Notices { check, subject, parameter, none } = *notices;
    match subscriptions {
        Err(error) => Finding::skipped(check, error),
        Ok(None) => Finding::pass(check, none),
        Ok(Some(arns)) if arns.is_empty() => {
            Finding::pass(check, format!("no one is notified of {subject}: {parameter} is empty"))
        }
        Ok(Some(arns)) if arns.iter().all(|arn| arn == PENDING) => {
            let found = format!("the subscription of {parameter} is not confirmed, so no one is notified of {subject}");
            Finding::fail(check, found, "open the link in AWS's e-mail, or subscribe again")
        }
        Ok(Some(_)) => Finding::pass(check, format!("a subscriber is notified of {subject}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    #[test]
    fn a_subscription_that_is_not_confirmed_is_reported() {
        for notices in [LINKS, INBOX] {
            for fine in
                [None, Some(vec![]), Some(vec![PENDING.to_owned(), "arn:aws:sns:us-east-1:1:topic:1".to_owned()])]
            {
                assert_eq!(judge(&notices, &Ok(fine)).verdict, Verdict::Pass);
            }
            let finding = judge(&notices, &Ok(Some(vec![PENDING.to_owned()])));
            assert!(finding.is_failure() && finding.found.contains(notices.parameter), "{finding:?}");
        }
    }
}
