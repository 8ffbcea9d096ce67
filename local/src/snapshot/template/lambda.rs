//! Lambda@Edge functions of a template: inline code, a folder of AWS SAM, or an asset of AWS CDK.

use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::super::documents::{Documents, LambdaCode, LambdaDocument};
use super::super::error::SnapshotError;
use super::super::path::Path;
use super::resolver::{Resolver, invalid, scalar_text};

const FUNCTIONS: [&str; 2] = ["AWS::Lambda::Function", "AWS::Serverless::Function"];

/// Adds the function of a version's ARN, if it is in the template.
pub(super) fn add(resolver: &Resolver<'_>, arn: &str, documents: &mut Documents) -> Result<(), SnapshotError> {
    let name = arn.split_once(":function:").and_then(|(_, name)| name.split(':').next()).unwrap_or_default();
    let Some(kind) = resolver.template().type_of(name).filter(|kind| FUNCTIONS.contains(kind)) else { return Ok(()) };
    if documents.lambda_code(arn).is_some() {
        return Ok(());
    }
    let root = Path::root("Resources");
    let resource = root.field(name);
    let at = resource.field("Properties");
    let code = code(resolver, name, kind, &at)?;
    let mut configuration = Map::new();
    let globals = resolver.template().entry("Globals", "Function").filter(|_| kind == "AWS::Serverless::Function");
    for property in ["Runtime", "Handler", "MemorySize", "Timeout", "Environment", "Layers"] {
        let own = resolver.property(name, property)?;
        let value = match (own, globals.and_then(|globals| globals.get(property))) {
            (Some(own), _) => Some(own),
            (None, Some(global)) => resolver.resolve(global, &at)?,
            (None, None) => None,
        };
        configuration.extend(value.map(|value| (property.to_owned(), value)));
    }
    // The API has numbers where a template may have texts, and layers as structures.
    for property in ["MemorySize", "Timeout"] {
        if let Some(value) = configuration.get_mut(property) {
            let number = scalar_text(value).and_then(|text| text.parse::<i64>().ok());
            *value = json!(number.ok_or_else(|| invalid(&at.field(property), "must be a number".to_owned()))?);
        }
    }
    let layers = configuration.remove("Layers");
    let layers: Vec<Value> =
        layers.as_ref().and_then(Value::as_array).into_iter().flatten().map(|arn| json!({ "Arn": arn })).collect();
    configuration.insert("Layers".to_owned(), Value::Array(layers));
    // https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    configuration.entry("MemorySize").or_insert(json!(128));
    configuration.entry("Timeout").or_insert(json!(3));
    configuration.insert("FunctionName".to_owned(), json!(name));
    configuration.insert("Role".to_owned(), json!(""));
    configuration.insert("CodeSha256".to_owned(), json!(""));
    let configuration = Value::Object(configuration);
    documents.functions.insert(arn.to_owned(), LambdaDocument { configuration, code });
    Ok(())
}

fn code(resolver: &Resolver<'_>, name: &str, kind: &str, at: &Path<'_>) -> Result<LambdaCode, SnapshotError> {
    let property = if kind == "AWS::Serverless::Function" { "CodeUri" } else { "Code" };
    let inline = match kind {
        "AWS::Serverless::Function" => resolver.property(name, "InlineCode")?,
        _ => resolver.property(name, "Code")?.as_ref().and_then(|code| code.get("ZipFile")).cloned(),
    };
    if let Some(inline) = inline.as_ref().and_then(Value::as_str) {
        return Ok(LambdaCode::Inline(inline.to_owned()));
    }
    // The AWS CDK writes the path of an asset into the resource's metadata.
    let metadata = resolver.template().entry("Resources", name).and_then(|resource| resource.get("Metadata"));
    let asset = metadata.and_then(|metadata| metadata.get("aws:asset:path")).and_then(Value::as_str);
    let local = resolver.property(name, property)?;
    let local = local.as_ref().and_then(Value::as_str).filter(|path| !path.starts_with("s3://"));
    let at = at.field(property);
    let Some(path) = asset.or(local) else {
        let what = "a function whose code is in S3: use inline code or a local folder".to_owned();
        return Err(SnapshotError::NotModelled { what, path: at.to_string() });
    };
    let folder: PathBuf = resolver.settings().folder.join(path);
    match std::fs::metadata(&folder) {
        Ok(found) if found.is_dir() => Ok(LambdaCode::Folder(folder)),
        Ok(_) if folder.extension().is_some_and(|extension| extension == "zip") => Ok(LambdaCode::Zip(folder)),
        Ok(_) => Err(invalid(&at, format!("{path:?} is neither a folder nor a zip"))),
        Err(cause) => Err(SnapshotError::File { path: at.to_string(), file: folder.display().to_string(), cause }),
    }
}
