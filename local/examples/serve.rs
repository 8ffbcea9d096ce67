//! Serves a CloudFront distribution on loopback, until Ctrl-C.
//!
//! ```console
//! $ cargo run --example serve -p vitae-local -- --help
//! ```

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use vitae_local::{Clock, Credentials, LocalEdge, Options, RequestLog, ViewerProperties};

const HELP: &str = "\
Serve a CloudFront distribution on loopback, as CloudFront would.

Usage: cargo run --example serve -p vitae-local -- [OPTIONS] <DISTRIBUTION_ID>

Options:
      --endpoint-url <URL>  A local cloud, such as http://127.0.0.1:4566; without it, AWS
      --region <REGION>     The region of buckets and functions [default: us-east-1]
      --port <PORT>         The port to listen on; 0 chooses a free one [default: 8787]
      --node <PATH>         The Node.js that runs Lambda@Edge functions [default: node]
      --https               Serve HTTPS with a development certificate
      --read-only           Reject methods other than GET, HEAD and OPTIONS
  -h, --help                Print help

Credentials are those of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
They need the permissions in vitae_local::IAM_ACTIONS.
";

/// Parses the command line; `None` prints the help.
fn options(mut arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let variable = |name: &str| env::var(name).map_err(|_| format!("{name} is not set"));
    let mut options = Options {
        endpoint_url: None,
        region: "us-east-1".to_owned(),
        credentials: Credentials::new("", "", None, None, "environment"),
        distribution_id: String::new(),
        snapshot: None,
        origins: Vec::new(),
        viewer: ViewerProperties::default(),
        listen: 8787,
        https: false,
        live_reload: false,
        pages: None,
        uploads: None,
        function_session_policy: None,
        read_only: false,
        node: PathBuf::from("node"),
        clock: Clock::system(),
        request_log: RequestLog::tracing(),
        scratch: env::temp_dir().join("vitae-local"),
    };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "-h" | "--help" => return Ok(None),
            "--https" => options.https = true,
            "--read-only" => options.read_only = true,
            "--endpoint-url" => options.endpoint_url = Some(value()?),
            "--region" => options.region = value()?,
            "--node" => options.node = value()?.into(),
            "--port" => options.listen = value()?.parse().map_err(|error| format!("--port: {error}"))?,
            id if !id.starts_with('-') && options.distribution_id.is_empty() => options.distribution_id = argument,
            other => return Err(format!("unexpected argument {other:?}; see --help")),
        }
    }
    if options.distribution_id.is_empty() {
        return Err("the id of a distribution is missing; see --help".to_owned());
    }
    let token = env::var("AWS_SESSION_TOKEN").ok();
    let (key, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
    options.credentials = Credentials::new(key, secret, token, None, "environment");
    Ok(Some(options))
}

async fn serve(options: Options) -> Result<(), Box<dyn Error>> {
    let scheme = if options.https { "https" } else { "http" };
    let edge = LocalEdge::start(options).await?;
    println!("{scheme}://localhost:{}", edge.port());
    tokio::signal::ctrl_c().await?;
    edge.shutdown().await;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    match options(env::args().skip(1)) {
        Ok(None) => print!("{HELP}"),
        Ok(Some(options)) => {
            if let Err(error) = serve(options).await {
                eprintln!("error: {error}");
                return ExitCode::FAILURE;
            }
        }
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
