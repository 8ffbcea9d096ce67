//! Signs a URL that is valid for one minute.
//!
//! `cargo run -p vitae-signer --example sign_url -- [KEY.pem KEY_PAIR_ID]`

use std::error::Error;
use std::time::{Duration, SystemTime};

use getrandom::SysRng;
use vitae_signer::Expires;

mod common;

fn main() -> Result<(), Box<dyn Error>> {
    let signer = common::signer()?;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let expires = Expires::after(now, Duration::from_mins(1))?;
    let url = "https://d111111abcdef8.cloudfront.net/cv/resume.pdf";
    println!("{}", signer.sign_url_canned(url, expires, &mut SysRng)?);
    Ok(())
}
