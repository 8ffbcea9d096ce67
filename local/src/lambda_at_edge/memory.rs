//! What a function's process takes of memory, measured while it runs.
//!
//! Lambda ends an environment that takes more than the function has. Here the process's own (anonymous) memory is watched: the pages of
//! Node's program file, which it shares with every other Node of the machine, are not counted. Where there is no `/proc`, nothing
//! is measured.

use std::time::Duration;

/// How often a running function is measured; ours.
const INTERVAL: Duration = Duration::from_millis(25);

/// Bytes of memory that are the process's own; `None` if the system does not say.
fn own_bytes(process: u32) -> Option<u64> {
    own_bytes_in(&std::fs::read_to_string(format!("/proc/{process}/status")).ok()?)
}

fn own_bytes_in(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1_024)
}

/// Ends when the process takes more than `limit` bytes, with what it takes. Never, if it never does.
pub(super) async fn exceeds(process: Option<u32>, limit: u64) -> u64 {
    loop {
        if let Some(taken) = process.and_then(own_bytes).filter(|taken| *taken > limit) {
            return taken;
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::own_bytes_in;

    #[test]
    fn only_the_processs_own_memory_counts() {
        let status = "Name:\tnode\nVmRSS:\t  60000 kB\nRssAnon:\t  20000 kB\nRssFile:\t  40000 kB\n";
        assert_eq!(own_bytes_in(status), Some(20_480_000));
        assert_eq!(own_bytes_in("Name:\tnode\n"), None);
        assert_eq!(own_bytes_in("RssAnon:\t many kB\n"), None);
    }
}
