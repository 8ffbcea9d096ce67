//! A child process, started and awaited by a dedicated thread.
//!
//! The kernel sends the parent-death signal when the *thread* that started the child exits, not the process. Worker threads of
//! an async runtime may exit early.
//! <https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html>

use std::{
    fs::File,
    io,
    os::unix::process::CommandExt as _,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    sync::{oneshot, watch},
    time::timeout,
};

/// A process in a separate process group, so that Ctrl-C in a terminal does not reach it before this process.
#[derive(Debug)]
pub(super) struct ServerProcess {
    pid: Pid,
    exit: watch::Receiver<Option<String>>,
}

impl ServerProcess {
    /// Starts the command with this standard input; its output goes to the log.
    pub(super) async fn spawn(mut command: Command, stdin: File, log: File) -> io::Result<Self> {
        command
            .process_group(0)
            .stdin(Stdio::from(stdin))
            .stdout(Stdio::from(log.try_clone()?))
            .stderr(Stdio::from(log));
        let (started, start) = oneshot::channel();
        let (sender, exit) = watch::channel(None);
        thread::Builder::new().name("ministack".to_owned()).spawn(move || {
            let mut child = match command.spawn() {
                Ok(child) => child,
                Err(error) => return drop(started.send(Err(error))),
            };
            // The command keeps the lock and the log open.
            drop(command);
            let _ = started.send(Ok(child.id()));
            let status = child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
            let _ = sender.send(Some(status));
        })?;
        let id = start.await.map_err(|_| io::Error::other("its thread exited"))??;
        let pid =
            i32::try_from(id).ok().and_then(Pid::from_raw).ok_or_else(|| io::Error::other("the process has no id"))?;
        Ok(Self { pid, exit })
    }

    /// The exit status, if it has exited.
    pub(super) fn status(&mut self) -> Option<String> {
        self.exit.borrow_and_update().clone()
    }

    /// Waits for its exit and returns the status.
    pub(super) async fn wait(&mut self) -> String {
        match self.exit.wait_for(Option::is_some).await {
            Ok(status) => status.clone().unwrap_or_default(),
            Err(_) => "its thread exited".to_owned(),
        }
    }

    /// Sends SIGTERM, and SIGKILL if it has not exited within `grace`. Returns whether it exited after SIGTERM.
    pub(super) async fn stop(&mut self, grace: Duration) -> bool {
        self.signal(Signal::TERM);
        let exited = timeout(grace, self.wait()).await.is_ok();
        if !exited {
            self.signal(Signal::KILL);
            self.wait().await;
        }
        exited
    }

    /// Sends a signal unless the process has exited, because its id may be in use again.
    fn signal(&mut self, signal: Signal) {
        if self.status().is_none() {
            let _ = kill_process(self.pid, signal);
        }
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
    }
}
