//! One running system: local cloud, stack, local edge.

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
use vitae_cloud::{
    build::Artifacts,
    deploy::KeyAlgorithm,
    dev::{Options, System},
    progress::Progress,
    tools::Tools,
};
use vitae_local::{Clock, RequestLog};
use vitae_parameters::Prefix;

/// Seconds by which the local edge's clock is ahead of the machine's.
static AHEAD_S: AtomicU64 = AtomicU64::new(0);

/// Held for reading by tests that live in the present, for writing by the one that moves the clock.
static TIME: RwLock<()> = RwLock::new(());

/// The system of this test program, started by the first test that asks.
pub struct Running {
    system: System,
    runtime: Handle,
}

impl Running {
    /// The address to open, such as `http://localhost:8787`.
    #[must_use]
    pub fn address(&self) -> &str {
        self.system.address()
    }

    /// The address without its scheme: what a viewer sends as `Host`.
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
}

/// The system of this test program, with its time standing where the machine's is for as long as the guard lives.
///
/// # Panics
/// If the system does not start; its own words say why.
pub fn running() -> (&'static Running, Time<'static>) {
    static RUNNING: OnceLock<Running> = OnceLock::new();
    let running = RUNNING.get_or_init(|| {
        let (tell, told) = std::sync::mpsc::channel();
        // The local cloud ends with the thread that started it: not one of a test, then, which ends too early.
        std::thread::spawn(move || {
            let runtime = Runtime::new().expect("a runtime");
            let system = runtime.block_on(start());
            let _ = tell.send(Running { system, runtime: runtime.handle().clone() });
            runtime.block_on(std::future::pending::<()>());
        });
        told.recv().expect("the system started")
    });
    (running, Time::Present(TIME.read().unwrap_or_else(std::sync::PoisonError::into_inner)))
}

/// What a test may assume of the local edge's clock while it holds this.
#[must_use]
pub enum Time<'a> {
    /// It stands where the machine's does.
    Present(RwLockReadGuard<'a, ()>),
    /// It stands ahead, and this test alone runs.
    Ahead(RwLockWriteGuard<'a, ()>),
}

impl Time<'_> {
    /// Moves the local edge's clock ahead of the machine's until the result is dropped. Other tests wait.
    pub fn ahead_by(self, duration: Duration) -> Self {
        drop(self);
        let alone = TIME.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        AHEAD_S.store(duration.as_secs(), Ordering::SeqCst);
        Self::Ahead(alone)
    }
}

impl Drop for Time<'_> {
    fn drop(&mut self) {
        if let Self::Ahead(_) = self {
            AHEAD_S.store(0, Ordering::SeqCst);
        }
    }
}

async fn start() -> System {
    let repository = vitae_bundle::repository();
    // One folder for each test program: two of them may run side by side.
    let program = std::env::current_exe().ok().and_then(|path| Some(path.file_stem()?.to_string_lossy().into_owned()));
    let state = vitae_bundle::target(&repository).join("vitae/tests").join(program.unwrap_or_default());
    let stack = "tests";
    let prefix = Prefix::of_stack(stack).expect("a stack name");
    let artifacts = build(&repository, &prefix, &state.join("artifacts"));
    let options = Options {
        repository,
        state,
        fresh: true,
        stack: stack.to_owned(),
        port: 0,
        key_algorithm: KeyAlgorithm::EcdsaP256,
        tools: Tools::from_env().expect("the tools of set-up"),
        live_reload: false,
        clock: Clock::from_fn(|| SystemTime::now() + Duration::from_secs(AHEAD_S.load(Ordering::SeqCst))),
        requests: RequestLog::tracing(),
        progress: Progress::to_stderr(),
    };
    System::start(&options, artifacts).await.expect("the system starts")
}

fn build(repository: &Path, prefix: &Prefix, out: &Path) -> Artifacts {
    Artifacts::build(repository, prefix, out, |_| ()).expect("the artifacts build")
}
