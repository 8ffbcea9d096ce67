//! Another `RotationDays` or `KeyAlgorithm` in the stack: what the function is told by its variables.

use super::*;
use vitae_keys::timing::DAY_S;

impl Observed {
    /// A tick of the schedule, so many days from now, of a function with these variables.
    async fn tick_in(&self, days: u64, variables: &[(&str, &str)]) -> Value {
        // CloudFront's own dates stay where they are: a key soaks at once.
        let now = clock()() + days * DAY_S;
        let handler = self.handler_with(self.cloud(), variables, Arc::new(move || now));
        let tick = json!({ "source": "aws.events", "detail-type": "Scheduled Event" });
        self.serve_with(&handler, tick, LEFT).await.unwrap()
    }
}

fn phases(status: &Value) -> Vec<(&str, &str)> {
    let keys = status["keys"].as_array().unwrap().iter();
    keys.map(|key| (key["algorithm"].as_str().unwrap(), key["phase"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn without_rotation_days_a_key_stays_however_old_it_is_until_there_are_some() {
    let observed = Observed::start().await;
    observed.request("Create").await;
    let old = observed.tick_in(4000, &[("ROTATION_DAYS", "0")]).await;
    assert_eq!((phases(&old), &old["steps"]), (vec![("ecdsa-p256", "active")], &json!([])), "{old}");
    assert_eq!(old["keys"][0]["at"], Value::Null);
    let changed = observed.tick_in(30, &[("ROTATION_DAYS", "30")]).await;
    assert_eq!(phases(&changed), [("ecdsa-p256", "soaked"), ("ecdsa-p256", "active")], "{changed}");
}

#[tokio::test]
async fn a_key_is_replaced_on_its_day_and_not_before() {
    let observed = Observed::start().await;
    observed.request("Create").await;
    assert_eq!(phases(&observed.tick_in(89, &[]).await).len(), 1);
    assert_eq!(phases(&observed.tick_in(91, &[]).await).len(), 2);
}

#[tokio::test]
async fn another_algorithm_is_that_of_the_next_key_and_no_reason_for_one() {
    let observed = Observed::start().await;
    observed.request("Create").await;
    let rsa = [("KEY_ALGORITHM", "rsa-2048")];
    assert_eq!(phases(&observed.tick_in(1, &rsa).await), [("ecdsa-p256", "active")]);
    let updated = observed.request_with("Update", &properties("resume", Algorithm::Rsa2048)).await;
    assert_eq!(updated["Status"], "SUCCESS", "{updated}");
    assert_eq!(phases(&observed.tick_in(91, &rsa).await), [("rsa-2048", "soaked"), ("ecdsa-p256", "active")]);
}
