//! `vitae dev` as a process: however it is ended, nothing that it started is left, and its state is kept.

use std::{
    collections::HashSet,
    env, fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Far more than it takes, with the first build.
const PATIENCE: Duration = Duration::from_mins(5);
/// How long processes may take to be gone once dev is: the local cloud writes its state.
const GONE: Duration = Duration::from_secs(30);

/// A running `vitae dev` with a state of its own.
struct Dev {
    process: Child,
    address: String,
}

impl Dev {
    fn start(state: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_vitae-cloud"))
            .args(["dev", "--json", "--stack", "signals", "--state"])
            .arg(state)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut progress = process.stderr.take().unwrap();
        let Some(Ok(ready)) = lines.next() else {
            let mut said = String::new();
            let _ = progress.read_to_string(&mut said);
            panic!("dev ended: {said}");
        };
        let ready: Value = serde_json::from_str(&ready).unwrap();
        assert_eq!(ready["kind"], "ready");
        // From here on nobody reads what it says: its terminal is closed.
        Self { process, address: ready["address"].as_str().unwrap().to_owned() }
    }

    /// The first line of the answer to a GET.
    fn status(&self, path: &str) -> String {
        let host = self.address.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.lines().next().unwrap_or_default().to_owned()
    }

    /// Ends it by a signal, and says which of the processes it had started go on.
    fn end(mut self, signal: Signal) -> Vec<String> {
        let pid = Pid::from_child(&self.process);
        let started = descendants(pid);
        assert!(started.len() >= 3, "the local cloud, its workers, the edge function's Node: {started:?}");
        kill_process(pid, signal).unwrap();
        let status = self.process.wait().unwrap();
        if signal != Signal::KILL {
            assert!(status.success(), "{signal:?}: {status}");
        }
        let deadline = Instant::now() + GONE;
        loop {
            let left: Vec<String> = started.iter().filter(|process| process.lives()).map(|p| p.name.clone()).collect();
            if left.is_empty() || Instant::now() > deadline {
                return left;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // A test that failed.
        let _ = self.process.kill();
    }
}

/// A process as the kernel tells it from the next one with its number: by when it began.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Process {
    pid: i32,
    parent: i32,
    began: String,
    name: String,
}

impl Process {
    /// <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>
    fn read(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (name, fields) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let is_zombie = fields.first() == Some(&"Z");
        let process = Self {
            pid,
            parent: fields.get(1)?.parse().ok()?,
            began: (*fields.get(19)?).to_owned(),
            name: name.to_owned(),
        };
        (!is_zombie).then_some(process)
    }

    fn lives(&self) -> bool {
        Self::read(self.pid).is_some_and(|now| now.began == self.began)
    }
}

/// All that a process started, and what these started.
fn descendants(of: Pid) -> HashSet<Process> {
    let pids = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    let all: Vec<Process> = pids.filter_map(Process::read).collect();
    let mut found: HashSet<Process> = HashSet::new();
    let mut parents = vec![of.as_raw_nonzero().get()];
    while let Some(parent) = parents.pop() {
        for process in all.iter().filter(|process| process.parent == parent) {
            parents.push(process.pid);
            found.insert(process.clone());
        }
    }
    found
}

#[test]
fn however_it_is_ended_nothing_is_left_and_its_state_is_kept() {
    let state = tempfile::tempdir().unwrap();
    // The folder of the artifacts, which need not be packed anew for each.
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::KILL] {
        let dev = Dev::start(state.path());
        assert_eq!(dev.status("/"), "HTTP/1.1 200 OK");
        // Runs the edge function and, behind it, the counter.
        assert_eq!(dev.status("/api/count"), "HTTP/1.1 200 OK");
        assert_eq!(dev.end(signal), [""; 0], "left after {signal:?}");
    }
    // It comes up on what the last one kept, which was killed.
    let dev = Dev::start(state.path());
    assert_eq!(dev.status("/api/count"), "HTTP/1.1 200 OK");
    assert_eq!(dev.end(Signal::TERM), [""; 0]);
}
