//! Which account a command is about, whether it has a system or not.

use clap::Args;
use vitae_cloud::aws::AwsClients;

/// Which account a command is about. Its credentials are found as the AWS SDKs find them.
#[derive(Args)]
pub(crate) struct Account {
    /// A profile of the AWS configuration
    #[arg(long)]
    profile: Option<String>,
    /// Another cloud's address, such as a local one's
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
}

impl Account {
    /// The account.
    pub(crate) async fn find(&self) -> AwsClients {
        AwsClients::account(self.profile.as_deref(), self.endpoint_url.as_deref()).await
    }
}
