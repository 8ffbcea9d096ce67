//! Requests that bypass the edge.

use vitae_tests::running_system;

#[test]
fn the_function_url_refuses_unsigned_requests() {
    let (running, _clock) = running_system();
    let endpoint = running.system().ministack().endpoint().trim_start_matches("http://").to_owned();
    let url = &running.system().outputs().counter_url;
    let host = url.split("://").nth(1).unwrap_or(url).trim_end_matches('/').split('/').next().unwrap_or_default();
    let response = running.request_to(&endpoint, host, "POST", "/api/count").send();
    assert_eq!(response.status, 403, "{host}: {}", response.text());
}

#[test]
fn the_buckets_refuse_unsigned_requests() {
    let (running, _clock) = running_system();
    let endpoint = running.system().ministack().endpoint().trim_start_matches("http://").to_owned();
    let outputs = running.system().outputs();
    for path in [format!("/{}/cv/resume.pdf", outputs.cv_bucket), format!("/{}/index.html", outputs.site_bucket)] {
        let response = running.request_to(&endpoint, &endpoint, "GET", &path).send();
        assert_eq!(response.status, 403, "{path}: {}", response.text());
        assert!(!response.body.starts_with(b"%PDF"));
    }
}
