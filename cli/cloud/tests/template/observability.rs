//! `observability.yaml` monitors metrics that the functions write and resources that `stack.yaml` creates.

use vitae_parameters::log::{self, Level};
use vitae_parameters::{Problem, metric};

use crate::{
    document::parse,
    text::{entry, names, read, value},
};

#[test]
fn its_required_parameters_are_outputs_of_the_stack() {
    let (stack, observability) = (read("stack.yaml"), read("observability.yaml"));
    let outputs = names(&stack, "Outputs");
    let required: Vec<_> = names(&observability, "Parameters")
        .into_iter()
        .filter(|name| !entry(&observability, "Parameters", name).contains("Default:") && name != "Stack")
        .collect();
    assert_eq!(required, ["DistributionId", "CounterFunction", "KeysFunction"]);
    let optional = ["LinksFunction", "MailConfiguration"].map(str::to_owned);
    for name in required.iter().chain(&optional) {
        assert!(outputs.contains(name), "{name}: {outputs:?}");
    }
}

#[test]
fn the_functions_write_every_metric_that_it_monitors() {
    let observability = read("observability.yaml");
    let written = keys_metrics();
    for (alarm, metric) in [
        ("KeyRotationStuck", metric::KEY_ROTATION_STUCK),
        ("ActiveKeyOverdue", metric::ACTIVE_KEY_OVERDUE),
        ("KeyRejected", metric::KEY_REJECTIONS),
        ("KeyRunFailures", metric::KEY_RUN_FAILURES),
    ] {
        let alarm = entry(&observability, "Resources", alarm);
        assert_eq!((value(&alarm, "Namespace"), value(&alarm, "MetricName")), (metric::NAMESPACE, metric));
        assert!(written.contains(&metric.to_owned()), "{written:?}");
    }
    let dashboard = entry(&observability, "Resources", "Dashboard");
    let prefix = format!("[\"{}\", \"", metric::NAMESPACE);
    let shown: Vec<_> = dashboard.split(&prefix).skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(!shown.is_empty());
    for metric in shown {
        assert!(written.contains(&metric.to_owned()), "{metric}: {written:?}");
    }
    assert!(dashboard.contains(&format!("filter {} = 1", metric::PAGE_VIEW)));
    assert!(!observability.contains(metric::PAGE_VIEW_NAMESPACE), "page views are read from the log");
}

#[test]
fn the_log_search_in_an_alarm_matches_an_error_line() {
    let line = log::line(0, Level::Error, Some("r-1"), "request_failed", serde_json::json!({})).to_string();
    let observability = read("observability.yaml");
    let searches: Vec<_> = observability.split("Search its log for ").skip(1).collect();
    assert_eq!(searches.len(), 3);
    for text in searches {
        let search = text.split_whitespace().next().unwrap().trim_end_matches('.');
        assert!(line.contains(search), "{search} in {line}");
    }
    for (alarm, problem) in [("CounterErrors", Problem::CounterUnavailable), ("LinksErrors", Problem::LinksUnavailable)]
    {
        assert!(entry(&observability, "Resources", alarm).contains(problem.code()), "{alarm}");
    }
}

/// The names of the metrics that a run of the keys function writes.
fn keys_metrics() -> Vec<String> {
    let context = vitae_keys::log::Context { now: 0, request_id: "r-1", stack: "resume" };
    let (counts, observed) = (vitae_keys::log::Counts::default(), vitae_keys::observed::Observed::default());
    let line = context.idle(counts, &observed, &vitae_keys::decide::Idle::Settled { due: None });
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

/// The code of a named link is in its path, and in the referrer of what its page loads.
#[test]
fn access_logs_contain_neither_path_nor_referrer_if_there_are_named_links() {
    let delivery = &parse("observability.yaml")["Resources"]["AccessLogDelivery"]["Properties"]["RecordFields"];
    for field in ["cs-uri-stem", "cs(Referer)"] {
        let conditional = serde_json::json!({"Fn::If": ["HasLinks", {"Ref": "AWS::NoValue"}, field]});
        assert!(delivery.as_array().unwrap().contains(&conditional), "{delivery}");
        assert!(!delivery.as_array().unwrap().contains(&field.into()), "{delivery}");
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
    // `cloudformation/README.md` calculates the cost of this many alarms: 11, one of which is on two metrics, three of links, and one of
    // the inbox.
    assert_eq!(alarms, 15);
}

/// AWS documents neither, and others' dashboards have one or the other.
const THROTTLES: [&str; 2] = ["LambdaLimitExceededError", "LambdaLimitExceededErrors"];

#[test]
fn the_alarm_for_throttles_of_the_edge_is_on_both_names_of_the_metric() {
    let observability = parse("observability.yaml");
    let alarm = &observability["Resources"]["EdgeThrottles"]["Properties"];
    assert_eq!(alarm["TreatMissingData"], "notBreaching");
    let [result, metrics @ ..] = alarm["Metrics"].as_array().unwrap().as_slice() else { panic!("{alarm}") };
    assert_eq!(result["Expression"], "MAX([FILL(singular, 0), FILL(plural, 0)])");
    for ((metric, id), name) in metrics.iter().zip(["singular", "plural"]).zip(THROTTLES) {
        assert_eq!((&metric["Id"], &metric["ReturnData"]), (&id.into(), &false.into()));
        let stat = &metric["MetricStat"];
        assert_eq!((&stat["Stat"], &stat["Metric"]["MetricName"]), (&"Sum".into(), &name.into()));
        assert_eq!(stat["Metric"]["Dimensions"][0]["Value"], serde_json::json!({ "Ref": "DistributionId" }));
    }
    assert_eq!(metrics.len(), THROTTLES.len());
    let dashboard = entry(&read("observability.yaml"), "Resources", "Dashboard");
    for name in THROTTLES {
        assert!(dashboard.contains(&format!("[\"AWS/CloudFront\", \"{name}\", \"DistributionId\"")), "{name}");
    }
}
