use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Failure;

/// How long a server may take to listen. Each takes seconds on an idle machine.
const START: Duration = Duration::from_mins(2);

/// A process that listens, ended with its owner.
#[derive(Debug)]
pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
}

impl Server {
    /// Starts `command` and waits until `port` accepts connections. What it writes goes to `log`.
    pub(crate) fn start(mut command: Command, port: u16, log: &Path) -> Result<Self, Failure> {
        crate::namespace::must_be_alone()?;
        let program = command.get_program().to_string_lossy().into_owned();
        let file = fs::File::create(log).map_err(Failure::io("a log"))?;
        let errors = file.try_clone().map_err(Failure::io("a log"))?;
        let process = command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(errors)
            .spawn()
            .map_err(|source| Failure::Start { program: program.clone(), source })?;
        let mut server = Self { process, port };
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let ended = server.process.try_wait().is_ok_and(|status| status.is_some());
            if ended || start.elapsed() > START {
                let said = fs::read_to_string(log).unwrap_or_default();
                let said =
                    said.lines().rev().take(5).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join(" | ");
                return Err(Failure::NotListening { program, port, waited: start.elapsed(), said });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    /// Ends it with SIGKILL, as a crash does.
    pub(crate) fn kill(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
