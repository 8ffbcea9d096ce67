//! Checks that the distribution can have CloudFront's free plan.

use serde::Deserialize;
use serde_json::json;

use super::{Finding, Observed};
use crate::{
    aws::{AwsClients, REGION},
    deploy::pricing_plan,
    operate::{http::HttpClient, signed_request::FREE_TIER},
};

const CHECK: &str = "pricing plan";

/// The most free plans of an account.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/flat-rate-pricing-plan.html>
const MOST_FREE_PLANS: usize = 3;

/// What to do without the free plan.
const OTHER_PLAN: &str = "set PricingPlan to pay-as-you-go, with WebAcl=false unless you want to pay for the web ACL";

pub(super) struct Facts {
    /// `FREE` for an account that spends credits and cannot be charged, else `PAID`; `None` for an account without such a plan.
    account_plan: Observed<Option<String>>,
    /// How many subscriptions to the free plan the account has.
    free_plans: Observed<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GetAccountPlanStateResponse {
    account_plan_type: Option<String>,
}

/// `None` if the settings do not select the free plan.
pub(super) async fn observe(aws: &AwsClients, client: &HttpClient, is_free: bool) -> Option<Facts> {
    if !is_free {
        return None;
    }
    let call = "GetAccountPlanState";
    let state: Observed<GetAccountPlanStateResponse> =
        FREE_TIER.call(aws, client, (REGION, call), &json!({}), call).await;
    let account_plan = match state {
        Ok(state) => Ok(state.account_plan_type),
        // An account from before July 2025 has no plan.
        Err(error) if error.reason.contains("ResourceNotFound") => Ok(None),
        Err(error) => Err(error),
    };
    let subscriptions = pricing_plan::list(aws).await;
    let free_plans = subscriptions.map(|all| all.iter().filter(|one| one.plan_tier() == "FREE").count());
    Some(Facts { account_plan, free_plans })
}

pub(super) fn judge(facts: Option<&Facts>) -> Finding {
    let Some(Facts { account_plan, free_plans }) = facts else { return Finding::pass(CHECK, "pay-as-you-go") };
    match (account_plan, free_plans) {
        (Ok(Some(plan)), _) if plan == "FREE" => Finding::fail(
            CHECK,
            "the account is on the free account plan of AWS, with which CloudFront does not offer its free plan",
            format!("upgrade the account to the paid plan in Billing and Cost Management, or {OTHER_PLAN}"),
        ),
        (_, Ok(number)) if *number >= MOST_FREE_PLANS => Finding::fail(
            CHECK,
            format!(
                "the account has {number} distributions in CloudFront's free plan, and {MOST_FREE_PLANS} are allowed"
            ),
            OTHER_PLAN,
        ),
        (Err(error), _) | (_, Err(error)) => Finding::skipped(CHECK, error),
        (Ok(_), Ok(number)) => Finding::pass(
            CHECK,
            format!("CloudFront's free plan, of which the account has {number} of {MOST_FREE_PLANS}"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::Verdict, *};
    use crate::aws::CallError;

    #[test]
    fn the_free_plan_needs_a_paid_account_with_less_than_three() {
        let denied = || CallError { call: "GetAccountPlanState".into(), reason: "AccessDeniedException".into() };
        let plan = |plan: &str| Ok(Some(plan.to_owned()));
        assert_eq!(judge(None).verdict, Verdict::Pass);
        for (account_plan, free_plans, verdict) in [
            (plan("PAID"), Ok(0), Verdict::Pass),
            (Ok(None), Ok(2), Verdict::Pass),
            (plan("FREE"), Ok(0), Verdict::Fail),
            (plan("FREE"), Err(denied()), Verdict::Fail),
            (plan("PAID"), Ok(3), Verdict::Fail),
            (Err(denied()), Ok(3), Verdict::Fail),
            (Err(denied()), Ok(0), Verdict::Warn),
            (plan("PAID"), Err(denied()), Verdict::Warn),
        ] {
            let finding = judge(Some(&Facts { account_plan, free_plans }));
            assert_eq!(finding.verdict, verdict, "{finding:?}");
        }
    }
}
