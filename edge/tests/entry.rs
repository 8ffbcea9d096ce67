//! The deployed bundle in Node, with a Parameter Store on loopback.

mod node;

#[test]
fn a_frozen_environment_continues_correctly() {
    node::test("tests/frozen.test.mjs", &["VITAE_EDGE_BUNDLE"]);
}

#[test]
fn the_bundle_handles_requests_in_node() {
    node::test("tests/entry.test.mjs", &["VITAE_EDGE_BUNDLE"]);
}
