//! The deployed keys function, called with the deployer's permissions.

use vitae_cloud::operate::keys;
use vitae_keys::command::Command;
use vitae_keys::status::{Phase, Status};
use vitae_tests::{RunningSystem, running_system};

use crate::cv_links::cv_link;

fn invoke(running: &RunningSystem, command: &Command) -> Result<Status, keys::Error> {
    running.block_on(keys::invoke(running.system().deployer(), "tests", command))
}

fn phases(status: &Status) -> Vec<Phase> {
    status.keys.iter().map(|key| key.phase).collect()
}

#[test]
fn the_owner_lists_the_keys_and_starts_a_rotation_that_keeps_links_valid() {
    let (running, _clock) = running_system();
    let link = cv_link(running);
    let before = invoke(running, &Command::Status).unwrap();
    assert_eq!(phases(&before), [Phase::Active]);

    let unknown = invoke(running, &Command::Revoke { id: "KNONE".into() }).unwrap_err();
    assert!(unknown.to_string().contains("KNONE"), "{unknown}");

    let rotate = Command::Rotate { now: true, algorithm: None };
    for _ in 0..2 {
        let status = invoke(running, &rotate).unwrap();
        assert_eq!(phases(&status), [Phase::InGroup, Phase::Active], "a second command starts no second rotation");
        assert_eq!(status.keys[1].id, before.keys[0].id);
        assert!(status.idle_reason.contains("waits for the key group to reach every edge"), "{}", status.idle_reason);
    }
    for link in [link, cv_link(running)] {
        assert_eq!(running.request("GET", &link).send().status, 200);
    }
}
