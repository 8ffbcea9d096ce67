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
use vitae_cloud::{aws::AwsClients, dev::ministack::free_port};
use vitae_local::Credentials;

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
        let mut command = Command::new(env!("CARGO_BIN_EXE_vitae-cloud"));
        command.args(["dev", "--json", "--stack", "signals", "--state"]).arg(state);
        // Of its own: tests run side by side, and each would take the same.
        command.arg("--port").arg(free_port().unwrap().to_string());
        Self::spawn(&mut command)
    }

    /// One that looks at the system of this state, as the local cloud's root.
    fn looking_at(state: &Path) -> Self {
        let endpoint = endpoint(state);
        let mut command = Command::new(env!("CARGO_BIN_EXE_vitae-cloud"));
        command.args(["dev", "--json", "--stack", "signals", "--endpoint-url", &endpoint]);
        Self::spawn(command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test"))
    }

    fn spawn(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
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
        self.ask("GET", path)
    }

    fn ask(&self, method: &str, path: &str) -> String {
        let host = self.address.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.lines().next().unwrap_or_default().to_owned()
    }

    /// Ends it by a signal, and says which of the processes it had started go on.
    fn end(self, signal: Signal) -> Vec<String> {
        let started = descendants(Pid::from_child(&self.process));
        assert!(!started.is_empty(), "the local cloud, at least");
        self.end_with(signal, &started)
    }

    /// The same of one that may have started nothing.
    fn end_at_once(self) -> Vec<String> {
        let started = descendants(Pid::from_child(&self.process));
        self.end_with(Signal::TERM, &started)
    }

    fn end_with(mut self, signal: Signal, started: &HashSet<Process>) -> Vec<String> {
        let pid = Pid::from_child(&self.process);
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
        let started = descendants(Pid::from_child(&dev.process));
        assert!(started.len() >= 3, "the local cloud, its workers, the edge function's Node: {started:?}");
        assert_eq!(dev.end(signal), [""; 0], "left after {signal:?}");
    }
    // It comes up on what the last one kept, which was killed.
    let dev = Dev::start(state.path());
    assert_eq!(dev.status("/api/count"), "HTTP/1.1 200 OK");
    assert_eq!(dev.end(Signal::TERM), [""; 0]);
}

/// Where the local cloud of this state is.
fn endpoint(state: &Path) -> String {
    let running: Value = serde_json::from_slice(&fs::read(state.join("running.json")).unwrap()).unwrap();
    running["endpoint_url"].as_str().unwrap().to_owned()
}

/// All that a deployment, an upload or a visit would change: the distribution, the stack's events, objects, parameters.
async fn everything(endpoint: &str) -> Vec<String> {
    let root = Credentials::new("test", "test", None, None, "root of the local cloud");
    let aws = AwsClients::local(endpoint, root);
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
fn who_looks_at_another_system_changes_nothing_of_it() {
    let state = tempfile::tempdir().unwrap();
    let dev = Dev::start(state.path());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let endpoint = endpoint(state.path());
    let before = runtime.block_on(everything(&endpoint));
    assert!(before.len() > 10, "there is something to compare: {before:?}");

    let looking = Dev::looking_at(state.path());
    assert_eq!(looking.status("/"), "HTTP/1.1 200 OK");
    assert_eq!(looking.status("/no/such/page/"), "HTTP/1.1 404 Not Found");
    assert_eq!(looking.status("/cv/resume.pdf"), "HTTP/1.1 403 Forbidden");
    assert_eq!(looking.ask("POST", "/api/count"), "HTTP/1.1 403 Forbidden");
    assert_eq!(looking.end_at_once(), [""; 0]);
    assert_eq!(runtime.block_on(everything(&endpoint)), before);
    assert_eq!(dev.end(Signal::TERM), [""; 0]);
}
