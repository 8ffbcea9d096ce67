//! The `openssl` command, for tests: it generates their keys at run time and is the reference for every signature.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::string::String;
use std::vec::Vec;

use tempfile::TempDir;

/// The system's source of randomness, for blinding.
pub(crate) use getrandom::SysRng;

/// A temporary folder that `openssl` runs in.
pub(crate) struct Openssl(TempDir);

impl Openssl {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The output of `openssl`. Panics if it fails.
    pub(crate) fn run(&self, arguments: &str) -> Vec<u8> {
        let output = self.command(arguments).output().expect("the tests need the openssl command");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}: {errors}");
        output.stdout
    }

    pub(crate) fn accepts(&self, arguments: &str) -> bool {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    pub(crate) fn text(&self, arguments: &str) -> String {
        String::from_utf8(self.run(arguments)).unwrap()
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new("openssl");
        command.args(arguments.split_whitespace()).current_dir(self.0.path());
        command
    }

    /// Generates an RSA key of 2048 bits, in PKCS#8.
    pub(crate) fn rsa(&self) -> String {
        self.text("genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048")
    }

    /// Generates a P-256 key, in PKCS#8.
    pub(crate) fn p256(&self) -> String {
        self.text("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256")
    }
}

/// The value of the query parameter `name`.
pub(crate) fn parameter<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = url.split_once('?')?;
    query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Decodes CloudFront's base64.
pub(crate) fn decode(base64: &str) -> Vec<u8> {
    use base64ct::{Base64, Encoding};
    Base64::decode_vec(&base64.replace('-', "+").replace('_', "=").replace('~', "/")).unwrap()
}
