//! Executes the documented table: every combination of inputs is compared with the code.

use super::*;
use crate::route::ROUTES;

const COLUMNS: usize = 6;

const METHODS: [(&str, Method); 5] = [
    ("GET", Method::Get),
    ("HEAD", Method::Head),
    ("POST", Method::Post),
    ("OPTIONS", Method::Options),
    ("other", Method::Other),
];
const ORIGINS: [(&str, &[&str]); 13] = [
    ("absent", &[]),
    ("allowed", &["https://example.com"]),
    ("allowed", &["http://localhost:8787"]),
    ("foreign", &["https://evil.example"]),
    ("foreign", &["https://example.com.evil.example"]),
    ("foreign", &["http://example.com"]),
    ("foreign", &["https://example.com:8443"]),
    ("null", &["null"]),
    ("malformed", &[""]),
    ("malformed", &["HTTPS://EXAMPLE.COM"]),
    ("malformed", &["https://example.com/"]),
    ("malformed", &["https://example.com, https://example.com"]),
    ("repeated", &["https://example.com", "https://example.com"]),
];
const SITES: [(&str, &[&str]); 9] = [
    ("same-origin", &["same-origin"]),
    ("same-site", &["same-site"]),
    ("cross-site", &["cross-site"]),
    ("none", &["none"]),
    ("absent", &[]),
    ("unknown", &["Same-Origin"]),
    ("unknown", &[""]),
    ("unknown", &["same-origin, same-origin"]),
    ("unknown", &["same-origin", "same-origin"]),
];
const TYPES: [(&str, PreferredType); 3] =
    [("html", PreferredType::Html), ("other", PreferredType::Json), ("other", PreferredType::Any)];
const CROSS_SITE: [(&str, bool); 2] = [("yes", true), ("no", false)];

fn rows() -> Vec<(Vec<&'static str>, &'static str)> {
    let lines = include_str!("table.md").lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = lines.skip(1).map(|line| {
        let mut cells: Vec<_> = line.split(" | ").collect();
        let decision = cells.pop().expect("a decision");
        assert_eq!(cells.len(), COLUMNS, "{line}");
        (cells, decision)
    });
    rows.collect()
}

fn field<'a>(values: &'a [&'a str]) -> Field<'a> {
    match values {
        [] => Field::Absent,
        [one] => Field::One(one),
        several => Field::Several(several.to_vec()),
    }
}

/// The word of a decision in the table.
fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::NotFound => "not_found",
        Decision::MethodNotAllowed(_) => "method_not_allowed",
        Decision::OriginNotAllowed => "origin_not_allowed",
        Decision::Preflight(_) => "preflight",
        Decision::Accept(Target::ReadCount) => "read",
        Decision::Accept(Target::CountVisit) => "count",
        Decision::Accept(Target::SignLink) => "link",
        Decision::Accept(Target::ShowLink) => "show",
        Decision::Accept(Target::OpenLink) => "open",
        Decision::Accept(Target::RequestLink) => "request",
        Decision::Accept(Target::CreateUpload) => "upload",
        Decision::Accept(Target::ShowUpload) => "status",
    }
}

#[test]
fn every_combination_matches_one_row_and_is_decided_as_it_states() {
    let rows = rows();
    let names = ["example.com".to_owned()];
    let dev = vitae_parameters::Origin::parse("http://localhost:8787").unwrap();
    let allowed = AllowedOrigins { names: &names, prod: None, dev: Some(&dev) };
    let routes: Vec<_> = ROUTES.iter().map(|route| (route.name, Some(route))).chain([("unknown", None)]).collect();
    let mut combinations = 0;
    let mut used = vec![0; rows.len()];
    for &(route_word, route) in &routes {
        for (method_word, method) in METHODS {
            for (origin_word, origin) in ORIGINS {
                for (site_word, site) in SITES {
                    for (type_word, preferred_type) in TYPES {
                        for (cross_site_word, cross_site) in CROSS_SITE {
                            let words = [route_word, method_word, origin_word, site_word, type_word, cross_site_word];
                            let matches = |row: &[&str]| {
                                row.iter()
                                    .zip(words)
                                    .all(|(cell, word)| *cell == "*" || cell.split(' ').any(|c| c == word))
                            };
                            let matching: Vec<_> = (0..rows.len()).filter(|row| matches(&rows[*row].0)).collect();
                            let [row] = matching[..] else { panic!("{words:?} matches the rows {matching:?}") };
                            used[row] += 1;
                            let input = PolicyInput {
                                route,
                                method,
                                origin: Origin::from_field(&field(origin), allowed),
                                fetch_site: FetchSite::from_field(&field(site)),
                                preferred_type,
                                cross_site,
                            };
                            assert_eq!(word(input.decide()), rows[row].1, "{words:?}");
                            combinations += 1;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(combinations, routes.len() * 5 * 13 * 9 * 3 * 2);
    assert!(used.iter().all(|uses| *uses > 0), "a row is never used: {used:?}");
}
