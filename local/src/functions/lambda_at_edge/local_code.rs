//! The code of a function that is on this machine, for a distribution from a file.

use std::path::PathBuf;

use aws_lc_rs::digest::{SHA256, digest};

use super::configuration::Configuration;
use super::{NodeRuntime, bundle};
use crate::error::Error;
use crate::snapshot::LambdaCode;

/// The name of the file that CloudFormation makes of inline code:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html>.
const INLINE_FILE: &str = "index.js";

/// The folder of the code. Inline code is written into one of the scratch directory that is named after its hash.
pub(super) fn root(runtime: &NodeRuntime, configuration: &Configuration, code: &LambdaCode) -> Result<PathBuf, Error> {
    let text = match code {
        LambdaCode::Folder(folder) => {
            return std::path::absolute(folder)
                .map_err(|cause| Error::Scratch { path: folder.display().to_string(), cause });
        }
        LambdaCode::Zip(file) => {
            let failed = |cause: String| Error::Function { function: configuration.name.clone(), cause };
            let zip = std::fs::read(file).map_err(|cause| failed(format!("{}: {cause}", file.display())))?;
            return bundle::unpack_local(&zip, runtime, configuration);
        }
        LambdaCode::Inline(text) => text,
    };
    let hash = hex::encode(&digest(&SHA256, text.as_bytes()).as_ref()[..8]);
    let root = runtime.scratch.join("functions").join(format!("{}-{hash}", configuration.name));
    let file = root.join(INLINE_FILE);
    std::fs::create_dir_all(&root)
        .and_then(|()| std::fs::write(&file, text))
        .map_err(|cause| Error::Scratch { path: file.display().to_string(), cause })?;
    Ok(root)
}
