//! The local edge for a distribution that is already deployed, read-only.
//!
//! Nothing is uploaded, watched or written, no origin is added, and only GET, HEAD and OPTIONS are forwarded.
//!
//! The code of the edge function is downloaded and runs on this machine, so it does not get the credentials of the caller: only
//! a session that may read the parameters of the edge, or none.

use std::path::PathBuf;

use serde_json::{Value, json};
use vitae_local::{Clock, LocalEdge, RequestLog};
use vitae_parameters::{EDGE_PARAMETERS, Prefix};

use super::Error;
use crate::{
    aws::{AwsClients, REGION},
    deploy,
};

/// How to serve a deployed distribution.
#[derive(Clone, Debug)]
pub struct RemoteOptions {
    /// The endpoint of a local cloud, such as `http://127.0.0.1:4566`; `None` for AWS.
    pub endpoint_url: Option<String>,
    /// Clients with the credentials of the caller.
    pub aws: AwsClients,
    /// The stack whose distribution is served, unless `distribution` is set.
    pub stack: String,
    /// The distribution's id.
    pub distribution: Option<String>,
    /// The port of the local edge; 0 for a free one.
    pub port: u16,
    /// The executable of Node 24, which runs the edge function.
    pub node: PathBuf,
    /// The folder into which functions are unpacked.
    pub scratch: PathBuf,
    /// The log of requests.
    pub requests: RequestLog,
}

/// A deployed distribution that is served read-only.
#[derive(Debug)]
pub struct Remote {
    edge: LocalEdge,
    distribution: String,
}

impl Remote {
    /// Reads the distribution and starts to serve it.
    ///
    /// # Errors
    /// Missing credentials, an unknown stack, or a configuration that the local edge does not model.
    pub async fn start(options: &RemoteOptions) -> Result<Self, Error> {
        let prefix = Prefix::from_stack_name(&options.stack)?;
        let credentials = options.aws.credentials().await.map_err(Error::Credentials)?;
        let distribution = match &options.distribution {
            Some(id) => id.clone(),
            None => deploy::outputs(&options.aws, &options.stack).await?.distribution_id,
        };
        let edge = LocalEdge::start(vitae_local::Options {
            endpoint_url: options.endpoint_url.clone(),
            region: REGION.to_owned(),
            credentials,
            distribution_id: distribution.clone(),
            snapshot: None,
            origins: Vec::new(),
            viewer: vitae_local::ViewerProperties::default(),
            listen: options.port,
            https: false,
            live_reload: false,
            pages: None,
            uploads: None,
            function_session_policy: Some(session_policy(&prefix).to_string()),
            read_only: true,
            node: options.node.clone(),
            clock: Clock::system(),
            request_log: options.requests.clone(),
            scratch: options.scratch.clone(),
        })
        .await?;
        Ok(Self { edge, distribution })
    }

    /// The address to open.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://localhost:{}", self.edge.port())
    }

    /// The distribution's id.
    #[must_use]
    pub fn distribution(&self) -> &str {
        &self.distribution
    }

    /// Stops the local edge and every process that it started.
    pub async fn shutdown(self) {
        self.edge.shutdown().await;
    }
}

/// The session policy of the edge function: what the function's own role may read.
fn session_policy(prefix: &Prefix) -> Value {
    let arns = EDGE_PARAMETERS.map(|parameter| format!("arn:aws:ssm:{REGION}:*:parameter{}", prefix.name(parameter)));
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "ssm:GetParameters", "Resource": arns },
    ] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edge_function_may_only_read_the_parameters_of_its_stack() {
        let policy = session_policy(&Prefix::from_stack_name("staging").unwrap());
        let statements = policy["Statement"].as_array().unwrap();
        assert_eq!((statements.len(), &statements[0]["Action"]), (1, &json!("ssm:GetParameters")));
        let resources = statements[0]["Resource"].as_array().unwrap();
        assert_eq!(resources.len(), 4);
        for arn in resources {
            let arn = arn.as_str().unwrap();
            assert!(
                arn.starts_with("arn:aws:ssm:us-east-1:*:parameter/vitae/staging/") && !arn.ends_with('*'),
                "{arn}"
            );
        }
    }
}
