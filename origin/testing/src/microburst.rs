use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tempfile::TempDir;

use crate::Error;
use crate::error::tool;
use crate::server::Server;

/// The port, which is free in a new namespace.
const PORT: u16 = 9999;

/// A proxy that injects DynamoDB's errors and network faults by rules: the package `microburst` of PyPI.
#[derive(Debug)]
pub struct Microburst {
    server: Server,
    _folder: TempDir,
}

/// A fault that was injected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// The affected call, such as `TransactWriteItems`.
    pub operation: String,
    /// The kind of fault, as microburst names it.
    pub action: String,
}

impl Microburst {
    /// Starts a proxy to `upstream`, without rules.
    ///
    /// # Errors
    /// If it is not installed or does not listen.
    pub fn start(upstream: &str) -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(Error::io("a temporary folder"))?;
        let mut command = std::process::Command::new(tool("VITAE_MICROBURST")?);
        command.args(["--host", "127.0.0.1", "--port", &PORT.to_string(), "--upstream", upstream]);
        command.current_dir(folder.path());
        let server = Server::start(command, PORT, &folder.path().join("log"))?;
        Ok(Self { server, _folder: folder })
    }

    /// Its address, as an SDK endpoint.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port)
    }

    /// Replaces all rules, and clears the list of injected faults.
    ///
    /// # Errors
    /// microburst's error about a rule.
    pub async fn set_rules(&self, rules: &[Value]) -> Result<(), Error> {
        self.call(Method::POST, "rules", &Value::from(rules.to_vec())).await?;
        self.call(Method::DELETE, "fired", &Value::Null).await.map(drop)
    }

    /// The faults injected since the rules were set.
    ///
    /// # Errors
    /// If it does not respond.
    pub async fn fired(&self) -> Result<Vec<Fired>, Error> {
        let fired = self.call(Method::GET, "fired?limit=2000", &Value::Null).await?;
        let text = |event: &Value, name: &str| event[name].as_str().unwrap_or_default().to_owned();
        let events = fired.as_array().into_iter().flatten();
        Ok(events.map(|event| Fired { operation: text(event, "operation"), action: text(event, "action") }).collect())
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> Result<Value, Error> {
        let name = format!("{method} {path}");
        let rejected =
            |status: u16, body: String| Error::Rejected { server: "microburst", request: name, status, body };
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/_microburst/{path}", self.endpoint()))
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)));
        let request = match request {
            Ok(request) => request,
            Err(error) => return Err(rejected(0, error.to_string())),
        };
        let response = match Client::builder(TokioExecutor::new()).build_http().request(request).await {
            Ok(response) => response,
            Err(error) => return Err(rejected(0, error.to_string())),
        };
        let status = response.status();
        let body = match response.into_body().collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => return Err(rejected(status.as_u16(), error.to_string())),
        };
        match serde_json::from_slice(&body) {
            Ok(json) if status.is_success() => Ok(json),
            _ => Err(rejected(status.as_u16(), String::from_utf8_lossy(&body).into_owned())),
        }
    }
}
