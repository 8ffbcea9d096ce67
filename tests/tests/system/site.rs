//! The page itself.

use vitae_tests::{Request, running, viewer};

#[test]
fn the_page_is_served_at_the_root() {
    let (running, _present) = running();
    let answer = viewer(running, "GET", "/").send();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(answer.text().contains("<h1"), "{}", answer.text());
}

#[test]
fn its_other_name_is_redirected_to_the_root() {
    let (running, _present) = running();
    let answer = viewer(running, "GET", "/index.html").send();
    assert_eq!((answer.status.as_u16(), answer.header("location")), (301, "/".to_owned()));
}

#[test]
fn a_missing_page_is_a_true_404_with_the_sites_own_page() {
    let (running, _present) = running();
    let answer = viewer(running, "GET", "/no/such/page.html").send();
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("<!doctype html>"), "{}", answer.text());
}

#[test]
fn what_the_site_hides_is_not_on_the_site() {
    let (running, _present) = running();
    for path in ["/.sample/README.md", "/cv/resume.pdf"] {
        let status = viewer(running, "GET", path).send().status.as_u16();
        assert!(status == 403 || status == 404, "{path}: {status}");
    }
}

#[test]
fn what_may_be_kept_is_answered_from_the_cache() {
    let (running, _present) = running();
    let icon = || viewer(running, "GET", "/favicon.svg").send();
    // Another test may have been there before, so the first answer is either.
    icon();
    assert_eq!(icon().header("x-cache"), "Hit from cloudfront");
}

#[test]
fn a_name_that_is_not_ours_is_not_served() {
    let (running, _present) = running();
    let status = Request::at(running, running.host(), "evil.example", "GET", "/").send().status.as_u16();
    assert!(status == 403 || status == 421, "{status}");
}
