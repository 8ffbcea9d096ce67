use std::ffi::OsString;
use std::fs;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::{Error, InvocationResult, REGION, RuntimeApi};

/// A Lambda function's program and its environment.
#[derive(Clone, Debug)]
pub struct Program {
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// The function's environment variables, in addition to those that Lambda sets.
    pub variables: Vec<(&'static str, String)>,
    /// DynamoDB's endpoint.
    pub endpoint: String,
}

/// One execution environment of a Lambda function: its process and its Runtime API. The process gets the variables that
/// Lambda sets and those of its [`Program`], no others.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>
#[derive(Debug)]
pub struct Function {
    process: Child,
    api: RuntimeApi,
    folder: TempDir,
}

impl Function {
    /// Starts it. Events may be sent at once; the first is handled after initialization.
    ///
    /// # Errors
    /// If the program cannot be started.
    pub async fn start(program: &Program) -> Result<Self, Error> {
        let api = RuntimeApi::start().await?;
        let folder = tempfile::tempdir().map_err(Error::io("a temporary folder"))?;
        let log = fs::File::create(folder.path().join("log")).map_err(Error::io("a function's log"))?;
        let errors = log.try_clone().map_err(Error::io("a function's log"))?;
        let (name, arguments) =
            program.command.split_first().ok_or_else(|| Error::Function("no program".to_owned()))?;
        let process = Command::new(name)
            .args(arguments)
            .env_clear()
            .envs([
                ("AWS_LAMBDA_RUNTIME_API", api.address().as_str()),
                ("AWS_LAMBDA_FUNCTION_NAME", "counter"),
                ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
                ("AWS_REGION", REGION),
                ("AWS_DEFAULT_REGION", REGION),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
                ("AWS_SESSION_TOKEN", "test"),
                ("AWS_ENDPOINT_URL", program.endpoint.as_str()),
                ("TZ", ":UTC"),
                ("LANG", "en_US.UTF-8"),
            ])
            .envs(program.variables.iter().map(|(name, value)| (*name, value.as_str())))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .map_err(|source| Error::Start { program: name.to_string_lossy().into_owned(), source })?;
        Ok(Self { process, api, folder })
    }

    /// Waits until it is initialized.
    ///
    /// # Errors
    /// The function's error if initialization fails.
    pub async fn initialized(&self) -> Result<(), Error> {
        self.api.initialized().await
    }

    /// Sends an event without waiting for the result.
    #[must_use]
    pub fn send(&self, event: &Value) -> oneshot::Receiver<InvocationResult> {
        self.api.send(event)
    }

    /// Sends an event and waits for the response.
    ///
    /// # Errors
    /// The function's own error.
    pub async fn invoke(&self, event: &Value) -> Result<Value, Error> {
        match self.send(event).await {
            Ok(result) => result.map_err(Error::Function),
            Err(_) => Err(Error::Function("it exited without a response".to_owned())),
        }
    }

    /// The process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Its output so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Kills it with SIGKILL, as Lambda does at a timeout.
    pub fn kill(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.kill();
    }
}
