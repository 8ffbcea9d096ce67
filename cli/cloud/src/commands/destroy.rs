//! `vitae destroy`: deletes a deployed system and keeps its stateful resources.

use std::{error::Error, process::ExitCode};

use aws_sdk_cloudformation::types::StackResourceSummary;
use clap::Args;
use tokio::runtime::Runtime;
use vitae_cloud::{
    aws::{AwsClients, CallError},
    deploy::{
        self, StackKind,
        destroy::{self, EdgeFunctions, RetainedResource},
        pricing_plan,
        release::Sources,
    },
};
use vitae_setup::Progress;

use super::{Account, Confirmation, change::show_event, confirm::confirm};

#[derive(Args)]
#[command(
    after_help = "CloudFront takes a few hours to remove the replicas of the edge function, and Lambda does not delete a function that has
replicas. Run the command again then; it deletes what is left.

A stack in CloudFront's free plan is deleted after the plan has ended: the command cancels the plan, and prints when that is.

Examples:
  cargo vitae destroy --stack resume
  cargo vitae destroy --stack resume --yes"
)]
pub(crate) struct Destroy {
    /// Name of the stack
    #[arg(long)]
    stack: String,
    /// Do not prompt for confirmation
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: Account,
}

impl Destroy {
    /// Runs the command and returns its exit code.
    pub(crate) fn run(&self) -> ExitCode {
        super::finish_confirmed("destroy", self.destroy())
    }

    fn destroy(&self) -> Result<Confirmation, Box<dyn Error>> {
        let sources = Sources::read(&vitae_bundle::repository())?;
        Runtime::new()?.block_on(async {
            let aws = self.account.find().await;
            // The system's stack is deleted before that of its inbox.
            let is_left = self.exists(&aws, StackKind::System).await? || self.exists(&aws, StackKind::Inbox).await?;
            if is_left {
                let confirmation = self.remove(&aws, &sources).await?;
                if confirmation != Confirmation::Yes {
                    return Ok(confirmation);
                }
            } else {
                eprintln!("Stack {} does not exist.", self.stack);
            }
            self.delete_edge_functions(&aws).await?;
            Ok(Confirmation::Yes)
        })
    }

    async fn remove(&self, aws: &AwsClients, sources: &Sources) -> Result<Confirmation, Box<dyn Error>> {
        let resources = self.resources(aws, StackKind::System).await?;
        let inbox = self.resources(aws, StackKind::Inbox).await?;
        let mut retained = destroy::retained_resources(&resources, sources.template(StackKind::System));
        retained.extend(destroy::retained_resources(&inbox, sources.template(StackKind::Inbox)));
        eprintln!(
            "This deletes {} resources of {}, and its alarms and logs. These are kept:",
            resources.len() + inbox.len(),
            self.stack
        );
        for resource in retained.iter().filter(|resource| resource.removal().is_some()) {
            eprintln!("  {:<14}{}", resource.logical_id, resource.physical_id);
        }
        let confirmation = confirm("Type the stack's name to confirm:", &self.stack, self.yes);
        if confirmation != Confirmation::Yes {
            return Ok(confirmation);
        }
        let progress = Progress::stderr();
        let distribution = resources.iter().find(|resource| resource.logical_resource_id() == Some("Distribution"));
        if let Some(id) = distribution.and_then(|resource| resource.physical_resource_id()) {
            self.end_pricing_plan(aws, id, &progress).await?;
        }
        for kind in StackKind::ALL.into_iter().rev() {
            let step = progress.step(format!("Delete {}", kind.stack_name(&self.stack)));
            deploy::delete(aws, &kind.stack_name(&self.stack), |event| show_event(&step, event)).await?;
            step.done("");
        }
        println!("The stateful resources are kept. These commands delete them permanently:");
        for command in retained.iter().filter_map(RetainedResource::removal) {
            println!("  {command}");
        }
        Ok(Confirmation::Yes)
    }

    async fn exists(&self, aws: &AwsClients, kind: StackKind) -> Result<bool, CallError> {
        Ok(deploy::stack_id(aws, &kind.stack_name(&self.stack)).await?.is_some())
    }

    /// The resources of a stack; none if it does not exist.
    async fn resources(&self, aws: &AwsClients, kind: StackKind) -> Result<Vec<StackResourceSummary>, CallError> {
        let stack = kind.stack_name(&self.stack);
        if self.exists(aws, kind).await? { deploy::resources(aws, &stack).await } else { Ok(Vec::new()) }
    }

    /// Ends the pricing plan of the distribution, which CloudFront does not delete before.
    async fn end_pricing_plan(&self, aws: &AwsClients, id: &str, progress: &Progress) -> Result<(), Box<dyn Error>> {
        let Some(plan) = pricing_plan::find(aws, id).await? else { return Ok(()) };
        let step = progress.step("End CloudFront's pricing plan");
        match pricing_plan::end(aws, id, |event| step.update(event)).await? {
            None => step.done(""),
            Some(date) => {
                return Err(format!(
                    "the {} plan of {} is cancelled and ends at {date}. CloudFront does not delete the distribution before, so \
                     nothing was deleted. Run this command again after that time",
                    plan.tier, self.stack
                )
                .into());
            }
        }
        Ok(())
    }

    async fn delete_edge_functions(&self, aws: &AwsClients) -> Result<(), CallError> {
        let EdgeFunctions { deleted, replicated } = destroy::delete_edge_functions(aws, &self.stack).await?;
        for function in deleted {
            eprintln!("{function}: deleted.");
        }
        for function in &replicated {
            eprintln!("{function}: CloudFront still has replicas. Run this command again in a few hours.");
        }
        Ok(())
    }
}
