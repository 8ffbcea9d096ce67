//! `vitae dev`: the whole system on this machine, until a signal ends it.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{ArgGroup, Args};
use tokio::runtime::Runtime;
use vitae_cloud::{
    aws::AwsClients,
    deploy::{KeyAlgorithm, artifacts::Artifacts},
    dev::{Change, Error, Options, Remote, RemoteOptions, RequestLines, System, Watch, ministack, port, tools::Tools},
    progress::Progress,
};
use vitae_local::{Clock, RequestLog};
use vitae_parameters::Prefix;

use super::tell;
use crate::signals::Signals;

#[derive(Args)]
#[command(group(ArgGroup::new("elsewhere").args(["endpoint_url", "profile"]).multiple(true)))]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Dev {
    /// The port of the address; without it that of the last start, then 8787, then a free one
    #[arg(long)]
    port: Option<u16>,
    /// The folder of what is kept between two starts; without it, target/vitae/dev
    #[arg(long, value_name = "FOLDER")]
    state: Option<PathBuf>,
    /// Forget the local cloud's state: counts, keys, uploads
    #[arg(long)]
    fresh: bool,
    /// The stack's name
    #[arg(long, default_value = "resume")]
    stack: String,
    /// Sign with RSA-2048 and SHA-1 rather than P-256 and SHA-256; decided when the stack is made
    #[arg(long)]
    rsa: bool,
    /// On standard output, one JSON object a line: the address when it can be opened, then every request
    #[arg(long)]
    json: bool,
    /// Tell also what goes into each stage of a request and what comes out; signatures, keys, bodies and addresses are left out
    #[arg(long)]
    trace: bool,
    /// Look at a system that is deployed in the cloud at this address, such as another local one, and change nothing of it
    #[arg(long, value_name = "URL", conflicts_with_all = ["fresh", "rsa", "state"])]
    endpoint_url: Option<String>,
    /// The same in the account of this profile of the AWS configuration, or as it in the cloud of --endpoint-url
    #[arg(long, conflicts_with_all = ["fresh", "rsa", "state"])]
    profile: Option<String>,
    /// With either: a distribution's id; without it, the one of --stack
    #[arg(long, value_name = "ID", requires = "elsewhere")]
    distribution: Option<String>,
}

impl Dev {
    /// Runs until a signal ends it or something fails, and says how it went.
    pub(crate) fn run(&self) -> ExitCode {
        let tools = match Tools::from_env() {
            Ok(tools) => tools,
            Err(error) => return super::finish("dev", Err(error)),
        };
        super::finish("dev", run(self, tools).map_err(|error| format!("{error}\n  {}", error.advice())))
    }
}

fn run(dev: &Dev, tools: Tools) -> Result<(), Error> {
    let repository = vitae_bundle::repository();
    let vitae = vitae_bundle::target(&repository).join("vitae");
    let requests = if dev.json { RequestLines::Json } else { RequestLines::for_people() };
    let log = if dev.trace { requests.log().traced() } else { requests.log() };
    if dev.endpoint_url.is_some() || dev.profile.is_some() {
        return look(dev, tools, &vitae.join("remote"), (requests, log));
    }
    let state = dev.state.clone().unwrap_or_else(|| vitae.join("dev"));
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
        progress: Progress::to_stderr(),
        repository,
        state,
    };
    // Before anything runs that a signal must end in order: Ctrl-C ends a compiler by itself.
    let artifacts = build(&options, &out)?;
    let runtime = Runtime::new().map_err(Error::Runtime)?;
    runtime.block_on(serve(&options, artifacts, requests))
}

/// Serves a system that is not ours, until a signal ends it.
fn look(dev: &Dev, tools: Tools, scratch: &Path, (requests, log): (RequestLines, RequestLog)) -> Result<(), Error> {
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
        tell(format_args!(
            "READ-ONLY: distribution {} {}. Nothing is uploaded, watched or counted; only GET, HEAD and OPTIONS \
             go on. Its API answers to its own names, and not to localhost.",
            remote.distribution(),
            dev.endpoint_url
                .as_ref()
                .map_or_else(|| "in your account".to_owned(), |url| format!("in the aws at {url}"))
        ));
        requests.ready(&remote.address());
        signals.next().await;
        remote.shutdown().await;
        Ok(())
    })
}

fn build(options: &Options, out: &Path) -> Result<Artifacts, Error> {
    let step = options.progress.step("build");
    let prefix = Prefix::from_stack_name(&options.stack)?;
    let artifacts = Artifacts::build(&options.repository, &prefix, out, |name| step.at(name))?;
    step.done("edge, counter, keys");
    Ok(artifacts)
}

async fn serve(options: &Options, artifacts: Artifacts, requests: RequestLines) -> Result<(), Error> {
    let mut signals = Signals::new().map_err(Error::Runtime)?;
    // Before what is served is read: what is saved from here on is served later.
    let watch = Watch::begin(&options.repository)?;
    let started = tokio::select! {
        started = System::start(options, artifacts) => Some(started?),
        () = signals.next() => None,
    };
    let ended = match started {
        Some(system) => {
            requests.ready(system.address());
            until_ended(options, system, watch, &mut signals).await
        }
        None => Ok(()),
    };
    // What was dropped half started is still writing its state.
    ministack::settled(&options.state).await?;
    ended
}

async fn until_ended(
    options: &Options,
    mut system: System,
    mut watch: Watch,
    signals: &mut Signals,
) -> Result<(), Error> {
    tell("Open it in a browser. A saved file is served at once. Ctrl-C ends it and keeps what was counted.");
    let failed = loop {
        let change = tokio::select! {
            error = system.failed() => break Some(error),
            () = signals.next() => break None,
            change = watch.next() => change,
        };
        tokio::select! {
            () = apply(options, &mut system, change) => {}
            () = signals.next() => break None,
        }
    };
    let ended = tokio::select! {
        ended = system.shutdown() => ended,
        // Asked twice: the local cloud writes its state behind us.
        () = signals.next() => Ok(()),
    };
    failed.map_or(ended, Err)
}

/// Serves what changed or, if that is broken, says once why and goes on serving what was there before.
async fn apply(options: &Options, system: &mut System, change: Change) {
    if let Err(error) = system.apply(options, change).await {
        tell(format_args!("vitae dev: {error}\n  {}", error.advice()));
    }
}
