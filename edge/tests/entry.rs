//! The real bundle in a real Node, against a Parameter Store of its own on loopback.

mod node;

#[test]
fn a_frozen_environment_thaws_with_its_wits() {
    node::test("tests/frozen.test.mjs", &["VITAE_EDGE_BUNDLE"]);
}

#[test]
fn the_bundle_answers_in_node() {
    node::test("tests/entry.test.mjs", &["VITAE_EDGE_BUNDLE"]);
}
