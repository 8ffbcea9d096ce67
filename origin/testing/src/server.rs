use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Error;

/// The timeout for a server to listen. Each takes seconds on an idle machine.
const START: Duration = Duration::from_mins(2);

/// A server process, killed on drop.
#[derive(Debug)]
pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
}

impl Server {
    /// Starts `command` and waits until `port` accepts connections. Its output goes to `log`.
    pub(crate) fn start(mut command: Command, port: u16, log: &Path) -> Result<Self, Error> {
        crate::namespace::require_isolated()?;
        let program = command.get_program().to_string_lossy().into_owned();
        let file = fs::File::create(log).map_err(Error::io("a log"))?;
        let errors = file.try_clone().map_err(Error::io("a log"))?;
        let process = command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(errors)
            .spawn()
            .map_err(|source| Error::Start { program: program.clone(), source })?;
        let mut server = Self { process, port };
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let has_exited = server.process.try_wait().is_ok_and(|status| status.is_some());
            if has_exited || start.elapsed() > START {
                let output = fs::read_to_string(log).unwrap_or_default();
                let lines: Vec<_> = output.lines().collect();
                let output = lines[lines.len().saturating_sub(5)..].join(" | ");
                return Err(Error::NotListening { program, port, waited: start.elapsed(), output });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    /// Kills it with SIGKILL, as a crash would.
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
