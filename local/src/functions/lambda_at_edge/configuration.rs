//! A version's configuration, with the checks that CloudFront makes when it is associated.

use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use aws_sdk_lambda::types::PackageType;

use crate::aws_clients::AwsClients;
use crate::error::Error;
use crate::limits;

/// The parts of a version's configuration that the local edge uses.
#[derive(Clone, Debug)]
pub(super) struct Configuration {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) version: String,
    /// `nodejs24.x`.
    pub(super) runtime: String,
    /// `index.handler`.
    pub(super) handler: String,
    pub(super) memory_mb: i32,
    pub(super) timeout: Duration,
    pub(super) role: String,
    /// Base64 of the zip's SHA-256.
    pub(super) code_sha256: String,
}

impl Configuration {
    /// Reads the configuration and the location of the zip.
    pub(super) async fn load(aws: &AwsClients, arn: &str, is_on_viewer_event: bool) -> Result<(Self, String), Error> {
        let action = format!("lambda:GetFunction {arn}");
        let missing = |what: &str| Error::Api { action: action.clone(), cause: format!("the response has no {what}") };
        let refused = |what: String| Error::Refused { what: format!("function {arn}: {what}") };
        // arn:aws:lambda:us-east-1:account:function:name:version
        let parts: Vec<&str> = arn.split(':').collect();
        let [_, _, _, _, _, "function", name, version] = parts.as_slice() else {
            return Err(refused("an association must name a numbered version".to_owned()));
        };
        if !version.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refused(format!("an association must name a numbered version, not {version:?}")));
        }
        let output = aws.lambda.get_function().function_name(arn).send().await.map_err(|e| Error::api(&action, &e))?;
        let config = output.configuration().ok_or_else(|| missing("configuration"))?;
        let (memory_max, timeout_max, events) = if is_on_viewer_event {
            (limits::LAMBDA_VIEWER_MEMORY_MAX_MB, limits::LAMBDA_VIEWER_TIMEOUT_MAX_S, "viewer events")
        } else {
            (limits::LAMBDA_ORIGIN_MEMORY_MAX_MB, limits::LAMBDA_ORIGIN_TIMEOUT_MAX_S, "origin events")
        };
        let memory_mb = config.memory_size().unwrap_or(limits::LAMBDA_VIEWER_MEMORY_MAX_MB);
        if memory_mb > memory_max {
            return Err(refused(format!("{memory_mb} MB of memory, at most {memory_max} on {events}")));
        }
        let timeout = config.timeout().unwrap_or(limits::LAMBDA_VIEWER_TIMEOUT_MAX_S);
        if timeout > timeout_max {
            return Err(refused(format!("a timeout of {timeout} s, at most {timeout_max} on {events}")));
        }
        let variables = config.environment().and_then(|environment| environment.variables());
        if variables.is_some_and(|variables| !variables.is_empty()) {
            return Err(refused("environment variables, which Lambda@Edge does not have".to_owned()));
        }
        if *config.package_type().unwrap_or(&PackageType::Zip) != PackageType::Zip || !config.layers().is_empty() {
            return Err(refused("a container image or layers, which Lambda@Edge does not support".to_owned()));
        }
        let runtime = config.runtime().map(|runtime| runtime.as_str().to_owned()).unwrap_or_default();
        if major(&runtime).is_none() {
            let what = format!("runtime {runtime:?} of function {arn}: the runtime must be Node.js");
            return Err(Error::NotModelled { what });
        }
        let location = output.code().and_then(|code| code.location()).ok_or_else(|| missing("code location"))?;
        let loaded = Self {
            arn: arn.to_owned(),
            name: (*name).to_owned(),
            version: (*version).to_owned(),
            runtime,
            handler: config.handler().ok_or_else(|| missing("handler"))?.to_owned(),
            memory_mb,
            timeout: Duration::from_secs(u64::try_from(timeout).unwrap_or(1).max(1)),
            role: config.role().unwrap_or_default().to_owned(),
            code_sha256: config.code_sha256().ok_or_else(|| missing("CodeSha256"))?.to_owned(),
        };
        Ok((loaded, location.to_owned()))
    }

    /// Checks that the program is Node.js. Another major version than the runtime's is logged once, because a function may
    /// behave differently in Lambda.
    pub(super) async fn check_node(&self, node: &Path) -> Result<(), Error> {
        let failed = |cause: String| Error::Node { path: node.display().to_string(), cause };
        let output = tokio::process::Command::new(node).arg("--version").env_clear().output().await;
        let output = output.map_err(|error| failed(format!("it does not start: {error}")))?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let Some(found) = node_major(&version) else {
            return Err(failed(format!(
                "its version is {version:?}, but the runtime of {} is {}",
                self.name, self.runtime
            )));
        };
        if Some(found) != major(&self.runtime) {
            static LOGGED: Once = Once::new();
            LOGGED.call_once(|| {
                tracing::warn!(
                    target: "vitae::edge::function",
                    function = %self.name,
                    "the runtime is {}, but Node.js {version} runs it here",
                    self.runtime,
                );
            });
        }
        Ok(())
    }
}

/// `22` of `v22.23.3`.
fn node_major(version: &str) -> Option<&str> {
    let (major, _) = version.strip_prefix('v')?.split_once('.')?;
    (!major.is_empty() && major.bytes().all(|byte| byte.is_ascii_digit())).then_some(major)
}

/// `24` of `nodejs24.x`.
fn major(runtime: &str) -> Option<&str> {
    runtime.strip_prefix("nodejs")?.strip_suffix(".x")
}

#[cfg(test)]
mod tests {
    use super::{major, node_major};

    #[test]
    fn a_node_runtime_has_a_major_version() {
        assert_eq!(major("nodejs24.x"), Some("24"));
        assert_eq!(major("nodejs22.x"), Some("22"));
        assert_eq!(major("python3.13"), None);
        assert_eq!(major("provided.al2023"), None);
    }

    #[test]
    fn a_version_of_node_has_a_major_version() {
        assert_eq!(node_major("v22.23.3"), Some("22"));
        for other in ["", "--version", "v", "v.1", "vx.1", "Python 3.11.2"] {
            assert_eq!(node_major(other), None, "{other}");
        }
    }
}
