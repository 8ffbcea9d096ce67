//! `vitae dev` as a process: whichever signal stops it, no process of it is left, and its state is kept.

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
use vitae_cloud::dev::{ministack::free_port, session::Session};

/// Far longer than a start with the first build.
const TIMEOUT: Duration = Duration::from_mins(5);
/// How long its processes may run after it has exited: the local cloud writes its state.
const EXIT_TIMEOUT: Duration = Duration::from_secs(30);

/// A running `vitae dev` with a separate state.
struct Dev {
    process: Child,
    address: String,
}

impl Dev {
    fn start(state: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vitae-cloud"));
        command.args(["dev", "--json", "--stack", "signals", "--state"]).arg(state);
        // Tests run concurrently, and the default port is the same for each.
        command.arg("--port").arg(free_port().unwrap().to_string());
        Self::spawn(&mut command)
    }

    /// Serves the system of this state read-only, as the root user of its local cloud.
    fn read_only(state: &Path) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", r#"eval "$("$0" dev --env --state "$1")" && exec "$0" dev --json --stack signals --endpoint-url "$AWS_ENDPOINT_URL""#]);
        Self::spawn(command.arg(env!("CARGO_BIN_EXE_vitae-cloud")).arg(state))
    }

    fn spawn(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut progress = process.stderr.take().unwrap();
        let Some(Ok(ready)) = lines.next() else {
            let mut output = String::new();
            let _ = progress.read_to_string(&mut output);
            panic!("dev exited: {output}");
        };
        let ready: Value = serde_json::from_str(&ready).unwrap();
        assert_eq!(ready["kind"], "ready");
        // From here on its output is not read, as if its terminal were closed.
        Self { process, address: ready["address"].as_str().unwrap().to_owned() }
    }

    /// The status line of the response to a GET.
    fn status(&self, path: &str) -> String {
        self.request("GET", path)
    }

    fn request(&self, method: &str, path: &str) -> String {
        let host = self.address.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response.lines().next().unwrap_or_default().to_owned()
    }

    /// Stops it with a signal, and returns the processes of it that still run.
    fn stop(self, signal: Signal) -> Vec<String> {
        let started = descendants(Pid::from_child(&self.process));
        assert!(!started.is_empty(), "at least the local cloud");
        self.stop_with(signal, &started)
    }

    /// As [`Self::stop`], for one that may have no child process.
    fn terminate(self) -> Vec<String> {
        let started = descendants(Pid::from_child(&self.process));
        self.stop_with(Signal::TERM, &started)
    }

    fn stop_with(mut self, signal: Signal, started: &HashSet<Process>) -> Vec<String> {
        let pid = Pid::from_child(&self.process);
        kill_process(pid, signal).unwrap();
        let status = self.process.wait().unwrap();
        if signal != Signal::KILL {
            assert!(status.success(), "{signal:?}: {status}");
        }
        let deadline = Instant::now() + EXIT_TIMEOUT;
        loop {
            let left: Vec<String> =
                started.iter().filter(|process| process.is_running()).map(|p| p.name.clone()).collect();
            if left.is_empty() || Instant::now() > deadline {
                return left;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // After a failed test.
        let _ = self.process.kill();
    }
}

/// A process, identified by its id and start time, because ids are used again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Process {
    pid: i32,
    parent: i32,
    start_time: String,
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
            start_time: (*fields.get(19)?).to_owned(),
            name: name.to_owned(),
        };
        (!is_zombie).then_some(process)
    }

    fn is_running(&self) -> bool {
        Self::read(self.pid).is_some_and(|now| now.start_time == self.start_time)
    }
}

/// All descendants of a process.
fn descendants(ancestor: Pid) -> HashSet<Process> {
    let pids = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    let all: Vec<Process> = pids.filter_map(Process::read).collect();
    let mut found: HashSet<Process> = HashSet::new();
    let mut parents = vec![ancestor.as_raw_nonzero().get()];
    while let Some(parent) = parents.pop() {
        for process in all.iter().filter(|process| process.parent == parent) {
            parents.push(process.pid);
            found.insert(process.clone());
        }
    }
    found
}

#[test]
fn whichever_signal_stops_it_no_process_is_left_and_its_state_is_kept() {
    let state = tempfile::tempdir().unwrap();
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::KILL] {
        let dev = Dev::start(state.path());
        assert_eq!(dev.status("/"), "HTTP/1.1 200 OK");
        // Runs the edge function and, behind it, the counter.
        assert_eq!(dev.status("/api/count"), "HTTP/1.1 200 OK");
        let started = descendants(Pid::from_child(&dev.process));
        assert!(started.len() >= 3, "the local cloud, its workers, and Node of the edge function: {started:?}");
        assert_eq!(dev.stop(signal), [""; 0], "running after {signal:?}");
    }
    // The last one was killed; its state is intact.
    let dev = Dev::start(state.path());
    assert_eq!(dev.status("/api/count"), "HTTP/1.1 200 OK");
    assert_eq!(dev.stop(Signal::TERM), [""; 0]);
    assert!(Session::read(state.path()).is_err(), "the access keys are deleted");
}

/// Everything that a deployment, an upload or a visit changes: the distribution, the events of the stack, objects, parameters.
async fn snapshot(state: &Path) -> Vec<String> {
    let aws = Session::read(state).unwrap().root();
    let outputs = vitae_cloud::deploy::outputs(&aws, "signals").await.unwrap();
    let distribution = aws.cloudfront().get_distribution().id(&outputs.distribution_id).send().await.unwrap();
    let mut all = vec![format!("{:?}", distribution.e_tag())];
    let events = aws.cloudformation().describe_stack_events().stack_name("signals").send().await.unwrap();
    all.push(format!("{} events", events.stack_events().len()));
    for bucket in [&outputs.site_bucket, &outputs.cv_bucket] {
        let objects = aws.s3().list_objects_v2().bucket(bucket).send().await.unwrap();
        all.extend(objects.contents().iter().map(|o| format!("{:?} {:?} {:?}", o.key(), o.e_tag(), o.last_modified())));
    }
    let parameters = aws.ssm().get_parameters_by_path().path("/vitae/signals").recursive(true).send().await.unwrap();
    all.extend(parameters.parameters().iter().map(|p| format!("{:?} {} {:?}", p.name(), p.version(), p.value())));
    all
}

#[test]
fn serving_another_system_read_only_changes_nothing() {
    let state = tempfile::tempdir().unwrap();
    let dev = Dev::start(state.path());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let before = runtime.block_on(snapshot(state.path()));
    assert!(before.len() > 10, "the snapshot is not empty: {before:?}");

    let viewer = Dev::read_only(state.path());
    assert_eq!(viewer.status("/"), "HTTP/1.1 200 OK");
    assert_eq!(viewer.status("/no/such/page/"), "HTTP/1.1 404 Not Found");
    assert_eq!(viewer.status("/cv/resume.pdf"), "HTTP/1.1 403 Forbidden");
    assert_eq!(viewer.request("POST", "/api/count"), "HTTP/1.1 403 Forbidden");
    assert_eq!(viewer.terminate(), [""; 0]);
    assert_eq!(runtime.block_on(snapshot(state.path())), before);
    assert_eq!(dev.stop(Signal::TERM), [""; 0]);
    assert!(Session::read(state.path()).is_err(), "the access keys are deleted");
}
