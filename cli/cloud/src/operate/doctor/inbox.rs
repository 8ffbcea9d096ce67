//! Checks that the stack of the inbox exists and that the system uses it: the distribution sends requests to its function, and
//! the pages may send files to its bucket.

use aws_sdk_cloudformation::types::Stack;

use super::{Finding, Observed, Subject, stack};
use crate::{
    aws::CallError,
    deploy::{self, InboxOutputs, StackKind},
    operate::http::HttpClient,
};

const CHECK: &str = "inbox";

/// The pages that may post a file are sent with this header.
const POLICY: &str = "content-security-policy";

/// What is known of the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Facts {
    /// The system runs without an inbox, and an inbox stack does not exist either.
    None,
    /// The system runs without an inbox, but its stack exists.
    Unused,
    /// The system has an inbox.
    Used(Use),
}

/// How the system uses its inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// The status of the inbox's stack; `None` if it does not exist.
    status: Option<String>,
    /// The host of the inbox function's URL.
    function_host: String,
    /// The host to which the distribution sends the requests; `None` if it has no such origin.
    origin_host: Option<String>,
    /// Scheme and host to which a browser posts a file.
    upload_origin: String,
    /// Where visitors reach the site.
    address: String,
    /// The content security policy of the page.
    policy: String,
}

/// The outputs of the inbox's stack; `None` if the system has no inbox, or its stack does not exist.
pub(super) async fn outputs(subject: &Subject) -> Observed<Option<InboxOutputs>> {
    if !subject.outputs.inbox {
        return Ok(None);
    }
    let call = || format!("DescribeStacks of {}", StackKind::Inbox.stack_name(&subject.name));
    let outputs = deploy::inbox_outputs(&subject.aws, &subject.name).await;
    outputs.map_err(|error| CallError { call: call(), reason: error.to_string() })
}

pub(super) async fn observe(
    subject: &Subject,
    client: &HttpClient,
    outputs: &Observed<Option<InboxOutputs>>,
) -> Observed<Facts> {
    let described = stack::observe(&subject.aws, &StackKind::Inbox.stack_name(&subject.name)).await?;
    if !subject.outputs.inbox {
        return Ok(if described.is_some() { Facts::Unused } else { Facts::None });
    }
    let (Some(described), Some(outputs)) = (described, outputs.clone()?) else {
        return Ok(Facts::Used(Use::without_stack()));
    };
    let id = &subject.outputs.distribution_id;
    let distribution = subject.aws.cloudfront().get_distribution().id(id).send().await;
    let distribution = distribution.map_err(|error| CallError::new(format!("GetDistribution of {id}"), &error))?;
    let config = distribution.distribution().and_then(|distribution| distribution.distribution_config());
    let origins = config.and_then(|config| config.origins()).map_or(&[][..], |origins| origins.items());
    let origin = origins.iter().find(|origin| origin.id() == "inbox");
    let page = client.send("GET", &format!("{}/", subject.address), &[]).await?;
    Ok(Facts::Used(Use {
        status: described.stack_status().map(|status| status.as_str().to_owned()),
        function_host: host(&outputs.inbox_url).to_owned(),
        origin_host: origin.map(|origin| origin.domain_name().to_owned()),
        upload_origin: upload_origin(&described, &outputs),
        address: subject.address.clone(),
        policy: page.header(POLICY).unwrap_or_default().to_owned(),
    }))
}

/// Where a browser posts a file: the stack's `UploadUrl`, or the bucket's own host.
fn upload_origin(described: &Stack, outputs: &InboxOutputs) -> String {
    let parameter = described.parameters().iter().find(|parameter| parameter.parameter_key() == Some("UploadUrl"));
    match parameter.and_then(|parameter| parameter.parameter_value()).filter(|url| !url.is_empty()) {
        None => format!("https://{}", outputs.upload_host),
        Some(url) => {
            let scheme = url.split("//").next().unwrap_or_default();
            format!("{scheme}//{}", host(url))
        }
    }
}

/// The host of a URL, with its port.
fn host(url: &str) -> &str {
    url.split('/').nth(2).unwrap_or_default()
}

impl Use {
    fn without_stack() -> Self {
        let none = String::new;
        Self {
            status: None,
            function_host: none(),
            origin_host: None,
            upload_origin: none(),
            address: none(),
            policy: none(),
        }
    }

    /// Whether the content security policy lets a page post a file.
    fn allows_uploads(&self) -> bool {
        let directives = self.policy.split(';').map(str::split_whitespace);
        let mut sources =
            directives.filter_map(|mut words| (words.next() == Some("connect-src")).then_some(words)).flatten();
        let is_own = self.upload_origin == self.address;
        sources.any(|source| source == self.upload_origin || (is_own && source == "'self'"))
    }
}

pub(super) fn judge(name: &str, facts: &Observed<Facts>) -> Finding {
    let inbox = StackKind::Inbox.stack_name(name);
    let facts = match facts {
        Err(error) => return Finding::skipped(CHECK, error),
        Ok(Facts::None) => return Finding::pass(CHECK, "none: visitors cannot send files"),
        Ok(Facts::Unused) => {
            let fix =
                format!("deploy {name} with Inbox true, or delete {inbox}, which keeps its buckets and its table");
            return Finding::warn(CHECK, format!("stack {inbox} exists and {name} does not use it"), fix);
        }
        Ok(Facts::Used(facts)) => facts,
    };
    let deploy = format!("`cargo vitae deploy --stack {name}` with Inbox true deploys both");
    match facts.status.as_deref() {
        None => return Finding::fail(CHECK, format!("stack {inbox} does not exist"), deploy),
        Some("CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE") => {}
        Some(status) => return Finding::warn(CHECK, format!("{inbox} is {status}"), deploy),
    }
    match &facts.origin_host {
        None => return Finding::fail(CHECK, "the distribution has no origin inbox", deploy),
        Some(host) if *host != facts.function_host => {
            let found =
                format!("the distribution sends /inbox* to {host}, and the function is {}", facts.function_host);
            return Finding::fail(CHECK, found, deploy);
        }
        Some(_) => {}
    }
    if facts.allows_uploads() {
        Finding::pass(CHECK, format!("files are posted to {}", facts.upload_origin))
    } else {
        let found = format!("the content security policy of the pages has no connect-src {}", facts.upload_origin);
        Finding::fail(CHECK, found, deploy)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    fn fine() -> Use {
        Use {
            status: Some("UPDATE_COMPLETE".into()),
            function_host: "a.lambda-url.us-east-1.on.aws".into(),
            origin_host: Some("a.lambda-url.us-east-1.on.aws".into()),
            upload_origin: "https://uploads.s3.us-east-1.amazonaws.com".into(),
            address: "https://example.com".into(),
            policy:
                "default-src 'none'; connect-src 'self' https://uploads.s3.us-east-1.amazonaws.com; base-uri 'none'"
                    .into(),
        }
    }

    #[test]
    fn a_system_that_does_not_use_its_inbox_is_reported() {
        assert_eq!(judge("resume", &Ok(Facts::None)).verdict, Verdict::Pass);
        let unused = judge("resume", &Ok(Facts::Unused));
        assert_eq!(unused.verdict, Verdict::Warn);
        assert!(unused.fix.unwrap().contains("delete resume-inbox"));
        assert_eq!(judge("resume", &Ok(Facts::Used(fine()))).verdict, Verdict::Pass);
        let no_connection = "default-src 'self'; connect-src 'self'";
        for (facts, verdict, found) in [
            (Use { status: None, ..fine() }, Verdict::Fail, "does not exist"),
            (Use { status: Some("UPDATE_ROLLBACK_COMPLETE".into()), ..fine() }, Verdict::Warn, "ROLLBACK"),
            (Use { origin_host: None, ..fine() }, Verdict::Fail, "no origin"),
            (Use { origin_host: Some("b.on.aws".into()), ..fine() }, Verdict::Fail, "b.on.aws"),
            (Use { policy: no_connection.into(), ..fine() }, Verdict::Fail, "connect-src https://uploads"),
            (Use { policy: String::new(), ..fine() }, Verdict::Fail, "connect-src https://uploads"),
        ] {
            let finding = judge("resume", &Ok(Facts::Used(facts.clone())));
            assert_eq!(finding.verdict, verdict, "{facts:?}");
            assert!(finding.found.contains(found), "{finding:?}");
        }
    }

    #[test]
    fn the_own_host_of_the_site_is_self() {
        let local = Use {
            upload_origin: "http://localhost:8787".into(),
            address: "http://localhost:8787".into(),
            policy: "connect-src 'self'".into(),
            ..fine()
        };
        assert!(local.allows_uploads());
        assert!(!Use { address: "http://localhost:1".into(), ..local }.allows_uploads());
    }
}
