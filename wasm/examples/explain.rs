//! Says what a signed URL allows, and why CloudFront rejects it.
//!
//! `cargo run -p vitae-signer --example explain -- URL [PUBLIC_KEY.pem]`

use std::error::Error;
use std::time::SystemTime;

use vitae_signer::{PublicKey, SignedUrl};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let url = SignedUrl::parse(&arguments.next().ok_or("usage: explain URL [PUBLIC_KEY.pem]")?)?;
    println!("resource: {}", url.resource().unwrap_or("cannot be read"));
    println!("expires: {}", url.expires().map_or_else(|| "cannot be read".to_owned(), |at| at.to_string()));
    if let Some(file) = arguments.next() {
        let key = PublicKey::from_pem(&std::fs::read_to_string(file)?)?;
        match url.verify(&key) {
            Ok(()) => println!("signature: verifies"),
            Err(hint) => println!("signature: {hint}"),
        }
    }
    for rejection in url.rejections(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?) {
        println!("{}: {rejection}", rejection.code());
    }
    Ok(())
}
