//! What the owner asks of the deployed keys function, as the user who deploys.

use vitae_cloud::keys::{Error, ask};
use vitae_keys::status::{Phase, Status};
use vitae_keys::trigger::Command;
use vitae_tests::{Running, running, viewer};

use crate::minting::mint;

fn asked(running: &Running, command: &Command) -> Result<Status, Error> {
    running.block_on(ask(running.system().deployer(), "tests", command))
}

fn phases(status: &Status) -> Vec<Phase> {
    status.keys.iter().map(|key| key.phase).collect()
}

#[test]
fn the_owner_sees_the_keys_and_begins_a_rotation_that_disturbs_nobody() {
    let (running, _present) = running();
    let link = mint(running);
    let before = asked(running, &Command::Status).unwrap();
    assert_eq!(phases(&before), [Phase::Active]);

    let unknown = asked(running, &Command::Revoke { id: "KNONE".into() }).unwrap_err();
    assert!(unknown.to_string().contains("KNONE"), "{unknown}");

    let rotate = Command::Rotate { now: true, algorithm: None };
    for _ in 0..2 {
        let under_way = asked(running, &rotate).unwrap();
        assert_eq!(phases(&under_way), [Phase::InGroup, Phase::Active], "a second wish begins no second rotation");
        assert_eq!(under_way.keys[1].id, before.keys[0].id);
        assert!(under_way.rest.contains("waits for the key group to reach every edge"), "{}", under_way.rest);
    }
    for link in [link, mint(running)] {
        assert_eq!(viewer(running, "GET", &link).send().status, 200);
    }
}
