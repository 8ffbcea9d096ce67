//! curl, a viewer that nobody here wrote.

use std::process::Stdio;

use tokio::process::Command;

/// What curl printed, with the arguments given and nothing of its own configuration.
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
        .expect("curl is needed, a viewer that nobody here wrote");
    assert!(output.status.success(), "curl {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The same as text.
pub(crate) async fn curl_text(arguments: &[&str]) -> String {
    String::from_utf8(curl(arguments).await).unwrap()
}
