//! Checks that mail reaches visitors: the domain is verified, its messages are signed, and the account is out of the sandbox.
//! <https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html>

use aws_sdk_sesv2::types::MailFromDomainStatus;

use super::{Finding, Observed, Subject};
use crate::aws::CallError;

const CHECK: &str = "mail";

/// The state of the account and of the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    domain: String,
    /// Whether the account may send to addresses that it has not verified.
    is_in_production: bool,
    /// Whether SES has not paused the account.
    is_enabled: bool,
    is_verified: bool,
    /// The state of the DKIM records, such as `SUCCESS`.
    dkim: String,
    /// The state of the MX record of the MAIL FROM domain, such as `SUCCESS`; empty if it is unknown.
    mail_from: String,
}

/// `None` if the stack sends no mail.
pub(super) async fn observe(subject: &Subject) -> Observed<Option<Facts>> {
    let Some(mail) = &subject.outputs.mail else { return Ok(None) };
    let (ses, domain) = (subject.aws.sesv2(), mail.domain.clone());
    let account = ses.get_account().send().await.map_err(|error| CallError::new("GetAccount", &error))?;
    let identity = ses.get_email_identity().email_identity(&domain).send().await;
    let identity = identity.map_err(|error| CallError::new(format!("GetEmailIdentity of {domain}"), &error))?;
    let dkim = identity.dkim_attributes().and_then(|dkim| dkim.status());
    let mail_from = identity.mail_from_attributes().map(|attributes| attributes.mail_from_domain_status().as_str());
    // The SDK puts a text of its own in place of a status that the response lacks.
    let mail_from = mail_from.filter(|status| MailFromDomainStatus::values().contains(status));
    Ok(Some(Facts {
        domain,
        is_in_production: account.production_access_enabled(),
        is_enabled: account.sending_enabled(),
        is_verified: identity.verified_for_sending_status(),
        dkim: dkim.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        mail_from: mail_from.unwrap_or_default().to_owned(),
    }))
}

pub(super) fn judge(facts: &Observed<Option<Facts>>) -> Finding {
    let facts = match facts {
        Err(error) => return Finding::skipped(CHECK, error),
        Ok(None) => return Finding::pass(CHECK, "none: this stack sends no mail"),
        Ok(Some(facts)) => facts,
    };
    let Facts { domain, is_in_production, is_enabled, is_verified, dkim, mail_from } = facts;
    let records = "create the DNS records in the stack's output MailRecords, and wait until Amazon SES finds them";
    if !is_verified || dkim != "SUCCESS" {
        return Finding::fail(CHECK, format!("the DKIM records of {domain} are not verified ({dkim})"), records);
    }
    if !is_enabled {
        let fix = "read the reason in the console of Amazon SES, and set MailFrom to nothing until it is solved";
        return Finding::fail(CHECK, "Amazon SES has paused the account's sending", fix);
    }
    if !is_in_production {
        let fix = "request production access in the console of Amazon SES";
        return Finding::warn(CHECK, "the account is in the sandbox: only verified addresses get mail", fix);
    }
    if !matches!(mail_from.as_str(), "" | "SUCCESS") {
        let found = format!("the MX record of bounce.{domain} is not verified ({mail_from})");
        return Finding::warn(CHECK, found, records);
    }
    Finding::pass(CHECK, format!("sent from {domain}, with DKIM"))
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    fn fine() -> Facts {
        Facts {
            domain: "example.com".into(),
            is_in_production: true,
            is_enabled: true,
            is_verified: true,
            dkim: "SUCCESS".into(),
            mail_from: "SUCCESS".into(),
        }
    }

    #[test]
    fn mail_that_does_not_arrive_is_reported_with_what_to_do() {
        assert_eq!(judge(&Ok(None)).verdict, Verdict::Pass);
        assert_eq!(judge(&Ok(Some(fine()))).verdict, Verdict::Pass);
        for (facts, verdict, fix) in [
            (Facts { is_verified: false, ..fine() }, Verdict::Fail, "MailRecords"),
            (Facts { dkim: "PENDING".into(), ..fine() }, Verdict::Fail, "MailRecords"),
            (Facts { is_enabled: false, ..fine() }, Verdict::Fail, "MailFrom"),
            (Facts { is_in_production: false, ..fine() }, Verdict::Warn, "production access"),
            (Facts { mail_from: "FAILED".into(), ..fine() }, Verdict::Warn, "MailRecords"),
        ] {
            let finding = judge(&Ok(Some(facts.clone())));
            assert_eq!(finding.verdict, verdict, "{facts:?}");
            assert!(finding.fix.unwrap().contains(fix), "{facts:?}");
        }
    }
}
