//! The rules of the site's CloudFront Function. The local edge tests that CloudFront's restricted engine accepts it.

mod node;

#[test]
fn the_site_function_follows_its_rules() {
    node::test("cloudfront-function/site.test.mjs", &[]);
}
