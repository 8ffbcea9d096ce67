//! Whether the stack's own domain leads to the distribution, under a certificate that browsers take.
//!
//! The local cloud has no names and no certificates, so this is the one check whose faults are shown by table alone.

use super::{Finding, Observed, distribution, finding::brief};
use crate::{
    aws::CallError,
    operate::http::{Answer, Visitor},
};

const CHECK: &str = "domain and certificate";

pub(super) struct Facts {
    name: String,
    /// Whether the distribution serves it; `None` if that could not be seen.
    is_alias: Option<bool>,
    /// How many addresses it has; why none, if none.
    addresses: Result<usize, String>,
    /// What `https://` and the name answers.
    answer: Result<Answer, CallError>,
}

pub(super) async fn observe(
    visitor: &Visitor,
    names: &[String],
    distribution: &Observed<distribution::Facts>,
) -> Vec<Facts> {
    let mut facts = Vec::new();
    for name in names {
        let found = tokio::net::lookup_host((name.as_str(), 443)).await;
        facts.push(Facts {
            name: name.clone(),
            is_alias: distribution.as_ref().ok().map(|facts| facts.aliases.contains(name)),
            addresses: found.map(Iterator::count).map_err(|error| error.to_string()),
            answer: visitor.ask("HEAD", &format!("https://{name}/"), &[]).await,
        });
    }
    facts
}

pub(super) fn judge(facts: &[Facts]) -> Finding {
    let Some(first) = facts.first() else { return Finding::pass(CHECK, "none: the stack has no domain of its own") };
    let fault = facts.iter().find_map(fault);
    fault.unwrap_or_else(|| {
        Finding::pass(CHECK, format!("{} leads here, under a certificate that is taken", first.name))
    })
}

fn fault(facts: &Facts) -> Option<Finding> {
    let name = &facts.name;
    if facts.is_alias == Some(false) {
        let found = format!("the distribution does not serve {name}");
        return Some(Finding::fail(CHECK, found, "deploy with the domain and a certificate for it, in us-east-1"));
    }
    if !matches!(facts.addresses, Ok(1..)) {
        let why = facts.addresses.as_ref().err().map_or("no address", String::as_str);
        let fix = "make the record that the stack's outputs name: an alias or CNAME to the cloudfront.net name";
        return Some(Finding::fail(CHECK, format!("{name} does not resolve: {why}"), fix));
    }
    match &facts.answer {
        Err(error) if error.reason.to_ascii_lowercase().contains("certificate") => Some(Finding::fail(
            CHECK,
            format!("the certificate of {name} is refused: {}", brief(error)),
            "see in ACM, us-east-1, that it is issued, covers the name and has not expired: its validation record must stay in DNS",
        )),
        Err(error) => Some(Finding::fail(CHECK, brief(error), "see that the record leads to the distribution")),
        Ok(answer) if answer.header("x-amz-cf-id").is_none() => Some(Finding::fail(
            CHECK,
            format!("{name} is answered {} by something that is not CloudFront", answer.status),
            "point the record at the cloudfront.net name",
        )),
        Ok(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Facts {
        let headers = vec![("x-amz-cf-id".to_owned(), "x".to_owned())];
        Facts {
            name: "example.com".into(),
            is_alias: Some(true),
            addresses: Ok(4),
            answer: Ok(Answer { status: 200, headers, body: vec![] }),
        }
    }

    fn error(reason: &str) -> CallError {
        CallError { call: "HEAD https://example.com/".into(), reason: reason.into() }
    }

    #[test]
    fn a_domain_that_does_not_lead_here_fails_and_names_the_record_or_the_certificate() {
        assert!(!judge(&[]).is_failure());
        assert!(!judge(&[good()]).is_failure());
        let elsewhere = Answer { status: 200, headers: vec![], body: vec![] };
        for (facts, fix) in [
            (Facts { is_alias: Some(false), ..good() }, "deploy with the domain"),
            (Facts { addresses: Err("no such host".into()), ..good() }, "make the record"),
            (Facts { addresses: Ok(0), ..good() }, "make the record"),
            (Facts { answer: Err(error("invalid peer certificate: Expired")), ..good() }, "ACM"),
            (Facts { answer: Err(error("connection refused")), ..good() }, "leads to the distribution"),
            (Facts { answer: Ok(elsewhere), ..good() }, "point the record"),
        ] {
            let finding = judge(&[facts]);
            assert!(finding.is_failure() && finding.fix.as_ref().unwrap().contains(fix), "{finding:?}");
        }
    }
}
