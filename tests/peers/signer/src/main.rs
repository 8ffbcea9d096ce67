//! Times native signing with `vitae-signer` and `aws-lc-rs`, alternately. Prints `{name: [milliseconds per signature, ...]}`.

use std::{collections::BTreeMap, error::Error, hint::black_box, time::Instant};

use aws_lc_rs::{
    encoding::AsDer as _,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use getrandom::SysRng;
use vitae_signer::{Expires, Hash, KeyPairId, PrivateKey, Signer};

const ROUNDS: usize = 60;
/// Rounds that fill caches and the table of P-256, and are discarded.
const WARM_UP_ROUNDS: usize = 5;
const URL: &str = "https://d111111abcdef8.cloudfront.net/cv/resume.pdf";
/// The canned policy of the URL, which the peer signs directly.
const POLICY: &[u8] = br#"{"Statement":[{"Resource":"https://d111111abcdef8.cloudfront.net/cv/resume.pdf","Condition":{"DateLessThan":{"AWS:EpochTime":1893456000}}}]}"#;

type Sign<'a> = Box<dyn FnMut() + 'a>;

fn main() -> Result<(), Box<dyn Error>> {
    let random = SystemRandom::new();
    let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?;
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048)?;
    let signer = |der: &[u8]| -> Result<Signer, vitae_signer::Error> {
        Ok(Signer::new(KeyPairId::new("K2JCJMDEHXQW5F")?, PrivateKey::from_der(der)?, Hash::Sha256))
    };
    let ours_p256 = signer(p256.to_pkcs8v1()?.as_ref())?;
    let ours_rsa = signer(rsa.as_der()?.as_ref())?;
    let expires = Expires::from_epoch_seconds(1_893_456_000)?;
    let mut signature = vec![0; rsa.public_modulus_len()];

    let mut cases: Vec<(&str, u32, Sign<'_>)> = vec![
        ("ours.p256", 50, Box::new(|| _ = black_box(ours_p256.sign_url_canned(URL, expires, &mut SysRng)))),
        ("aws-lc.p256", 100, Box::new(|| _ = black_box(p256.sign(&random, POLICY)))),
        ("ours.rsa", 2, Box::new(|| _ = black_box(ours_rsa.sign_url_canned(URL, expires, &mut SysRng)))),
        ("aws-lc.rsa", 10, Box::new(|| _ = black_box(rsa.sign(&RSA_PKCS1_SHA256, &random, POLICY, &mut signature)))),
    ];
    let mut measured: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for round in 0..WARM_UP_ROUNDS + ROUNDS {
        for (name, times, sign) in &mut cases {
            let started = Instant::now();
            for _ in 0..*times {
                sign();
            }
            if round >= WARM_UP_ROUNDS {
                let milliseconds = started.elapsed().as_secs_f64() * 1000.0 / f64::from(*times);
                measured.entry(*name).or_default().push(milliseconds);
            }
        }
    }
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}
