//! Changes of `RotationDays` and `KeyAlgorithm`, which the function receives as environment variables.

use super::*;
use vitae_keys::timing::DAY_S;

impl Fixture {
    /// A scheduled run, `days` from now, with these environment variables.
    async fn run_in(&self, days: u64, variables: &[(&str, &str)]) -> Value {
        // CloudFront's dates do not move, so a key has soaked immediately.
        let now = clock()() + days * DAY_S;
        let handler = self.handler_with(self.clients(), variables, Arc::new(move || now));
        let tick = json!({ "source": "aws.events", "detail-type": "Scheduled Event" });
        self.serve_with(&handler, tick, LEFT).await.unwrap()
    }
}

fn phases(status: &Value) -> Vec<(&str, &str)> {
    let keys = status["keys"].as_array().unwrap().iter();
    keys.map(|key| (key["algorithm"].as_str().unwrap(), key["phase"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn without_rotation_days_a_key_of_any_age_stays_until_they_are_set() {
    let fixture = Fixture::start().await;
    fixture.request("Create").await;
    let old = fixture.run_in(4000, &[("ROTATION_DAYS", "0")]).await;
    assert_eq!((phases(&old), &old["steps"]), (vec![("ecdsa-p256", "active")], &json!([])), "{old}");
    assert_eq!(old["keys"][0]["at"], Value::Null);
    let changed = fixture.run_in(30, &[("ROTATION_DAYS", "30")]).await;
    assert_eq!(phases(&changed), [("ecdsa-p256", "soaked"), ("ecdsa-p256", "active")], "{changed}");
}

#[tokio::test]
async fn a_key_is_replaced_on_its_day_and_not_before() {
    let fixture = Fixture::start().await;
    fixture.request("Create").await;
    assert_eq!(phases(&fixture.run_in(89, &[]).await).len(), 1);
    assert_eq!(phases(&fixture.run_in(91, &[]).await).len(), 2);
}

#[tokio::test]
async fn another_algorithm_applies_to_the_next_key_and_starts_no_rotation() {
    let fixture = Fixture::start().await;
    fixture.request("Create").await;
    let rsa = [("KEY_ALGORITHM", "rsa-2048")];
    assert_eq!(phases(&fixture.run_in(1, &rsa).await), [("ecdsa-p256", "active")]);
    let updated = fixture.request_with("Update", &properties("resume", Algorithm::Rsa2048)).await;
    assert_eq!(updated["Status"], "SUCCESS", "{updated}");
    assert_eq!(phases(&fixture.run_in(91, &rsa).await), [("rsa-2048", "soaked"), ("ecdsa-p256", "active")]);
}
