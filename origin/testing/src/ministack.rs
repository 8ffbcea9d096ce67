//! A local cloud for one test: ministack on a free loopback port, killed at the test's end.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use aws_config::{BehaviorVersion, Region, SdkConfig};

/// The region of the tests.
pub const REGION: &str = "us-east-1";

/// The timeout for ministack to listen. It takes a third of a second on an idle machine.
const START: Duration = Duration::from_mins(1);

/// A running ministack.
pub struct Ministack {
    process: Child,
    address: SocketAddr,
    scratch: PathBuf,
}

impl Ministack {
    /// Starts it and waits until it accepts connections.
    ///
    /// # Panics
    /// If it is not installed or does not listen.
    #[must_use]
    pub fn start() -> Self {
        let program = std::env::var_os("VITAE_MINISTACK")
            .expect("VITAE_MINISTACK is not set: run `cargo vitae test`, which installs ministack and sets it");
        let port = free_port();
        let scratch = std::env::temp_dir().join(format!("vitae-origin-{}-{port}", std::process::id()));
        std::fs::create_dir(&scratch).unwrap();
        let log = || {
            let file = File::options().create(true).append(true).open(scratch.join("ministack.log"));
            Stdio::from(file.expect("a log"))
        };
        let process = Command::new(&program)
            .current_dir(&scratch)
            .env("TMPDIR", &scratch)
            .env("BIND_HOST", Ipv4Addr::LOCALHOST.to_string())
            .env("GATEWAY_PORT", port.to_string())
            .env("IOT_MTLS_ENABLED", "0")
            .env("SFTP_ENABLED", "0")
            .stdout(log())
            .stderr(log())
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", program.display()));
        let mut ministack = Self { process, address: (Ipv4Addr::LOCALHOST, port).into(), scratch };
        ministack.wait_until_listening();
        ministack
    }

    /// Its address, as an SDK endpoint.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// An SDK configuration for it.
    pub async fn config(&self) -> SdkConfig {
        aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(self.endpoint())
            .test_credentials()
            .load()
            .await
    }

    /// Kills it, as an outage would.
    pub fn stop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }

    /// Its output so far.
    #[must_use]
    pub fn log(&self) -> String {
        let log = std::fs::read(self.scratch.join("ministack.log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    fn wait_until_listening(&mut self) {
        let start = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            assert!(
                self.process.try_wait().unwrap().is_none(),
                "ministack exited before it listened at {}: {}",
                self.address,
                self.log()
            );
            assert!(start.elapsed() < START, "ministack did not listen at {} within {START:?}", self.address);
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Ministack {
    fn drop(&mut self) {
        self.stop();
        _ = std::fs::remove_dir_all(&self.scratch);
    }
}

/// A port that was free a moment ago; ministack cannot choose one itself.
fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}
