//! A host whose signature backend fails: the edge fails closed and says why.

use serde_json::Value;
use vitae_signer::{BackendError, Hash, SignatureBackend, Signer};

use super::tests::{T0, code};
use super::*;
use crate::testing::{self, CountingRng, Parameters};

const MINUTE_MS: u64 = 60_000;

/// A backend with a constant result.
#[derive(Debug)]
struct Backend(Result<Vec<u8>, BackendError>);

impl SignatureBackend for Backend {
    fn sign(&self, _: Hash, _: &[u8]) -> Result<Vec<u8>, BackendError> {
        self.0.clone()
    }
}

fn handler(apply: impl Fn(Signer) -> Result<Signer, vitae_signer::Error> + 'static) -> Handler {
    Handler::with_signer_setup(testing::bundle(), 0.0, SignerSetup::new(apply))
}

fn refresh(handler: &mut Handler, parameters: &Parameters, now_ms: u64) -> RefreshResult {
    assert!(handler.start_refresh(now_ms));
    handler.accept_parameters(200, &parameters.response(), now_ms)
}

fn request_link(handler: &mut Handler, now_ms: u64) -> (Value, Vec<Value>) {
    let headers = [("origin", "https://example.com"), ("accept", "application/json")];
    let event = testing::event("GET", "/api/cv", &headers).to_string();
    let output = handler.handle(&event, now_ms, false, &mut CountingRng::default());
    (output.result.expect("a result"), output.log)
}

#[test]
fn a_backend_that_fails_or_returns_junk_is_an_internal_error_with_its_reason() {
    for (result, reason) in [
        (Err(BackendError::new("it threw an exception with ERR_X")), "signature backend failed"),
        (Ok(vec![]), "did not return a valid signature"),
        (Ok(vec![7; 64]), "did not return a valid signature"),
        (Ok(vec![7; 256]), "did not return a valid signature"),
    ] {
        let mut handler = handler(move |signer| Ok(signer.with_backend(Backend(result.clone()))));
        assert!(refresh(&mut handler, &Parameters::new(), T0).accepted);
        let (response, log) = request_link(&mut handler, T0);
        assert_eq!((response["status"].as_str(), code(&response).as_str()), (Some("500"), "internal"));
        assert_eq!((log.len(), log[0]["event"].as_str()), (1, Some("signing_failed")));
        assert!(log[0]["reason"].as_str().unwrap().contains(reason), "{}", log[0]);
    }
}

#[test]
fn a_key_that_the_backend_rejects_is_rejected_and_the_old_key_stays() {
    let mut parameters = Parameters::new();
    let mut handler = handler(|signer| match signer.key_pair_id().as_str() {
        "K1" => Ok(signer),
        _ => Err(vitae_signer::Error::EmptyKey),
    });
    assert!(refresh(&mut handler, &parameters, T0).accepted);
    parameters.set("signer/active", &testing::signer_json("K2", "ecdsa-p256", "sha256", &testing::p256_pem()));
    let result = refresh(&mut handler, &parameters, T0 + 2 * MINUTE_MS);
    assert!(!result.accepted);
    assert_eq!(result.log[0]["reason"], "backend_key");
    let (response, _) = request_link(&mut handler, T0 + 2 * MINUTE_MS);
    assert!(response["body"].as_str().unwrap().contains("Key-Pair-Id=K1&"), "{response}");
}
