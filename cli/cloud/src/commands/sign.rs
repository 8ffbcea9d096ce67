//! `vitae sign`: signs a URL or cookies with a key on this machine, and explains a signed URL.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, SystemTime},
};

use clap::Args;
use getrandom::SysRng;
use serde_json::{Map, Value, json};
use vitae_cloud::operate::sign::{Explanation, parse_duration};
use vitae_signer::{
    CustomPolicy, Expires, Hash, KeyPairId, PrivateKey, PublicKey, Resource, SignedCookies, SignedUrl, Signer,
    encode_url,
};

const EXAMPLES: &str = "\
Examples:
  cargo vitae sign https://example.com/cv/resume.pdf --key key.pem --key-pair-id K2JCJMDEHXQW5F --expires 1h
  cargo vitae sign 'https://example.com/cv/*' --cookies --key key.pem --key-pair-id K2JCJMDEHXQW5F --expires 1h
  cargo vitae sign https://example.com/cv/en.pdf --policy policy.json --key key.pem --key-pair-id K2JCJMDEHXQW5F
  cargo vitae sign --explain 'https://example.com/cv/resume.pdf?Expires=...' --public-key public.pem

Quote a signed URL: a shell ends a command at `&`. No network is used and no account is needed.
Exit codes: 0 done; 1 the key, the URL or the policy was rejected, or CloudFront would reject the explained URL; 2 wrong usage.";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Sign {
    /// URL to sign, or to explain; for cookies it may contain the wildcard `*`
    url: String,
    /// Say what a signed URL allows, until when, and why CloudFront would reject it
    #[arg(long, conflicts_with_all = ["key", "key_pair_id", "expires", "policy", "cookies", "hash", "allow_everything"])]
    explain: bool,
    /// Public key in PEM that must verify the explained URL
    #[arg(long, value_name = "FILE", requires = "explain")]
    public_key: Option<PathBuf>,
    /// Private key in PEM: RSA-2048 or P-256
    #[arg(long, value_name = "FILE", required_unless_present = "explain")]
    key: Option<PathBuf>,
    /// Id of the public key in CloudFront
    #[arg(long, value_name = "ID", required_unless_present = "explain")]
    key_pair_id: Option<String>,
    /// How long the URL is valid, such as 90s, 30m, 1h or 7d
    #[arg(long, value_name = "DURATION", value_parser = parse_duration, required_unless_present_any = ["explain", "policy"])]
    expires: Option<Duration>,
    /// Custom policy: a file with its JSON, or the JSON itself
    #[arg(long, value_name = "FILE|JSON", conflicts_with = "expires")]
    policy: Option<String>,
    /// Sign cookies instead of the URL
    #[arg(long)]
    cookies: bool,
    /// sha1 or sha256 [default: sha1 for RSA, sha256 for P-256]
    #[arg(long)]
    hash: Option<Hash>,
    /// Accept a policy that opens every file of every distribution that trusts the key
    #[arg(long)]
    allow_everything: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Sign {
    /// Runs the command and returns its exit code.
    pub(crate) fn run(&self) -> ExitCode {
        super::finish("sign", if self.explain { self.explain() } else { self.sign() })
    }

    fn explain(&self) -> Result<(), Box<dyn Error>> {
        let key =
            self.public_key.as_deref().map(|file| PublicKey::from_pem(&read(file)?).map_err(Box::<dyn Error>::from));
        let explanation = Explanation::new(&SignedUrl::parse(self.url.trim())?, key.transpose()?.as_ref(), now()?);
        if self.json {
            println!("{}", serde_json::to_string(&explanation)?);
        } else {
            println!("{}", explanation.table());
        }
        if explanation.is_rejected() { Err("CloudFront would reject the URL".into()) } else { Ok(()) }
    }

    fn sign(&self) -> Result<(), Box<dyn Error>> {
        let (Some(key), Some(id)) = (&self.key, &self.key_pair_id) else {
            return Err("--key and --key-pair-id are required".into());
        };
        let key = PrivateKey::from_pem(&read(key)?)?;
        let hash = self.hash.unwrap_or_else(|| key.algorithm().default_hash());
        let signer = Signer::new(KeyPairId::new(id.as_str())?, key, hash);
        if self.cookies {
            let cookies = self.sign_cookies(&signer)?;
            if self.json {
                let cookies: Map<_, _> =
                    cookies.iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
                println!("{}", Value::from(cookies));
            } else {
                for (name, value) in cookies.iter() {
                    println!("{name}={value}");
                }
            }
        } else {
            let url = self.sign_url(&signer)?;
            println!("{}", if self.json { json!({ "url": url }).to_string() } else { url });
        }
        Ok(())
    }

    fn sign_url(&self, signer: &Signer) -> Result<String, Box<dyn Error>> {
        let url = encode_url(&self.url)?;
        if self.url.split('?').next().is_some_and(|path| path.contains('*')) {
            eprintln!(
                "the * in the path is signed as %2A, for a file with that name; for a wildcard pass --policy or --cookies"
            );
        }
        Ok(match self.custom_policy()? {
            Some(policy) => signer.sign_url_custom(&url, &policy, &mut SysRng)?,
            None => signer.sign_url_canned(&url, self.expiry()?, &mut SysRng)?,
        })
    }

    fn sign_cookies(&self, signer: &Signer) -> Result<SignedCookies, Box<dyn Error>> {
        if let Some(policy) = self.custom_policy()? {
            return Ok(signer.sign_cookies_custom(&policy, &mut SysRng)?);
        }
        if !self.url.contains('*') {
            return Ok(signer.sign_cookies_canned(&encode_url(&self.url)?, self.expiry()?, &mut SysRng)?);
        }
        // A canned policy cannot have a wildcard.
        let resource = match Resource::wildcard(&self.url) {
            Err(vitae_signer::Error::ResourceIsEverything { .. }) if self.allow_everything => Resource::everything(),
            resource => resource?,
        };
        Ok(signer.sign_cookies_custom(&CustomPolicy::new(resource, self.expiry()?), &mut SysRng)?)
    }

    fn expiry(&self) -> Result<Expires, Box<dyn Error>> {
        let lifetime = self.expires.ok_or("--expires is required")?;
        Ok(Expires::after(now()?, lifetime)?)
    }

    fn custom_policy(&self) -> Result<Option<CustomPolicy>, Box<dyn Error>> {
        let Some(policy) = &self.policy else { return Ok(None) };
        let json = if policy.trim_start().starts_with('{') { policy.clone() } else { read(Path::new(policy))? };
        // The newline at the end of a file is not a part of the policy.
        let json = json.trim_end();
        let parse = if self.allow_everything { CustomPolicy::parse_allowing_everything } else { CustomPolicy::parse };
        Ok(Some(parse(json)?))
    }
}

/// The time since 1970.
fn now() -> Result<Duration, Box<dyn Error>> {
    Ok(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?)
}

fn read(file: &Path) -> Result<String, Box<dyn Error>> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()).into())
}
