//! A whole system on this machine: the local cloud, the stack in it, the site and the CV, and the local edge before it.

mod change;
mod error;
pub mod ministack;
pub mod port;
mod remote;
mod request_lines;
pub mod session;
pub mod tools;
pub mod users;
mod watch;

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
};

use aws_sdk_ssm::types::ParameterType;
use tokio::task::spawn_blocking;
use vitae_keys::timing::ROTATION_DAYS;
use vitae_local::{Clock, Credentials, LocalEdge, RequestLog};
use vitae_parameters::{Parameter, Prefix};

pub use self::{
    change::Change,
    error::Error,
    remote::{Remote, RemoteOptions},
    request_lines::RequestLines,
    watch::Watch,
};
use self::{
    ministack::{Ministack, free_port},
    session::Running,
    tools::Tools,
};
use crate::{
    aws::{AwsClients, CallError, REGION},
    deploy::{
        self, Deployment, KeyAlgorithm, Outputs, Parameters, Template, artifact_bucket,
        artifacts::Artifacts,
        policies,
        site::{self, Source},
    },
    progress::Progress,
};

/// The local cloud's artifact bucket.
const ARTIFACT_BUCKET: &str = "vitae-artifacts";

/// What to start, and from what.
#[derive(Clone, Debug)]
pub struct Options {
    /// The checkout: its template, its site.
    pub repository: PathBuf,
    /// The folder of everything that is kept between two runs.
    pub state: PathBuf,
    /// Whether to forget what is kept.
    pub fresh: bool,
    /// The stack's name.
    pub stack: String,
    /// The port of the local edge; 0 for a free one.
    pub port: u16,
    /// The algorithm of a new stack's key.
    pub key_algorithm: KeyAlgorithm,
    /// The programs that set-up installed.
    pub tools: Tools,
    /// Whether pages reload themselves when the site was uploaded anew or the stack deployed.
    pub live_reload: bool,
    /// The viewer's time, which the local edge judges expiry by; a test moves it.
    pub clock: Clock,
    /// Who gets a line for every request.
    pub requests: RequestLog,
    /// Where progress is told.
    pub progress: Progress,
}

/// A running system.
#[derive(Debug)]
pub struct System {
    ministack: Ministack,
    edge: LocalEdge,
    stack: Stack,
    state: PathBuf,
}

/// The stack in the local cloud, and who may do what with it.
#[derive(Debug)]
struct Stack {
    deployer: AwsClients,
    artifacts: Artifacts,
    outputs: Outputs,
    /// The address that `origins/dev` names.
    address: String,
    port: u16,
}

impl System {
    /// Starts everything, and returns when the address can be opened.
    ///
    /// # Errors
    /// Which step failed and why. What was started is ended.
    pub async fn start(options: &Options, artifacts: Artifacts) -> Result<Self, Error> {
        if options.port != 0 {
            // Told at once, not after all the rest. The local edge takes it then.
            TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))
                .map_err(|source| Error::Port { port: options.port, source })?;
        }
        let step = options.progress.step("local cloud");
        let ministack = Ministack::start(&ministack::Options {
            executable: options.tools.ministack.clone(),
            node: options.tools.node.clone(),
            state: options.state.clone(),
            fresh: options.fresh,
        })
        .await?;
        step.done(ministack.endpoint());
        match fill(options, artifacts, &ministack).await {
            Ok((stack, edge)) => Ok(Self { ministack, edge, stack, state: options.state.clone() }),
            Err(error) => {
                // What failed is told; that the end failed too would hide it.
                let _ = ministack.shutdown().await;
                Err(error)
            }
        }
    }

    /// The one address to open, such as `http://localhost:8787`.
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

    /// The local cloud, as the user `deploy`.
    #[must_use]
    pub const fn deployer(&self) -> &AwsClients {
        &self.stack.deployer
    }

    /// The local cloud itself: its endpoint, and its root for a test that looks behind the scenes.
    #[must_use]
    pub const fn ministack(&self) -> &Ministack {
        &self.ministack
    }

    /// Brings the running system up to a change of the checkout. Counts, keys and the choice of what is cached stay.
    ///
    /// # Errors
    /// Which step failed and why. What was there before goes on being served.
    pub async fn apply(&mut self, options: &Options, change: Change) -> Result<(), Error> {
        if change.code {
            self.stack.artifacts = build(options, &self.stack.artifacts).await?;
        }
        if change.code || change.stack {
            let outputs = bring_up(options, &self.stack.deployer, &self.stack.artifacts, self.stack.port).await?;
            if outputs.distribution_id != self.stack.outputs.distribution_id {
                return Err(Error::Replaced);
            }
            self.stack.outputs = outputs;
            let step = options.progress.step("local edge");
            self.edge.reload().await?;
            step.done("reloaded");
        }
        if change.site {
            upload_site(options, &self.stack).await?;
        }
        // What is kept may have been made from what changed.
        self.edge.invalidate(["/*"]);
        self.edge.reload_pages();
        Ok(())
    }

    /// Resolves when something that must run has ended by itself, with what it was.
    pub async fn failed(&mut self) -> Error {
        Error::Ended(self.ministack.ended().await)
    }

    /// Ends everything that was started, keeping the state.
    ///
    /// # Errors
    /// [`Error::Ministack`] if the state could not be kept.
    pub async fn shutdown(self) -> Result<(), Error> {
        Running::forget(&self.state);
        self.edge.shutdown().await;
        Ok(self.ministack.shutdown().await?)
    }
}

async fn fill(options: &Options, artifacts: Artifacts, ministack: &Ministack) -> Result<(Stack, LocalEdge), Error> {
    let prefix = Prefix::from_stack_name(&options.stack)?;
    let stack = deploy(options, artifacts, ministack, &prefix).await?;

    upload_site(options, &stack).await?;

    let step = options.progress.step("local edge");
    // Before the edge function is loaded, which reads it then and again only after a minute.
    put_dev_origin(&stack.deployer, &prefix, &stack.address).await.map_err(Error::Origin)?;
    let role = deploy::physical_id(&stack.deployer, &options.stack, "EdgeRole").await?;
    let policy = policies::local_edge(&options.stack, &stack.outputs, &role);
    let root = ministack.root();
    let credentials = users::make(&root, "local-edge", &policy).await.map_err(Error::Users)?;
    users::let_assume(&root, "local-edge", &role).await.map_err(Error::Users)?;
    let edge = start_edge(options, &stack, ministack.endpoint(), credentials).await?;
    step.done(&stack.address);
    Ok((stack, edge))
}

/// Builds the functions anew, to where the `old` ones are. The compiler's words are in the error.
async fn build(options: &Options, old: &Artifacts) -> Result<Artifacts, Error> {
    let step = options.progress.step("build");
    let prefix = Prefix::from_stack_name(&options.stack)?;
    let repository = options.repository.clone();
    let out = old.edge.path().parent().unwrap_or(&options.state).to_owned();
    // A compiler takes long, and requests are served meanwhile.
    let building = spawn_blocking(move || Artifacts::build(&repository, &prefix, &out, |_| ()));
    let artifacts = building.await.map_err(|error| Error::Runtime(error.into()))??;
    step.done("edge, counter, keys");
    Ok(artifacts)
}

async fn upload_site(options: &Options, stack: &Stack) -> Result<(), Error> {
    let step = options.progress.step("site and CV");
    let folder = options.repository.join("site");
    let site = site::upload(&stack.deployer, &Source::site(&folder, &stack.outputs.site_bucket)).await?;
    let cv = site::upload(&stack.deployer, &Source::cv(&folder, &stack.outputs.cv_bucket)).await?;
    let (put, deleted) = (site.put.len() + cv.put.len(), site.delete.len() + cv.delete.len());
    step.done(format_args!("{put} uploaded, {deleted} deleted"));
    Ok(())
}

/// Makes the users and the artifact bucket, and brings the stack up.
async fn deploy(
    options: &Options,
    artifacts: Artifacts,
    ministack: &Ministack,
    prefix: &Prefix,
) -> Result<Stack, Error> {
    let root = ministack.root();
    let policy = policies::deploy(&options.stack, ARTIFACT_BUCKET, prefix);
    let credentials = users::make(&root, "deploy", &policy).await.map_err(Error::Users)?;
    // Other commands of the owner's reach the running system as this user.
    let running = Running::new(ministack.endpoint(), &options.stack, &credentials);
    running.write(&options.state).map_err(|source| Error::State { source })?;
    artifact_bucket::make_bucket(&root, ARTIFACT_BUCKET).await.map_err(Error::Users)?;
    let deployer = AwsClients::local(ministack.endpoint(), credentials);

    let port =
        if options.port == 0 { free_port().map_err(|source| Error::Port { port: 0, source })? } else { options.port };
    let outputs = bring_up(options, &deployer, &artifacts, port).await?;
    // A start that takes another port next time would change the stack, which names it.
    port::remember(&options.state, port).map_err(|source| Error::State { source })?;
    Ok(Stack { deployer, artifacts, outputs, address: format!("http://localhost:{port}"), port })
}

/// Brings the stack up to the template and the artifacts.
async fn bring_up(
    options: &Options,
    deployer: &AwsClients,
    artifacts: &Artifacts,
    port: u16,
) -> Result<Outputs, Error> {
    let step = options.progress.step("functions");
    let mut uploaded = 0;
    for artifact in artifacts.each() {
        step.at(artifact.key());
        uploaded +=
            u32::from(artifact_bucket::upload(deployer, ARTIFACT_BUCKET, artifact).await.map_err(Error::Artifacts)?);
    }
    step.done(format_args!("{uploaded} of 3 uploaded"));

    let step = options.progress.step("stack");
    let template = read(options, "cloudformation/stack.yaml")?;
    let deployment = Deployment {
        stack: &options.stack,
        template: Template::new(&template),
        parameters: &Parameters {
            artifact_bucket: ARTIFACT_BUCKET.to_owned(),
            artifacts: artifacts.clone(),
            site_function: read(options, "edge/cloudfront-function/site.js")?,
            key_algorithm: options.key_algorithm,
            rotation_days: ROTATION_DAYS,
            // What a visitor here would be given: the distribution's own name leads nowhere on this machine.
            probe_base_url: format!("http://localhost:{port}"),
            dev_origin: true,
        }
        .values(),
    };
    match deploy::plan(deployer, &deployment).await? {
        None => step.done("nothing changed"),
        Some(change_set) => {
            step.tell(&change_set.changes);
            deploy::execute(deployer, &options.stack, &change_set, |event| step.at(event)).await?;
            step.done(change_set.changes.summary());
        }
    }
    Ok(deploy::outputs(deployer, &options.stack).await?)
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
        listen: stack.port,
        https: false,
        live_reload: options.live_reload,
        read_only: false,
        node: options.tools.node.clone(),
        clock: options.clock.clone(),
        request_log: options.requests.clone(),
        scratch: options.state.join("edge"),
    })
    .await
}

fn read(options: &Options, path: &str) -> Result<String, Error> {
    let read = fs::read_to_string(options.repository.join(path));
    read.map_err(|source| Error::Checkout { path: path.to_owned(), source })
}

/// Writes `origins/dev`: the local edge's address is a name of the system while `config.dev_origin` says so.
async fn put_dev_origin(aws: &AwsClients, prefix: &Prefix, address: &str) -> Result<(), CallError> {
    let name = prefix.name(Parameter::OriginDev);
    let put = aws.ssm().put_parameter().name(&name).value(address).r#type(ParameterType::String).overwrite(true);
    put.send().await.map(drop).map_err(|error| CallError::new(format!("PutParameter of {name}"), &error))
}
