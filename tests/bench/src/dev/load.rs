//! The load generator: <https://nghttp2.org/documentation/h2load.1.html>

use std::process::Command;

use super::{Error, process::Dev};

/// The number of concurrent connections.
pub(super) const CONNECTIONS: usize = 16;
/// The number of requests of one run.
const REQUESTS: usize = 10_000;

/// Cached pages per second.
pub(super) fn cached_page(dev: &Dev) -> Result<f64, Error> {
    run(dev, "/", &[])
}

/// Links to the CV per second.
pub(super) fn cv_link(dev: &Dev) -> Result<f64, Error> {
    run(dev, "/api/cv", &["--header=Accept: application/json", "--header=Sec-Fetch-Site: same-origin"])
}

fn run(dev: &Dev, path: &str, headers: &[&str]) -> Result<f64, Error> {
    let mut command = Command::new("h2load");
    command.args(["--h1", "--threads=1"]).arg(format!("--clients={CONNECTIONS}"));
    command.arg(format!("--requests={REQUESTS}")).args(headers).arg(format!("{}{path}", dev.address()));
    let output = command.output().map_err(Error::io("h2load"))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    parse_rate(&stdout).ok_or_else(|| Error::Load(stdout.trim().to_owned()))
}

/// Requests per second, if every response was 2xx.
fn parse_rate(output: &str) -> Option<f64> {
    let all = format!("status codes: {REQUESTS} 2xx");
    let line = output.lines().find(|line| line.starts_with("finished in "))?;
    let rate = line.split(", ").find_map(|part| part.strip_suffix(" req/s"))?;
    if output.contains(&all) { rate.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::parse_rate;

    #[test]
    fn a_rate_counts_successful_responses_only() {
        let output = "finished in 4.82s, 2076.75 req/s, 18.89MB/s\nstatus codes: 10000 2xx, 0 3xx, 0 4xx, 0 5xx\n";
        assert_eq!(parse_rate(output), Some(2076.75));
        assert_eq!(parse_rate(&output.replace("10000 2xx", "9999 2xx")), None);
    }
}
