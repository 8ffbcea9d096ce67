//! Signatures made by somebody else's program are accepted for what they are.

use std::{fs, os::unix::fs::OpenOptionsExt as _, path::Path, process::Command, time::SystemTime};

use base64ct::{Base64, Encoding as _};
use serde_json::Value;
use vitae_parameters::{Parameter, Prefix};
use vitae_tests::{Running, running, viewer};

/// The key that the stack signs with, as the edge reads it.
fn active(running: &Running) -> Value {
    let name = Prefix::of_stack("tests").unwrap().name(Parameter::SignerActive);
    let ssm = running.system().ministack().root().ssm();
    let got = running.block_on(ssm.get_parameter().name(name).with_decryption(true).send()).expect("signer/active");
    serde_json::from_str(got.parameter().and_then(|parameter| parameter.value()).expect("a value")).expect("JSON")
}

/// `openssl dgst -sha256 -sign` over `policy`, with a key that is in a file only while it is needed.
fn openssl(folder: &Path, pem: &str, policy: &str) -> Vec<u8> {
    let (key, text) = (folder.join("key"), folder.join("policy"));
    let mut file = fs::File::options().write(true).create_new(true).mode(0o600).open(&key).unwrap();
    std::io::Write::write_all(&mut file, pem.as_bytes()).unwrap();
    fs::write(&text, policy).unwrap();
    let signed = Command::new("openssl").args(["dgst", "-sha256", "-sign"]).arg(&key).arg(&text).output().unwrap();
    assert!(signed.status.success(), "openssl does not sign");
    signed.stdout
}

#[test]
fn a_p256_signature_made_by_openssl_opens_the_file() {
    let (running, _present) = running();
    let active = active(running);
    let expires = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() + 60;
    // Written out by hand, as CloudFront's guide spells it.
    let policy = format!(
        r#"{{"Statement":[{{"Resource":"{}/cv/resume.pdf","Condition":{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}"#,
        running.address()
    );
    let folder = tempfile::tempdir().unwrap();
    let signature = openssl(folder.path(), active["private_key"].as_str().unwrap(), &policy);
    let signature = Base64::encode_string(&signature).replace('+', "-").replace('=', "_").replace('/', "~");
    let id = active["key_pair_id"].as_str().unwrap();
    let link = format!("/cv/resume.pdf?Expires={expires}&Signature={signature}&Key-Pair-Id={id}&Hash-Algorithm=SHA256");
    let answer = viewer(running, "GET", &link).send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.body.starts_with(b"%PDF-"));
}
