//! Signs a URL with a key that this program does not have: `openssl` signs, in place of AWS KMS or a security module.
//!
//! `cargo run -p vitae-signer --example sign_elsewhere -- KEY.pem KEY_PAIR_ID`

use std::error::Error;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use vitae_signer::{Expires, Hash, KeyPairId, PublicKey, UnsignedUrl};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(key), Some(id)) = (arguments.next(), arguments.next()) else {
        return Err("usage: sign_elsewhere KEY.pem KEY_PAIR_ID".into());
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let expires = Expires::after(now, Duration::from_mins(1))?;
    let url = "https://d111111abcdef8.cloudfront.net/cv/resume.pdf";
    let unsigned = UnsignedUrl::canned(KeyPairId::new(id)?, Hash::Sha256, url, expires)?;

    let signature = openssl(&["dgst", "-sha256", "-sign", &key], unsigned.message())?;
    let public = PublicKey::from_pem(&String::from_utf8(openssl(&["pkey", "-in", &key, "-pubout"], &[])?)?)?;
    if !public.verify(Hash::Sha256, unsigned.message(), &signature) {
        return Err("the signature does not verify".into());
    }
    println!("{}", unsigned.finish(&signature)?);
    Ok(())
}

/// The output of `openssl`.
fn openssl(arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut child = Command::new("openssl").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    child.stdin.take().ok_or("no input")?.write_all(input)?;
    let output = child.wait_with_output()?;
    if output.status.success() { Ok(output.stdout) } else { Err("openssl failed".into()) }
}
