//! Rotations in a running system under load, with faults: no visitor with a valid link is rejected.
//!
//! Real are the local cloud with its CloudFront, Parameter Store and S3, the deployed distribution, the local edge that
//! verifies each link, and the function's code. Only the time is simulated: the function runs in this process, so that each of
//! its calls can fail, and times in the services' responses are replaced by the test's clock.
//!
//! `VITAE_FULL=1` runs twenty rotations and every fault at every call, instead of six rotations and their faults.

mod connector;
mod edges;
mod secrets;

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use connector::{Connections, PlannedFault};
use edges::Environment;
use secrets::{Secrets, local_cloud_files};
use vitae_keys::aws::AwsClients;
use vitae_keys::decide::{Action, Idle};
use vitae_keys::observed::Intent;
use vitae_keys::reconcile::{Reconciler, RetryLimits};
use vitae_keys::stack::Stack;
use vitae_keys::status::Status;
use vitae_keys::timing::RotationPolicy;
use vitae_parameters::{Parameter, Prefix};
use vitae_signer::Algorithm;
use vitae_tests::{EdgeClock, RunningSystem, running_system};

/// The interval of runs, in seconds of the test's time.
const TICK_S: u64 = 5 * 60;
/// The guaranteed lifetime of a link, in seconds.
const LIFE_S: u64 = 60;

struct Test {
    running: &'static RunningSystem,
    time: Option<EdgeClock<'static>>,
    ahead_s: u64,
    connections: Connections,
    reconciler: Reconciler,
    ssm: aws_sdk_ssm::Client,
    stack: Stack,
    prefix: Prefix,
    environments: Vec<Environment>,
    links: VecDeque<(String, u64)>,
    /// Faults that are not injected yet; the first is planned.
    faults: VecDeque<PlannedFault>,
    secrets: Secrets,
    output: Arc<Mutex<String>>,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    rotations: u64,
    runs: u64,
    links_signed: u64,
    fetches: u64,
    rejected: u64,
    faults: BTreeMap<String, u64>,
}

macro_rules! config {
    ($sdk:ident, $ministack:expr, $client:expr) => {
        $sdk::config::Builder::new()
            .behavior_version($sdk::config::BehaviorVersion::latest())
            .region($sdk::config::Region::new("us-east-1"))
            .credentials_provider($ministack.root_credentials().clone())
            .retry_config($sdk::config::retry::RetryConfig::disabled())
            .http_client($client)
            .endpoint_url($ministack.endpoint())
    };
}

impl Test {
    fn start() -> Self {
        let (running, time) = running_system();
        let ministack = running.system().ministack();
        let real = vitae_lambda::http_connector(Duration::from_secs(5), Duration::from_secs(30));
        let (connections, plain) = (Connections::default(), Connections::default());
        let (client, ssm) = (connections.client(&real), plain.client(&real));
        let ssm = aws_sdk_ssm::Client::from_conf(config!(aws_sdk_ssm, ministack, ssm).build());
        let cloud = AwsClients::new(
            aws_sdk_cloudfront::Client::from_conf(config!(aws_sdk_cloudfront, ministack, client.clone()).build()),
            aws_sdk_ssm::Client::from_conf(config!(aws_sdk_ssm, ministack, client.clone()).build()),
            aws_sdk_s3::Client::from_conf(config!(aws_sdk_s3, ministack, client).force_path_style(true).build()),
            Some(running.system().outputs().cv_bucket.clone()),
        );
        let prefix = Prefix::from_stack_name("tests").expect("a stack");
        let clock = connections.clone();
        let reconciler = Reconciler {
            cloud,
            limits: RetryLimits { max_steps: 40, backoff: Duration::from_millis(5) },
            policy: RotationPolicy::new(Algorithm::EcdsaP256, 0),
            probe_base_url: Some(running.address().to_owned()),
            clock: Arc::new(move || clock.now()),
        };
        let environments = [0, 200, 300].map(|patience_s| Environment::new(&prefix, patience_s)).into();
        let stack = Stack::new(prefix.clone());
        let mut test = Self {
            running,
            time: Some(time),
            ahead_s: 0,
            connections,
            reconciler,
            ssm,
            stack,
            prefix,
            environments,
            links: VecDeque::new(),
            faults: PlannedFault::all().collect(),
            secrets: Secrets::default(),
            output: Arc::default(),
            counts: Counts::default(),
        };
        test.pass(1);
        test.connections.plan(test.faults.pop_front());
        test
    }

    /// Advances the time of every clock.
    fn pass(&mut self, seconds: u64) {
        self.ahead_s += seconds;
        let time = self.time.take().expect("the time");
        self.time = Some(time.advance_by(Duration::from_secs(self.ahead_s)));
        self.connections.set_now(self.now());
    }

    fn now(&self) -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() + self.ahead_s
    }

    /// Every environment returns a link, and every valid link is requested.
    fn load(&mut self) {
        let (now, host) = (self.now(), self.running.host());
        for environment in &mut self.environments {
            let link = self.running.block_on(environment.mint(&self.ssm, &self.prefix, host, now));
            self.links.push_back(link);
            self.counts.links_signed += 1;
        }
        self.request_links();
    }

    fn request_links(&mut self) {
        // One second for the request: a link that is about to expire may expire meanwhile.
        let earliest = self.now() + 1;
        self.links.retain(|(_, expires)| *expires > earliest);
        for (link, expires) in &self.links {
            let path = link.strip_prefix(self.running.address()).expect("a link of the site");
            let response = self.running.request("GET", path).send();
            self.counts.fetches += 1;
            let late = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() + self.ahead_s;
            if response.status != 200 && late < *expires {
                self.counts.rejected += 1;
                eprintln!("rejected: {:?}, a link that is valid for {} s", response.status_and_code(), expires - late);
            }
        }
    }

    /// One run of the function, in which a call may fail. Returns why the run is idle, if it succeeded.
    fn run(&mut self, intent: Option<Intent>) -> Option<Idle> {
        self.connections.set_now(self.now());
        self.connections.begin();
        let output = Arc::clone(&self.output);
        let report = move |action: &Action| _ = writeln!(output.lock().unwrap(), "{action} {action:?}");
        let result = self.running.block_on(self.reconciler.run(&self.stack, intent, &report));
        self.counts.runs += 1;
        let fired = self.connections.fired();
        if let Some(PlannedFault { call, fault, .. }) = fired {
            *self.counts.faults.entry(format!("{call}: {fault:?}")).or_default() += 1;
            self.connections.plan(self.faults.pop_front());
        }
        self.running.block_on(self.secrets.collect(&self.ssm, &self.prefix));
        let mut output = self.output.lock().unwrap();
        match result {
            Ok(ended) => {
                let status =
                    Status::new(&ended.snapshot.observed, &ended.idle, ended.snapshot.status.next.clone(), Vec::new());
                _ = writeln!(output, "{ended:?} {}", serde_json::to_string(&status).unwrap());
                Some(ended.idle)
            }
            Err(error) => {
                assert!(fired.is_some(), "no fault was injected: {error}");
                _ = writeln!(output, "{error} {error:?}");
                None
            }
        }
    }

    /// One rotation with its faults.
    fn rotate(&mut self) {
        let algorithm = if self.counts.rotations % 5 == 4 { Algorithm::Rsa2048 } else { Algorithm::EcdsaP256 };
        let mut intent = Some(Intent::Rotate(algorithm));
        for tick in 0..200 {
            self.load();
            let idle = self.run(intent.clone());
            self.load();
            intent = intent.filter(|_| idle.is_none());
            if let (Some(Idle::Settled { .. }), true) = (&idle, tick > 0) {
                self.counts.rotations += 1;
                return;
            }
            self.pass(LIFE_S - 2);
            self.request_links();
            self.pass(TICK_S - LIFE_S);
        }
        panic!("the rotation does not end: {:?}", self.output.lock().unwrap().lines().last());
    }
}

#[test]
fn rotations_under_load_and_faults_reject_no_valid_link() {
    let is_full = std::env::var("VITAE_FULL").is_ok_and(|full| full == "1");
    let least = if is_full { 20 } else { 6 };
    let mut test = Test::start();
    while test.counts.rotations < least || is_full && !test.faults.is_empty() {
        test.rotate();
    }
    // Without a remaining planned fault.
    test.connections.plan(None);
    test.connections.begin();
    let ended = test.running.block_on(test.reconciler.observe(&test.stack)).expect("an observation");
    let observed = ended.observed;
    let Counts { rotations, runs, links_signed, fetches, rejected, faults } = &test.counts;
    let failed: u64 = faults.values().sum();
    println!(
        "{rotations} rotations, {runs} runs, {} calls, {failed} faults, {links_signed} links, {fetches} fetches, {rejected} rejected",
        test.connections.calls()
    );
    for (fault, times) in faults {
        println!("  {fault}: {times}");
    }
    assert_eq!(*rejected, 0);
    assert_eq!((observed.public_keys.len(), observed.group.expect("a group").keys.len()), (1, 1), "leftovers");
    assert!(observed.pending.is_none() && observed.next.is_none() && observed.revoked.is_empty());
    assert_eq!(observed.active.expect("a key").key_pair_id, observed.public_keys[0].id);

    let output = test.output.lock().unwrap().clone();
    assert!(test.secrets.len() as u64 > *rotations && output.contains("signer/active"));
    println!("{} private keys searched in {} KB of output", test.secrets.len(), output.len() / 1024);
    assert_eq!(test.secrets.count_in(&output), 0);

    let program = std::env::current_exe().expect("this program");
    let program = program.file_stem().expect("its name");
    let state = vitae_bundle::target(&vitae_bundle::repository()).join("vitae/tests").join(program);
    let kept = local_cloud_files(&state);
    let bytes: usize = kept.iter().map(|(_, text)| text.len()).sum();
    println!("and in {} files of the local cloud, {} KB", kept.len(), bytes / 1024);
    assert!(kept.iter().any(|(path, text)| path.ends_with("ministack.log") && !text.is_empty()), "no log");
    for (path, text) in &kept {
        assert_eq!(test.secrets.count_in(text), 0, "{}", path.display());
    }
    let notes = test.running.block_on(notes(&test.ssm, &test.prefix));
    assert_eq!(test.secrets.count_in(&notes), 0, "a parameter that is not a SecureString");
}

/// The stack's parameters without decryption.
async fn notes(ssm: &aws_sdk_ssm::Client, prefix: &Prefix) -> String {
    let names = [
        Parameter::Config,
        Parameter::SignerActive,
        Parameter::SignerPending,
        Parameter::SignerNext,
        Parameter::SignerState,
        Parameter::SignerStatus,
    ];
    let names = names.map(|parameter| prefix.name(parameter)).to_vec();
    let got = ssm.get_parameters().set_names(Some(names)).send().await.expect("parameters");
    got.parameters().iter().filter_map(|parameter| parameter.value()).collect()
}
