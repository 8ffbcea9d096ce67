//! A process's resource usage, from Linux. <https://docs.kernel.org/filesystems/proc.html>

use std::fs;
use std::path::Path;

use super::Error;

/// The processor time of all its threads, in seconds.
pub(crate) fn processor_s(id: u32) -> Result<f64, Error> {
    let failed = |source| Error::Io { what: "the processor time of a function", source };
    let mut nanoseconds = 0.0;
    for thread in fs::read_dir(format!("/proc/{id}/task")).map_err(failed)? {
        let schedstat = fs::read_to_string(thread.map_err(failed)?.path().join("schedstat")).map_err(failed)?;
        nanoseconds += first_number(&schedstat);
    }
    Ok(nanoseconds / 1e9)
}

/// Its peak memory, in MB.
pub(crate) fn peak_memory_mb(id: u32) -> Result<f64, Error> {
    let failed = |source| Error::Io { what: "the memory of a function", source };
    let status = fs::read_to_string(Path::new("/proc").join(id.to_string()).join("status")).map_err(failed)?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map_or(0.0, first_number);
    Ok(kilobytes * 1024.0 / 1e6)
}

fn first_number(text: &str) -> f64 {
    text.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_time_and_memory() {
        let id = std::process::id();
        assert!(processor_s(id).unwrap() > 0.0);
        let memory = peak_memory_mb(id).unwrap();
        assert!((1.0..10_000.0).contains(&memory), "{memory} MB");
    }

    #[test]
    fn a_process_that_has_exited_is_an_error() {
        assert!(processor_s(u32::MAX).is_err() && peak_memory_mb(u32::MAX).is_err());
    }
}
