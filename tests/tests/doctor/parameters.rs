//! Faults of the parameters that the edge reads, and of the account's Parameter Store settings.

use vitae_cloud::operate::doctor::Verdict::{Fail, Warn};
use vitae_parameters::Parameter;

use crate::fixture::Fixture;

const CHECK: &str = "configuration and origins";

/// Sets a parameter while `check` runs.
fn with_parameter(fixture: &Fixture, parameter: Parameter, value: &str, check: impl FnOnce()) {
    let old = fixture.get(parameter);
    fixture.put(parameter, value);
    check();
    match old {
        Some(old) => fixture.put(parameter, &old),
        None => fixture.delete(parameter),
    }
}

#[test]
fn an_invalid_configuration_fails() {
    let fixture = Fixture::lock();
    with_parameter(&fixture, Parameter::Config, "{\"names\": []}", || {
        fixture.assert_finding(CHECK, Fail, "the edge rejects config", "cargo vitae deploy --stack tests");
    });
}

#[test]
fn a_configuration_without_the_distributions_name_fails() {
    let fixture = Fixture::lock();
    let domain = &fixture.running.system().outputs().distribution_domain_name;
    let other = fixture.get(Parameter::Config).unwrap().replace(&**domain, "other.example");
    with_parameter(&fixture, Parameter::Config, &other, || {
        fixture.assert_finding(CHECK, Fail, "the edge returns 421", &format!("add {domain}"));
    });
}

#[test]
fn an_invalid_origin_fails() {
    let fixture = Fixture::lock();
    with_parameter(&fixture, Parameter::OriginDev, "http://example.com", || {
        fixture.assert_finding(
            CHECK,
            Fail,
            "the edge rejects origins/dev",
            "cargo vitae origins set dev URL --stack tests",
        );
    });
    with_parameter(&fixture, Parameter::OriginProd, "https://example.com/", || {
        fixture.assert_finding(
            CHECK,
            Fail,
            "the edge rejects origins/prod",
            "cargo vitae origins set prod URL --stack tests",
        );
    });
}

#[test]
fn an_origin_that_the_edge_ignores_is_a_warning() {
    let fixture = Fixture::lock();
    let off = fixture.get(Parameter::Config).unwrap().replace("\"dev_origin\":true", "\"dev_origin\":false");
    with_parameter(&fixture, Parameter::Config, &off, || {
        fixture.assert_finding(CHECK, Warn, "the edge ignores it", "cargo vitae origins remove dev --stack tests");
    });
}

#[test]
fn a_new_origin_fails_until_it_has_propagated() {
    let fixture = Fixture::lock();
    with_parameter(&fixture, Parameter::OriginProd, "https://new.example", || {
        fixture.assert_finding(
            "preflights",
            Fail,
            "the allowed origin https://new.example returned 403",
            "wait a minute",
        );
    });
}

#[test]
fn higher_throughput_is_a_warning_because_it_costs_money() {
    let fixture = Fixture::lock();
    let (ssm, setting) = (fixture.root().ssm(), "/ssm/parameter-store/high-throughput-enabled");
    fixture.running.block_on(ssm.update_service_setting().setting_id(setting).setting_value("true").send()).unwrap();
    fixture.assert_finding(
        "Parameter Store throughput",
        Warn,
        "every read of a parameter costs",
        "aws ssm reset-service-setting",
    );
    fixture.running.block_on(ssm.reset_service_setting().setting_id(setting).send()).unwrap();
}
