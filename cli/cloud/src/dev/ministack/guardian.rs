//! The thread that starts a process, waits for it and outlives everything that could end it early.
//!
//! A parent-death signal is sent when the *thread* that started the child ends, not the process: a worker of an async
//! runtime may come and go, so the child gets a thread of its own that does nothing but wait.
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

/// A process in a process group of its own, so that a terminal's Ctrl-C does not reach it before us.
#[derive(Debug)]
pub(super) struct Guardian {
    pid: Pid,
    ended: watch::Receiver<Option<String>>,
}

impl Guardian {
    /// Starts the command with this standard input, both its outputs going to the log.
    pub(super) async fn spawn(mut command: Command, stdin: File, log: File) -> io::Result<Self> {
        command
            .process_group(0)
            .stdin(Stdio::from(stdin))
            .stdout(Stdio::from(log.try_clone()?))
            .stderr(Stdio::from(log));
        let (started, start) = oneshot::channel();
        let (end, ended) = watch::channel(None);
        thread::Builder::new().name("ministack".to_owned()).spawn(move || {
            let mut child = match command.spawn() {
                Ok(child) => child,
                Err(error) => return drop(started.send(Err(error))),
            };
            // The command still holds the lock and the log open.
            drop(command);
            let _ = started.send(Ok(child.id()));
            let status = child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
            let _ = end.send(Some(status));
        })?;
        let id = start.await.map_err(|_| io::Error::other("its thread ended"))??;
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw).ok_or_else(|| io::Error::other("no process id"))?;
        Ok(Self { pid, ended })
    }

    /// How it ended, if it has.
    pub(super) fn ended(&mut self) -> Option<String> {
        self.ended.borrow_and_update().clone()
    }

    /// Waits until it ends and says how.
    pub(super) async fn wait(&mut self) -> String {
        match self.ended.wait_for(Option::is_some).await {
            Ok(status) => status.clone().unwrap_or_default(),
            Err(_) => "its thread ended".to_owned(),
        }
    }

    /// Asks it to end and waits so long; then kills it. Whether it ended by itself.
    pub(super) async fn end(&mut self, patience: Duration) -> bool {
        self.signal(Signal::TERM);
        let ended = timeout(patience, self.wait()).await.is_ok();
        if !ended {
            self.signal(Signal::KILL);
            self.wait().await;
        }
        ended
    }

    /// Never after its end: its number may by then be another's.
    fn signal(&mut self, signal: Signal) {
        if self.ended().is_none() {
            let _ = kill_process(self.pid, signal);
        }
    }
}

impl Drop for Guardian {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
    }
}
