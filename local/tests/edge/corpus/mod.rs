//! Shapes of public templates and distribution configurations, each reduced to what CloudFront does with it.
//!
//! Every case names the repository whose shape it is. Its text is our own. A case is either served as documented, which
//! its requests show, or refused by name.

mod configs;
mod functions;
mod servers;
mod sites;

use std::collections::BTreeMap;

use vitae_local::{OriginReplacement, Snapshot, TemplateSettings};

use crate::support::Request;
use crate::support::files::{folder, serve};

/// One shape.
struct Case {
    /// The repository and the path of the file.
    source: &'static str,
    /// The distribution's configuration: in YAML for a template, in JSON for the output of the AWS CLI.
    config: &'static str,
    /// The other sections of a template; `None` for the output of the AWS CLI.
    template: Option<&'static str>,
    /// Values of parameters, and of exports and attributes.
    values: &'static [(&'static str, &'static str)],
    /// The origins that a folder takes the place of.
    origins: &'static [&'static str],
    expected: Expected,
}

/// What the local edge does with a shape.
enum Expected {
    /// A path, the status, and a part of the response's head or body.
    Served(&'static [(&'static str, u16, &'static str)]),
    /// A part of the message.
    Refused(&'static str),
}

const FILES: &[(&str, &str)] = &[
    ("index.html", "home"),
    ("a.txt", "A"),
    ("page.png", "png"),
    ("docs/index.html", "docs"),
    ("error.html", "error page"),
    ("404.html", "not found page"),
    ("prod/index.html", "stage"),
    ("Prod/api/x", "api"),
    ("public/photo.jpg", "photo"),
    ("markdowntables/lib.min.js", "js"),
];

/// Functions of Lambda@Edge in the folder of a template.
const FUNCTIONS: &[(&str, &str)] = &[
    (
        "headers/index.js",
        "exports.handler = async (event) => { const { response } = event.Records[0].cf; \
         response.headers['x-frame-options'] = [{ value: 'DENY' }]; return response; };",
    ),
    (
        "auth/bundle.js",
        "exports.handler = async () => ({ status: '307', headers: { location: [{ value: '/sign-in' }] } });",
    ),
];

impl Case {
    fn snapshot(&self, functions: &std::path::Path) -> Result<Snapshot, String> {
        let values: BTreeMap<String, String> =
            self.values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let Some(template) = self.template else {
            return Snapshot::from_cli_output(self.config, &[]).map_err(|error| error.to_string());
        };
        let settings = TemplateSettings {
            parameters: values.clone(),
            values,
            folder: functions.to_owned(),
            ..TemplateSettings::default()
        };
        let config = self.config.trim().replace('\n', "\n        ");
        let distribution =
            "  Site:\n    Type: AWS::CloudFront::Distribution\n    Properties:\n      DistributionConfig:\n        ";
        let text = if template.contains("Resources:\n") {
            template.replacen("Resources:\n", &format!("Resources:\n{distribution}{config}\n"), 1)
        } else {
            format!("{template}\nResources:\n{distribution}{config}\n")
        };
        Snapshot::from_template(&text, &settings).map_err(|error| error.to_string())
    }

    /// What is wrong; `None` if the case is as expected.
    async fn failure(&self, functions: &std::path::Path) -> Option<String> {
        let files = folder(FILES);
        let origins = self.origins.iter();
        let origins =
            origins.map(|id| ((*id).to_owned(), OriginReplacement::Folder(files.path().to_owned()))).collect();
        let started = match self.snapshot(functions) {
            Ok(snapshot) => serve(snapshot, origins).await.map_err(|error| error.to_string()),
            Err(error) => Err(error),
        };
        match (started, &self.expected) {
            (Err(error), Expected::Refused(reason)) if error.contains(reason) => None,
            (Err(error), _) => Some(error),
            (Ok(_), Expected::Refused(_)) => Some("it is served".to_owned()),
            (Ok(edge), Expected::Served(requests)) => {
                for (path, status, part) in *requests {
                    let response = Request::get(path).send(edge.port()).await;
                    let head: Vec<String> =
                        response.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                    let head = head.join("\n");
                    if response.status != *status || !(head.contains(part) || response.text().contains(part)) {
                        return Some(format!("{path}: {}\n{head}\n{}", response.status, response.text()));
                    }
                }
                None
            }
        }
    }
}

#[tokio::test]
async fn public_shapes_are_served_as_documented_or_refused_by_name() {
    let functions = folder(FUNCTIONS);
    let (mut served, mut refused, mut wrong) = (0, 0, Vec::new());
    for case in [sites::CASES, servers::CASES, functions::CASES, configs::CASES].into_iter().flatten() {
        match case.failure(functions.path()).await {
            Some(failure) => wrong.push(format!("{}: {failure}", case.source)),
            None if matches!(case.expected, Expected::Served(_)) => served += 1,
            None => refused += 1,
        }
    }
    println!(
        "{} shapes: served {served}, refused by name {refused}, wrong {}",
        served + refused + wrong.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(served >= 36 && served + refused >= 40, "served {served}, refused {refused}");
}
