//! A `cargo vitae dev` process.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{Error, checkout::Checkout, viewer};

pub(super) struct Dev {
    process: Child,
    address: String,
    log: PathBuf,
}

impl Dev {
    /// Starts the process; returns it and the time until its first page is served.
    pub(super) fn start(checkout: &Checkout) -> Result<(Self, Duration), Error> {
        let state = checkout.root.with_file_name("state");
        let log = checkout.root.with_file_name("dev.log");
        let stderr = File::create(&log).map_err(Error::io(log.display().to_string()))?;
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["vitae", "dev", "--json", "--stack", "bench", "--state"]).arg(&state);
        command.current_dir(&checkout.root).env("CARGO_TARGET_DIR", checkout.target());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr);
        let started = Instant::now();
        let mut process = command.spawn().map_err(Error::io("cargo vitae dev"))?;
        let mut lines = process.stdout.take().map(|stdout| BufReader::new(stdout).lines());
        let ready = lines.as_mut().and_then(|lines| lines.next()?.ok());
        let ready: Option<Value> = ready.and_then(|line| serde_json::from_str(&line).ok());
        let Some(address) = ready.and_then(|ready| ready["address"].as_str().map(str::to_owned)) else {
            let _ = process.kill();
            return Err(Error::NotReady { log });
        };
        let dev = Self { process, address, log };
        let page = viewer::get(&dev.address, "/")?;
        let elapsed = started.elapsed();
        if !page.contains("<title>") {
            return Err(Error::NotServed { path: "/", expected: "<title>".to_owned() });
        }
        // The process blocks if nothing reads its log of requests.
        thread::spawn(move || lines.into_iter().flatten().for_each(drop));
        Ok((dev, elapsed))
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// The path of its log.
    pub(super) fn log(&self) -> PathBuf {
        self.log.clone()
    }

    /// The memory of the process, and of the process with all its children, in megabytes.
    pub(super) fn memory_mb(&self) -> (f64, f64) {
        let own = resident_mb(self.process.id());
        (own, own + children_mb(self.process.id()))
    }

    /// Stops the process like Ctrl-C, and waits for it.
    pub(super) fn stop(mut self) -> Result<(), Error> {
        let stopped = kill_process(Pid::from_child(&self.process), Signal::INT).map_err(Into::into);
        stopped.and_then(|()| self.process.wait().map(drop)).map_err(Error::io("stop dev"))
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // After an error the process still runs.
        if matches!(self.process.try_wait(), Ok(None)) {
            let _ = kill_process(Pid::from_child(&self.process), Signal::TERM);
            let _ = self.process.wait();
        }
    }
}

/// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
fn resident_mb(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1_000.0
}

fn children_mb(pid: u32) -> f64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let children = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    let children: Vec<u32> = children
        .flat_map(|pids| pids.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect();
    children.into_iter().map(|child| resident_mb(child) + children_mb(child)).sum()
}
