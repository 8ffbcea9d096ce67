//! Keys and signatures, created with `openssl` while a test runs. The unit tests of the verifier include this file too.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use aws_smithy_types::base64;
use tempfile::TempDir;

/// Runs `openssl`; returns its output.
fn openssl(args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("these tests need openssl");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A key pair in a temporary folder.
pub(crate) struct Keys {
    pub(crate) private: PathBuf,
    pub(crate) public_pem: String,
    _folder: TempDir,
}

impl Keys {
    pub(crate) fn p256() -> Self {
        Self::new(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
    }

    pub(crate) fn rsa() -> Self {
        Self::new(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
    }

    /// A key pair with these arguments of `openssl genpkey`.
    pub(crate) fn new(algorithm: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let private = folder.path().join("private");
        let path = private.to_str().unwrap();
        openssl(&[&["genpkey", "-out", path][..], algorithm].concat(), b"");
        let public_pem = String::from_utf8(openssl(&["pkey", "-in", path, "-pubout"], b"")).unwrap();
        Self { private, public_pem, _folder: folder }
    }

    /// The query parameters of a canned policy for a URL.
    pub(crate) fn canned(&self, key_pair_id: &str, url: &str, expires: u64, hash: &str) -> String {
        let policy = canned_policy(url, expires);
        let hash_algorithm = if hash == "-sha256" { "&Hash-Algorithm=SHA256" } else { "" };
        format!("Expires={expires}&Signature={}&Key-Pair-Id={key_pair_id}{hash_algorithm}", self.sign(&policy, hash))
    }

    /// The query parameters of a custom policy.
    pub(crate) fn custom(&self, key_pair_id: &str, policy: &str) -> String {
        let signature = self.sign(policy, "-sha256");
        format!(
            "Policy={}&Signature={signature}&Key-Pair-Id={key_pair_id}&Hash-Algorithm=SHA256",
            url_safe(policy.as_bytes())
        )
    }

    /// The signature, encoded for a URL; `hash` is `-sha1` or `-sha256`.
    pub(crate) fn sign(&self, policy: &str, hash: &str) -> String {
        url_safe(&openssl(&["dgst", hash, "-sign", self.private.to_str().unwrap()], policy.as_bytes()))
    }
}

/// A canned policy.
pub(crate) fn canned_policy(resource: &str, expires: u64) -> String {
    format!(
        r#"{{"Statement":[{{"Resource":"{resource}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}"#
    )
}

/// Base64 in CloudFront's alphabet for URLs.
pub(crate) fn url_safe(bytes: &[u8]) -> String {
    base64::encode(bytes).replace('+', "-").replace('=', "_").replace('/', "~")
}
