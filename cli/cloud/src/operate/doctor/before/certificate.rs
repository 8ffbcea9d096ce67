//! Checks the certificate of the setting `CertificateArn`.

use serde::Deserialize;
use serde_json::json;

use super::{Finding, Observed};
use crate::{
    aws::{AwsClients, REGION},
    operate::{http::HttpClient, signed_request::ACM},
};

const CHECK: &str = "certificate";

pub(super) struct Facts {
    /// The site's names.
    names: Vec<String>,
    /// The certificate; `None` if the stack requests one or needs none.
    certificate: Option<(String, Observed<Certificate>)>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Certificate {
    status: String,
    #[serde(default)]
    subject_alternative_names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeCertificateResponse {
    certificate: Certificate,
}

pub(super) async fn observe(aws: &AwsClients, client: &HttpClient, arn: Option<&str>, names: Vec<String>) -> Facts {
    let certificate = match arn.filter(|_| !names.is_empty()) {
        None => None,
        Some(arn) => {
            let region = region(arn).unwrap_or(REGION);
            let body = json!({"CertificateArn": arn});
            let call = format!("DescribeCertificate of {arn}");
            let described = ACM.call(aws, client, (region, "DescribeCertificate"), &body, &call).await;
            Some((arn.to_owned(), described.map(|response: DescribeCertificateResponse| response.certificate)))
        }
    };
    Facts { names, certificate }
}

fn region(arn: &str) -> Option<&str> {
    arn.split(':').nth(3).filter(|region| !region.is_empty())
}

pub(super) fn judge(facts: &Facts) -> Finding {
    let Some((arn, certificate)) = &facts.certificate else {
        let found = if facts.names.is_empty() {
            "CloudFront's own, for cloudfront.net"
        } else {
            "the stack requests one, and waits until its DNS records have validated it"
        };
        return Finding::pass(CHECK, found);
    };
    if region(arn) != Some(REGION) {
        let fix = format!("request a certificate in {REGION} and set CertificateArn to its ARN");
        return Finding::fail(CHECK, format!("{arn} is not in {REGION}, where CloudFront requires it"), fix);
    }
    let certificate = match certificate {
        Err(error) => return Finding::skipped(CHECK, error),
        Ok(certificate) => certificate,
    };
    if certificate.status != "ISSUED" {
        let fix = match certificate.status.as_str() {
            "PENDING_VALIDATION" => "create the CNAME records that ACM shows for it, and wait until it is issued",
            _ => "request a new certificate and set CertificateArn to its ARN",
        };
        return Finding::fail(CHECK, format!("{arn} is {}", certificate.status), fix);
    }
    let covers = |name: &&String| !certificate.subject_alternative_names.iter().any(|pattern| covers(pattern, name));
    match facts.names.iter().find(covers) {
        Some(name) => Finding::fail(
            CHECK,
            format!("{arn} is for {} and not for {name}", certificate.subject_alternative_names.join(", ")),
            "request a certificate for every name of the site and set CertificateArn to its ARN",
        ),
        None => Finding::pass(CHECK, format!("{arn} is issued for {}", facts.names.join(", "))),
    }
}

/// Whether a name of a certificate, whose first label may be `*`, covers a name.
fn covers(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(parent) => name.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest == parent),
        None => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::Verdict, *};

    const ARN: &str = "arn:aws:acm:us-east-1:111122223333:certificate/1";

    fn facts(arn: &str, status: &str, certified: &[&str]) -> Facts {
        let subject_alternative_names = certified.iter().map(|name| (*name).to_owned()).collect();
        let certificate = Certificate { status: status.into(), subject_alternative_names };
        Facts {
            names: vec!["example.com".into(), "www.example.com".into()],
            certificate: Some((arn.into(), Ok(certificate))),
        }
    }

    #[test]
    fn a_certificate_must_be_issued_in_us_east_1_for_every_name() {
        let both = ["example.com", "www.example.com"];
        assert_eq!(judge(&Facts { names: vec![], certificate: None }).verdict, Verdict::Pass);
        assert_eq!(judge(&Facts { names: vec!["example.com".into()], certificate: None }).verdict, Verdict::Pass);
        assert_eq!(judge(&facts(ARN, "ISSUED", &both)).verdict, Verdict::Pass);
        assert_eq!(judge(&facts(ARN, "ISSUED", &["example.com", "*.example.com"])).verdict, Verdict::Pass);
        for (facts, fix) in [
            (facts(&ARN.replace("us-east-1", "eu-west-1"), "ISSUED", &both), "in us-east-1"),
            (facts(ARN, "PENDING_VALIDATION", &both), "CNAME records"),
            (facts(ARN, "EXPIRED", &both), "new certificate"),
            (facts(ARN, "ISSUED", &both[..1]), "every name"),
            (facts(ARN, "ISSUED", &["*.example.com"]), "every name"),
        ] {
            let finding = judge(&facts);
            assert!(finding.is_failure() && finding.fix.as_ref().unwrap().contains(fix), "{finding:?}");
        }
    }
}
