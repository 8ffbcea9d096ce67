//! The account that a command works on.

use clap::Args;
use vitae_cloud::aws::AwsClients;

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
