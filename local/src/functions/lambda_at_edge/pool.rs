//! The execution environments of a function. Each serves one request at a time and is frozen between two.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tokio::sync::Semaphore;

use super::configuration::Configuration;
use super::environment::Environment;
use super::{FunctionError, NodeRuntime};
use crate::aws_clients::AwsClients;
use crate::limits;

#[derive(Debug)]
pub(super) struct Pool {
    aws: AwsClients,
    runtime: NodeRuntime,
    configuration: Configuration,
    root: PathBuf,
    /// A permit for every environment that may run.
    permits: Semaphore,
    waiting: AtomicUsize,
    /// A stack: the environment that was used last has the best chance that its connections are still open.
    idle: Mutex<Vec<Environment>>,
}

impl Pool {
    pub(super) fn new(aws: AwsClients, runtime: NodeRuntime, configuration: Configuration, root: PathBuf) -> Self {
        let permits = Semaphore::new(limits::LAMBDA_ENVIRONMENTS_MAX);
        Self { aws, runtime, configuration, root, permits, waiting: AtomicUsize::new(0), idle: Mutex::new(Vec::new()) }
    }

    pub(super) fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// Runs the handler in an idle or a new environment. Waits if as many run as are allowed.
    pub(super) async fn invoke(&self, event: &Value, request_id: &str) -> Result<Value, FunctionError> {
        let _permit = self.acquire().await?;
        let last_used = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        // An unusable one is dropped, which kills its process.
        let reused = last_used.and_then(|mut environment| environment.is_usable().then_some(environment));
        let mut environment = match reused {
            Some(environment) => {
                environment.thaw();
                environment
            }
            None => Environment::start(&self.aws, &self.runtime, &self.configuration, &self.root).await?,
        };
        let (result, reusable) = environment.invoke(&self.configuration, event, request_id).await;
        if reusable && let Ok(mut idle) = self.idle.lock() {
            environment.freeze();
            idle.push(environment);
        }
        result
    }

    async fn acquire(&self) -> Result<tokio::sync::SemaphorePermit<'_>, FunctionError> {
        if let Ok(permit) = self.permits.try_acquire() {
            return Ok(permit);
        }
        let waiting = WaitingRequest::new(&self.waiting);
        if waiting.number > limits::LAMBDA_WAITING_MAX {
            return Err(FunctionError::LimitExceeded(format!(
                "{} requests are already waiting for an environment",
                limits::LAMBDA_WAITING_MAX
            )));
        }
        self.permits.acquire().await.map_err(|_| FunctionError::Execution("the local edge is shutting down".to_owned()))
    }
}

/// Counts a waiting request until it is dropped.
struct WaitingRequest<'a> {
    count: &'a AtomicUsize,
    number: usize,
}

impl<'a> WaitingRequest<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        Self { count, number: count.fetch_add(1, Ordering::Relaxed) + 1 }
    }
}

impl Drop for WaitingRequest<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}
