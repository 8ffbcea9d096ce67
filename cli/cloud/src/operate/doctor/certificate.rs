//! Checks that the stack's domain resolves to the distribution and has a valid certificate.
//!
//! The local cloud has no domains and certificates, so only unit tests cover the faults of this check.

use super::{Finding, Observed, distribution, finding::brief};
use crate::{
    aws::CallError,
    operate::http::{HttpClient, Response},
};

const CHECK: &str = "domain and certificate";

pub(super) struct Facts {
    name: String,
    /// Whether it is an alias of the distribution; `None` if that could not be read.
    is_alias: Option<bool>,
    /// How many addresses it has, or why it does not resolve.
    addresses: Result<usize, String>,
    /// The response of `https://` and the name.
    response: Result<Response, CallError>,
}

pub(super) async fn observe(
    client: &HttpClient,
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
            response: client.send("HEAD", &format!("https://{name}/"), &[]).await,
        });
    }
    facts
}

pub(super) fn judge(facts: &[Facts]) -> Finding {
    let Some(first) = facts.first() else { return Finding::pass(CHECK, "none: the stack has no domain") };
    let fault = facts.iter().find_map(fault);
    fault.unwrap_or_else(|| {
        Finding::pass(CHECK, format!("{} resolves to this distribution and its certificate is valid", first.name))
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
        let fix = "create the record that the stack's outputs name: an alias or CNAME to the cloudfront.net name";
        return Some(Finding::fail(CHECK, format!("{name} does not resolve: {why}"), fix));
    }
    match &facts.response {
        Err(error) if error.reason.to_ascii_lowercase().contains("certificate") => Some(Finding::fail(
            CHECK,
            format!("the certificate of {name} is invalid: {}", brief(error)),
            "check in ACM, us-east-1, that it is issued, covers the name and has not expired; its validation record must stay in DNS",
        )),
        Err(error) => Some(Finding::fail(CHECK, brief(error), "check that the record points to the distribution")),
        Ok(response) if response.header("x-amz-cf-id").is_none() => Some(Finding::fail(
            CHECK,
            format!("{name} returned {} from a server that is not CloudFront", response.status),
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
            response: Ok(Response { status: 200, headers, body: vec![] }),
        }
    }

    fn error(reason: &str) -> CallError {
        CallError { call: "HEAD https://example.com/".into(), reason: reason.into() }
    }

    #[test]
    fn a_domain_that_does_not_resolve_here_fails_and_names_the_record_or_the_certificate() {
        assert!(!judge(&[]).is_failure());
        assert!(!judge(&[good()]).is_failure());
        let elsewhere = Response { status: 200, headers: vec![], body: vec![] };
        for (facts, fix) in [
            (Facts { is_alias: Some(false), ..good() }, "deploy with the domain"),
            (Facts { addresses: Err("no such host".into()), ..good() }, "create the record"),
            (Facts { addresses: Ok(0), ..good() }, "create the record"),
            (Facts { response: Err(error("invalid peer certificate: Expired")), ..good() }, "ACM"),
            (Facts { response: Err(error("connection refused")), ..good() }, "points to the distribution"),
            (Facts { response: Ok(elsewhere), ..good() }, "point the record"),
        ] {
            let finding = judge(&[facts]);
            assert!(finding.is_failure() && finding.fix.as_ref().unwrap().contains(fix), "{finding:?}");
        }
    }
}
