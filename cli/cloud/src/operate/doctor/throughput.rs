//! Checks the request quota of Parameter Store, which all edges share: 40 requests a second, unless the account has more.
//! <https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-throughput.html>

use super::{Finding, Observed, Subject};
use crate::aws::CallError;

const CHECK: &str = "Parameter Store throughput";
const SETTING: &str = "/ssm/parameter-store/high-throughput-enabled";

/// The setting's value.
pub(super) async fn observe(subject: &Subject) -> Observed<String> {
    let got = subject.aws.ssm().get_service_setting().setting_id(SETTING).send().await;
    let got = got.map_err(|error| CallError::new(format!("GetServiceSetting of {SETTING}"), &error))?;
    Ok(got.service_setting().and_then(|setting| setting.setting_value()).unwrap_or_default().to_owned())
}

pub(super) fn judge(value: &Observed<String>) -> Finding {
    match value {
        Ok(value) if value == "true" => Finding::warn(
            CHECK,
            "higher throughput is on: every read of a parameter costs, in all of the account and region",
            format!(
                "if nothing else needs it: `aws ssm reset-service-setting --region us-east-1 --setting-id {SETTING}`"
            ),
        ),
        Ok(_) => Finding::pass(
            CHECK,
            "40 reads a second, which an edge needs once a minute: enough for 2,400 edge functions at once",
        ),
        Err(error) => Finding::skipped(CHECK, error),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    #[test]
    fn what_costs_is_told() {
        assert_eq!(judge(&Ok("false".into())).verdict, Verdict::Pass);
        let finding = judge(&Ok("true".into()));
        assert!(finding.verdict == Verdict::Warn && finding.fix.unwrap().contains("reset-service-setting"));
    }
}
