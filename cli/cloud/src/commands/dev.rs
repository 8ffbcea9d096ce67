//! `vitae dev`: the whole system on this machine, until a signal ends it.

use std::{
    io::{Write as _, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{ArgGroup, Args};
use tokio::runtime::Runtime;
use vitae_cloud::{
    aws::AwsClients,
    deploy::{KeyAlgorithm, artifacts::Artifacts},
    dev::{
        Change, Error, Options, Remote, RemoteOptions, RequestLines, System, Watch, ministack, port, session::Session,
        tools::Tools,
    },
};
use vitae_local::{Clock, RequestLog};
use vitae_parameters::Prefix;
use vitae_setup::Progress;

use super::print_error;
use crate::signals::Signals;

#[derive(Args)]
#[command(group(ArgGroup::new("elsewhere").args(["endpoint_url", "profile"]).multiple(true)))]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Dev {
    /// Port of the local edge [default: that of the last start, else 8787, else a free one]
    #[arg(long)]
    port: Option<u16>,
    /// Folder of the state that is kept between starts [default: target/vitae/dev]
    #[arg(long, value_name = "FOLDER")]
    state: Option<PathBuf>,
    /// Delete the local cloud's state first: counts, keys, uploads
    #[arg(long)]
    fresh: bool,
    /// Name of the stack
    #[arg(long, default_value = "resume")]
    stack: String,
    /// Sign with RSA-2048 and SHA-1 instead of P-256 and SHA-256; takes effect when the stack is created
    #[arg(long)]
    rsa: bool,
    /// Print one JSON object per line: the address once it is ready, then every request
    #[arg(long)]
    json: bool,
    /// Print the input and output of each stage of a request, without signatures, keys, bodies and addresses
    #[arg(long)]
    trace: bool,
    /// Print commands for a shell that set the environment of the AWS SDKs to the local cloud of the running system, as its root
    /// user, and exit
    #[arg(long, conflicts_with_all = ["port", "fresh", "rsa", "json", "trace", "endpoint_url", "profile"])]
    env: bool,
    /// Serve a system that is deployed in the cloud at this endpoint, read-only
    #[arg(long, value_name = "URL", conflicts_with_all = ["fresh", "rsa", "state"])]
    endpoint_url: Option<String>,
    /// Serve a system in the account of this AWS profile, read-only; with --endpoint-url, the profile whose credentials to use
    #[arg(long, conflicts_with_all = ["fresh", "rsa", "state"])]
    profile: Option<String>,
    /// With --endpoint-url or --profile: id of the distribution [default: that of --stack]
    #[arg(long, value_name = "ID", requires = "elsewhere")]
    distribution: Option<String>,
}

impl Dev {
    /// Runs until a signal or an error, and returns the exit code.
    pub(crate) fn run(&self) -> ExitCode {
        if self.env {
            return super::finish("dev", self.print_env());
        }
        let tools = match Tools::from_env() {
            Ok(tools) => tools,
            Err(error) => return super::finish("dev", Err(error)),
        };
        super::finish("dev", run(self, tools).map_err(|error| format!("{error}\n  {}", error.advice())))
    }
}

impl Dev {
    /// The folder of the state of the local system.
    fn state(&self, vitae: &Path) -> PathBuf {
        self.state.clone().unwrap_or_else(|| vitae.join("dev"))
    }

    fn print_env(&self) -> Result<(), String> {
        let vitae = vitae_bundle::target(&vitae_bundle::repository()).join("vitae");
        let session = Session::read(&self.state(&vitae)).map_err(|error| error.to_string())?;
        stdout().write_all(session.shell_exports().as_bytes()).map_err(|error| error.to_string())
    }
}

fn run(dev: &Dev, tools: Tools) -> Result<(), Error> {
    let repository = vitae_bundle::repository();
    let vitae = vitae_bundle::target(&repository).join("vitae");
    let requests = if dev.json { RequestLines::Json } else { RequestLines::text() };
    let log = if dev.trace { requests.log().traced() } else { requests.log() };
    if dev.endpoint_url.is_some() || dev.profile.is_some() {
        return serve_remote(dev, tools, &vitae.join("remote"), (requests, log));
    }
    let state = dev.state(&vitae);
    let out = if dev.state.is_some() { state.join("artifacts") } else { vitae.join("artifacts") };
    let options = Options {
        fresh: dev.fresh,
        stack: dev.stack.clone(),
        port: dev.port.unwrap_or_else(|| port::choose(&state)),
        key_algorithm: if dev.rsa { KeyAlgorithm::Rsa2048 } else { KeyAlgorithm::EcdsaP256 },
        tools,
        live_reload: true,
        clock: Clock::system(),
        requests: log,
        progress: Progress::stderr(),
        repository,
        state,
    };
    // Nothing runs yet that must shut down in order: Ctrl-C ends the compiler by itself.
    let artifacts = build(&options, &out)?;
    let runtime = Runtime::new().map_err(Error::Runtime)?;
    runtime.block_on(serve(&options, artifacts, requests))
}

/// Serves a deployed system read-only, until a signal.
fn serve_remote(
    dev: &Dev,
    tools: Tools,
    scratch: &Path,
    (requests, log): (RequestLines, RequestLog),
) -> Result<(), Error> {
    Runtime::new().map_err(Error::Runtime)?.block_on(async {
        let mut signals = Signals::new().map_err(Error::Runtime)?;
        let options = RemoteOptions {
            endpoint_url: dev.endpoint_url.clone(),
            aws: AwsClients::account(dev.profile.as_deref(), dev.endpoint_url.as_deref()).await,
            stack: dev.stack.clone(),
            distribution: dev.distribution.clone(),
            port: dev.port.unwrap_or(0),
            node: tools.node,
            scratch: scratch.to_owned(),
            requests: log,
        };
        let remote = Remote::start(&options).await?;
        print_error(format_args!(
            "READ-ONLY: distribution {} {}. Nothing is uploaded, watched or counted, and only GET, HEAD and OPTIONS are \
             forwarded. Its API accepts only its own host names, so API calls from localhost are rejected.",
            remote.distribution(),
            dev.endpoint_url
                .as_ref()
                .map_or_else(|| "in your account".to_owned(), |url| format!("in the cloud at {url}"))
        ));
        requests.print_ready(&remote.address());
        signals.next().await;
        remote.shutdown().await;
        Ok(())
    })
}

fn build(options: &Options, out: &Path) -> Result<Artifacts, Error> {
    let step = options.progress.step("Build the functions");
    let prefix = Prefix::from_stack_name(&options.stack)?;
    let artifacts = Artifacts::build(&options.repository, &prefix, out)?;
    step.done("edge, counter, regional");
    Ok(artifacts)
}

async fn serve(options: &Options, artifacts: Artifacts, requests: RequestLines) -> Result<(), Error> {
    let mut signals = Signals::new().map_err(Error::Runtime)?;
    // Starts before the files are read, so that no later change is missed.
    let watch = Watch::start(&options.repository)?;
    let started = tokio::select! {
        started = System::start(options, artifacts) => Some(started?),
        () = signals.next() => None,
    };
    let result = match started {
        Some(system) => {
            requests.print_ready(system.address());
            Box::pin(run_until_stopped(options, system, watch, requests, &mut signals)).await
        }
        None => Ok(()),
    };
    // A local cloud whose start was interrupted still writes its state.
    ministack::wait_until_released(&options.state).await?;
    result
}

async fn run_until_stopped(
    options: &Options,
    mut system: System,
    mut watch: Watch,
    requests: RequestLines,
    signals: &mut Signals,
) -> Result<(), Error> {
    let mut new_mail = system.mail().watch();
    let address = system.address().to_owned();
    print_error("Open it in a browser. Saved files are served at once. Ctrl-C stops it and keeps the counts.");
    let failed = loop {
        let change = tokio::select! {
            error = system.failed() => break Some(error),
            () = signals.next() => break None,
            change = watch.next() => change,
            sent = new_mail.next() => {
                requests.print_mail(&sent.subject, &format!("{address}{}", sent.path));
                continue;
            }
        };
        tokio::select! {
            () = apply(options, &mut system, change) => {}
            () = signals.next() => break None,
        }
    };
    let ended = tokio::select! {
        ended = system.shutdown() => ended,
        // A second signal: the local cloud finishes writing its state in the background.
        () = signals.next() => Ok(()),
    };
    failed.map_or(ended, Err)
}

/// Applies a change. If it is invalid, prints why and keeps serving the previous version.
async fn apply(options: &Options, system: &mut System, change: Change) {
    if let Err(error) = system.apply(options, change).await {
        print_error(format_args!("vitae dev: {error}\n  {}", error.advice()));
    }
}
