//! Checks how many functions may run at once. A new account may have a tenth of the default or less.

use aws_sdk_lambda::types::AccountLimit;

use super::{Finding, Observed};
use crate::aws::{AwsClients, CallError};

const CHECK: &str = "concurrency";

/// Below this, visitors of a link that is shared widely would be throttled: a page load needs two functions at once.
const ENOUGH: i32 = 100;

/// The default of an account in each region.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const DEFAULT: i32 = 1_000;

/// The number of concurrent executions that no function has reserved, in us-east-1.
pub(super) async fn observe(aws: &AwsClients) -> Observed<i32> {
    let settings = aws.lambda().get_account_settings().send().await;
    let settings = settings.map_err(|error| CallError::new("GetAccountSettings", &error))?;
    let limit = settings.account_limit();
    Ok(limit.and_then(AccountLimit::unreserved_concurrent_executions).unwrap_or_default())
}

pub(super) fn judge(unreserved: &Observed<i32>) -> Finding {
    match unreserved {
        Err(error) => Finding::skipped(CHECK, error),
        Ok(number) if *number < ENOUGH => Finding::warn(
            CHECK,
            format!("{number} functions may run at once in us-east-1, for all functions together"),
            format!(
                "request more, also in the other regions of your visitors: `aws service-quotas request-service-quota-increase \
                 --region us-east-1 --service-code lambda --quota-code L-B99A9384 --desired-value {DEFAULT}`"
            ),
        ),
        Ok(number) => Finding::pass(CHECK, format!("{number} functions may run at once")),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::Verdict, *};

    #[test]
    fn a_low_limit_is_a_warning_with_the_command_to_raise_it() {
        assert_eq!(judge(&Ok(1_000)).verdict, Verdict::Pass);
        assert_eq!(judge(&Ok(100)).verdict, Verdict::Pass);
        let finding = judge(&Ok(10));
        assert_eq!(finding.verdict, Verdict::Warn);
        assert!(finding.fix.unwrap().contains("--desired-value 1000"));
    }
}
