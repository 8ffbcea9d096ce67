//! Prints the `Set-Cookie` headers that grant access to all files below `/cv/` for one hour.
//!
//! `cargo run -p vitae-signer --example sign_cookie -- [KEY.pem KEY_PAIR_ID]`

use std::error::Error;
use std::time::{Duration, SystemTime};

use getrandom::SysRng;
use vitae_signer::{CustomPolicy, Expires, Resource};

mod common;

fn main() -> Result<(), Box<dyn Error>> {
    let signer = common::signer()?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let expires = Expires::after(now, Duration::from_hours(1))?;
    let policy = CustomPolicy::new(Resource::wildcard("https://d111111abcdef8.cloudfront.net/cv/*")?, expires);
    for (name, value) in signer.sign_cookies_custom(&policy, &mut SysRng)? {
        println!("Set-Cookie: {name}={value}; Path=/cv; Secure; HttpOnly");
    }
    Ok(())
}
