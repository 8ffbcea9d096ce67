//! One fourteenth of a processor, the share of a function of 128 MB: 1,769 MB get a whole one.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

use super::EdgeFailure;

const SHARE: u64 = 14;
const PERIOD_US: u64 = 20_000;

/// The mount point of the CPU controller of control groups version 1. <https://docs.kernel.org/scheduler/sched-bwc.html>
const CGROUPS: &str = "/sys/fs/cgroup/cpu";

/// How a process is limited.
pub(super) enum Quota {
    /// By the kernel.
    Cgroup(PathBuf),
    /// Stopped for thirteen fourteenths of the time, on one processor.
    DutyCycle,
}

impl Quota {
    /// The kernel's quota if this process may use it, otherwise the duty cycle.
    pub(super) fn find() -> Self {
        let folder = Path::new(CGROUPS).join(format!("vitae-bench-{}", std::process::id()));
        let set = |file: &str, value: u64| fs::write(folder.join(file), value.to_string());
        let made = fs::create_dir(&folder)
            .and_then(|()| set("cpu.cfs_period_us", PERIOD_US))
            .and_then(|()| set("cpu.cfs_quota_us", PERIOD_US / SHARE));
        if made.is_ok() {
            Self::Cgroup(folder)
        } else {
            // The folder may not exist.
            let _ = fs::remove_dir(&folder);
            Self::DutyCycle
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Cgroup(_) => "the quota of a cgroup (v1), 1.43 ms in 20",
            Self::DutyCycle => "SIGSTOP and SIGCONT, 1.43 ms in 20, on one processor",
        }
    }

    /// Starts a process, limited by the quota if there is one.
    pub(super) fn spawn(quota: Option<&Self>, command: Command) -> Result<Held, EdgeFailure> {
        let mut command = match quota {
            None => command,
            // The shell enters the group before it becomes Node, so that Node's start is limited too.
            Some(Self::Cgroup(folder)) => wrapped(
                &command,
                &["sh", "-c", r#"echo $$ > "$0" && exec "$@""#, &folder.join("cgroup.procs").to_string_lossy()],
            ),
            Some(Self::DutyCycle) => wrapped(&command, &["taskset", "--cpu-list", "0"]),
        };
        let child = command.spawn().map_err(EdgeFailure::io("start Node"))?;
        let ended = Arc::new(AtomicBool::new(false));
        let cycle = matches!(quota, Some(Self::DutyCycle)).then(|| cycle(&child, &ended)).flatten();
        Ok(Held { child, ended, cycle })
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        if let Self::Cgroup(folder) = self {
            // If it remains, it is empty and limits no process.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// The same command with these words in front, with the same environment and streams.
fn wrapped(command: &Command, words: &[&str]) -> Command {
    let mut outer = Command::new(words[0]);
    outer.args(&words[1..]).arg(command.get_program()).args(command.get_args());
    outer.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    outer.stdin(Stdio::null()).stdout(Stdio::piped());
    outer
}

fn cycle(child: &Child, ended: &Arc<AtomicBool>) -> Option<JoinHandle<()>> {
    let pid = Pid::from_raw(i32::try_from(child.id()).ok()?)?;
    let (on, period) = (Duration::from_micros(PERIOD_US / SHARE), Duration::from_micros(PERIOD_US));
    let ended = Arc::clone(ended);
    Some(thread::spawn(move || {
        while !ended.load(Ordering::Relaxed) {
            thread::sleep(on);
            let stopped = kill_process(pid, Signal::STOP);
            thread::sleep(period.saturating_sub(on));
            if stopped.and_then(|()| kill_process(pid, Signal::CONT)).is_err() {
                break;
            }
        }
    }))
}

/// A process that may be limited by a quota.
pub(super) struct Held {
    child: Child,
    ended: Arc<AtomicBool>,
    cycle: Option<JoinHandle<()>>,
}

impl Held {
    pub(super) fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Ends the process.
    pub(super) fn end(mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // The cycle ends before the process is reaped, so that it never signals another process of the same id.
        if let Some(cycle) = self.cycle.take() {
            drop(cycle.join());
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
