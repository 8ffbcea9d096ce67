//! Deploying a whole system into an account: the zips, the stack that serves, and the stack that watches it.
//!
//! Both are planned before anything of them is done, each by a change set. What watches comes second, because it takes the
//! outputs of what serves; it can fail without touching what serves.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use vitae_bundle::Architecture;

use crate::{
    aws::{AwsClients, CallError},
    deploy::{self, ChangeSet, Deployment, Settings, Template, artifact_bucket, artifacts::Artifacts, stack::of_code},
};

/// One of the stacks that a system is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What serves: `stack.yaml`.
    Serves,
    /// What watches: `observability.yaml`.
    Watches,
}

impl Part {
    /// The name of this part's stack in a system of this name.
    #[must_use]
    pub fn stack(self, system: &str) -> String {
        match self {
            Self::Serves => system.to_owned(),
            Self::Watches => format!("{system}-observability"),
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Serves => "cloudformation/stack.yaml",
            Self::Watches => "cloudformation/observability.yaml",
        }
    }
}

/// The CloudFront Function of the site, which travels in the template's parameters.
const SITE_FUNCTION: &str = "edge/cloudfront-function/site.js";

/// What is deployed, where, and as the owner chose.
#[derive(Debug)]
pub struct Release {
    /// The account.
    pub aws: AwsClients,
    /// The system's name.
    pub system: String,
    /// The bucket of the zips.
    pub artifact_bucket: String,
    /// The policy that holds the stack's roles in; none where nobody demands it.
    pub permissions_boundary: Option<String>,
    /// What the owner chose.
    pub settings: Settings,
    /// The zips.
    pub artifacts: Artifacts,
    /// What two of them were built for.
    pub architecture: Architecture,
    /// The templates and the site's function.
    pub sources: Sources,
}

/// What is read from the checkout, once, so that it is the same in every step.
#[derive(Debug)]
pub struct Sources {
    serves: String,
    watches: String,
    site_function: String,
}

/// Why a system cannot be deployed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A part of the checkout is missing.
    #[error("{}: {source}", path.display())]
    Checkout {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The owner chose something that no template has.
    #[error("no template has a parameter {name}: its parameters are {known}")]
    UnknownParameter {
        /// What was chosen.
        name: String,
        /// What can be.
        known: String,
    },
    /// A zip cannot be uploaded.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A stack cannot be deployed.
    #[error(transparent)]
    Deploy(#[from] deploy::Error),
}

impl Sources {
    /// Reads them.
    ///
    /// # Errors
    /// [`Error::Checkout`].
    pub fn read(repository: &Path) -> Result<Self, Error> {
        let read = |path: &str| {
            let path = repository.join(path);
            fs::read_to_string(&path).map_err(|source| Error::Checkout { path, source })
        };
        Ok(Self {
            serves: read(Part::Serves.path())?,
            watches: read(Part::Watches.path())?,
            site_function: read(SITE_FUNCTION)?,
        })
    }

    /// The template of a part.
    #[must_use]
    pub fn template(&self, part: Part) -> Template<'_> {
        Template::new(match part {
            Part::Serves => &self.serves,
            Part::Watches => &self.watches,
        })
    }

    /// Refuses choices that no template has: CloudFormation would refuse them too, but halfway.
    ///
    /// # Errors
    /// [`Error::UnknownParameter`].
    pub fn check(&self, settings: &Settings) -> Result<(), Error> {
        let known: Vec<_> =
            [Part::Serves, Part::Watches].iter().flat_map(|part| self.template(*part).parameters()).collect();
        match settings.names().find(|name| !known.contains(name)) {
            None => Ok(()),
            Some(name) => Err(Error::UnknownParameter { name: name.to_owned(), known: known.join(", ") }),
        }
    }
}

impl Release {
    /// Uploads those of the zips that are not there yet, and says how many.
    ///
    /// # Errors
    /// [`Error::Call`].
    pub async fn upload(&self, mut tell: impl FnMut(&str)) -> Result<usize, Error> {
        let mut uploaded = 0;
        for artifact in self.artifacts.each() {
            tell(&artifact.key());
            uploaded += usize::from(artifact_bucket::upload(&self.aws, &self.artifact_bucket, artifact).await?);
        }
        Ok(uploaded)
    }

    /// What would be done to a part; `None` if nothing. What watches can be planned only beside what serves.
    ///
    /// # Errors
    /// [`Error::Deploy`].
    pub async fn plan(&self, part: Part) -> Result<Option<ChangeSet>, Error> {
        let stack = part.stack(&self.system);
        let template = self.sources.template(part);
        let outputs = match part {
            Part::Serves => BTreeMap::new(),
            Part::Watches => deploy::values(&self.aws, &self.system).await?.unwrap_or_default(),
        };
        let parameters = self.parameters(part, outputs);
        Ok(deploy::plan(&self.aws, &Deployment { stack: &stack, template, parameters: &parameters }).await?)
    }

    /// The values of a part's parameters: what is known here, and what the owner chose.
    fn parameters(&self, part: Part, outputs: BTreeMap<String, String>) -> Vec<(String, String)> {
        let known = match part {
            Part::Serves => self.known(),
            Part::Watches => outputs.into_iter().chain([("Stack".to_owned(), self.system.clone())]).collect(),
        };
        let declared: Vec<_> = self.sources.template(part).parameters().collect();
        let takes = |name: &str| declared.contains(&name);
        // The owner's word is the last one.
        let values: BTreeMap<_, _> =
            known.into_iter().filter(|(name, _)| takes(name)).chain(self.settings.of(takes)).collect();
        values.into_iter().collect()
    }

    fn known(&self) -> Vec<(String, String)> {
        let mut known = of_code(&self.artifact_bucket, &self.artifacts, &self.sources.site_function).to_vec();
        known.push(("Architecture", self.architecture.to_string()));
        known.extend(self.permissions_boundary.clone().map(|boundary| ("PermissionsBoundary", boundary)));
        known.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
