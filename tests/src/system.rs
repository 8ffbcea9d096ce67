//! A running system: local cloud, deployed stack, local edge.

use std::{
    future::Future,
    path::Path,
    sync::{
        OnceLock, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use tokio::runtime::{Handle, Runtime};
use vitae_cloud::operate::links::{Lifetime, Links};
use vitae_cloud::{
    deploy::{KeyAlgorithm, artifacts::Artifacts},
    dev::{Options, System, tools::Tools},
};
use vitae_links::label::Label;
use vitae_local::{Clock, RequestLog};
use vitae_parameters::Prefix;
use vitae_setup::Progress;

use crate::{Request, request::send_raw};

/// How far the local edge's clock is ahead of the machine's, in seconds.
static AHEAD_S: AtomicU64 = AtomicU64::new(0);

/// Locked for reading by tests that need the current time, and for writing by a test that advances the clock.
static CLOCK: RwLock<()> = RwLock::new(());

/// The stack of the tests.
const STACK: &str = "tests";

/// The system that the tests of this program share.
pub struct RunningSystem {
    system: System,
    runtime: Handle,
}

impl RunningSystem {
    /// The address to open, such as `http://localhost:8787`.
    #[must_use]
    pub fn address(&self) -> &str {
        self.system.address()
    }

    /// The address without its scheme, which a viewer sends as `Host`.
    #[must_use]
    pub fn host(&self) -> &str {
        self.address().trim_start_matches("http://")
    }

    /// The system itself.
    #[must_use]
    pub const fn system(&self) -> &System {
        &self.system
    }

    /// Runs `future` on the system's runtime.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Creates a request to the local edge. `target` is a path with its query, sent unchanged.
    #[must_use]
    pub fn request(&self, method: &str, target: &str) -> Request<'_> {
        self.request_to(self.host(), self.host(), method, target)
    }

    /// Creates a request to the loopback server at `address`, with this `Host`.
    #[must_use]
    pub fn request_to(&self, address: &str, host: &str, method: &str, target: &str) -> Request<'_> {
        Request::new(self, address, host, method, target)
    }

    /// The named links, as their owner manages them.
    ///
    /// # Panics
    /// If the stack has none.
    #[must_use]
    pub fn links(&self) -> Links {
        let found = self.block_on(Links::find(self.system.owner().clone(), STACK.to_owned()));
        found.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Creates a named link to the CV, with the label `Acme`, and returns its URL.
    ///
    /// # Panics
    /// If it is not created.
    #[must_use]
    pub fn named_link(&self) -> String {
        let links = self.links();
        let label = Label::parse("Acme").expect("a label");
        self.block_on(links.create(label, None, Lifetime::default())).unwrap_or_else(|error| panic!("{error}")).url
    }

    /// Sends bytes to the local edge that need not be a well-formed request, and returns the first line of the
    /// response.
    ///
    /// # Panics
    /// If the edge neither responds nor closes the connection.
    #[must_use]
    pub fn send_raw(&self, bytes: &[u8]) -> String {
        self.block_on(send_raw(self.host(), bytes))
    }
}

/// Returns the system that the tests of this program share. The first call starts it. The edge's clock is at the current time
/// as long as the guard exists.
///
/// # Panics
/// If the system does not start.
pub fn running_system() -> (&'static RunningSystem, EdgeClock<'static>) {
    static RUNNING: OnceLock<RunningSystem> = OnceLock::new();
    let running = RUNNING.get_or_init(|| {
        let (sender, receiver) = std::sync::mpsc::channel();
        // The local cloud stops when the thread that started it exits, and a test's thread exits too early.
        std::thread::spawn(move || {
            let runtime = Runtime::new().expect("a runtime");
            let system = runtime.block_on(start());
            let _ = sender.send(RunningSystem { system, runtime: runtime.handle().clone() });
            runtime.block_on(std::future::pending::<()>());
        });
        receiver.recv().expect("the system started")
    });
    (running, EdgeClock::Current(CLOCK.read().unwrap_or_else(std::sync::PoisonError::into_inner)))
}

/// A guard that fixes the offset of the local edge's clock.
#[must_use]
pub enum EdgeClock<'a> {
    /// The clock agrees with the machine's.
    Current(RwLockReadGuard<'a, ()>),
    /// The clock is ahead, and no other test runs.
    Advanced(RwLockWriteGuard<'a, ()>),
}

impl EdgeClock<'_> {
    /// Sets the local edge's clock ahead of the machine's until the result is dropped. Other tests wait.
    pub fn advance_by(self, duration: Duration) -> Self {
        drop(self);
        let guard = CLOCK.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        AHEAD_S.store(duration.as_secs(), Ordering::SeqCst);
        Self::Advanced(guard)
    }
}

impl Drop for EdgeClock<'_> {
    fn drop(&mut self) {
        if let Self::Advanced(_) = self {
            AHEAD_S.store(0, Ordering::SeqCst);
        }
    }
}

async fn start() -> System {
    let repository = vitae_bundle::repository();
    // Each test program has its own folder, so that two of them can run at once.
    let program = std::env::current_exe().ok().and_then(|path| Some(path.file_stem()?.to_string_lossy().into_owned()));
    let state = vitae_bundle::target(&repository).join("vitae/tests").join(program.unwrap_or_default());
    let prefix = Prefix::from_stack_name(STACK).expect("a stack name");
    let artifacts = build(&repository, &prefix, &state.join("artifacts"));
    let options = Options {
        repository,
        state,
        fresh: true,
        stack: STACK.to_owned(),
        port: 0,
        key_algorithm: KeyAlgorithm::EcdsaP256,
        tools: Tools::from_env().expect("the tools"),
        live_reload: false,
        clock: Clock::from_fn(|| SystemTime::now() + Duration::from_secs(AHEAD_S.load(Ordering::SeqCst))),
        requests: RequestLog::tracing(),
        progress: Progress::stderr(),
    };
    System::start(&options, artifacts).await.expect("the system starts")
}

fn build(repository: &Path, prefix: &Prefix, out: &Path) -> Artifacts {
    Artifacts::build(repository, prefix, out).expect("the artifacts build")
}
