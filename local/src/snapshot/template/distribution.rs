//! From a resolved `DistributionConfig` to the API's: the lists that CloudFormation writes beside each other, its
//! defaults, and the resources that the distribution refers to.

use serde_json::{Map, Value, json};

use super::super::documents::{Documents, FunctionDocument, push_text};
use super::super::error::SnapshotError;
use super::super::path::Path;
use super::super::references::references;
use super::super::{managed, shapes};
use super::lambda;
use super::resolver::{Resolver, invalid, scalar_text};

/// Properties that change no response here. They often have values that only an account has, so they are not resolved.
const INEFFECTIVE: [&str; 5] = ["ViewerCertificate", "Logging", "Comment", "PriceClass", "AnycastIpListId"];

/// A configuration without its properties that have no effect.
pub(super) fn without_ineffective(config: &Value) -> Value {
    let mut config = config.clone();
    if let Value::Object(properties) = &mut config {
        properties.retain(|name, _| !INEFFECTIVE.contains(&name.as_str()));
    }
    config
}

/// Brings a configuration of CloudFormation into the form of the API.
pub(super) fn complete(config: &mut Value) {
    if let Some(behavior) = config.get_mut("DefaultCacheBehavior") {
        complete_behavior(behavior);
    }
    if let Some(Value::Array(behaviors)) = config.get_mut("CacheBehaviors") {
        behaviors.iter_mut().for_each(complete_behavior);
    }
    if let Some(Value::Array(origins)) = config.get_mut("Origins") {
        origins.iter_mut().for_each(complete_origin);
    }
}

/// `AllowedMethods` and `CachedMethods` are siblings in CloudFormation, and `ForwardedValues` has a default for cookies.
fn complete_behavior(behavior: &mut Value) {
    let Value::Object(fields) = behavior else { return };
    if let Some(Value::Object(forwarded)) = fields.get_mut("ForwardedValues") {
        forwarded.entry("Cookies").or_insert(json!({ "Forward": "none" }));
    }
    let cached = fields.remove("CachedMethods");
    let allowed = fields.remove("AllowedMethods");
    if cached.is_none() && allowed.is_none() {
        return;
    }
    let mut methods = Map::new();
    methods.insert("Items".to_owned(), allowed.unwrap_or_else(|| json!(["GET", "HEAD"])));
    methods.extend(cached.map(|cached| ("CachedMethods".to_owned(), cached)));
    fields.insert("AllowedMethods".to_owned(), Value::Object(methods));
}

/// The ports have defaults in CloudFormation only.
fn complete_origin(origin: &mut Value) {
    if let Some(Value::Object(custom)) = origin.get_mut("CustomOriginConfig") {
        custom.entry("HTTPPort").or_insert(json!(80));
        custom.entry("HTTPSPort").or_insert(json!(443));
    }
}

/// Adds the policies, keys and functions that the configuration names, if they are in the template or managed by AWS.
/// Others are reported when the distribution is loaded.
pub(super) fn add_references(
    resolver: &Resolver<'_>,
    config: &Value,
    documents: &mut Documents,
) -> Result<(), SnapshotError> {
    for (field, id) in references(config) {
        match field {
            "FunctionARN" => add_function(resolver, id, documents)?,
            "LambdaFunctionARN" => lambda::add(resolver, id, documents)?,
            "TrustedKeyGroups" => add_key_group(resolver, id, documents)?,
            _ => {
                let kind = shapes::KINDS.iter().find(|kind| kind.field == field);
                kind.map_or(Ok(()), |kind| add_resource(resolver, kind, id, documents))?;
            }
        }
    }
    Ok(())
}

/// The resource with this logical id, if it has this type.
fn is_resource(resolver: &Resolver<'_>, id: &str, kind: &str) -> bool {
    resolver.template().type_of(id) == Some(kind)
}

fn add_resource(
    resolver: &Resolver<'_>,
    kind: &shapes::Kind,
    id: &str,
    documents: &mut Documents,
) -> Result<(), SnapshotError> {
    if documents.contains(kind.path, id) {
        return Ok(());
    }
    if is_resource(resolver, id, kind.resource) {
        let root = Path::root("Resources");
        let resource = root.field(id);
        let properties = resource.field("Properties");
        let at = properties.field(kind.config);
        let config = resolver.property(id, kind.config)?;
        let config = config.ok_or_else(|| invalid(&properties, format!("{} is missing", kind.config)))?;
        documents.add(kind, id, &shapes::to_xml(kind.config, kind.shape, &config, &at)?);
    } else if let Some(config) = managed::policy(kind, id) {
        let root = Path::root("managed policy");
        documents.add(kind, id, &shapes::to_xml(kind.config, kind.shape, &config, &root)?);
    }
    Ok(())
}

fn add_key_group(resolver: &Resolver<'_>, id: &str, documents: &mut Documents) -> Result<(), SnapshotError> {
    if !is_resource(resolver, id, "AWS::CloudFront::KeyGroup") {
        documents.key_groups.entry(id.to_owned()).or_default();
        return Ok(());
    }
    let config = resolver.property(id, "KeyGroupConfig")?.unwrap_or_default();
    let keys = config.get("Items").and_then(Value::as_array).into_iter().flatten();
    let keys: Vec<String> = keys.filter_map(scalar_text).collect();
    for key in keys.iter().filter(|key| is_resource(resolver, key, "AWS::CloudFront::PublicKey")) {
        let config = resolver.property(key, "PublicKeyConfig")?.unwrap_or_default();
        if let Some(pem) = config.get("EncodedKey").and_then(Value::as_str) {
            documents.public_keys.insert(key.clone(), pem.to_owned());
        }
    }
    documents.key_groups.insert(id.to_owned(), keys);
    Ok(())
}

/// A CloudFront Function, whose code is in the template.
fn add_function(resolver: &Resolver<'_>, arn: &str, documents: &mut Documents) -> Result<(), SnapshotError> {
    let Some((_, id)) = arn.rsplit_once(":function/") else { return Ok(()) };
    if !is_resource(resolver, id, "AWS::CloudFront::Function") {
        return Ok(());
    }
    let root = Path::root("Resources");
    let resource = root.field(id);
    let properties = resource.field("Properties");
    let code = resolver.property(id, "FunctionCode")?;
    let code = code.as_ref().and_then(Value::as_str);
    let code =
        code.ok_or_else(|| invalid(&properties.field("FunctionCode"), "must be the function's code".to_owned()))?;
    let at = properties.field("FunctionConfig");
    let config = resolver.property(id, "FunctionConfig")?;
    let config = config.ok_or_else(|| invalid(&at, "is missing".to_owned()))?;
    add_stores(resolver, &config, documents);
    let config = shapes::to_xml("FunctionConfig", &shapes::FUNCTION_CONFIG, &config, &at)?;
    documents.add_function(id, FunctionDocument { config, code: code.as_bytes().to_vec() });
    Ok(())
}

/// The key value stores of a function. One that is filled from S3 must be passed.
fn add_stores(resolver: &Resolver<'_>, function: &Value, documents: &mut Documents) {
    for (_, arn) in references(function).into_iter().filter(|(field, _)| *field == "KeyValueStoreARN") {
        let id = arn.rsplit('/').next().unwrap_or_default();
        let is_empty = is_resource(resolver, id, "AWS::CloudFront::KeyValueStore")
            && matches!(resolver.property(id, "ImportSource"), Ok(None));
        if let Some(items) = resolver.settings().stores.get(id) {
            documents.stores.insert(arn.to_owned(), items.clone());
        } else if is_empty {
            documents.stores.entry(arn.to_owned()).or_default();
        }
    }
}

/// The policies and websites of the template's buckets. A policy that cannot be resolved is reported when an origin needs it.
pub(super) fn add_buckets(resolver: &Resolver<'_>, documents: &mut Documents) {
    let template = resolver.template();
    let name = |id: &str, property: &str| {
        let name = resolver.property(id, property).ok().flatten();
        name.as_ref().and_then(scalar_text)
    };
    for (id, _) in template.resources("AWS::S3::Bucket") {
        let bucket = name(id, "BucketName").unwrap_or_else(|| id.to_ascii_lowercase());
        documents.add_bucket(&bucket);
        if let Ok(Some(website)) = resolver.property(id, "WebsiteConfiguration") {
            documents.websites.insert(bucket, website_xml(&website));
        }
    }
    for (id, _) in template.resources("AWS::S3::BucketPolicy") {
        if !resolver.exists(id).unwrap_or(false) {
            continue;
        }
        let Some(bucket) = name(id, "Bucket") else { continue };
        let policy = resolver.property(id, "PolicyDocument").map(Option::unwrap_or_default);
        documents.add_bucket_policy(&bucket, policy.map_err(|error| error.to_string()));
    }
}

/// The element of a bucket's `WebsiteConfiguration`. The local edge refuses routing rules, so one is enough.
fn website_xml(website: &Value) -> String {
    let text = |value: Option<&Value>| value.and_then(scalar_text).unwrap_or_default();
    let mut xml = "<WebsiteConfiguration>".to_owned();
    if let Some(redirect) = website.get("RedirectAllRequestsTo") {
        xml.push_str("<RedirectAllRequestsTo>");
        push_text(&mut xml, "HostName", &text(redirect.get("HostName")));
        if let Some(protocol) = redirect.get("Protocol") {
            push_text(&mut xml, "Protocol", &text(Some(protocol)));
        }
        xml.push_str("</RedirectAllRequestsTo>");
    }
    for (element, inner) in [("IndexDocument", "Suffix"), ("ErrorDocument", "Key")] {
        if let Some(document) = website.get(element) {
            xml.extend(["<", element, ">"]);
            push_text(&mut xml, inner, &text(Some(document)));
            xml.extend(["</", element, ">"]);
        }
    }
    if website.get("RoutingRules").is_some_and(|rules| rules.as_array().is_none_or(|rules| !rules.is_empty())) {
        xml.push_str("<RoutingRules><RoutingRule><Redirect></Redirect></RoutingRule></RoutingRules>");
    }
    xml.push_str("</WebsiteConfiguration>");
    xml
}
