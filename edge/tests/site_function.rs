//! The CloudFront Function of the site, by its rules. That CloudFront's restricted engine takes it is tested where that
//! engine is modelled.

mod node;

#[test]
fn the_site_function_keeps_its_rules() {
    node::test("cloudfront-function/site.test.mjs", &[]);
}
