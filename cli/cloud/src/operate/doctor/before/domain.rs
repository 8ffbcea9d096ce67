//! Checks the site's names in DNS. CloudFormation does not replace a record that exists.

use super::{Finding, Observed};
use crate::{
    aws::{AwsClients, REGION},
    operate::{http::HttpClient, signed_request::SignedRequest},
};

const CHECK: &str = "domain";

/// The types of the records that the stack creates, and the type that excludes every other.
const TYPES: [&str; 4] = ["A", "AAAA", "HTTPS", "CNAME"];

pub(super) struct Facts {
    /// Each name with the number of its addresses; 0 if it does not resolve.
    names: Vec<(String, usize)>,
    /// The hosted zone in which the stack creates records, if it creates any.
    zone: Option<Observed<Zone>>,
}

pub(super) struct Zone {
    id: String,
    /// The zone's name, without the final dot.
    name: String,
    /// Name, without the final dot, and type of the records that have one of the site's names.
    records: Vec<(String, String)>,
}

pub(super) async fn observe(aws: &AwsClients, client: &HttpClient, names: &[String], zone: Option<&str>) -> Facts {
    let mut resolved = Vec::new();
    for name in names {
        let addresses = tokio::net::lookup_host((name.as_str(), 443)).await.map_or(0, Iterator::count);
        resolved.push((name.clone(), addresses));
    }
    let zone = match zone {
        Some(id) if !names.is_empty() => Some(observe_zone(aws, client, id, names).await),
        _ => None,
    };
    Facts { names: resolved, zone }
}

/// Route 53 is global and signs for one region. Its SDK crate would be large for two calls.
/// <https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html>
async fn observe_zone(aws: &AwsClients, client: &HttpClient, id: &str, names: &[String]) -> Observed<Zone> {
    let get = |path: String, call: String| async move {
        let request = SignedRequest {
            service: "route53",
            region: REGION,
            host: "route53.amazonaws.com",
            method: "GET",
            path: &path,
            headers: &[],
            body: String::new(),
        };
        let response = request.send(aws, client, &call).await?;
        Ok(String::from_utf8_lossy(&response.body).into_owned())
    };
    let zone = get(format!("/2013-04-01/hostedzone/{id}"), format!("GetHostedZone of {id}")).await?;
    let name = element(&zone, "Name").unwrap_or_default().trim_end_matches('.').to_owned();
    let mut records = Vec::new();
    for name in names {
        // The list begins with this name.
        let path = format!("/2013-04-01/hostedzone/{id}/rrset?maxitems=10&name={name}");
        let list = get(path, format!("ListResourceRecordSets of {id}")).await?;
        records.extend(record_sets(&list).filter(|(found, _)| found == name));
    }
    Ok(Zone { id: id.to_owned(), name, records })
}

/// The text of the first element of this name.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}

/// Name, without the final dot, and type of each record set of a list.
fn record_sets(xml: &str) -> impl Iterator<Item = (String, String)> {
    xml.split("<ResourceRecordSet>").skip(1).filter_map(|record| {
        let name = element(record, "Name")?.trim_end_matches('.');
        Some((name.to_owned(), element(record, "Type")?.to_owned()))
    })
}

pub(super) fn judge(facts: &Facts) -> Finding {
    let Some((first, _)) = facts.names.first() else { return Finding::pass(CHECK, "none: cloudfront.net only") };
    match &facts.zone {
        None => match facts.names.iter().find(|(_, addresses)| *addresses > 0) {
            None => Finding::pass(
                CHECK,
                format!("{first}: create the records of the output DnsRecords after the deployment"),
            ),
            Some((name, _)) => Finding::warn(
                CHECK,
                format!("{name} resolves already, to another server"),
                "change its records to those of the output DnsRecords after the deployment",
            ),
        },
        Some(Err(error)) => Finding::skipped(CHECK, error),
        Some(Ok(Zone { id, name, records })) => {
            let is_in_zone = |domain: &str| domain == name || domain.ends_with(&format!(".{name}"));
            if let Some((domain, _)) = facts.names.iter().find(|(domain, _)| !is_in_zone(domain)) {
                let found = format!("{domain} is not in the hosted zone {id}, which is that of {name}");
                return Finding::fail(CHECK, found, "set HostedZoneId to the zone of DomainName");
            }
            match records.iter().find(|(_, record_type)| TYPES.contains(&record_type.as_str())) {
                Some((domain, record_type)) => Finding::fail(
                    CHECK,
                    format!(
                        "the hosted zone {id} has a record {record_type} of {domain}, which CloudFormation does not replace"
                    ),
                    "delete the record, or leave HostedZoneId empty and set CertificateArn",
                ),
                None => Finding::pass(CHECK, format!("{first} is in {id} and has no records yet")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::Verdict, *};

    fn facts(addresses: usize, zone: Option<(&str, &[(&str, &str)])>) -> Facts {
        let owned = |(name, record_type): &(&str, &str)| ((*name).to_owned(), (*record_type).to_owned());
        let zone = zone.map(|(name, records)| {
            Ok(Zone { id: "Z1".into(), name: name.into(), records: records.iter().map(owned).collect() })
        });
        Facts { names: vec![("example.com".into(), addresses), ("www.example.com".into(), 0)], zone }
    }

    #[test]
    fn a_record_that_the_stack_would_create_is_a_failure() {
        assert_eq!(judge(&Facts { names: vec![], zone: None }).verdict, Verdict::Pass);
        for (facts, verdict, text) in [
            (facts(0, None), Verdict::Pass, "DnsRecords"),
            (facts(2, None), Verdict::Warn, "resolves already"),
            (
                facts(2, Some(("example.com", &[("example.com", "NS"), ("example.com", "MX")]))),
                Verdict::Pass,
                "no records yet",
            ),
            (
                facts(2, Some(("example.com", &[("www.example.com", "CNAME")]))),
                Verdict::Fail,
                "CNAME of www.example.com",
            ),
            (facts(0, Some(("example.com", &[("example.com", "AAAA")]))), Verdict::Fail, "AAAA of example.com"),
            (facts(0, Some(("other.com", &[]))), Verdict::Fail, "not in the hosted zone"),
            (facts(0, Some(("ample.com", &[]))), Verdict::Fail, "not in the hosted zone"),
        ] {
            let finding = judge(&facts);
            assert!(finding.verdict == verdict && finding.found.contains(text), "{finding:?}");
        }
    }

    #[test]
    fn record_sets_are_read_from_route_53s_response() {
        let xml = "<?xml version=\"1.0\"?><ListResourceRecordSetsResponse><ResourceRecordSets><ResourceRecordSet><Name>example.com.\
                   </Name><Type>NS</Type></ResourceRecordSet><ResourceRecordSet><Name>www.example.com.</Name><Type>A</Type>\
                   <AliasTarget/></ResourceRecordSet></ResourceRecordSets></ListResourceRecordSetsResponse>";
        let expected = [("example.com", "NS"), ("www.example.com", "A")];
        let expected = expected.map(|(name, record_type)| (name.to_owned(), record_type.to_owned()));
        assert_eq!(record_sets(xml).collect::<Vec<_>>(), expected);
    }
}
