//! Checks that the edge accepts the configuration and the origins.

use vitae_parameters::Prefix;

use super::{Finding, Observed, Subject};
use crate::operate::origins::{AllowedOrigin, OriginParameters, OriginSource};

const CHECK: &str = "configuration and origins";

pub(super) async fn observe(subject: &Subject) -> Observed<OriginParameters> {
    OriginParameters::read(&subject.aws, &subject.prefix).await
}

pub(super) fn judge(prefix: &Prefix, domain_name: &str, values: &Observed<OriginParameters>) -> Finding {
    let values = match values {
        Ok(values) => values,
        Err(error) => return Finding::skipped(CHECK, error),
    };
    let stack = prefix.stack();
    let config = match values.parse_config(prefix) {
        Ok(config) => config,
        Err(error) => {
            let fix =
                format!("restore it: `cargo vitae deploy --stack {stack}`, or write {prefix}config as stack.yaml does");
            return Finding::fail(CHECK, format!("the edge rejects config: {error}"), fix);
        }
    };
    if !config.names.iter().any(|name| name == domain_name) {
        let found = format!(
            "config.names is {} and lacks {domain_name}, for which the edge returns 421",
            config.names.join(", ")
        );
        return Finding::fail(CHECK, found, format!("add {domain_name} to the names in {prefix}config"));
    }
    let allowed = values.list(prefix).unwrap_or_default();
    if let Some(rejected) =
        allowed.iter().find(|allowed| !allowed.active && (allowed.source != OriginSource::Dev || config.dev_origin))
    {
        let reason = rejected.reason.as_deref().unwrap_or_default();
        let slot = rejected.source.as_str().trim_start_matches("origins/");
        let found = format!("the edge rejects {}: {reason}", rejected.source.as_str());
        return Finding::fail(
            CHECK,
            found,
            format!("`cargo vitae origins set {slot} URL --stack {stack}`, or `remove {slot}`"),
        );
    }
    if values.dev.is_some() && !config.dev_origin {
        return Finding::warn(
            CHECK,
            "origins/dev is set and the edge ignores it: config.dev_origin is false",
            format!("`cargo vitae origins remove dev --stack {stack}`, or deploy with DevOrigin true"),
        );
    }
    let active: Vec<_> = allowed.iter().map(|allowed| allowed.origin.as_str()).collect();
    Finding::pass(CHECK, format!("valid; allowed origins: {}", active.join(" ")))
}

/// The origins that are active.
pub(super) fn origins(prefix: &Prefix, values: &Observed<OriginParameters>) -> Vec<String> {
    let allowed = values.as_ref().ok().and_then(|values| values.list(prefix).ok()).unwrap_or_default();
    allowed.into_iter().filter(|allowed| allowed.active).map(|AllowedOrigin { origin, .. }| origin).collect()
}

/// The stack's names other than CloudFront's own.
pub(super) fn own_names(values: &Observed<OriginParameters>) -> Vec<String> {
    let config = values.as_ref().ok().and_then(|values| values.config.as_deref());
    let config = config.and_then(|text| vitae_parameters::Config::parse(text).ok());
    let names = config.map(|config| config.names).unwrap_or_default();
    names.into_iter().filter(|name| !name.ends_with(".cloudfront.net")).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    #[test]
    fn a_rejected_value_fails_and_an_ignored_one_is_a_warning() {
        let prefix = Prefix::from_stack_name("resume").unwrap();
        let config = |dev_origin: bool| format!(r#"{{"names":["d1.cloudfront.net"],"dev_origin":{dev_origin}}}"#);
        let some = |text: &str| Some(text.to_owned());
        for (config, dev, prod, verdict, fix) in [
            (Some(config(true)), some("http://localhost:8787"), None, Verdict::Pass, ""),
            (Some(config(false)), None, some("https://a.example"), Verdict::Pass, ""),
            (Some(config(false)), some("http://localhost:8787"), None, Verdict::Warn, "vitae origins remove dev"),
            (Some(config(true)), some("localhost"), None, Verdict::Fail, "vitae origins set dev URL"),
            (Some(config(true)), None, some("http://a.example"), Verdict::Fail, "vitae origins set prod URL"),
            (Some("{}".to_owned()), None, None, Verdict::Fail, "vitae deploy --stack resume"),
            (None, None, None, Verdict::Fail, "vitae deploy --stack resume"),
            (some(r#"{"names":["d2.cloudfront.net"]}"#), None, None, Verdict::Fail, "add d1.cloudfront.net"),
        ] {
            let values = OriginParameters { config, dev, prod };
            let finding = judge(&prefix, "d1.cloudfront.net", &Ok(values.clone()));
            assert_eq!(finding.verdict, verdict, "{values:?}: {finding:?}");
            assert!(finding.fix.clone().unwrap_or_default().contains(fix), "{finding:?}");
        }
    }
}
