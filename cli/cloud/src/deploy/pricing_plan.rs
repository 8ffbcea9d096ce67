//! CloudFront's flat-rate pricing plan of a distribution.
//!
//! The stack subscribes the distribution. CloudFront keeps a cancelled subscription until its billing period ends, and until then
//! it neither deletes the distribution nor removes its web ACL. So a plan is cancelled before the stack is deleted.
//! <https://docs.aws.amazon.com/PricingPlanManager/latest/UserGuide/getting-started-pricingplanmanager-api.html>
//!
//! The local cloud has no plans: only unit tests cover the decisions, and the calls have not run yet.

use std::time::Duration;

use aws_sdk_pricingplanmanager::{
    error::ProvideErrorMetadata as _,
    types::{ScheduledChangeType, Status, SubscriptionSummary},
};
use aws_smithy_types::{DateTime, date_time::Format};
use tokio::time::{Instant, sleep};

use crate::aws::{AwsClients, CallError};

/// How long to wait until a change is applied, which takes 2 to 5 minutes.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-pricingplanmanager-subscription.html>
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// The subscription of a distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricingPlan {
    /// `FREE`, `PRO`, `BUSINESS` or `PREMIUM`.
    pub tier: String,
    /// When a cancelled subscription ends, as a date and time; `None` if it is not cancelled.
    pub ends: Option<String>,
    arn: String,
    e_tag: String,
    /// Whether a change is being applied. No other change is accepted until it is.
    is_changing: bool,
}

impl PricingPlan {
    fn new(subscription: &SubscriptionSummary) -> Self {
        let cancelled =
            subscription.scheduled_change().filter(|change| *change.change_type() == ScheduledChangeType::Cancellation);
        // The date is missing while the change is applied.
        let date = |date: Option<&DateTime>| {
            date.and_then(|date| date.fmt(Format::DateTime).ok()).unwrap_or_else(|| "a date not known yet".to_owned())
        };
        Self {
            tier: subscription.plan_tier().to_owned(),
            ends: cancelled.map(|change| date(change.effective_date())),
            arn: subscription.arn().to_owned(),
            e_tag: subscription.e_tag().to_owned(),
            is_changing: *subscription.status() == Status::SyncInProgress,
        }
    }
}

/// Finds the subscription of a distribution. A cloud that is not AWS has none.
///
/// # Errors
/// The call that failed.
pub async fn find(aws: &AwsClients, distribution_id: &str) -> Result<Option<PricingPlan>, CallError> {
    let suffix = format!(":distribution/{distribution_id}");
    let all = list(aws).await?;
    let ours = |one: &&SubscriptionSummary| one.resource_arns().iter().any(|arn| arn.ends_with(&suffix));
    Ok(all.iter().find(ours).map(PricingPlan::new))
}

/// The account's subscriptions.
///
/// # Errors
/// The call that failed.
pub(crate) async fn list(aws: &AwsClients) -> Result<Vec<SubscriptionSummary>, CallError> {
    let mut found = Vec::new();
    if !aws.is_aws() {
        return Ok(found);
    }
    let mut pages = aws.pricing_plans().list_subscriptions().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::new("ListSubscriptions", &error))?;
        found.extend_from_slice(page.subscription_summaries());
    }
    Ok(found)
}

/// The next step to end a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step<'a> {
    /// The distribution has no plan.
    Ended,
    /// A change is being applied.
    Wait,
    /// Cancel the subscription.
    Cancel,
    /// It is cancelled and ends later.
    EndsLater(&'a str),
}

fn next(plan: Option<&PricingPlan>) -> Step<'_> {
    match plan {
        None => Step::Ended,
        Some(PricingPlan { is_changing: true, .. }) => Step::Wait,
        Some(PricingPlan { ends: Some(date), .. }) => Step::EndsLater(date),
        Some(_) => Step::Cancel,
    }
}

/// Cancels the plan of a distribution, and waits while CloudFront applies that. Returns when the plan ends, or `None` if the
/// distribution has none any more. `report` is called with each step.
///
/// # Errors
/// The call that failed.
pub async fn end(
    aws: &AwsClients,
    distribution_id: &str,
    mut report: impl FnMut(&str),
) -> Result<Option<String>, CallError> {
    let deadline = Instant::now() + LONGEST_WAIT;
    let mut is_cancelled = false;
    loop {
        let plan = find(aws, distribution_id).await?;
        match (next(plan.as_ref()), &plan) {
            (Step::EndsLater(date), _) => return Ok(Some(date.to_owned())),
            (Step::Cancel, Some(plan)) if !is_cancelled => {
                report("cancel");
                cancel(aws, plan).await?;
                is_cancelled = true;
            }
            (Step::Ended, _) | (_, None) => return Ok(None),
            // A subscription that was cancelled just now may still be listed as it was.
            (Step::Wait | Step::Cancel, Some(_)) => report("wait for CloudFront"),
        }
        if Instant::now() > deadline {
            let reason = format!("CloudFront has not applied the last change for {} s", LONGEST_WAIT.as_secs());
            return Err(CallError { call: format!("CancelSubscription of {distribution_id}"), reason });
        }
        sleep(aws.poll_interval()).await;
    }
}

async fn cancel(aws: &AwsClients, plan: &PricingPlan) -> Result<(), CallError> {
    match aws.pricing_plans().cancel_subscription().arn(&plan.arn).if_match(&plan.e_tag).send().await {
        Ok(_) => Ok(()),
        // Another process has changed or ended it: the next round reads it again.
        Err(error) if matches!(error.code(), Some("ConflictException" | "ResourceNotFoundException")) => Ok(()),
        Err(error) => Err(CallError::new(format!("CancelSubscription of {}", plan.arn), &error)),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_pricingplanmanager::types::ScheduledChange;

    use super::*;

    fn subscription(status: Status, change: Option<ScheduledChange>) -> PricingPlan {
        let epoch = DateTime::from_secs(0);
        let summary = SubscriptionSummary::builder()
            .arn("arn:aws:pricingplanmanager::111122223333:subscription:sub_1")
            .plan_family("CloudFront")
            .plan_tier("FREE")
            .status(status)
            .set_scheduled_change(change)
            .set_resource_arns(Some(Vec::new()))
            .created_at(epoch)
            .updated_at(epoch)
            .e_tag("1");
        PricingPlan::new(&summary.build().unwrap())
    }

    fn change(change_type: ScheduledChangeType, date: Option<DateTime>) -> ScheduledChange {
        ScheduledChange::builder().change_type(change_type).set_effective_date(date).build().unwrap()
    }

    #[test]
    fn an_active_plan_is_cancelled_and_a_cancelled_one_ends_later() {
        let december = DateTime::from_secs(1_796_083_200);
        let cancelled = || change(ScheduledChangeType::Cancellation, Some(december));
        let downgraded = change(ScheduledChangeType::Downgrade, Some(december));
        assert_eq!(next(None), Step::Ended);
        for (status, change, step) in [
            (Status::Active, None, Step::Cancel),
            (Status::Active, Some(downgraded), Step::Cancel),
            (Status::Failed, None, Step::Cancel),
            (Status::PendingApproval, None, Step::Cancel),
            (Status::SyncInProgress, None, Step::Wait),
            (Status::SyncInProgress, Some(cancelled()), Step::Wait),
            (Status::Active, Some(cancelled()), Step::EndsLater("2026-12-01T00:00:00Z")),
        ] {
            let plan = subscription(status, change);
            assert_eq!(next(Some(&plan)), step, "{plan:?}");
        }
        let undated = subscription(Status::Active, Some(change(ScheduledChangeType::Cancellation, None)));
        assert_eq!(next(Some(&undated)), Step::EndsLater("a date not known yet"));
    }
}
