use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tempfile::TempDir;

use crate::Failure;
use crate::error::tool;
use crate::server::Server;

/// The port, free in a namespace of our own.
const PORT: u16 = 9999;

/// A proxy before a database that makes it fail in DynamoDB's own words, by rules.
/// It is the package `microburst` of PyPI.
#[derive(Debug)]
pub struct Microburst {
    server: Server,
    _folder: TempDir,
}

/// A fault that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fired {
    /// The call that met it, such as `TransactWriteItems`.
    pub operation: String,
    /// What was done to it, in microburst's words.
    pub action: String,
}

impl Microburst {
    /// Starts one before `upstream`, without rules.
    ///
    /// # Errors
    /// If it is not there or does not listen.
    pub fn start(upstream: &str) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(Failure::io("a temporary folder"))?;
        let mut command = std::process::Command::new(tool("VITAE_MICROBURST")?);
        command.args(["--host", "127.0.0.1", "--port", &PORT.to_string(), "--upstream", upstream]);
        command.current_dir(folder.path());
        let server = Server::start(command, PORT, &folder.path().join("log"))?;
        Ok(Self { server, _folder: folder })
    }

    /// Where it listens, as an endpoint of the SDK.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port)
    }

    /// Replaces all rules, and forgets what has fired.
    ///
    /// # Errors
    /// What microburst says about a rule.
    pub async fn set_rules(&self, rules: &[Value]) -> Result<(), Failure> {
        self.ask(Method::POST, "rules", &Value::from(rules.to_vec())).await?;
        self.ask(Method::DELETE, "fired", &Value::Null).await.map(drop)
    }

    /// What has fired since the rules were set.
    ///
    /// # Errors
    /// If it does not answer.
    pub async fn fired(&self) -> Result<Vec<Fired>, Failure> {
        let fired = self.ask(Method::GET, "fired?limit=2000", &Value::Null).await?;
        let text = |event: &Value, name: &str| event[name].as_str().unwrap_or_default().to_owned();
        let events = fired.as_array().into_iter().flatten();
        Ok(events.map(|event| Fired { operation: text(event, "operation"), action: text(event, "action") }).collect())
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> Result<Value, Failure> {
        let asked = format!("{method} {path}");
        let refused =
            |status: u16, body: String| Failure::Refused { server: "microburst", request: asked, status, body };
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder()
            .method(method)
            .uri(format!("{}/_microburst/{path}", self.endpoint()))
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)));
        let request = match request {
            Ok(request) => request,
            Err(error) => return Err(refused(0, error.to_string())),
        };
        let answer = match Client::builder(TokioExecutor::new()).build_http().request(request).await {
            Ok(answer) => answer,
            Err(error) => return Err(refused(0, error.to_string())),
        };
        let status = answer.status();
        let body = match answer.into_body().collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => return Err(refused(status.as_u16(), error.to_string())),
        };
        match serde_json::from_slice(&body) {
            Ok(said) if status.is_success() => Ok(said),
            _ => Err(refused(status.as_u16(), String::from_utf8_lossy(&body).into_owned())),
        }
    }
}
