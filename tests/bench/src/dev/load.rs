//! Requests by the thousand: <https://nghttp2.org/documentation/h2load.1.html>

use std::process::Command;

use super::{DevFailure, process::Dev};

/// Connections that the load generator holds.
pub(super) const CONNECTIONS: usize = 16;
/// Requests of one run.
const REQUESTS: usize = 10_000;

/// Cached pages in a second.
pub(super) fn cached_page(dev: &Dev) -> Result<f64, DevFailure> {
    run(dev, "/", &[])
}

/// Mints in a second.
pub(super) fn mint(dev: &Dev) -> Result<f64, DevFailure> {
    run(dev, "/api/cv", &["--header=Accept: application/json", "--header=Sec-Fetch-Site: same-origin"])
}

fn run(dev: &Dev, path: &str, headers: &[&str]) -> Result<f64, DevFailure> {
    let mut command = Command::new("h2load");
    command.args(["--h1", "--threads=1"]).arg(format!("--clients={CONNECTIONS}"));
    command.arg(format!("--requests={REQUESTS}")).args(headers).arg(format!("{}{path}", dev.address()));
    let output = command.output().map_err(DevFailure::io("h2load"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    read(&said).ok_or_else(|| DevFailure::Load(said.trim().to_owned()))
}

/// Requests in a second, if all were answered 200.
fn read(said: &str) -> Option<f64> {
    let all = format!("status codes: {REQUESTS} 2xx");
    let line = said.lines().find(|line| line.starts_with("finished in "))?;
    let rate = line.split(", ").find_map(|part| part.strip_suffix(" req/s"))?;
    if said.contains(&all) { rate.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_rate_is_one_of_answers() {
        let said = "finished in 4.82s, 2076.75 req/s, 18.89MB/s\nstatus codes: 10000 2xx, 0 3xx, 0 4xx, 0 5xx\n";
        assert_eq!(read(said), Some(2076.75));
        assert_eq!(read(&said.replace("10000 2xx", "9999 2xx")), None);
    }
}
