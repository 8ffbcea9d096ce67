//! Runs the summarizer in a child process, with a limit of its time and of its memory.

use std::ffi::OsString;
use std::io::Read as _;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

use super::{Summary, summarize};
use crate::file_type::FileType;

/// The first argument of the child; the second is the file's media type.
pub const ARGUMENT: &str = "summarize";

/// The child's processor time, in seconds. A PDF of 10 MB takes less than one.
const CPU_S: u64 = 10;

/// The child's address space, in bytes: the file, what is unpacked, and the program.
const MEMORY_BYTES: u64 = 384 * 1024 * 1024;

/// How long the function waits for its child.
pub const WAIT: Duration = Duration::from_secs(15);

/// The longest output that is read, in bytes. A summary has some hundred.
const OUTPUT_BYTES: u64 = 16 * 1024;

/// The program that summarizes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summarizer {
    /// Its path.
    pub program: OsString,
    /// How long to wait for it; then it is killed.
    pub wait: Duration,
}

/// Why a file could not be summarized. Its content is never quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSummary {
    /// The child could not be started.
    #[error("the summarizer could not be started")]
    NotStarted,
    /// The child took too long.
    #[error("the summarizer took too long")]
    TimedOut,
    /// The child exited with an error, crashed, or exceeded a limit.
    #[error("the file could not be read within the limits of time and memory")]
    Failed,
}

impl Summarizer {
    /// Summarizes a file.
    ///
    /// # Errors
    /// [`NoSummary`] has the reason.
    pub async fn summarize(&self, content: &[u8], file_type: FileType) -> Result<Summary, NoSummary> {
        let mut child = Command::new(&self.program)
            .args([ARGUMENT, file_type.media_type()])
            // No credentials: a parser that is taken over has none.
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|_| NoSummary::NotStarted)?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(NoSummary::NotStarted);
        };
        let work = async {
            // A child that has seen enough closes its input.
            _ = input.write_all(content).await;
            drop(input);
            let mut text = Vec::new();
            output.take(OUTPUT_BYTES).read_to_end(&mut text).await.map_err(|_| NoSummary::Failed)?;
            let status = child.wait().await.map_err(|_| NoSummary::Failed)?;
            if !status.success() {
                return Err(NoSummary::Failed);
            }
            serde_json::from_slice(&text).map_err(|_| NoSummary::Failed)
        };
        tokio::time::timeout(self.wait, work).await.unwrap_or(Err(NoSummary::TimedOut))
    }
}

/// Whether these are the arguments of the child, without the program's name.
#[must_use]
pub fn is_child(arguments: &[String]) -> bool {
    arguments.first().is_some_and(|argument| argument == ARGUMENT)
}

/// The child: reads the file from standard input and prints its summary. Returns the exit code.
#[must_use]
pub fn run_child(arguments: &[String]) -> u8 {
    let limited = [(Resource::Cpu, CPU_S), (Resource::As, MEMORY_BYTES)]
        .into_iter()
        .all(|(resource, limit)| setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) }).is_ok());
    let Some(file_type) = arguments.get(1).and_then(|media_type| FileType::from_media_type(media_type)) else {
        return 2;
    };
    let mut content = Vec::new();
    let is_read = std::io::stdin().lock().take(crate::limits::FILE_BYTES + 1).read_to_end(&mut content).is_ok();
    if !limited || !is_read {
        return 1;
    }
    let Ok(summary) = summarize(content, file_type) else { return 1 };
    let is_written = serde_json::to_writer(std::io::stdout(), &summary).is_ok();
    u8::from(!is_written)
}
