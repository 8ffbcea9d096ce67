//! Checks that GuardDuty scans the uploads. Without it every file ends in quarantine after half an hour.
//! <https://docs.aws.amazon.com/guardduty/latest/ug/malware-protection-s3-bucket-status-gdu.html>

use serde::Deserialize;

use super::{Finding, Observed};
use crate::{
    aws::{AwsClients, CallError, REGION},
    deploy::InboxOutputs,
    operate::{http::HttpClient, signed_request::SignedRequest},
};

const CHECK: &str = "malware scan";

/// What is known of the scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Facts {
    /// The system has no inbox.
    NoInbox,
    /// The stack has no plan.
    NoPlan {
        /// Whether the stack is in a local cloud, where `vitae dev` stands in for GuardDuty.
        is_local: bool,
    },
    /// The plan.
    Plan(Plan),
}

/// The response of `GetMalwareProtectionPlan`.
/// <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetMalwareProtectionPlan.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Plan {
    #[serde(default)]
    status: String,
    #[serde(default)]
    status_reasons: Vec<Reason>,
    #[serde(default)]
    actions: Actions,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
struct Reason {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
struct Actions {
    #[serde(default)]
    tagging: Tagging,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
struct Tagging {
    #[serde(default)]
    status: String,
}

pub(super) async fn observe(
    aws: &AwsClients,
    client: &HttpClient,
    outputs: &Observed<Option<InboxOutputs>>,
) -> Observed<Facts> {
    let Some(outputs) = outputs.clone()? else { return Ok(Facts::NoInbox) };
    let Some(id) = outputs.scan_plan else { return Ok(Facts::NoPlan { is_local: !aws.is_aws() }) };
    let request = SignedRequest {
        service: "guardduty",
        region: REGION,
        host: &format!("guardduty.{REGION}.amazonaws.com"),
        method: "GET",
        path: &format!("/malware-protection-plan/{id}"),
        headers: &[],
        body: String::new(),
    };
    let call = format!("GetMalwareProtectionPlan of {id}");
    let response = request.send(aws, client, &call).await?;
    let failed = |error: serde_json::Error| CallError { call, reason: error.to_string() };
    serde_json::from_slice(&response.body).map(Facts::Plan).map_err(failed)
}

pub(super) fn judge(facts: &Observed<Facts>) -> Finding {
    let plan = match facts {
        Err(error) => return Finding::skipped(CHECK, error),
        Ok(Facts::NoInbox) => return Finding::pass(CHECK, "none: visitors cannot send files"),
        Ok(Facts::NoPlan { is_local: true }) => {
            return Finding::pass(CHECK, "a stand-in, which recognises the EICAR test file only");
        }
        Ok(Facts::NoPlan { is_local: false }) => {
            let found = "no scanner: every file ends in quarantine after 30 minutes";
            return Finding::fail(CHECK, found, "deploy with Scanner guardduty, its default");
        }
        Ok(Facts::Plan(plan)) => plan,
    };
    let reasons: Vec<_> =
        plan.status_reasons.iter().map(|reason| format!("{}: {}", reason.code, reason.message)).collect();
    if plan.status != "ACTIVE" {
        let found = format!("GuardDuty's plan is {} ({})", plan.status, reasons.join("; "));
        return Finding::fail(CHECK, found, "deploy again, which restores the role ScannerRole and the plan");
    }
    if plan.actions.tagging.status != "ENABLED" {
        let found = "GuardDuty's plan tags no objects, so a lost event leaves a file in quarantine";
        return Finding::warn(CHECK, found, "enable tagging in the plan, as inbox.yaml does");
    }
    Finding::pass(CHECK, "GuardDuty scans and tags each upload")
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    fn plan(text: &str) -> Facts {
        Facts::Plan(serde_json::from_str(text).unwrap())
    }

    #[test]
    fn uploads_that_are_not_scanned_are_reported_with_the_reason() {
        let active = r#"{"status": "ACTIVE", "actions": {"tagging": {"status": "ENABLED"}}}"#;
        let untagged = r#"{"status": "ACTIVE", "actions": {"tagging": {"status": "DISABLED"}}}"#;
        let broken = r#"{"status": "ERROR", "statusReasons": [{"code": "INSUFFICIENT_TEST_OBJECT_PERMISSIONS", "message": "no"}]}"#;
        for (facts, verdict, found) in [
            (Facts::NoInbox, Verdict::Pass, "none"),
            (Facts::NoPlan { is_local: true }, Verdict::Pass, "EICAR"),
            (Facts::NoPlan { is_local: false }, Verdict::Fail, "no scanner"),
            (plan(active), Verdict::Pass, "scans"),
            (plan(untagged), Verdict::Warn, "tags no objects"),
            (plan(broken), Verdict::Fail, "INSUFFICIENT_TEST_OBJECT_PERMISSIONS: no"),
            (plan("{}"), Verdict::Fail, "GuardDuty's plan is"),
        ] {
            let finding = judge(&Ok(facts.clone()));
            assert_eq!(finding.verdict, verdict, "{facts:?}");
            assert!(finding.found.contains(found), "{finding:?}");
        }
    }
}
