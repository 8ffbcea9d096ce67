//! `cargo vitae dev`, as it is typed.

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

use super::{DevFailure, checkout::Checkout, viewer};

pub(super) struct Dev {
    process: Child,
    address: String,
    log: PathBuf,
}

impl Dev {
    /// Starts it, and gives the time until its first page was there.
    pub(super) fn start(checkout: &Checkout) -> Result<(Self, Duration), DevFailure> {
        let state = checkout.root.with_file_name("state");
        let log = checkout.root.with_file_name("dev.log");
        let said = File::create(&log).map_err(DevFailure::io(log.display().to_string()))?;
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["vitae", "dev", "--json", "--stack", "bench", "--state"]).arg(&state);
        command.current_dir(&checkout.root).env("CARGO_TARGET_DIR", checkout.target());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(said);
        let begun = Instant::now();
        let mut process = command.spawn().map_err(DevFailure::io("cargo vitae dev"))?;
        let mut lines = process.stdout.take().map(|stdout| BufReader::new(stdout).lines());
        let ready = lines.as_mut().and_then(|lines| lines.next()?.ok());
        let ready: Option<Value> = ready.and_then(|line| serde_json::from_str(&line).ok());
        let Some(address) = ready.and_then(|ready| ready["address"].as_str().map(str::to_owned)) else {
            let _ = process.kill();
            return Err(DevFailure::NotReady { log });
        };
        let dev = Self { process, address, log };
        let page = viewer::get(&dev.address, "/")?;
        let took = begun.elapsed();
        if !page.contains("<title>") {
            return Err(DevFailure::NotServed { path: "/", expected: "<title>".to_owned() });
        }
        // Somebody must read what it says of each request.
        thread::spawn(move || lines.into_iter().flatten().for_each(drop));
        Ok((dev, took))
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// What it says.
    pub(super) fn log(&self) -> PathBuf {
        self.log.clone()
    }

    /// Megabytes that it holds itself, and with all that it started.
    pub(super) fn memory_mb(&self) -> (f64, f64) {
        let own = resident_mb(self.process.id());
        (own, own + children_mb(self.process.id()))
    }

    /// Ends it as Ctrl-C would, and waits.
    pub(super) fn end(mut self) -> Result<(), DevFailure> {
        let ended = kill_process(Pid::from_child(&self.process), Signal::INT).map_err(Into::into);
        ended.and_then(|()| self.process.wait().map(drop)).map_err(DevFailure::io("the end of dev"))
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // After an error; one that has ended is no process any more.
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
