//! Checks that the distribution is deployed and protects the CV with the stack's key group.

use aws_sdk_cloudfront::types::{DistributionConfig, LambdaFunctionAssociations};

use super::{Finding, Observed, Subject};
use crate::aws::CallError;

const CHECK: &str = "distribution";
const CV: &str = "/cv/*";

#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) enabled: bool,
    pub(super) status: String,
    /// Its alternate domain names.
    pub(super) aliases: Vec<String>,
    /// The key groups of the CV's behavior; `None` without such a behavior.
    pub(super) cv_groups: Option<Vec<String>>,
    /// The versions of Lambda functions that it runs.
    pub(super) functions: Vec<String>,
}

pub(super) async fn observe(subject: &Subject) -> Observed<Facts> {
    let id = &subject.outputs.distribution_id;
    let call = format!("GetDistribution of {id}");
    let got = subject.aws.cloudfront().get_distribution().id(id).send().await;
    let got = got.map_err(|error| CallError::new(&call, &error))?;
    let missing = || CallError { call, reason: "the response has no distribution".to_owned() };
    let distribution = got.distribution().ok_or_else(missing)?;
    let config = distribution.distribution_config();
    let behaviors =
        || config.and_then(|config| config.cache_behaviors()).map_or(&[][..], |behaviors| behaviors.items());
    let cv = behaviors().iter().find(|behavior| behavior.path_pattern() == CV);
    let cv_groups = cv.map(|behavior| {
        let trusted = behavior.trusted_key_groups().filter(|trusted| trusted.enabled());
        trusted.map_or(&[][..], |trusted| trusted.items()).to_vec()
    });
    let functions = behaviors().iter().filter_map(|behavior| behavior.lambda_function_associations());
    let functions =
        functions.flat_map(LambdaFunctionAssociations::items).map(|function| function.lambda_function_arn().to_owned());
    Ok(Facts {
        enabled: config.is_some_and(DistributionConfig::enabled),
        status: distribution.status().to_owned(),
        aliases: config.and_then(|config| config.aliases()).map_or(&[][..], |aliases| aliases.items()).to_vec(),
        cv_groups,
        functions: functions.collect(),
    })
}

pub(super) fn judge(subject: &Subject, facts: &Observed<Facts>) -> Finding {
    match facts {
        Ok(facts) => of(&subject.name, &subject.outputs.key_group_id, &subject.outputs.edge_function_arn, facts),
        Err(error) => Finding::skipped(CHECK, error),
    }
}

fn of(stack: &str, key_group_id: &str, edge_function_arn: &str, facts: &Facts) -> Finding {
    let deploy = format!("restore it to stack.yaml, with a drift-aware change set of {stack} or by hand");
    let fail = |found: String| Finding::fail(CHECK, found, &*deploy);
    let groups = facts.cv_groups.as_deref();
    if !facts.enabled {
        fail("it is disabled, so nothing is served".to_owned())
    } else if groups.is_none() {
        fail(format!("it has no behavior {CV}"))
    } else if groups.is_some_and(<[String]>::is_empty) {
        fail(format!("its behavior {CV} trusts no key group: anyone may fetch the CV"))
    } else if !groups.is_some_and(|groups| groups.iter().any(|group| group == key_group_id)) {
        fail(format!("its behavior {CV} does not trust the stack's key group {key_group_id}: no link works"))
    } else if !facts.functions.iter().any(|function| function == edge_function_arn) {
        fail(format!("it does not run {edge_function_arn}"))
    } else if facts.status != "Deployed" {
        Finding::warn(CHECK, format!("its last change is {}", facts.status), "wait some minutes")
    } else {
        Finding::pass(CHECK, format!("deployed; {CV} trusts the key group {key_group_id}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    const EDGE: &str = "arn:aws:lambda:us-east-1:123456789012:function:edge:1";

    fn good() -> Facts {
        Facts {
            enabled: true,
            status: "Deployed".into(),
            aliases: vec![],
            cv_groups: Some(vec!["group".into()]),
            functions: vec![EDGE.into()],
        }
    }

    #[test]
    fn a_distribution_that_protects_or_serves_nothing_fails() {
        assert_eq!(of("resume", "group", EDGE, &good()).verdict, Verdict::Pass);
        let groups = |groups: &[&str]| Some(groups.iter().map(|group| (*group).to_owned()).collect());
        for (facts, says) in [
            (Facts { enabled: false, ..good() }, "disabled"),
            (Facts { cv_groups: None, ..good() }, "no behavior"),
            (Facts { cv_groups: groups(&[]), ..good() }, "anyone may fetch"),
            (Facts { cv_groups: groups(&["other"]), ..good() }, "does not trust"),
            (Facts { functions: vec![], ..good() }, "does not run"),
        ] {
            let finding = of("resume", "group", EDGE, &facts);
            assert!(finding.is_failure() && finding.found.contains(says), "{finding:?}");
        }
        let deploying = Facts { status: "InProgress".into(), ..good() };
        assert_eq!(of("resume", "group", EDGE, &deploying).verdict, Verdict::Warn);
    }
}
