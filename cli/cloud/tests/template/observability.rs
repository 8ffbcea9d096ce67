//! `observability.yaml` monitors metrics that the functions write and resources that `stack.yaml` creates.

use crate::text::{entry, names, read, value};

#[test]
fn its_required_parameters_are_outputs_of_the_stack() {
    let (stack, observability) = (read("stack.yaml"), read("observability.yaml"));
    let outputs = names(&stack, "Outputs");
    let required: Vec<_> = names(&observability, "Parameters")
        .into_iter()
        .filter(|name| !entry(&observability, "Parameters", name).contains("Default:") && name != "Stack")
        .collect();
    assert_eq!(required, ["DistributionId", "CounterFunction", "KeysFunction"]);
    assert!(required.iter().all(|name| outputs.contains(name)), "{outputs:?}");
}

#[test]
fn the_functions_write_every_metric_that_it_monitors() {
    let observability = read("observability.yaml");
    let written = keys_metrics();
    for alarm in ["KeyRotationStuck", "ActiveKeyOverdue", "KeyRejected", "KeyRunFailures"] {
        let alarm = entry(&observability, "Resources", alarm);
        assert_eq!(value(&alarm, "Namespace"), "CloudResume");
        assert!(written.contains(&value(&alarm, "MetricName").to_owned()), "{written:?}");
    }
    let dashboard = entry(&observability, "Resources", "Dashboard");
    for metric in dashboard.split("[\"CloudResume\", \"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(written.contains(&metric.to_owned()), "{metric}: {written:?}");
    }
}

/// The names of the metrics that a run of the keys function writes.
fn keys_metrics() -> Vec<String> {
    let world = vitae_keys::world::World::default();
    let settled = vitae_keys::decide::Rest::Settled { due: None };
    let line = vitae_keys::metric::ran("resume", vitae_keys::metric::Counts::default(), &world, &settled);
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    let metrics = line["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap().clone();
    metrics.iter().map(|metric| metric["Name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn access_logs_contain_no_field_that_identifies_a_visitor() {
    let delivery = entry(&read("observability.yaml"), "Resources", "AccessLogDelivery");
    let fields: Vec<_> = delivery.lines().filter_map(|line| line.trim().strip_prefix("- ")).collect();
    assert!(fields.contains(&"sc-status"));
    for private in ["c-ip", "c-port", "x-forwarded-for", "cs(Cookie)", "cs-uri-query"] {
        assert!(!fields.contains(&private), "{private}");
    }
}

#[test]
fn every_alarm_notifies_the_topic_when_it_starts_and_when_it_ends() {
    let observability = read("observability.yaml");
    let mut alarms = 0;
    for name in names(&observability, "Resources") {
        let resource = entry(&observability, "Resources", &name);
        if value(&resource, "Type") == "AWS::CloudWatch::Alarm" {
            alarms += 1;
            assert_eq!(
                (value(&resource, "AlarmActions"), value(&resource, "OKActions")),
                ("[!Ref Alarms]", "[!Ref Alarms]")
            );
            assert!(
                value(&resource, "AlarmName").starts_with("!Sub \"${Stack}-"),
                "CI's roles may change alarms of this prefix only"
            );
        }
    }
    // `cloudformation/README.md` calculates the cost of this many alarms.
    assert_eq!(alarms, 11);
}
