//! `vitae bootstrap`: creates what an account needs once, before CI deploys into it.

use std::{error::Error, fs, process::ExitCode};

use clap::Args;
use tokio::runtime::Runtime;
use vitae_cloud::deploy::{
    self, BOOTSTRAP_STACK, Deployment, Purpose, Template, check_stack_names, find_github_provider,
};
use vitae_setup::Progress;

use super::{
    Account, Confirmation,
    change::{ChangeOptions, ChangeResult, change},
    print_outputs,
};

const TEMPLATE: &str = "cloudformation/bootstrap.yaml";

/// The defaults of the template's parameters StagingStack and ProductionStack.
const STAGING: &str = "vitae-staging";
const PRODUCTION: &str = "vitae-production";

#[derive(Args)]
#[command(
    after_help = "Run it as an administrator of the account. The GitHub OIDC provider is created, or reused if the account already has one.

Examples:
  cargo vitae bootstrap --repository octocat/resume
  cargo vitae bootstrap --repository octocat/resume --owner-id 583231 --repository-id 1296269   (repositories created since 15 July 2026)
  cargo vitae bootstrap --repository octocat/resume --set HostedZoneId=Z0123456789 --set ProductionDomainName=example.com
  cargo vitae bootstrap --repository octocat/resume --set StagingStack=            (an account for production only)"
)]
pub(crate) struct Bootstrap {
    /// GitHub repository whose workflows may deploy
    #[arg(long, value_name = "OWNER/NAME", value_parser = repository)]
    repository: (String, String),
    /// Numeric id of the owner: `gh api users/OWNER --jq .id`
    #[arg(long, requires = "repository_id")]
    owner_id: Option<u64>,
    /// Numeric id of the repository: `gh api repos/OWNER/NAME --jq .id`
    #[arg(long, requires = "owner_id")]
    repository_id: Option<u64>,
    /// Set a parameter of the template; `NAME=` sets it to the empty string
    #[arg(long, value_name = "NAME=VALUE", value_parser = parameter)]
    set: Vec<(String, String)>,
    /// Show the changes and apply none
    #[arg(long)]
    plan: bool,
    /// Do not prompt for confirmation
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: Account,
}

fn repository(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('/').filter(|(owner, name)| !owner.is_empty() && !name.is_empty());
    parts
        .map(|(owner, name)| (owner.to_owned(), name.to_owned()))
        .ok_or_else(|| format!("{text:?} is not OWNER/NAME, such as octocat/resume"))
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(name, _)| !name.is_empty());
    parts
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| format!("{text:?} is not NAME=VALUE, such as HostedZoneId=Z0123456789"))
}

impl Bootstrap {
    /// Runs the command and returns its exit code.
    pub(crate) fn run(&self) -> ExitCode {
        super::finish_confirmed("bootstrap", self.bootstrap())
    }

    fn bootstrap(&self) -> Result<Confirmation, Box<dyn Error>> {
        let stack = |name: &str, default: &'static str| {
            let set = self.set.iter().rfind(|(set, _)| set == name);
            set.map_or(default, |(_, value)| value)
        };
        check_stack_names(stack("StagingStack", STAGING), stack("ProductionStack", PRODUCTION))?;
        let path = vitae_bundle::repository().join(TEMPLATE);
        let template = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Runtime::new()?.block_on(async {
            let aws = self.account.find().await;
            let progress = Progress::stderr();
            let step = progress.step(format!("Plan {BOOTSTRAP_STACK}"));
            step.update("create the change set");
            let provider = find_github_provider(&aws).await?;
            let parameters = self.parameters(provider);
            let deployment = Deployment {
                purpose: Purpose::from_flag(self.plan),
                stack: BOOTSTRAP_STACK,
                template: Template::new(&template),
                parameters: &parameters,
            };
            let change_set = deploy::plan(&aws, &deployment).await?;
            let options = ChangeOptions { plan: self.plan, yes: self.yes, progress: &progress };
            let change = change(&aws, BOOTSTRAP_STACK.to_owned(), change_set, step, options).await?;
            match change.result {
                ChangeResult::Declined(confirmation) => return Ok(confirmation),
                _ if self.plan => println!("{change}"),
                _ => print_outputs(&deploy::output_values(&aws, BOOTSTRAP_STACK).await?.unwrap_or_default()),
            }
            Ok(Confirmation::Yes)
        })
    }

    fn parameters(&self, provider: Option<String>) -> Vec<(String, String)> {
        let (owner, name) = &self.repository;
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let mut parameters = vec![
            ("RepositoryOwner".to_owned(), owner.clone()),
            ("RepositoryName".to_owned(), name.clone()),
            ("OwnerId".to_owned(), number(self.owner_id)),
            ("RepositoryId".to_owned(), number(self.repository_id)),
            ("OidcProviderArn".to_owned(), provider.unwrap_or_default()),
        ];
        parameters.retain(|(name, _)| !self.set.iter().any(|(set, _)| set == name));
        parameters.extend(self.set.iter().cloned());
        parameters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_has_an_owner_and_a_name() {
        assert_eq!(repository("octocat/resume").unwrap(), ("octocat".to_owned(), "resume".to_owned()));
        for text in ["", "octocat", "/resume", "octocat/"] {
            assert!(repository(text).unwrap_err().contains("OWNER/NAME"), "{text}");
        }
    }

    #[test]
    fn a_parameter_may_be_set_to_the_empty_string() {
        assert_eq!(parameter("StagingStack=").unwrap(), ("StagingStack".to_owned(), String::new()));
        for text in ["", "StagingStack", "=x"] {
            assert!(parameter(text).unwrap_err().contains("NAME=VALUE"), "{text}");
        }
    }

    #[test]
    fn the_default_stack_names_are_those_of_the_template() {
        let template = fs::read_to_string(vitae_bundle::repository().join(TEMPLATE)).unwrap();
        for name in [STAGING, PRODUCTION] {
            assert!(template.contains(&format!("    Default: {name}\n")), "{name}");
        }
    }
}
