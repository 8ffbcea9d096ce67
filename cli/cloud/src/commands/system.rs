//! The account or system that a command works on.

use clap::Args;
use vitae_cloud::{
    aws::AwsClients,
    dev::session::{Session, SessionError},
};

/// The account that a command works on, with the default credentials of the AWS SDKs.
#[derive(Args)]
pub(crate) struct Account {
    /// Profile of the AWS configuration
    #[arg(long)]
    profile: Option<String>,
    /// Endpoint of another cloud, such as a local one
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
}

impl Account {
    /// Clients for the account.
    pub(crate) async fn find(&self) -> AwsClients {
        AwsClients::account(self.profile.as_deref(), self.endpoint_url.as_deref()).await
    }
}

/// The system that a command works on: one in an account, or the one that `vitae dev` runs.
#[derive(Args)]
pub(crate) struct System {
    /// Stack in an account, with the default credentials of the AWS SDKs [default: the system that `cargo vitae dev` runs]
    #[arg(long, global = true)]
    stack: Option<String>,
    /// Profile of the AWS configuration
    #[arg(long, global = true, requires = "stack")]
    profile: Option<String>,
    /// Endpoint of another cloud, such as a local one
    #[arg(long, global = true, requires = "stack")]
    endpoint_url: Option<String>,
}

impl System {
    /// The stack that `--stack` names.
    pub(crate) fn stack(&self) -> Option<&str> {
        self.stack.as_deref()
    }

    /// Clients for its account, and its stack's name.
    pub(crate) async fn find(&self) -> Result<(AwsClients, String), SessionError> {
        self.find_or(None).await
    }

    /// As [`Self::find`], with the permissions that the owner has and CI does not: the local system's user `owner`.
    pub(crate) async fn find_as_owner(&self) -> Result<(AwsClients, String), SessionError> {
        if self.stack.is_some() {
            return self.find().await;
        }
        let session = Session::read(&vitae_bundle::target(&vitae_bundle::repository()).join("vitae/dev"))?;
        Ok((session.owner(), session.stack().to_owned()))
    }

    /// As [`Self::find`]; without `--stack`, `stack` may name a stack in an account.
    pub(crate) async fn find_or(&self, stack: Option<&str>) -> Result<(AwsClients, String), SessionError> {
        if let Some(stack) = self.stack().or(stack) {
            let aws = AwsClients::account(self.profile.as_deref(), self.endpoint_url.as_deref()).await;
            return Ok((aws, stack.to_owned()));
        }
        let session = Session::read(&vitae_bundle::target(&vitae_bundle::repository()).join("vitae/dev"))?;
        Ok((session.aws(), session.stack().to_owned()))
    }
}
