use super::*;

fn with_cv(cv: &str) -> Result<Config, Error> {
    Config::parse(&format!(r#"{{"names":["example.com"],"cv":{cv}}}"#))
}

#[test]
fn names_alone_give_every_default() {
    let config = Config::parse(r#"{"names":["example.com","www.example.com"]}"#).unwrap();
    let cv = Cv { path: "/cv/resume.pdf".into(), lifetime_s: 60, window_s: 10 };
    assert_eq!(config.cv, cv);
    assert!(!config.mint.cross_site && !config.dev_origin);
    assert_eq!((config.links.gate, config.owner_name()), (Gate::Open, "example.com"));
    assert_eq!(config.counter.shards, 2);
}

#[test]
fn a_config_round_trips() {
    let mut config = Config::from_names(vec!["example.com".into()]).unwrap();
    config.mint.cross_site = true;
    config.cv.window_s = 60;
    config.links.gate = Gate::Request;
    config.owner = "Zoë O'Brien, PhD".into();
    assert_eq!(Config::parse(&config.to_json()), Ok(config));
}

#[test]
fn an_unknown_field_is_rejected_at_every_level() {
    for json in [
        r#"{"names":["example.com"],"nmaes":[]}"#,
        r#"{"names":["example.com"],"cv":{"lifetime":60}}"#,
        r#"{"names":["example.com"],"mint":{"crosssite":true}}"#,
        r#"{"names":["example.com"],"links":{"gates":"open"}}"#,
        r#"{"names":["example.com"],"counter":{"shard":8}}"#,
    ] {
        let error = Config::parse(json).unwrap_err();
        assert!(error.to_string().contains("unknown field"), "{error}");
    }
}

#[test]
fn json_of_another_shape_is_rejected() {
    for json in ["", "x", "null", "[]", "{}", r#"{"names":"example.com"}"#, r#"{"names":["a.b"]} x"#] {
        assert!(matches!(Config::parse(json), Err(Error::Json { .. })), "{json}");
    }
    assert!(matches!(with_cv(r#"{"lifetime_s":"60"}"#), Err(Error::Json { .. })));
    assert!(matches!(with_cv(r#"{"lifetime_s":60.5}"#), Err(Error::Json { .. })));
    assert!(matches!(with_cv(r#"{"lifetime_s":-1}"#), Err(Error::Json { .. })));
}

#[test]
fn a_lifetime_is_ten_seconds_to_an_hour() {
    for (lifetime, fine) in [(0, false), (9, false), (10, true), (3600, true), (3601, false)] {
        let config = with_cv(&format!(r#"{{"lifetime_s":{lifetime},"window_s":1}}"#));
        assert_eq!(config.is_ok(), fine, "{lifetime}: {config:?}");
        if !fine {
            assert_eq!(config, Err(Error::Lifetime { value: lifetime }));
        }
    }
}

#[test]
fn a_window_is_one_second_to_the_lifetime() {
    for (window, fine) in [(0, false), (1, true), (60, true), (61, false)] {
        let config = with_cv(&format!(r#"{{"window_s":{window}}}"#));
        assert_eq!(config.is_ok(), fine, "{window}: {config:?}");
    }
}

#[test]
fn shards_are_1_to_256() {
    for (shards, fine) in [(0, false), (1, true), (256, true), (257, false)] {
        let json = format!(r#"{{"names":["example.com"],"counter":{{"shards":{shards}}}}}"#);
        assert_eq!(Config::parse(&json).is_ok(), fine, "{shards}");
    }
}

#[test]
fn a_name_is_a_public_host_name_in_lower_case() {
    for name in [
        "",
        "localhost",
        "Example.com",
        "example.com.",
        "https://example.com",
        "example.com:443",
        "*.example.com",
        "10.0.0.1",
    ] {
        assert_eq!(Config::from_names(vec![name.into()]), Err(Error::Name { value: name.into() }));
    }
    assert_eq!(Config::from_names(vec![]), Err(Error::NoNames));
}

#[test]
fn a_gate_is_open_or_request() {
    for (gate, expected) in
        [("open", Some(Gate::Open)), ("request", Some(Gate::Request)), ("Request", None), ("", None)]
    {
        let json = format!(r#"{{"names":["example.com"],"links":{{"gate":"{gate}"}}}}"#);
        assert_eq!(Config::parse(&json).ok().map(|config| config.links.gate), expected, "{gate}");
    }
}

#[test]
fn an_owners_name_needs_no_escaping() {
    let with_owner = |owner: &str| {
        let mut config = Config::from_names(vec!["example.com".into()]).unwrap();
        config.owner = owner.into();
        config.validate().map(|()| config.owner_name().to_owned())
    };
    let longest = "é".repeat(64);
    for (owner, name) in [("", "example.com"), ("Jane Doe", "Jane Doe"), (&longest, longest.as_str())] {
        assert_eq!(with_owner(owner), Ok(name.to_owned()));
    }
    let too_long = "é".repeat(65);
    for owner in ["a\r\nBcc: b", "a\"b", "a\\b", "<b>", "a ", " a", "a\u{85}b", &too_long] {
        assert_eq!(with_owner(owner), Err(Error::Owner { value: owner.into() }), "{owner:?}");
    }
}
