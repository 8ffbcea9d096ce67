//! The documented table is read and held against the code, for every combination there is.

use super::*;

const COLUMNS: usize = 6;

const ROUTES: [(&str, Route); 3] = [("count", Route::Count), ("cv", Route::Cv), ("unknown", Route::Unknown)];
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
    ("twice", &["https://example.com", "https://example.com"]),
];
const SITES: [(&str, &[&str]); 9] = [
    ("same-origin", &["same-origin"]),
    ("same-site", &["same-site"]),
    ("cross-site", &["cross-site"]),
    ("none", &["none"]),
    ("absent", &[]),
    ("junk", &["Same-Origin"]),
    ("junk", &[""]),
    ("junk", &["same-origin, same-origin"]),
    ("junk", &["same-origin", "same-origin"]),
];
const WANTS: [(&str, Wants); 3] = [("html", Wants::Html), ("other", Wants::Json), ("other", Wants::Anything)];
const CROSS_SITE: [(&str, bool); 2] = [("yes", true), ("no", false)];

fn rows() -> Vec<(Vec<&'static str>, Decision)> {
    let lines = include_str!("table.md").lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = lines.skip(1).map(|line| {
        let mut cells: Vec<_> = line.split(" | ").collect();
        let decision = match cells.pop() {
            Some("not_found") => Decision::NotFound,
            Some("method_not_allowed") => Decision::MethodNotAllowed,
            Some("origin_not_allowed") => Decision::OriginNotAllowed,
            Some("preflight") => Decision::Preflight,
            Some("read") => Decision::Read,
            Some("count") => Decision::Count,
            Some("mint") => Decision::Mint,
            other => panic!("the table has an unknown decision {other:?}"),
        };
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

#[test]
fn every_combination_is_decided_as_the_table_says() {
    let rows = rows();
    let names = ["example.com".to_owned()];
    let dev = vitae_parameters::Origin::parse("http://localhost:8787").unwrap();
    let allowed = AllowedOrigins { names: &names, prod: None, dev: Some(&dev) };
    let mut combinations = 0;
    let mut used = vec![0; rows.len()];
    for (route_word, route) in ROUTES {
        for (method_word, method) in METHODS {
            for (origin_word, origin) in ORIGINS {
                for (site_word, site) in SITES {
                    for (wants_word, wants) in WANTS {
                        for (cross_site_word, cross_site) in CROSS_SITE {
                            let words = [route_word, method_word, origin_word, site_word, wants_word, cross_site_word];
                            let matches = |row: &[&str]| {
                                row.iter()
                                    .zip(words)
                                    .all(|(cell, word)| *cell == "*" || cell.split(' ').any(|c| c == word))
                            };
                            let matching: Vec<_> = (0..rows.len()).filter(|row| matches(&rows[*row].0)).collect();
                            let [row] = matching[..] else { panic!("{words:?} matches the rows {matching:?}") };
                            used[row] += 1;
                            let origin = Origin::of(&field(origin), allowed);
                            let asked =
                                Asked { route, method, origin, site: Site::of(&field(site)), wants, cross_site };
                            assert_eq!(asked.decide(), rows[row].1, "{words:?}");
                            combinations += 1;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(combinations, 3 * 5 * 13 * 9 * 3 * 2);
    assert!(used.iter().all(|uses| *uses > 0), "a row is never used: {used:?}");
}
