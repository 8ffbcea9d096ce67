//! The options that describe a distribution, on the command line or in a file of checks.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Deserialize;
use vitae_local::{
    Clock, Credentials, Options, OriginReplacement, RequestLog, Snapshot, TemplateSettings, ViewerProperties,
};

use super::{SourceError, parameters};

/// The id of a public key that is passed without one.
const PUBLIC_KEY_ID: &str = "KLOCAL";

/// A distribution, and what takes the place of its origins. In a file of checks the options have the same names.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Source {
    /// Template of CloudFormation, AWS SAM or AWS CDK (`cdk synth`), in YAML or JSON
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// Output of `aws cloudfront get-distribution` or `get-distribution-config`
    #[arg(long, value_name = "FILE")]
    distribution: Option<PathBuf>,
    /// Local cloud with the distribution of --id, such as http://127.0.0.1:4566
    #[arg(long, value_name = "URL", requires = "id")]
    endpoint_url: Option<String>,
    /// Id of the distribution in the local cloud
    #[arg(long, requires = "endpoint_url")]
    id: Option<String>,
    /// Parameter of the template, or a JSON file of them; may be repeated
    #[arg(long, value_name = "KEY=VALUE|FILE", requires = "template")]
    parameters: Vec<String>,
    /// Export, SSM parameter or RESOURCE.ATTRIBUTE that only an account has; may be repeated
    #[arg(long, value_name = "NAME=VALUE", requires = "template")]
    set: Vec<String>,
    /// Logical id of the distribution, if the template has several
    #[arg(long, value_name = "ID", requires = "template")]
    resource: Option<String>,
    /// Output of `aws cloudfront get-cache-policy` and other commands, for what the distribution refers to; may be repeated
    #[arg(long, value_name = "FILE", requires = "distribution")]
    include: Vec<PathBuf>,
    /// Code of a CloudFront Function that is not in the file; may be repeated
    #[arg(long, value_name = "NAME=FILE")]
    function: Vec<String>,
    /// Items of a key value store, by its logical id: a JSON file in the form of its import from S3; may be repeated
    #[arg(long, value_name = "ID=FILE", requires = "template")]
    store: Vec<String>,
    /// Folder or local server in place of an origin; may be repeated
    #[arg(long, value_name = "ID=FOLDER|URL")]
    origin: Vec<String>,
    /// Public key in PEM for every key group; its id is KLOCAL unless it is given; may be repeated
    #[arg(long, value_name = "[ID=]FILE")]
    public_key: Vec<String>,
    /// Where viewers are, such as country=DE,city=Berlin [default: Seattle]
    #[arg(long, value_name = "NAME=VALUE,...")]
    viewer: Option<String>,
    /// Region of the distribution's buckets and functions
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Node.js for Lambda@Edge functions [default: node]
    #[arg(long, value_name = "PROGRAM")]
    node: Option<PathBuf>,
}

impl Source {
    /// The options of the local edge. Relative paths start at `base`.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub fn options(&self, base: &Path, port: u16, requests: RequestLog) -> Result<Options, SourceError> {
        let region = self.region.clone().unwrap_or_else(|| "us-east-1".to_owned());
        let snapshot = self.snapshot(base, &region)?;
        let credentials = match snapshot {
            Some(_) => Credentials::new("unused", "unused", None, None, "a distribution from a file"),
            None => credentials()?,
        };
        Ok(Options {
            endpoint_url: self.endpoint_url.clone(),
            region,
            credentials,
            distribution_id: self.id.clone().unwrap_or_default(),
            snapshot,
            origins: self.origins(base)?,
            viewer: self.viewer()?,
            listen: port,
            https: false,
            live_reload: false,
            pages: None,
            uploads: None,
            function_session_policy: None,
            read_only: false,
            node: self.node.clone().unwrap_or_else(|| PathBuf::from("node")),
            clock: Clock::system(),
            request_log: requests,
            scratch: env::temp_dir().join("vitae-edge"),
        })
    }

    /// The distribution of a file; `None` if it is in a local cloud.
    fn snapshot(&self, base: &Path, region: &str) -> Result<Option<Snapshot>, SourceError> {
        let (file, parsed) = match (&self.template, &self.distribution, &self.endpoint_url) {
            (Some(template), None, None) => {
                let file = base.join(template);
                let settings = self.settings(base, &file, region)?;
                (file.clone(), Snapshot::from_template(&read(&file)?, &settings))
            }
            (None, Some(distribution), None) => {
                let file = base.join(distribution);
                let included = self.include.iter().map(|file| read(&base.join(file))).collect::<Result<Vec<_>, _>>()?;
                (file.clone(), Snapshot::from_cli_output(&read(&file)?, &included))
            }
            (None, None, Some(_)) if self.id.is_some() => return Ok(None),
            _ => return Err(SourceError::NoSource),
        };
        let mut snapshot = parsed.map_err(|cause| SourceError::Snapshot { file, cause })?;
        for option in &self.function {
            let (name, file) = name_and_value("function", option)?;
            let code = read_bytes(&base.join(file))?;
            let added = snapshot.add_function(name, code);
            added.map_err(|cause| option_error("function", option, cause.to_string()))?;
        }
        for option in &self.public_key {
            let (id, file) = option.split_once('=').unwrap_or((PUBLIC_KEY_ID, option));
            snapshot.add_public_key(id, &read(&base.join(file))?);
        }
        Ok(Some(snapshot))
    }

    fn settings(&self, base: &Path, template: &Path, region: &str) -> Result<TemplateSettings, SourceError> {
        let mut values = BTreeMap::new();
        for option in &self.set {
            let (name, value) = name_and_value("set", option)?;
            values.insert(name.to_owned(), value.to_owned());
        }
        let mut all = BTreeMap::new();
        for option in &self.parameters {
            if let Some((key, value)) = parameters::key_and_value(option) {
                all.insert(key, value);
            } else {
                let parsed = parameters::parse_file(&read(&base.join(option))?);
                all.extend(parsed.map_err(|cause| option_error("parameters", option, cause))?);
            }
        }
        let mut stores = BTreeMap::new();
        for option in &self.store {
            let (id, file) = name_and_value("store", option)?;
            let items = parameters::parse_store(&read(&base.join(file))?);
            stores.insert(id.to_owned(), items.map_err(|cause| option_error("store", option, cause))?);
        }
        Ok(TemplateSettings {
            parameters: all,
            values,
            stores,
            resource: self.resource.clone(),
            region: region.to_owned(),
            folder: template.parent().unwrap_or(base).to_owned(),
            ..TemplateSettings::default()
        })
    }

    fn viewer(&self) -> Result<ViewerProperties, SourceError> {
        let Some(viewer) = &self.viewer else { return Ok(ViewerProperties::default()) };
        ViewerProperties::parse(viewer).map_err(|cause| option_error("viewer", viewer, cause))
    }

    fn origins(&self, base: &Path) -> Result<Vec<(String, OriginReplacement)>, SourceError> {
        let parse = |option: &String| {
            let parsed = OriginReplacement::parse(option).map_err(|cause| option_error("origin", option, cause))?;
            Ok(match parsed {
                (id, OriginReplacement::Folder(folder)) => (id, OriginReplacement::Folder(base.join(folder))),
                server => server,
            })
        };
        self.origin.iter().map(parse).collect()
    }
}

fn option_error(option: &'static str, value: &str, cause: String) -> SourceError {
    SourceError::Option { option, value: value.to_owned(), cause }
}

fn name_and_value<'o>(option: &'static str, text: &'o str) -> Result<(&'o str, &'o str), SourceError> {
    text.split_once('=').ok_or_else(|| option_error(option, text, "write it as NAME=VALUE".to_owned()))
}

fn read(file: &Path) -> Result<String, SourceError> {
    fs::read_to_string(file).map_err(|cause| SourceError::File { file: file.to_owned(), cause })
}

fn read_bytes(file: &Path) -> Result<Vec<u8>, SourceError> {
    fs::read(file).map_err(|cause| SourceError::File { file: file.to_owned(), cause })
}

fn credentials() -> Result<Credentials, SourceError> {
    let variable = |name: &'static str| env::var(name).map_err(|_| SourceError::NoCredential(name));
    let token = env::var("AWS_SESSION_TOKEN").ok();
    let (key, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
    Ok(Credentials::new(key, secret, token, None, "environment"))
}
