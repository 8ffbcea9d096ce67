//! A release: the functions' zips, the system stack and the observability stack of one system.
//!
//! Each stack is planned with a change set before it is changed. The observability stack is second, since its parameters are
//! outputs of the system stack; if it fails, the system stack is not affected.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use vitae_bundle::Architecture;

use crate::{
    aws::{AwsClients, CallError},
    deploy::{
        self, ChangeSet, Deployment, Purpose, Settings, StackKind, Template,
        artifacts::{self, Artifacts, StoredArtifacts},
        pricing_plan,
        stack::{NO_SCANNER, PAY_AS_YOU_GO, code_parameters},
    },
};

/// The site's CloudFront Function. Its code is a parameter of the template.
const SITE_FUNCTION: &str = "edge/cloudfront-function/site.js";

/// A release of a system to an account.
#[derive(Debug)]
pub struct Release {
    /// Clients for the account.
    pub aws: AwsClients,
    /// The system's name.
    pub system: String,
    /// The artifact bucket.
    pub artifact_bucket: String,
    /// The permissions boundary of the stack's roles, if the account requires one.
    pub permissions_boundary: Option<String>,
    /// The owner's parameters.
    pub settings: Settings,
    /// The functions' zips.
    pub artifacts: Artifacts,
    /// The architecture of the regional functions.
    pub architecture: Architecture,
    /// The templates and the site's CloudFront Function.
    pub sources: Sources,
}

/// Files of the checkout. They are read once, so that every step uses the same content.
#[derive(Debug)]
pub struct Sources {
    system: String,
    observability: String,
    inbox: String,
    site_function: String,
}

/// Why a release failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the checkout cannot be read.
    #[error("{}: {source}", path.display())]
    Checkout {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The owner set a parameter that no template declares.
    #[error("no template has a parameter {name}: its parameters are {known}")]
    UnknownParameter {
        /// The parameter.
        name: String,
        /// The parameters of the templates.
        known: String,
    },
    /// CloudFront's free plan has no access logs.
    #[error(
        "PricingPlan is free and AccessLogs is true, but CloudFront's free plan has no access logs: set AccessLogs to false, or PricingPlan to {PAY_AS_YOU_GO}"
    )]
    FreePlanWithAccessLogs,
    /// The distribution has a pricing plan, which needs the web ACL that this release would remove.
    #[error("the distribution of {system} has CloudFront's {tier} plan{}, which needs the web ACL: deploy with PricingPlan={PAY_AS_YOU_GO} and WebAcl=true, which cancels the plan, and set WebAcl to false after the plan has ended", until(ends.as_deref()))]
    PlanNeedsWebAcl {
        /// The system.
        system: String,
        /// The tier of the plan.
        tier: String,
        /// When the plan ends, if it is cancelled.
        ends: Option<String>,
    },
    /// A call that failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A stack cannot be deployed.
    #[error(transparent)]
    Deploy(#[from] deploy::Error),
}

fn until(ends: Option<&str>) -> String {
    ends.map(|date| format!(" until {date}")).unwrap_or_default()
}

impl Sources {
    /// Reads the files.
    ///
    /// # Errors
    /// [`Error::Checkout`].
    pub fn read(repository: &Path) -> Result<Self, Error> {
        let read = |path: &str| {
            let path = repository.join(path);
            fs::read_to_string(&path).map_err(|source| Error::Checkout { path, source })
        };
        Ok(Self {
            system: read(StackKind::System.template_path())?,
            observability: read(StackKind::Observability.template_path())?,
            inbox: read(StackKind::Inbox.template_path())?,
            site_function: read(SITE_FUNCTION)?,
        })
    }

    /// The template of a stack.
    #[must_use]
    pub fn template(&self, kind: StackKind) -> Template<'_> {
        Template::new(match kind {
            StackKind::Inbox => &self.inbox,
            StackKind::System => &self.system,
            StackKind::Observability => &self.observability,
        })
    }

    /// Checks that a template declares each of the settings, and that they do not contradict each other. CloudFormation checks
    /// this too, but only after the first stack.
    ///
    /// # Errors
    /// [`Error::UnknownParameter`], [`Error::FreePlanWithAccessLogs`].
    pub fn check(&self, settings: &Settings) -> Result<(), Error> {
        let known: BTreeSet<_> = StackKind::ALL.iter().flat_map(|kind| self.template(*kind).parameters()).collect();
        if let Some(name) = settings.names().find(|name| !known.contains(name)) {
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            return Err(Error::UnknownParameter { name: name.to_owned(), known });
        }
        if settings.has_free_plan() && settings.get("AccessLogs") == Some("true") {
            return Err(Error::FreePlanWithAccessLogs);
        }
        Ok(())
    }
}

impl Release {
    /// Uploads the zips that are not in the bucket yet. Returns their number.
    ///
    /// # Errors
    /// [`Error::Call`].
    pub async fn upload(&self, mut report: impl FnMut(&str)) -> Result<usize, Error> {
        let mut uploaded = 0;
        for artifact in self.artifacts.each() {
            report(&artifact.key());
            let upload = artifacts::upload(&self.aws, &self.artifact_bucket, &self.system, artifact);
            uploaded += usize::from(upload.await?);
        }
        Ok(uploaded)
    }

    /// Checks that this release does not remove the web ACL of a distribution that has a pricing plan.
    ///
    /// # Errors
    /// [`Error::PlanNeedsWebAcl`]; [`Error::Call`].
    pub async fn check_pricing_plan(&self) -> Result<(), Error> {
        if !self.aws.is_aws() || self.settings.has_free_plan() || self.settings.get("WebAcl") == Some("true") {
            return Ok(());
        }
        let Some(outputs) = deploy::output_values(&self.aws, &self.system).await? else { return Ok(()) };
        let Some(distribution_id) = outputs.get("DistributionId") else { return Ok(()) };
        match pricing_plan::find(&self.aws, distribution_id).await? {
            None => Ok(()),
            Some(plan) => Err(Error::PlanNeedsWebAcl { system: self.system.clone(), tier: plan.tier, ends: plan.ends }),
        }
    }

    /// Creates the change set of a stack; `None` if there are no changes. The system stack needs the outputs of the inbox, if there is
    /// one, and the observability stack those of the system stack.
    ///
    /// # Errors
    /// [`Error::Deploy`].
    pub async fn plan(&self, kind: StackKind, purpose: Purpose) -> Result<Option<ChangeSet>, Error> {
        let stack = kind.stack_name(&self.system);
        let template = self.sources.template(kind);
        let computed = match kind {
            StackKind::Inbox => {
                let computed = self.computed_parameters(&self.sources.site_function).await?;
                computed.into_iter().chain([("Stack".to_owned(), self.system.clone())]).collect()
            }
            StackKind::System => self.system_parameters().await?,
            StackKind::Observability => {
                let outputs = deploy::output_values(&self.aws, &self.system).await?.unwrap_or_default();
                outputs.into_iter().chain([("Stack".to_owned(), self.system.clone())]).collect()
            }
        };
        let parameters = self.parameters(template, computed);
        Ok(deploy::plan(&self.aws, &Deployment { purpose, stack: &stack, template, parameters: &parameters }).await?)
    }

    /// The computed parameters of the system stack. With an inbox, two are outputs of its stack, and the content security policy of
    /// the pages names the host of the uploads.
    async fn system_parameters(&self) -> Result<Vec<(String, String)>, Error> {
        let inbox =
            if self.settings.has_inbox() { deploy::inbox_outputs(&self.aws, &self.system).await? } else { None };
        let Some(inbox) = inbox else { return self.computed_parameters(&self.sources.site_function).await };
        let site_function = with_upload_host(&self.sources.site_function, &inbox.upload_host);
        let mut computed = self.computed_parameters(&site_function).await?;
        computed.push(("InboxFunction".to_owned(), inbox.inbox_function));
        computed.push(("InboxUrl".to_owned(), inbox.inbox_url));
        Ok(computed)
    }

    /// The parameters of a stack. The owner's values override the computed ones.
    fn parameters(&self, template: Template<'_>, computed: Vec<(String, String)>) -> Vec<(String, String)> {
        let declared: Vec<_> = template.parameters().collect();
        let is_declared = |name: &str| declared.contains(&name);
        let values: BTreeMap<_, _> = computed
            .into_iter()
            .filter(|(name, _)| is_declared(name))
            .chain(self.settings.values_for(is_declared))
            .collect();
        values.into_iter().collect()
    }

    async fn computed_parameters(&self, site_function: &str) -> Result<Vec<(String, String)>, Error> {
        let stored = StoredArtifacts::find(&self.aws, &self.artifact_bucket, &self.system, &self.artifacts).await?;
        let mut computed = code_parameters(&stored, site_function).to_vec();
        computed.push(("Architecture", self.architecture.to_string()));
        if !self.aws.is_aws() {
            computed.push(("PricingPlan", PAY_AS_YOU_GO.to_owned()));
            computed.push(("Scanner", NO_SCANNER.to_owned()));
        }
        computed.extend(self.permissions_boundary.clone().map(|boundary| ("PermissionsBoundary", boundary)));
        Ok(computed.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

/// The site's CloudFront Function, whose content security policy lets pages send files to this host.
fn with_upload_host(site_function: &str, host: &str) -> String {
    site_function.replace("connect-src 'self'", &format!("connect-src 'self' https://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_security_policy_of_the_site_names_the_host_of_the_uploads() {
        let site_function = include_str!("../../../../edge/cloudfront-function/site.js");
        let changed = with_upload_host(site_function, "uploads.s3.us-east-1.amazonaws.com");
        assert!(changed.contains("connect-src 'self' https://uploads.s3.us-east-1.amazonaws.com; manifest-src"));
    }
}
