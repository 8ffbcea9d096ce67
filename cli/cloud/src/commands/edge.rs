//! `vitae edge`: serves anyone's distribution on this machine, and checks its responses.

use std::{error::Error, fs, path::PathBuf, process::ExitCode};

use clap::{Args, Subcommand};
use serde_json::json;
use tokio::runtime::Runtime;
use vitae_cloud::{
    dev::RequestLines,
    edge::{Source, SourceError},
};
use vitae_local::{CheckResult, Checks, LocalEdge, Options, RequestLog};

use super::print_error;
use crate::signals::Signals;

const EXAMPLES: &str = "\
Examples:
  cargo vitae edge --template template.yaml --origin site=dist --origin api=http://localhost:3000
  cargo vitae edge --template cdk.out/Site.template.json --parameters Stage=test --set /site/domain=example.com
  cargo vitae edge --distribution distribution.json --include cache-policy.json --origin site=dist
  cargo vitae edge check checks.yaml

A distribution from a file needs no cloud and no account. What is not modelled is refused by name; local/SUPPORT.md has the list.
Exit codes: 0 done; 1 the distribution is not served, or a check failed; 2 wrong usage.";

#[derive(Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Edge {
    #[command(subcommand)]
    command: Option<EdgeCommand>,
    #[command(flatten)]
    source: Source,
    /// Loopback port; 0 chooses a free one
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Serve HTTPS with a development certificate, so that viewer protocol policies apply
    #[arg(long)]
    https: bool,
    /// Print one JSON object per line: the address once it is ready, then every request
    #[arg(long)]
    json: bool,
    /// Print the input and output of each stage of a request, without signatures, keys, bodies and addresses
    #[arg(long)]
    trace: bool,
}

#[derive(Subcommand)]
enum EdgeCommand {
    /// Send requests and compare the responses with the expected ones
    Check(Check),
}

#[derive(Args)]
struct Check {
    /// File with the distribution and the checks
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Edge {
    /// Serves until a signal, or runs checks, and returns the exit code.
    pub(crate) fn run(&self) -> ExitCode {
        let result = Runtime::new().map_err(Into::into).and_then(|runtime| match &self.command {
            None => runtime.block_on(self.serve()),
            Some(EdgeCommand::Check(check)) => runtime.block_on(check.run()),
        });
        match result {
            Err(error) if error.downcast_ref::<SourceError>().is_some_and(SourceError::is_usage) => {
                print_error(format_args!("vitae edge: {error}"));
                ExitCode::from(2)
            }
            result => super::finish("edge", result),
        }
    }

    async fn serve(&self) -> Result<(), Box<dyn Error>> {
        let mut signals = Signals::new()?;
        let requests = if self.json { RequestLines::Json } else { RequestLines::text() };
        let log = if self.trace { requests.log().traced() } else { requests.log() };
        let options = self.source.options(&PathBuf::new(), self.port, log)?;
        let edge = LocalEdge::start(Options { https: self.https, ..options }).await?;
        let scheme = if self.https { "https" } else { "http" };
        requests.print_ready(&format!("{scheme}://localhost:{}", edge.port()));
        signals.next().await;
        edge.shutdown().await;
        Ok(())
    }
}

impl Check {
    async fn run(&self) -> Result<(), Box<dyn Error>> {
        let in_file = |error: String| format!("{}: {error}", self.file.display());
        let text = fs::read_to_string(&self.file).map_err(|error| in_file(error.to_string()))?;
        let checks = Checks::parse(&text).map_err(|error| in_file(error.to_string()))?;
        let source = checks.edge.clone().ok_or_else(|| in_file("the section \"edge\" is missing".to_owned()))?;
        let source: Source = serde_json::from_value(source).map_err(|error| in_file(format!("edge: {error}")))?;
        let base = self.file.parent().map(PathBuf::from).unwrap_or_default();
        // The results are the output.
        let options = source.options(&base, 0, RequestLog::from_fn(|_| {}))?;
        let edge = LocalEdge::start(options).await?;
        let results = checks.run(edge.port()).await;
        edge.shutdown().await;
        let failed = results.iter().filter(|result| !result.differences.is_empty()).count();
        if self.json {
            println!("{}", json!({ "checks": results, "failed": failed }));
        } else {
            results.iter().for_each(print_result);
            println!("{} checks, {failed} failed", results.len());
        }
        if failed == 0 { Ok(()) } else { Err(format!("{failed} of {} checks failed", results.len()).into()) }
    }
}

/// One line, and the differences below it: `-` is expected, `+` is the response.
fn print_result(result: &CheckResult) {
    let CheckResult { name, request, differences } = result;
    let request = if name == request { String::new() } else { format!("  {request}") };
    println!("{}  {name}{request}", if differences.is_empty() { "ok  " } else { "FAIL" });
    for difference in differences {
        println!("      {}\n        - {}\n        + {}", difference.part, difference.expected, difference.actual);
    }
}
