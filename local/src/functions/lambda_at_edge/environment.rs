//! An execution environment: a Node.js process that has loaded the function.
//!
//! As in Lambda, it is frozen (SIGSTOP) between two requests. When the next request resumes it (SIGCONT),
//! timers are late and connections may have been closed.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>

use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::configuration::Configuration;
use super::credentials::FunctionCredentials;
use super::memory;
use super::runner::{Invocation, Runner};
use super::{FunctionError, NodeRuntime};
use crate::aws_clients::AwsClients;
use crate::limits;

const RUNNER_SCRIPT: &str = include_str!("runner.mjs");
/// The share of a function's memory that Lambda's runtime allows for V8's old space.
const OLD_SPACE_PERCENT: i32 = 90;
/// A longer line of a function's output is split in the log; our own limit.
const LOG_LINE_MAX_BYTES: u64 = 16 * 1_024;

#[derive(Debug)]
pub(super) struct Environment {
    /// Killed on drop.
    process: Child,
    runner: Runner,
    credentials: FunctionCredentials,
}

impl Environment {
    /// Starts a process and waits until it has loaded the function's module (INIT).
    pub(super) async fn start(
        aws: &AwsClients,
        runtime: &NodeRuntime,
        configuration: &Configuration,
        root: &Path,
    ) -> Result<Self, FunctionError> {
        let failed = |cause: String| FunctionError::Execution(format!("INIT of {}: {cause}", configuration.name));
        let credentials = FunctionCredentials::get(aws, configuration, runtime.session_policy.as_deref()).await;
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().map_err(|error| failed(error.to_string()))?;
        ours.set_nonblocking(true).map_err(|error| failed(error.to_string()))?;
        let mut command = Command::new(&runtime.node);
        let old_space = configuration.memory_mb * OLD_SPACE_PERCENT / 100;
        command
            .arg(format!("--max-old-space-size={old_space}"))
            .args(["--input-type=module", "--eval", RUNNER_SCRIPT, "--"])
            .arg(root)
            .arg(&configuration.handler)
            .current_dir(root)
            .env_clear()
            .envs(variables(aws, configuration, root, &credentials))
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A stopped process does not notice that the edge is gone. In a separate process group, the
            // system resumes it and sends SIGHUP: POSIX, "orphaned process group".
            .process_group(0)
            .kill_on_drop(true);
        let mut process = command.spawn().map_err(|error| failed(error.to_string()))?;
        drop(command);
        log_lines(process.stdout.take(), &configuration.name);
        log_lines(process.stderr.take(), &configuration.name);
        let runner = Runner::new(UnixStream::from_std(ours).map_err(|error| failed(error.to_string()))?);
        let mut environment = Self { process, runner, credentials };
        let report = timeout(limits::LAMBDA_INIT_TIMEOUT, environment.runner.receive()).await;
        match report {
            Err(_) => Err(failed(format!("not ready after {} s", limits::LAMBDA_INIT_TIMEOUT.as_secs()))),
            Ok(Err(cause)) => Err(failed(cause)),
            Ok(Ok(report)) if report.ready => Ok(environment),
            Ok(Ok(report)) => {
                Err(failed(report.error.map_or_else(|| "no reason given".to_owned(), |error| error.one_line())))
            }
        }
    }

    /// Runs the handler once. Also returns whether the environment can serve another request.
    pub(super) async fn invoke(
        &mut self,
        configuration: &Configuration,
        event: &Value,
        request_id: &str,
    ) -> (Result<Value, FunctionError>, bool) {
        let deadline = SystemTime::now() + configuration.timeout;
        let deadline_ms = deadline.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_millis();
        let invocation = Invocation {
            event,
            aws_request_id: request_id,
            deadline_ms: u64::try_from(deadline_ms).unwrap_or(u64::MAX),
        };
        let limit = u64::try_from(configuration.memory_mb).unwrap_or(0) * 1_024 * 1_024;
        let memory = memory::exceeds(self.process.id(), limit);
        let stage = async {
            self.runner.send(&invocation).await?;
            tokio::select! {
                report = self.runner.receive() => report,
                used = memory => {
                    Err(format!("used {} MB of memory, the limit is {} MB", used / 1_024 / 1_024, configuration.memory_mb))
                }
            }
        };
        let outcome = timeout(configuration.timeout, stage).await;
        let ended = |cause: String| (Err(FunctionError::Execution(format!("{}: {cause}", configuration.name))), false);
        match outcome {
            Err(_) => ended(format!("task timed out after {} s", configuration.timeout.as_secs())),
            Ok(Err(cause)) => ended(cause),
            Ok(Ok(report)) => match report.error {
                Some(error) => {
                    (Err(FunctionError::Execution(format!("{}: {}", configuration.name, error.one_line()))), true)
                }
                None => (Ok(report.result), true),
            },
        }
    }

    /// Stops the process.
    pub(super) fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Resumes the process.
    pub(super) fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let id = self.process.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        // If the process has ended, the next read from its socket fails.
        let _ = id.map(|id| kill_process(id, signal));
    }

    /// Whether it can serve another request: the process runs and its credentials are valid.
    pub(super) fn is_usable(&mut self) -> bool {
        self.credentials.are_fresh(SystemTime::now()) && matches!(self.process.try_wait(), Ok(None))
    }
}

/// Lambda's reserved variables, and the address of the local SSM. Nothing is inherited from this process.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
fn variables(
    aws: &AwsClients,
    configuration: &Configuration,
    root: &Path,
    credentials: &FunctionCredentials,
) -> Vec<(&'static str, String)> {
    let mut variables = vec![
        ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
        ("LANG", "en_US.UTF-8".to_owned()),
        ("TZ", ":UTC".to_owned()),
        ("AWS_REGION", aws.region.clone()),
        ("AWS_DEFAULT_REGION", aws.region.clone()),
        ("AWS_EXECUTION_ENV", format!("AWS_Lambda_{}", configuration.runtime)),
        ("AWS_LAMBDA_FUNCTION_NAME", configuration.name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", configuration.version.clone()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", configuration.memory_mb.to_string()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/us-east-1.{}", configuration.name)),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local".to_owned()),
        ("LAMBDA_TASK_ROOT", root.display().to_string()),
        ("_HANDLER", configuration.handler.clone()),
        ("VITAE_INVOKED_FUNCTION_ARN", configuration.arn.clone()),
    ];
    if let Some(credentials) = credentials.credentials() {
        variables.push(("AWS_ACCESS_KEY_ID", credentials.access_key_id().to_owned()));
        variables.push(("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key().to_owned()));
        variables.extend(credentials.session_token().map(|token| ("AWS_SESSION_TOKEN", token.to_owned())));
    }
    if let Some(endpoint_url) = &aws.endpoint_url {
        variables.push(("AWS_ENDPOINT_URL_SSM", endpoint_url.clone()));
    }
    variables
}

/// Copies the function's output to the log, line by line.
fn log_lines(output: Option<impl AsyncRead + Unpin + Send + 'static>, function: &str) {
    let Some(output) = output else { return };
    let function = function.to_owned();
    tokio::spawn(async move {
        let mut reader = BufReader::new(output);
        let mut line = Vec::new();
        while let Ok(1..) = (&mut reader).take(LOG_LINE_MAX_BYTES).read_until(b'\n', &mut line).await {
            tracing::info!(target: "vitae::edge::function", %function, "{}", String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
    });
}
