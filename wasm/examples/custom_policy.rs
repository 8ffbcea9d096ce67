//! Signs URLs with a custom policy: a wildcard, a start time and a source address.
//!
//! `cargo run -p vitae-signer --example custom_policy -- [KEY.pem KEY_PAIR_ID]`

use std::error::Error;
use std::time::{Duration, SystemTime};

use getrandom::SysRng;
use vitae_signer::{CustomPolicy, Expires, Resource, StartTime};

mod common;

fn main() -> Result<(), Box<dyn Error>> {
    let signer = common::signer()?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    // Starts a minute ago, because clocks differ.
    let start = StartTime::from_duration_since_epoch(now.saturating_sub(Duration::from_mins(1)))?;
    let resource = Resource::wildcard("https://d111111abcdef8.cloudfront.net/cv/*.pdf")?;
    let policy = CustomPolicy::new(resource, Expires::after(now, Duration::from_mins(1))?)
        .with_start_time(start)?
        .with_source_ip("192.0.2.0/24".parse()?);
    println!("{}", policy.as_json());
    for file in ["en.pdf", "de.pdf"] {
        let url = format!("https://d111111abcdef8.cloudfront.net/cv/{file}");
        println!("{}", signer.sign_url_custom(&url, &policy, &mut SysRng)?);
    }
    Ok(())
}
