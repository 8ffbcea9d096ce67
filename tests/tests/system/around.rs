//! Going around the edge.

use vitae_tests::{Request, running};

#[test]
fn the_function_url_answers_nobody_who_did_not_sign() {
    let (running, _present) = running();
    let endpoint = running.system().ministack().endpoint().trim_start_matches("http://").to_owned();
    let url = &running.system().outputs().counter_url;
    let host = url.split("://").nth(1).unwrap_or(url).trim_end_matches('/').split('/').next().unwrap_or_default();
    let answer = Request::at(running, &endpoint, host, "POST", "/api/count").send();
    assert_eq!(answer.status, 403, "{host}: {}", answer.text());
}

#[test]
fn the_buckets_answer_nobody_who_did_not_sign() {
    let (running, _present) = running();
    let endpoint = running.system().ministack().endpoint().trim_start_matches("http://").to_owned();
    let outputs = running.system().outputs();
    for path in [format!("/{}/cv/resume.pdf", outputs.cv_bucket), format!("/{}/index.html", outputs.site_bucket)] {
        let answer = Request::at(running, &endpoint, &endpoint, "GET", &path).send();
        assert_eq!(answer.status, 403, "{path}: {}", answer.text());
        assert!(!answer.body.starts_with(b"%PDF"));
    }
}
