//! The memory of a function's process, measured while it runs.
//!
//! Lambda ends an environment that exceeds the function's memory. Here only the process's anonymous memory
//! counts, not the pages of Node's program file, which all Node processes of the machine share. Without
//! `/proc` nothing is measured.

use std::time::Duration;

/// How often a running function is measured; our own choice.
const INTERVAL: Duration = Duration::from_millis(25);

/// The process's anonymous memory in bytes; `None` if the system does not report it.
fn anonymous_bytes(process: u32) -> Option<u64> {
    anonymous_bytes_in(&std::fs::read_to_string(format!("/proc/{process}/status")).ok()?)
}

fn anonymous_bytes_in(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1_024)
}

/// Waits until the process uses more than `limit` bytes, and returns what it uses.
pub(super) async fn exceeds(process: Option<u32>, limit: u64) -> u64 {
    loop {
        if let Some(used) = process.and_then(anonymous_bytes).filter(|used| *used > limit) {
            return used;
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::anonymous_bytes_in;

    #[test]
    fn only_anonymous_memory_counts() {
        let status = "Name:\tnode\nVmRSS:\t  60000 kB\nRssAnon:\t  20000 kB\nRssFile:\t  40000 kB\n";
        assert_eq!(anonymous_bytes_in(status), Some(20_480_000));
        assert_eq!(anonymous_bytes_in("Name:\tnode\n"), None);
        assert_eq!(anonymous_bytes_in("RssAnon:\t many kB\n"), None);
    }
}
