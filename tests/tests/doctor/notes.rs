//! Faults of what the owner and the stack write for the edge, and of the account.

use vitae_cloud::doctor::Verdict::{Fail, Warn};
use vitae_parameters::Parameter;

use crate::patient::Patient;

const CHECK: &str = "configuration and origins";

/// With another value of a parameter, for as long as it is looked at.
fn with(patient: &Patient, parameter: Parameter, value: &str, look: impl FnOnce()) {
    let old = patient.get(parameter);
    patient.put(parameter, value);
    look();
    match old {
        Some(old) => patient.put(parameter, &old),
        None => patient.delete(parameter),
    }
}

#[test]
fn a_configuration_that_the_edge_refuses_is_named() {
    let patient = Patient::alone();
    with(&patient, Parameter::Config, "{\"names\": []}", || {
        patient.finds(CHECK, Fail, "the edge refuses config", "cargo vitae deploy --stack tests");
    });
}

#[test]
fn a_configuration_without_the_distributions_name_is_named() {
    let patient = Patient::alone();
    let domain = &patient.running.system().outputs().distribution_domain_name;
    let other = patient.get(Parameter::Config).unwrap().replace(&**domain, "other.example");
    with(&patient, Parameter::Config, &other, || {
        patient.finds(CHECK, Fail, "the edge answers it 421", &format!("add {domain}"));
    });
}

#[test]
fn an_origin_that_the_edge_refuses_is_named() {
    let patient = Patient::alone();
    with(&patient, Parameter::OriginDev, "http://example.com", || {
        patient.finds(CHECK, Fail, "the edge refuses origins/dev", "cargo vitae origins set dev URL --stack tests");
    });
    with(&patient, Parameter::OriginProd, "https://example.com/", || {
        patient.finds(CHECK, Fail, "the edge refuses origins/prod", "cargo vitae origins set prod URL --stack tests");
    });
}

#[test]
fn an_origin_that_the_edge_ignores_is_a_warning() {
    let patient = Patient::alone();
    let off = patient.get(Parameter::Config).unwrap().replace("\"dev_origin\":true", "\"dev_origin\":false");
    with(&patient, Parameter::Config, &off, || {
        patient.finds(CHECK, Warn, "the edge ignores it", "cargo vitae origins remove dev --stack tests");
    });
}

#[test]
fn an_origin_that_the_edge_has_not_heard_of_is_told_to_wait() {
    let patient = Patient::alone();
    with(&patient, Parameter::OriginProd, "https://new.example", || {
        patient.finds("preflights", Fail, "https://new.example, which is allowed, is answered 403", "wait a minute");
    });
}

#[test]
fn higher_throughput_which_costs_is_a_warning() {
    let patient = Patient::alone();
    let (ssm, setting) = (patient.root().ssm(), "/ssm/parameter-store/high-throughput-enabled");
    patient.running.block_on(ssm.update_service_setting().setting_id(setting).setting_value("true").send()).unwrap();
    patient.finds(
        "Parameter Store throughput",
        Warn,
        "every read of a parameter costs",
        "aws ssm reset-service-setting",
    );
    patient.running.block_on(ssm.reset_service_setting().setting_id(setting).send()).unwrap();
}
