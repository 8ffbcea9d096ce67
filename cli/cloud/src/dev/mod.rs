//! `vitae dev`: the whole system on this machine. It starts a local cloud, deploys the stack to it, uploads the site and the
//! CV, and starts the local edge in front.

mod change;
mod error;
mod mail;
pub mod ministack;
pub mod port;
mod remote;
mod request_lines;
mod scanner;
pub mod session;
pub mod tools;
pub mod users;
mod watch;

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
};

use aws_sdk_ssm::types::ParameterType;
use tokio::task::spawn_blocking;
use vitae_bundle::{BundleError, EdgeProfile};
use vitae_keys::timing::ROTATION_DAYS;
use vitae_local::{Clock, Credentials, LocalEdge, RequestLog};
use vitae_parameters::{Parameter, Prefix};
use vitae_setup::Progress;

pub use self::{
    change::{Change, Functions},
    error::Error,
    mail::{Mail, NewMail, Sent},
    remote::{Remote, RemoteOptions},
    request_lines::RequestLines,
    watch::Watch,
};
use self::{
    ministack::{Ministack, free_port},
    scanner::Scanner,
    session::{Session, SessionFile},
    tools::Tools,
};
use crate::{
    aws::{AwsClients, CallError, REGION},
    deploy::{
        self, Deployment, InboxOutputs, KeyAlgorithm, Outputs, Parameters, Purpose, StackKind, Template,
        artifacts::{self, Artifacts, StoredArtifacts},
        policies,
        site::{self, SiteFolder},
    },
};

/// The local cloud's artifact bucket.
const ARTIFACT_BUCKET: &str = "vitae-artifacts";

/// The address from which the local system sends mail, which does not leave the machine.
/// <https://www.rfc-editor.org/rfc/rfc2606#section-3>
const MAIL_FROM: &str = "cv@example.com";

/// How to start a system.
#[derive(Clone, Debug)]
pub struct Options {
    /// The checkout with the template and the site.
    pub repository: PathBuf,
    /// The folder of the state that is kept between starts.
    pub state: PathBuf,
    /// Whether to delete that state first.
    pub fresh: bool,
    /// The stack's name.
    pub stack: String,
    /// The port of the local edge; 0 for a free one.
    pub port: u16,
    /// The key algorithm of a new stack.
    pub key_algorithm: KeyAlgorithm,
    /// The programs that `cargo vitae setup` installed.
    pub tools: Tools,
    /// Whether open pages reload after an upload of the site or a deployment.
    pub live_reload: bool,
    /// The clock by which the local edge checks expiry; tests set it.
    pub clock: Clock,
    /// The log of requests.
    pub requests: RequestLog,
    /// Where progress is printed.
    pub progress: Progress,
}

/// A running system.
#[derive(Debug)]
pub struct System {
    ministack: Ministack,
    edge: LocalEdge,
    stack: Stack,
    mail: Mail,
    _scanner: Scanner,
}

/// The stack in the local cloud.
#[derive(Debug)]
struct Stack {
    /// Clients with the permissions of the user `deploy`.
    deployer: AwsClients,
    /// Clients with the permissions of the user `owner`.
    owner: AwsClients,
    artifacts: Artifacts,
    outputs: Outputs,
    inbox: InboxOutputs,
    site: SiteFolder,
    /// The address of the local edge, which is the value of `origins/dev`.
    address: String,
    port: u16,
    /// Deleted when the system stops.
    _session: SessionFile,
}

impl System {
    /// Starts the whole system, and returns when the address can be opened.
    ///
    /// # Errors
    /// The step that failed. Everything that was started is stopped.
    pub async fn start(options: &Options, artifacts: Artifacts) -> Result<Self, Error> {
        if options.port != 0 {
            // A port that is in use is reported before the slow steps. The local edge binds it later.
            TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))
                .map_err(|source| Error::Port { port: options.port, source })?;
        }
        let step = options.progress.step("Start the local cloud");
        let ministack = Ministack::start(&ministack::Options {
            executable: options.tools.ministack.clone(),
            node: options.tools.node.clone(),
            state: options.state.clone(),
            fresh: options.fresh,
        })
        .await?;
        step.done(ministack.endpoint());
        // Boxed: the future of a deployment is large.
        match Box::pin(start_in(&ministack, options, artifacts)).await {
            Ok((stack, edge)) => {
                let scanner = Scanner::start(ministack.root(), stack.inbox.upload_bucket.clone());
                Ok(Self { ministack, edge, stack, mail: Mail::new(&options.state), _scanner: scanner })
            }
            Err(error) => {
                // The first error is returned; one of the shutdown would hide it.
                let _ = ministack.shutdown().await;
                Err(error)
            }
        }
    }

    /// The address to open, such as `http://localhost:8787`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.stack.address
    }

    /// The local edge.
    #[must_use]
    pub const fn edge(&self) -> &LocalEdge {
        &self.edge
    }

    /// The stack's outputs.
    #[must_use]
    pub const fn outputs(&self) -> &Outputs {
        &self.stack.outputs
    }

    /// The outputs of the inbox's stack.
    #[must_use]
    pub const fn inbox(&self) -> &InboxOutputs {
        &self.stack.inbox
    }

    /// The folder with the files that are uploaded.
    #[must_use]
    pub fn site_files(&self) -> &Path {
        self.stack.site.files()
    }

    /// Clients of the local cloud with the permissions of the user `deploy`.
    #[must_use]
    pub const fn deployer(&self) -> &AwsClients {
        &self.stack.deployer
    }

    /// Clients of the local cloud with the permissions of the user `owner`.
    #[must_use]
    pub const fn owner(&self) -> &AwsClients {
        &self.stack.owner
    }

    /// The local cloud, with its endpoint and its root user.
    #[must_use]
    pub const fn ministack(&self) -> &Ministack {
        &self.ministack
    }

    /// Applies a change of the checkout to the running system. Counts and keys are kept.
    ///
    /// # Errors
    /// The step that failed. The previous version stays in service.
    pub async fn apply(&mut self, options: &Options, change: Change) -> Result<(), Error> {
        let has_code = change.functions != Functions::NONE;
        if has_code {
            self.stack.artifacts = build(options, &self.stack.artifacts, change.functions).await?;
        }
        if has_code || change.stack {
            let (outputs, _) =
                deploy_stacks(options, &self.stack.deployer, &self.stack.artifacts, self.stack.port).await?;
            if outputs.distribution_id != self.stack.outputs.distribution_id {
                return Err(Error::DistributionReplaced);
            }
            self.stack.outputs = outputs;
            let step = options.progress.step("Reload the local edge");
            self.edge.reload().await?;
            step.done("");
        }
        if change.site {
            build_pages(options, &self.stack).await?;
            upload_site(options, &self.stack).await?;
        }
        // Cached responses may be out of date.
        self.edge.invalidate(["/*"]);
        self.edge.reload_pages();
        // The documents take longer than the pages, which are served already.
        if change.site && build_documents(options, &self.stack).await? {
            upload_site(options, &self.stack).await?;
            self.edge.invalidate(["/*"]);
        }
        Ok(())
    }

    /// The messages that the system has sent.
    #[must_use]
    pub const fn mail(&self) -> &Mail {
        &self.mail
    }

    /// Resolves when the local cloud exits unexpectedly.
    pub async fn failed(&mut self) -> Error {
        Error::MinistackExited(self.ministack.wait().await)
    }

    /// Stops everything that was started, and keeps the state.
    ///
    /// # Errors
    /// [`Error::Ministack`] if the state could not be saved.
    pub async fn shutdown(self) -> Result<(), Error> {
        drop(self.stack);
        self.edge.shutdown().await;
        Ok(self.ministack.shutdown().await?)
    }
}

/// Deploys the stack into a local cloud, uploads the site, and starts the local edge.
async fn start_in(ministack: &Ministack, options: &Options, artifacts: Artifacts) -> Result<(Stack, LocalEdge), Error> {
    let prefix = Prefix::from_stack_name(&options.stack)?;
    let stack = create_stack(options, artifacts, ministack, &prefix).await?;

    build_pages(options, &stack).await?;
    if let Err(error) = build_documents(options, &stack).await {
        // The page does not need its PDF.
        let step = options.progress.step("Serve the site without the new documents");
        step.log(&error);
        step.done("");
    }
    upload_site(options, &stack).await?;

    let step = options.progress.step("Start the local edge");
    // The edge function reads this when it starts, and not again for a minute.
    put_dev_origin(&stack.deployer, &prefix, &stack.address).await.map_err(Error::Origin)?;
    let role = deploy::physical_id(&stack.deployer, &options.stack, "EdgeRole").await?;
    let policy = policies::local_edge(&options.stack, &stack.outputs, &role);
    let root = ministack.root();
    let credentials = users::make(&root, "local-edge", &policy).await.map_err(Error::Users)?;
    users::allow_assume_role(&root, "local-edge", &role).await.map_err(Error::Users)?;
    let edge = start_edge(options, &stack, ministack.endpoint(), credentials).await?;
    step.done(&stack.address);
    Ok((stack, edge))
}

/// Builds the functions that changed into the folder that has the `previous` ones.
async fn build(options: &Options, previous: &Artifacts, changed: Functions) -> Result<Artifacts, Error> {
    let step = options.progress.step("Build the functions");
    let prefix = Prefix::from_stack_name(&options.stack)?;
    let repository = options.repository.clone();
    let out = previous.edge.path().parent().unwrap_or(&options.state).to_owned();
    let mut artifacts = previous.clone();
    let rebuild = move || {
        if changed.edge {
            artifacts.edge = artifacts::build_edge(&repository, &prefix, EdgeProfile::Dev, &out)?;
        }
        if changed.regional {
            [artifacts.counter, artifacts.regional] = vitae_bundle::lambdas(&repository, &out)?;
        }
        Ok::<_, BundleError>(artifacts)
    };
    // Requests are served during the build.
    let artifacts = spawn_blocking(rebuild).await.map_err(|error| Error::Runtime(error.into()))??;
    step.done(match (changed.edge, changed.regional) {
        (true, false) => "edge",
        (false, true) => "counter, regional",
        _ => "edge, counter, regional",
    });
    Ok(artifacts)
}

/// Builds the pages, if the site has a resume.
async fn build_pages(options: &Options, stack: &Stack) -> Result<(), Error> {
    if !stack.site.has_resume() {
        return Ok(());
    }
    let step = options.progress.step("Build the pages");
    let site = stack.site.clone();
    let built = spawn_blocking(move || site.build_pages()).await.map_err(|error| Error::Runtime(error.into()))??;
    for name in &built.replaced {
        step.log(format_args!("site/{name} is used instead of the built file"));
    }
    step.done(format_args!("{} files written, {} deleted", built.written, built.deleted));
    Ok(())
}

/// Builds the documents that have changed, and returns whether there are any.
async fn build_documents(options: &Options, stack: &Stack) -> Result<bool, Error> {
    if !stack.site.has_resume() {
        return Ok(false);
    }
    let step = options.progress.step("Build the documents");
    let site = stack.site.clone();
    let documents =
        spawn_blocking(move || site.build_documents()).await.map_err(|error| Error::Runtime(error.into()))??;
    step.done(if documents.is_empty() { "unchanged".to_owned() } else { documents.join(", ") });
    Ok(!documents.is_empty())
}

async fn upload_site(options: &Options, stack: &Stack) -> Result<(), Error> {
    let step = options.progress.step("Upload the site and the CV");
    let (mut put, mut deleted) = (0, 0);
    let outputs = &stack.outputs;
    for source in site::sources(stack.site.files(), &outputs.site_bucket, &outputs.cv_bucket, outputs.features()) {
        let plan = site::upload(&stack.deployer, &source).await?;
        put += plan.uploads.len();
        deleted += plan.deletions.len();
    }
    step.done(format_args!("{put} uploaded, {deleted} deleted"));
    Ok(())
}

/// Creates the user `deploy` and the artifact bucket, and deploys the stack.
async fn create_stack(
    options: &Options,
    artifacts: Artifacts,
    ministack: &Ministack,
    prefix: &Prefix,
) -> Result<Stack, Error> {
    let root = ministack.root();
    let policy = policies::deploy(&options.stack, ARTIFACT_BUCKET, prefix);
    let credentials = users::make(&root, "deploy", &policy).await.map_err(Error::Users)?;
    // Other commands use the running system as one of these users.
    let owner = users::make(&root, "owner", &policies::owner(&options.stack, prefix)).await.map_err(Error::Users)?;
    let session =
        Session::new(ministack.endpoint(), &options.stack, &credentials, &owner, ministack.root_credentials());
    let session = session.write(&options.state).map_err(|source| Error::State { source })?;
    artifacts::create_bucket(&root, ARTIFACT_BUCKET).await.map_err(Error::Users)?;
    let deployer = AwsClients::local(ministack.endpoint(), credentials);
    let owner = AwsClients::local(ministack.endpoint(), owner);

    let port =
        if options.port == 0 { free_port().map_err(|source| Error::Port { port: 0, source })? } else { options.port };
    let (outputs, inbox) = deploy_stacks(options, &deployer, &artifacts, port).await?;
    // The port is a parameter of the stack. With the same port, the next start does not change the stack.
    port::save(&options.state, port).map_err(|source| Error::State { source })?;
    let address = format!("http://localhost:{port}");
    let site = SiteFolder::new(&options.repository.join("site"), &options.state.join("site"));
    Ok(Stack { deployer, owner, artifacts, outputs, inbox, site, address, port, _session: session })
}

/// Uploads the artifacts, and creates or updates the stacks.
async fn deploy_stacks(
    options: &Options,
    deployer: &AwsClients,
    artifacts: &Artifacts,
    port: u16,
) -> Result<(Outputs, InboxOutputs), Error> {
    let step = options.progress.step("Upload the functions");
    let mut uploaded = 0;
    for artifact in artifacts.each() {
        step.update(artifact.key());
        let upload = artifacts::upload(deployer, ARTIFACT_BUCKET, &options.stack, artifact);
        uploaded += u32::from(upload.await.map_err(Error::Artifacts)?);
    }
    let stored = StoredArtifacts::find(deployer, ARTIFACT_BUCKET, &options.stack, artifacts);
    let stored = stored.await.map_err(Error::Artifacts)?;
    step.done(format_args!("{uploaded} of 3 uploaded"));

    let name = StackKind::Inbox.stack_name(&options.stack);
    let upload_url = format!("http://localhost:{port}{}", vitae_local::UPLOADS_PATH);
    let parameters = deploy::local_inbox_parameters(&options.stack, &stored, upload_url);
    update_stack(options, deployer, StackKind::Inbox, &parameters).await?;
    let inbox = deploy::inbox_outputs(deployer, &options.stack).await?;
    let inbox = inbox.ok_or(deploy::Error::NotDeployed { stack: name })?;

    let parameters = Parameters {
        artifacts: stored,
        site_function: read(options, "edge/cloudfront-function/site.js")?,
        key_algorithm: options.key_algorithm,
        rotation_days: ROTATION_DAYS,
        // The distribution's domain name does not resolve on this machine.
        probe_base_url: format!("http://localhost:{port}"),
        dev_origin: true,
        links: true,
        mail_from: MAIL_FROM.to_owned(),
        inbox: Some(inbox.clone()),
    };
    update_stack(options, deployer, StackKind::System, &parameters.values()).await?;
    Ok((deploy::outputs(deployer, &options.stack).await?, inbox))
}

/// Creates or updates one stack.
async fn update_stack(
    options: &Options,
    deployer: &AwsClients,
    kind: StackKind,
    parameters: &[(String, String)],
) -> Result<(), Error> {
    let stack = &kind.stack_name(&options.stack);
    let step = options.progress.step(format!("Update the stack {stack}"));
    let template = read(options, kind.template_path())?;
    let deployment = Deployment { purpose: Purpose::Deploy, stack, template: Template::new(&template), parameters };
    match deploy::plan(deployer, &deployment).await? {
        None => step.done("nothing changed"),
        Some(change_set) => {
            step.log(&change_set.changes);
            deploy::execute(deployer, stack, &change_set, |event| step.update(event)).await?;
            step.done(change_set.changes.summary());
        }
    }
    Ok(())
}

async fn start_edge(
    options: &Options,
    stack: &Stack,
    endpoint: &str,
    credentials: Credentials,
) -> Result<LocalEdge, vitae_local::Error> {
    LocalEdge::start(vitae_local::Options {
        endpoint_url: Some(endpoint.to_owned()),
        region: REGION.to_owned(),
        credentials,
        distribution_id: stack.outputs.distribution_id.clone(),
        snapshot: None,
        origins: Vec::new(),
        viewer: vitae_local::ViewerProperties::default(),
        listen: stack.port,
        https: false,
        live_reload: options.live_reload,
        pages: Some(Mail::new(&options.state).pages()),
        uploads: Some(stack.inbox.upload_bucket.clone()),
        function_session_policy: None,
        read_only: false,
        node: options.tools.node.clone(),
        clock: options.clock.clone(),
        request_log: options.requests.clone(),
        scratch: options.state.join("edge"),
    })
    .await
}

fn read(options: &Options, path: &str) -> Result<String, Error> {
    let text = fs::read_to_string(options.repository.join(path));
    text.map_err(|source| Error::Checkout { path: path.to_owned(), source })
}

/// Writes the address of the local edge to `origins/dev`, which the edge function reads if `config.dev_origin` is set.
async fn put_dev_origin(aws: &AwsClients, prefix: &Prefix, address: &str) -> Result<(), CallError> {
    let name = prefix.name(Parameter::OriginDev);
    let put = aws.ssm().put_parameter().name(&name).value(address).r#type(ParameterType::String).overwrite(true);
    put.send().await.map(drop).map_err(|error| CallError::new(format!("PutParameter of {name}"), &error))
}
