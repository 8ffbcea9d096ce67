//! Which system a command is about: one in an account, or the one that runs here.

use clap::Args;
use vitae_cloud::{
    aws::AwsClients,
    dev::session::{NotRunning, Running},
};

/// Which system a command is about.
#[derive(Args)]
pub(crate) struct System {
    /// A stack in an account, whose credentials are found as the AWS SDKs find them; without it, the system that
    /// `cargo vitae dev` runs here
    #[arg(long, global = true)]
    stack: Option<String>,
    /// A profile of the AWS configuration
    #[arg(long, global = true, requires = "stack")]
    profile: Option<String>,
    /// Another cloud's address, such as a local one's
    #[arg(long, global = true, requires = "stack")]
    endpoint_url: Option<String>,
}

impl System {
    /// The stack that was asked for by name.
    pub(crate) fn stack(&self) -> Option<&str> {
        self.stack.as_deref()
    }

    /// The cloud that it is in and its stack's name.
    pub(crate) async fn find(&self) -> Result<(AwsClients, String), NotRunning> {
        self.find_or(None).await
    }

    /// The same, where something else than `--stack` may name a stack in an account.
    pub(crate) async fn find_or(&self, stack: Option<&str>) -> Result<(AwsClients, String), NotRunning> {
        if let Some(stack) = self.stack().or(stack) {
            let aws = AwsClients::account(self.profile.as_deref(), self.endpoint_url.as_deref()).await;
            return Ok((aws, stack.to_owned()));
        }
        let running = Running::read(&vitae_bundle::target(&vitae_bundle::repository()).join("vitae/dev"))?;
        Ok((running.aws(), running.stack().to_owned()))
    }
}
