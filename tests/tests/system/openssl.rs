//! The local edge accepts signatures that OpenSSL makes.

use std::{fs, os::unix::fs::OpenOptionsExt as _, path::Path, process::Command, time::SystemTime};

use base64ct::{Base64, Encoding as _};
use serde_json::Value;
use vitae_parameters::{Parameter, Prefix};
use vitae_tests::{RunningSystem, running_system};

/// The value of `signer/active`, the key that the stack signs with.
fn signer_active(running: &RunningSystem) -> Value {
    let name = Prefix::from_stack_name("tests").unwrap().name(Parameter::SignerActive);
    let ssm = running.system().ministack().root().ssm();
    let got = running.block_on(ssm.get_parameter().name(name).with_decryption(true).send()).expect("signer/active");
    serde_json::from_str(got.parameter().and_then(|parameter| parameter.value()).expect("a value")).expect("JSON")
}

/// Signs `policy` with `openssl dgst -sha256 -sign`. The key is written to a file in `folder`, a temporary one.
fn sign(folder: &Path, pem: &str, policy: &str) -> Vec<u8> {
    let (key, text) = (folder.join("key"), folder.join("policy"));
    let mut file = fs::File::options().write(true).create_new(true).mode(0o600).open(&key).unwrap();
    std::io::Write::write_all(&mut file, pem.as_bytes()).unwrap();
    fs::write(&text, policy).unwrap();
    let signed = Command::new("openssl").args(["dgst", "-sha256", "-sign"]).arg(&key).arg(&text).output().unwrap();
    assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
    signed.stdout
}

#[test]
fn a_p256_signature_made_by_openssl_opens_the_file() {
    let (running, _clock) = running_system();
    let active = signer_active(running);
    let expires = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() + 60;
    // Written by hand, in the form that CloudFront's guide gives.
    let policy = format!(
        r#"{{"Statement":[{{"Resource":"{}/cv/resume.pdf","Condition":{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}"#,
        running.address()
    );
    let folder = tempfile::tempdir().unwrap();
    let signature = sign(folder.path(), active["private_key"].as_str().unwrap(), &policy);
    let signature = Base64::encode_string(&signature).replace('+', "-").replace('=', "_").replace('/', "~");
    let id = active["key_pair_id"].as_str().unwrap();
    let link = format!("/cv/resume.pdf?Expires={expires}&Signature={signature}&Key-Pair-Id={id}&Hash-Algorithm=SHA256");
    let response = running.request("GET", &link).send();
    assert_eq!(response.status, 200, "{}", response.text());
    assert!(response.body.starts_with(b"%PDF-"));
}
