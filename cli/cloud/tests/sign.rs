//! `vitae sign` with keys that OpenSSL generates; OpenSSL verifies the results.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

const URL: &str = "https://d111111abcdef8.cloudfront.net/cv/resume.pdf";

/// A folder with `key.pem` and `public.pem`.
struct Keys(TempDir);

impl Keys {
    fn new(arguments: &str) -> Self {
        let keys = Self(tempfile::tempdir().unwrap());
        keys.openssl(&format!("genpkey {arguments} -out key.pem"));
        keys.openssl("pkey -in key.pem -pubout -out public.pem");
        keys
    }

    fn p256() -> Self {
        Self::new("-algorithm EC -pkeyopt ec_paramgen_curve:P-256")
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn openssl(&self, arguments: &str) {
        let run = Command::new("openssl").current_dir(self.path()).args(arguments.split(' ')).output().unwrap();
        assert!(run.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&run.stderr));
    }

    fn sign(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vitae-cloud"));
        command.current_dir(self.path()).arg("sign").args(arguments).output().expect("vitae-cloud starts")
    }

    /// Signs with the key of this folder.
    fn signed(&self, arguments: &[&str]) -> String {
        let run = self.sign(&[arguments, &["--key", "key.pem", "--key-pair-id", "K2JCJMDEHXQW5F"]].concat());
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8(run.stdout).unwrap().trim().to_owned()
    }

    /// The JSON of an explanation, and the exit code.
    fn explain(&self, url: &str) -> (Value, Option<i32>) {
        let run = self.sign(&["--explain", url, "--public-key", "public.pem", "--json"]);
        (serde_json::from_slice(&run.stdout).unwrap_or_default(), run.status.code())
    }
}

#[test]
fn a_signed_url_is_explained_as_valid_with_its_public_key() {
    for keys in [Keys::p256(), Keys::new("-quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048")] {
        for hash in ["sha1", "sha256"] {
            let url = keys.signed(&[URL, "--expires", "1h", "--hash", hash]);
            assert!(url.starts_with(&format!("{URL}?Expires=")), "{url}");
            let (explanation, code) = keys.explain(&url);
            assert_eq!((&explanation["signature"]["result"], code), (&"valid".into(), Some(0)), "{explanation}");
            assert_eq!((&explanation["hash"], &explanation["policy"]), (&hash.into(), &"canned".into()));
            assert_eq!(explanation["key_pair_id"], "K2JCJMDEHXQW5F");
        }
    }
}

#[test]
fn a_changed_url_and_another_key_are_explained() {
    let (keys, other) = (Keys::p256(), Keys::p256());
    let url = keys.signed(&[URL, "--expires", "1h"]);
    let reason = |keys: &Keys, url: &str| {
        let (explanation, code) = keys.explain(url);
        assert_eq!(code, Some(1), "{explanation}");
        assert_eq!(explanation["rejections"][0]["code"], "AccessDenied");
        explanation["rejections"][0]["reason"].as_str().unwrap().to_owned()
    };
    assert!(reason(&other, &url).contains("another key"));
    assert!(reason(&keys, &url.replace("resume", "other")).contains("changed after signing"));
    assert!(reason(&keys, &url.replace("https:", "http:")).contains("is for https://d111111abcdef8"));
    assert!(reason(&keys, &url.replace("&Hash-Algorithm=SHA256", "")).contains("add Hash-Algorithm=SHA256"));
    let rsa = Keys::new("-quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048");
    assert!(reason(&rsa, &url).contains("of an ecdsa-p256 key"));
}

#[test]
fn a_policy_is_signed_from_a_file_and_from_the_command_line() {
    let keys = Keys::p256();
    let policy = r#"{"Statement":[{"Resource":"https://d111111abcdef8.cloudfront.net/cv/*","Condition":{"DateLessThan":{"AWS:EpochTime":4000000000}}}]}"#;
    fs::write(keys.path().join("policy.json"), format!("{policy}\n")).unwrap();
    for argument in [policy, "policy.json"] {
        let (explanation, code) = keys.explain(&keys.signed(&[URL, "--policy", argument]));
        assert_eq!((&explanation["policy"], code), (&"custom".into(), Some(0)), "{explanation}");
        assert_eq!(explanation["resource"], "https://d111111abcdef8.cloudfront.net/cv/*");
    }
    let everything = policy.replace("https://d111111abcdef8.cloudfront.net/cv/*", "*");
    let arguments = [URL, "--policy", &everything, "--key", "key.pem", "--key-pair-id", "K1"];
    let rejected = keys.sign(&arguments);
    assert_eq!(rejected.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&rejected.stderr).contains("opens every file"), "{rejected:?}");
    assert!(keys.sign(&[&arguments[..], &["--allow-everything"]].concat()).status.success());
}

#[test]
fn cookies_are_printed_one_per_line_or_as_json() {
    let keys = Keys::p256();
    let lines = keys.signed(&["https://d111111abcdef8.cloudfront.net/cv/*", "--cookies", "--expires", "1h"]);
    let names: Vec<_> = lines.lines().map(|line| line.split('=').next().unwrap()).collect();
    assert_eq!(
        names,
        ["CloudFront-Key-Pair-Id", "CloudFront-Signature", "CloudFront-Policy", "CloudFront-Hash-Algorithm"]
    );
    let json = keys.signed(&[URL, "--cookies", "--expires", "1h", "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["CloudFront-Key-Pair-Id"], "K2JCJMDEHXQW5F");
    assert!(json["CloudFront-Expires"].is_string());
}

#[test]
fn wrong_usage_and_a_rejected_key_have_different_exit_codes() {
    let keys = Keys::p256();
    for arguments in [
        &[][..],
        &[URL],
        &[URL, "--key", "key.pem", "--key-pair-id", "K1"],
        &[URL, "--key", "key.pem", "--key-pair-id", "K1", "--expires", "soon"],
        &[URL, "--explain", "--key", "key.pem"],
        &[URL, "--public-key", "public.pem"],
    ] {
        assert_eq!(keys.sign(arguments).status.code(), Some(2), "{arguments:?}");
    }
    for (arguments, message) in [
        (&[URL, "--key", "public.pem", "--key-pair-id", "K1", "--expires", "1h"][..], "public key"),
        (&[URL, "--key", "missing.pem", "--key-pair-id", "K1", "--expires", "1h"], "missing.pem"),
        (&[URL, "--key", "key.pem", "--key-pair-id", "K 1", "--expires", "1h"], "key pair ID"),
        (&["d.example/a", "--key", "key.pem", "--key-pair-id", "K1", "--expires", "1h"], "http"),
        (&["--explain", URL], "not signed"),
        (&["--explain", "https://d.example/?Expires=1", "--public-key", "key.pem"], "a private key"),
    ] {
        let run = keys.sign(arguments);
        assert_eq!(run.status.code(), Some(1), "{arguments:?}");
        let stderr = String::from_utf8_lossy(&run.stderr);
        assert!(stderr.contains(message), "{stderr}");
        let body = fs::read_to_string(keys.path().join("key.pem")).unwrap();
        assert!(!stderr.contains(body.lines().nth(1).unwrap()), "no message quotes a key");
    }
}
