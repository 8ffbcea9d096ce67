//! curl, as an independent viewer.

use std::process::Stdio;

use tokio::process::Command;

/// Runs curl without its configuration file; returns its output.
pub(crate) async fn curl(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("curl")
        .args(["--disable", "--silent", "--show-error", "--max-time", "30"])
        .args(arguments)
        .env_remove("http_proxy")
        .env_remove("https_proxy")
        .env("no_proxy", "*")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("these tests need curl");
    assert!(output.status.success(), "curl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Runs curl; returns its output as text.
pub(crate) async fn curl_text(arguments: &[&str]) -> String {
    String::from_utf8(curl(arguments).await).unwrap()
}
