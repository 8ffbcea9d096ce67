//! The output of the AWS CLI: `get-distribution` or `get-distribution-config`, and of other `get-...` commands for what
//! the distribution refers to.

use serde_json::{Value, json};

use super::documents::Documents;
use super::error::SnapshotError;
use super::path::Path;
use super::references::references;
use super::{document, managed, shapes};

/// The id of a distribution whose file does not contain it.
const UNKNOWN_ID: &str = "ELOCAL";

/// Reads a distribution and the files of what it refers to. Also returns the distribution's id.
pub(super) fn read(distribution: &str, included: &[String]) -> Result<(String, Documents), SnapshotError> {
    let file = document::parse(distribution)?;
    let mut documents = Documents::default();
    for text in included {
        include(&document::parse(text)?, &mut documents)?;
    }
    let whole = file.get("Distribution");
    let (config, path) = match (whole, file.get("DistributionConfig")) {
        (Some(whole), _) => (whole.get("DistributionConfig"), "Distribution.DistributionConfig"),
        (None, Some(config)) => (Some(config), "DistributionConfig"),
        // The configuration itself, as `create-distribution` takes it.
        (None, None) => (Some(&file).filter(|file| file.get("DefaultCacheBehavior").is_some()), "DistributionConfig"),
    };
    let config = config.ok_or_else(|| SnapshotError::NoDistribution {
        what: "the file is not the output of `aws cloudfront get-distribution` or `get-distribution-config`".to_owned(),
    })?;
    let at = Path::root(path);
    let xml = shapes::to_xml("DistributionConfig", &shapes::DISTRIBUTION, config, &at)?;
    let text = |name: &str| whole.and_then(|whole| whole.get(name)).and_then(Value::as_str);
    let id = text("Id").unwrap_or(UNKNOWN_ID).to_owned();
    match (text("ARN"), text("DomainName")) {
        (Some(arn), Some(domain)) => documents.add_distribution_as(&id, arn, domain, &xml),
        _ => documents.add_distribution(&id, &xml),
    }
    add_managed_policies(config, &mut documents)?;
    for (_, group) in references(config).into_iter().filter(|(field, _)| *field == "TrustedKeyGroups") {
        documents.key_groups.entry(group.to_owned()).or_default();
    }
    assume_access_controls(config, &mut documents)?;
    Ok((id, documents))
}

/// Adds the resource that a file describes.
fn include(file: &Value, documents: &mut Documents) -> Result<(), SnapshotError> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    for kind in &shapes::KINDS {
        let Some(resource) = file.get(kind.root) else { continue };
        let root = Path::root(kind.root);
        let config = resource.get(kind.config).unwrap_or(&Value::Null);
        let config = shapes::to_xml(kind.config, kind.shape, config, &root.field(kind.config))?;
        documents.add(kind, &text(resource.get("Id")), &config);
        return Ok(());
    }
    if let Some(group) = file.get("KeyGroup") {
        let keys = group.get("KeyGroupConfig").and_then(|config| config.get("Items")).and_then(Value::as_array);
        let keys = keys.into_iter().flatten().map(|key| text(Some(key))).collect();
        documents.key_groups.insert(text(group.get("Id")), keys);
        return Ok(());
    }
    if let Some(key) = file.get("PublicKey") {
        let pem = key.get("PublicKeyConfig").and_then(|config| config.get("EncodedKey"));
        documents.public_keys.insert(text(key.get("Id")), text(pem));
        return Ok(());
    }
    Err(SnapshotError::NoDistribution {
        what: "an included file is not the output of `aws cloudfront get-cache-policy`, `get-origin-request-policy`, \
               `get-response-headers-policy`, `get-origin-access-control`, `get-key-group` or `get-public-key`"
            .to_owned(),
    })
}

fn add_managed_policies(config: &Value, documents: &mut Documents) -> Result<(), SnapshotError> {
    for (field, id) in references(config) {
        let Some(kind) = shapes::KINDS.iter().find(|kind| kind.field == field) else { continue };
        if documents.contains(kind.path, id) {
            continue;
        }
        if let Some(policy) = managed::policy(kind, id) {
            let root = Path::root("managed policy");
            documents.add(kind, id, &shapes::to_xml(kind.config, kind.shape, &policy, &root)?);
        }
    }
    Ok(())
}

/// Adds the origin access controls that no file describes: nearly every one signs always, for the type of its origin.
fn assume_access_controls(config: &Value, documents: &mut Documents) -> Result<(), SnapshotError> {
    let [.., kind] = &shapes::KINDS;
    let origins = config.get("Origins");
    let origins = origins.and_then(|list| list.get("Items").or(Some(list))).and_then(Value::as_array);
    for origin in origins.into_iter().flatten() {
        let id = origin.get(kind.field).and_then(Value::as_str).unwrap_or_default();
        if id.is_empty() || documents.contains(kind.path, id) {
            continue;
        }
        let domain = origin.get("DomainName").and_then(Value::as_str).unwrap_or_default();
        let origin_type = if domain.contains(".lambda-url.") { "lambda" } else { "s3" };
        let assumed = json!({
            "Name": id,
            "SigningProtocol": "sigv4",
            "SigningBehavior": "always",
            "OriginAccessControlOriginType": origin_type,
        });
        tracing::info!(target: "vitae::edge", "origin access control {id} is not in a file, so it is assumed to sign always");
        documents.add(kind, id, &shapes::to_xml(kind.config, kind.shape, &assumed, &Path::root(kind.config))?);
    }
    Ok(())
}
