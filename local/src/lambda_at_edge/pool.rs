//! The environments of one function: one request at a time each, frozen between two, reused, few.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tokio::sync::Semaphore;

use super::Failure;
use super::configuration::Configuration;
use super::environment::Environment;
use crate::cloud::Cloud;
use crate::limits;

#[derive(Debug)]
pub(super) struct Pool {
    cloud: Cloud,
    node: PathBuf,
    configuration: Configuration,
    root: PathBuf,
    /// A permit for every environment that may run.
    places: Semaphore,
    waiting: AtomicUsize,
    /// The last one used is the first one reused: the others may have been idle for longer than their connections live.
    idle: Mutex<Vec<Environment>>,
}

impl Pool {
    pub(super) fn new(cloud: Cloud, node: PathBuf, configuration: Configuration, root: PathBuf) -> Self {
        let places = Semaphore::new(limits::LAMBDA_ENVIRONMENTS_MAX);
        Self { cloud, node, configuration, root, places, waiting: AtomicUsize::new(0), idle: Mutex::new(Vec::new()) }
    }

    pub(super) fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// Runs the handler in an idle environment, or a new one, or waits for one.
    pub(super) async fn invoke(&self, event: &Value, request_id: &str) -> Result<Value, Failure> {
        let _place = self.place().await?;
        let last_used = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        // One that may not go on is dropped, and so killed.
        let reused = last_used.and_then(|mut environment| environment.may_go_on().then_some(environment));
        let mut environment = match reused {
            Some(environment) => {
                environment.thaw();
                environment
            }
            None => Environment::start(&self.cloud, &self.node, &self.configuration, &self.root).await?,
        };
        let (result, reusable) = environment.invoke(&self.configuration, event, request_id).await;
        if reusable && let Ok(mut idle) = self.idle.lock() {
            environment.freeze();
            idle.push(environment);
        }
        result
    }

    async fn place(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Failure> {
        if let Ok(place) = self.places.try_acquire() {
            return Ok(place);
        }
        let waiting = Waiting::new(&self.waiting);
        if waiting.number > limits::LAMBDA_WAITING_MAX {
            return Err(Failure::LimitExceeded(format!(
                "{} requests already wait for an environment",
                limits::LAMBDA_WAITING_MAX
            )));
        }
        self.places.acquire().await.map_err(|_| Failure::Execution("the local edge is ending".to_owned()))
    }
}

/// One more that waits, until it is dropped.
struct Waiting<'a> {
    count: &'a AtomicUsize,
    number: usize,
}

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        Self { count, number: count.fetch_add(1, Ordering::Relaxed) + 1 }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}
