//! The local cloud as a process: its address, its exit, and its state.

mod common;

use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use aws_sdk_ssm::{error::ProvideErrorMetadata as _, types::ParameterType};
use rustix::process::{Pid, Signal, kill_process};
use vitae_cloud::{
    aws::AwsClients,
    dev::{
        ministack::{Error, Ministack, wait_until_released},
        users,
    },
};

use common::{options, start};

/// The processes with this state in their environment: ministack and its children.
fn processes_of(state: &Path) -> Vec<u32> {
    let variable_of_state = format!("STATE_DIR={}", state.join("services").display());
    let has_state = |pid: u32| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == variable_of_state.as_bytes())
    };
    let entries = fs::read_dir("/proc").unwrap();
    let pids = entries.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    pids.filter(|pid| has_state(*pid)).collect()
}

/// The addresses on which a process listens, in hexadecimal as in `/proc`.
fn listening_addresses(pid: u32) -> Vec<String> {
    let sockets: Vec<String> = fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .filter_map(|entry| fs::read_link(entry.unwrap().path()).ok()?.to_str().map(str::to_owned))
        .collect();
    let mut addresses = Vec::new();
    for table in ["tcp", "tcp6"] {
        for line in fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default().lines().skip(1) {
            let fields: Vec<_> = line.split_whitespace().collect();
            // https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
            let (address, state, inode) = (fields[1], fields[3], fields[9]);
            if state == "0A" && sockets.contains(&format!("socket:[{inode}]")) {
                addresses.push(address.split(':').next().unwrap().to_owned());
            }
        }
    }
    addresses
}

async fn put(ministack: &Ministack, value: &str) {
    let ssm = ministack.root().ssm();
    ssm.put_parameter().name("/kept").value(value).r#type(ParameterType::String).send().await.unwrap();
}

async fn get(ministack: &Ministack) -> Option<String> {
    let response = ministack.root().ssm().get_parameter().name("/kept").send().await.ok()?;
    response.parameter()?.value().map(str::to_owned)
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let state = tempfile::tempdir().unwrap();
    let ministack = start(state.path()).await;
    let processes = processes_of(state.path());
    assert!(!processes.is_empty());
    let addresses: Vec<_> = processes.into_iter().flat_map(listening_addresses).collect();
    assert_eq!(addresses, ["0100007F"], "127.0.0.1, once");
    ministack.shutdown().await.unwrap();
}

#[tokio::test]
async fn state_survives_a_restart_and_fresh_deletes_it() {
    let state = tempfile::tempdir().unwrap();
    let ministack = start(state.path()).await;
    put(&ministack, "a").await;
    ministack.shutdown().await.unwrap();
    assert_eq!(processes_of(state.path()), [0; 0]);

    let ministack = start(state.path()).await;
    assert_eq!(get(&ministack).await.as_deref(), Some("a"));
    ministack.shutdown().await.unwrap();

    let mut fresh = options(state.path());
    fresh.fresh = true;
    let ministack = Ministack::start(&fresh).await.unwrap();
    assert_eq!(get(&ministack).await, None);
    ministack.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_second_process_with_the_same_state_is_rejected() {
    let state = tempfile::tempdir().unwrap();
    let first = start(state.path()).await;
    let second = Ministack::start(&options(state.path())).await;
    assert!(matches!(&second, Err(Error::InUse { path }) if path == state.path()), "{second:?}");
    first.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_dropped_one_keeps_its_state() {
    let state = tempfile::tempdir().unwrap();
    let ministack = start(state.path()).await;
    put(&ministack, "b").await;
    drop(ministack);
    wait_until_released(state.path()).await.unwrap();
    assert_eq!(processes_of(state.path()), [0; 0]);
    let ministack = start(state.path()).await;
    assert_eq!(get(&ministack).await.as_deref(), Some("b"));
    ministack.shutdown().await.unwrap();
}

#[tokio::test]
async fn an_unexpected_exit_is_reported() {
    let state = tempfile::tempdir().unwrap();
    let mut ministack = start(state.path()).await;
    for pid in processes_of(state.path()) {
        kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), Signal::KILL).unwrap();
    }
    assert!(ministack.wait().await.contains("signal: 9"));
}

#[tokio::test]
async fn an_exit_during_the_start_is_reported() {
    let state = tempfile::tempdir().unwrap();
    let mut options = options(state.path());
    options.executable = "/bin/false".into();
    let error = Ministack::start(&options).await.unwrap_err().to_string();
    assert!(error.contains("exited during its start (exit status: 1)"), "{error}");
}

/// The parent process of the test below: starts a ministack, prints a line, and waits to be killed.
#[tokio::test]
#[ignore = "run as a process by it_exits_and_keeps_its_state_when_its_parent_is_killed"]
async fn parent_that_is_killed() {
    let state = env::var_os("VITAE_TEST_STATE").expect("set by the test below");
    let ministack = start(Path::new(&state)).await;
    put(&ministack, "c").await;
    println!("\nstarted");
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn it_exits_and_keeps_its_state_when_its_parent_is_killed() {
    let state = tempfile::tempdir().unwrap();
    let mut parent = Command::new(env::current_exe().unwrap())
        .args(["--exact", "parent_that_is_killed", "--ignored", "--nocapture"])
        .env("VITAE_TEST_STATE", state.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(parent.stdout.take().unwrap()).lines();
    assert!(lines.map(Result::unwrap).any(|line| line == "started"));
    parent.kill().unwrap();
    parent.wait().unwrap();

    let killed = Instant::now();
    wait_until_released(state.path()).await.unwrap();
    assert!(killed.elapsed() < Duration::from_secs(5));
    assert_eq!(processes_of(state.path()), [0; 0]);
    let ministack = start(state.path()).await;
    assert_eq!(get(&ministack).await.as_deref(), Some("c"));
    ministack.shutdown().await.unwrap();
}

#[tokio::test]
async fn several_parameters_are_authorized_name_by_name() {
    let state = tempfile::tempdir().unwrap();
    let ministack = start(state.path()).await;
    put(&ministack, "d").await;
    let policy = serde_json::json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Action": ["ssm:GetParameters", "ssm:DeleteParameters"],
        "Resource": ["arn:aws:ssm:us-east-1:000000000000:parameter/kept", "arn:aws:ssm:us-east-1:000000000000:parameter/no"],
    }]});
    let credentials = users::make(&ministack.root(), "reader", &policy).await.unwrap();
    let ssm = AwsClients::local(ministack.endpoint(), credentials).ssm();

    let allowed = ssm.get_parameters().names("/kept").names("/no").send().await.unwrap();
    assert_eq!((allowed.parameters().len(), allowed.invalid_parameters()), (1, &["/no".to_owned()][..]));
    let refused = ssm.get_parameters().names("/kept").names("/other").send().await.unwrap_err();
    assert_eq!(refused.code(), Some("AccessDeniedException"));
    let refused = ssm.delete_parameters().names("/other").send().await.unwrap_err();
    assert_eq!(refused.code(), Some("AccessDeniedException"));
    ssm.delete_parameters().names("/kept").send().await.unwrap();
    assert_eq!(get(&ministack).await, None);
    ministack.shutdown().await.unwrap();
}
