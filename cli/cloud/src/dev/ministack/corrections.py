"""Corrections to ministack 1.5.33, where it differs from AWS and this project depends on it."""

import hashlib
import json
import os
from email.utils import parseaddr
from importlib.metadata import version
from xml.sax.saxutils import escape

if version("ministack") != "1.5.33":
    raise SystemExit("these corrections are for ministack 1.5.33: run `cargo vitae setup`")

# Before the modules that import names from those that it changes.
import vitae_access

from ministack import app
from ministack.core import iam_actions, iam_evaluator, responses
from ministack.services import eventbridge, lambda_svc, s3, ses_v2
from ministack.services.cloudformation import changesets, engine, provisioners

# The functions that ministack starts must not import this module.
os.environ.pop("PYTHONPATH", None)



class Arns(str):
    """The first of several ARNs. The request must be allowed on each."""

    all: list[str]


# Calls of Parameter Store with several names are authorized on each name. ministack authorizes them on "*" instead, which
# a policy with exact names does not allow.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
SEVERAL_NAMES = {"GetParameters", "DeleteParameters"}

extract_resource_arn = iam_actions.extract_resource_arn
enforce = iam_evaluator.enforce


def extract_every_resource_arn(service, method, path, headers, body, query_params, region, account_id):
    target = headers.get("x-amz-target", "")
    if service == "ssm" and target.rsplit(".", 1)[-1] in SEVERAL_NAMES:
        try:
            names = json.loads(body)["Names"]
            arns = [f"arn:aws:ssm:{region}:{account_id}:parameter/{name.lstrip('/')}" for name in names]
        except (ValueError, KeyError, TypeError, AttributeError):
            arns = []
        if arns:
            first = Arns(arns[0])
            first.all = arns
            return first
    return extract_resource_arn(service, method, path, headers, body, query_params, region, account_id)


def enforce_every(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
    for arn in getattr(resource_arn, "all", [resource_arn]):
        denied = enforce(access_key_id, iam_action, service, region, arn, service_context)
        if denied:
            return denied
    return None


iam_actions.extract_resource_arn = extract_every_resource_arn
iam_evaluator.enforce = enforce_every


# A change set lists the changes to be made. ministack also lists resources whose condition is false.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
resolve_props_for_diff = changesets._resolve_props_for_diff


def resolve_props_of_created(template, params, stack_name, stack_id):
    resolved = resolve_props_for_diff(template, params, stack_name, stack_id)
    if not resolved:
        return resolved
    conditions = engine._evaluate_conditions(template, params)
    created = {
        logical_id: resource
        for logical_id, resource in resolved["Resources"].items()
        if conditions.get(resource.get("Condition"), True)
    }
    return {"Resources": created}


changesets._resolve_props_for_diff = resolve_props_of_created


# A global table's deletion protection and tags are properties of its replicas, which ministack ignores. On an update, it
# would create the table again under another name, without its items.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
table = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]


def table_properties(properties):
    region = responses.get_region()
    replica = next((one for one in properties.get("Replicas", []) if one.get("Region") == region), {})
    translated = {name: value for name, value in properties.items() if name != "Replicas"}
    translated["DeletionProtectionEnabled"] = str(replica.get("DeletionProtectionEnabled", False)).lower() == "true"
    translated["Tags"] = replica.get("Tags", [])
    return translated


def create_global_table(logical_id, properties, stack_name):
    return table["create"](logical_id, table_properties(properties), stack_name)


def update_global_table(physical_id, old, new, stack_name, logical_id=None):
    return table["update"](physical_id, table_properties(old), table_properties(new), stack_name, logical_id)


provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::GlobalTable"] = {
    "create": create_global_table,
    "update": update_global_table,
    "update_with_logical_id": True,
    "delete": table["delete"],
}


# The lifecycle of a bucket, which ministack ignores in a template.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
def xml(name, value):
    text = "".join(xml(*child) for child in value.items()) if isinstance(value, dict) else escape(str(value))
    return f"<{name}>{text}</{name}>"


def lifecycle_rule(properties):
    rule = {"ID": properties["Id"], "Status": properties["Status"], "Filter": {"Prefix": properties.get("Prefix", "")}}
    if "ExpirationInDays" in properties:
        rule["Expiration"] = {"Days": properties["ExpirationInDays"]}
    for name in ("AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"):
        if name in properties:
            rule[name] = properties[name]
    for transition in properties.get("Transitions", []):
        rule["Transition"] = {"Days": transition["TransitionInDays"], "StorageClass": transition["StorageClass"]}
    return xml("Rule", rule)


def lifecycle(properties):
    rules = "".join(lifecycle_rule(rule) for rule in properties["Rules"])
    return f"<LifecycleConfiguration>{rules}</LifecycleConfiguration>".encode()


def put_lifecycle(name, body):
    status, _, message = s3._put_bucket_lifecycle(name, body)
    if status >= 300:
        raise ValueError(message.decode())


provisioners._S3_BUCKET_CONFIGURATIONS += (
    ("LifecycleConfiguration", lifecycle, put_lifecycle, s3._delete_bucket_lifecycle),
)


# `vitae dev` stands in for GuardDuty and sends its events. ministack rejects every event whose source is a service of AWS.
# https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html
put_events = eventbridge._put_events


def put_scan_events(data, allow_aws_source=False):
    sources = {entry.get("Source") for entry in data.get("Entries", [])}
    return put_events(data, allow_aws_source or sources == {"aws.guardduty"})


eventbridge._put_events = put_scan_events


# ministack refuses alarms on an expression over several metrics. It keeps the first metric, which no one evaluates.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
metric_alarm_record = provisioners._cw_metric_alarm_record


def alarm_record(name, properties):
    metrics = properties.get("Metrics", [])
    first = next((one["MetricStat"] for one in metrics if "MetricStat" in one), None)
    if first:
        kept = {key: value for key, value in properties.items() if key != "Metrics"}
        properties = {**kept, **first["Metric"], "Period": first["Period"], "Statistic": first["Stat"]}
    return metric_alarm_record(name, properties)


provisioners._cw_metric_alarm_record = alarm_record


# Condition keys that bootstrap.yaml uses and ministack does not set: the name of a change set, and whether a write is
# conditional.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
request_tag_context = iam_actions.request_tag_context
s3_service_context = iam_actions.s3_service_context


def request_context(service, iam_action, body, params):
    context = dict(request_tag_context(service, iam_action, body, params))
    name = params.get("ChangeSetName") if service == "cloudformation" else None
    if name:
        context["cloudformation:changesetname"] = name[0] if isinstance(name, list) else name
    return context


def s3_context(iam_action, query_params, path="", headers=None):
    context = dict(s3_service_context(iam_action, query_params, path, headers))
    condition = (headers or {}).get("if-none-match")
    if iam_action == "s3:PutObject" and condition:
        context["s3:if-none-match"] = condition
    return context


iam_actions.request_tag_context = request_context
iam_actions.s3_service_context = s3_context


# The DNS records of an identity, which a template may read. They are made up, and count as verified as the identity does.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ses-emailidentity.html
identity = provisioners._RESOURCE_HANDLERS["AWS::SES::EmailIdentity"]
create_identity, update_identity = identity["create"], identity["update"]


def with_dkim_records(result):
    name, attributes = result
    ses_v2._identities[name]["DkimAttributes"].update({"SigningEnabled": True, "Status": "SUCCESS"})
    for number in (1, 2, 3):
        token = hashlib.sha256(f"{name} {number}".encode()).hexdigest()[:32]
        attributes[f"DkimDNSTokenName{number}"] = f"{token}._domainkey.{name}"
        attributes[f"DkimDNSTokenValue{number}"] = f"{token}.dkim.amazonses.com"
    return name, attributes


identity["create"] = lambda *arguments: with_dkim_records(create_identity(*arguments))
identity["update"] = lambda *arguments: with_dkim_records(update_identity(*arguments))


# ses:SendEmail is authorized on the identity and on the configuration set, with the sender's address. ministack authorizes it
# on "*", which a policy with exact names does not allow.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsesv2.html
SEND_EMAIL = "/v2/email/outbound-emails"

enforce_ses_v2 = app._enforce_ses_v2


def enforce_send_email(method, path, headers, body, query_params, request_id):
    if method != "POST" or path.rstrip("/") != SEND_EMAIL:
        return enforce_ses_v2(method, path, headers, body, query_params, request_id)
    try:
        message = json.loads(body)
        sender = parseaddr(message["FromEmailAddress"])[1]
        names = [f"identity/{sender if ses_v2._identities.get(sender) else sender.rpartition('@')[2]}"]
        if message.get("ConfigurationSetName"):
            names.append(f"configuration-set/{message['ConfigurationSetName']}")
    except (ValueError, KeyError, TypeError, AttributeError):
        return enforce_ses_v2(method, path, headers, body, query_params, request_id)
    region, account = app.extract_region(headers, query_params), responses.get_account_id()
    for name in names:
        arn = f"arn:aws:ses:{region}:{account}:{name}"
        denied = app._enforce_data_plane(
            "sesv2", "ses:SendEmail", headers, query_params, request_id, resource_arn=arn,
            service_context={"ses:fromaddress": sender}, named_resource=arn,
        )
        if denied:
            return denied
    return None


app._enforce_ses_v2 = enforce_send_email


# Keeps each message as it was sent, so that `vitae dev` can show it. ministack drops headers, and forgets messages when it exits.
MAIL = os.path.join(os.path.dirname(os.environ["STATE_DIR"]), "mail")
os.makedirs(MAIL, mode=0o700, exist_ok=True)

handle_ses_v2 = ses_v2.handle_request


async def handle_and_keep(method, path, headers, body, query_params):
    response = await handle_ses_v2(method, path, headers, body, query_params)
    if method == "POST" and path.rstrip("/") == SEND_EMAIL and response[0] == 200:
        name = os.path.join(MAIL, json.loads(response[2])["MessageId"].partition("@")[0])
        with open(os.open(f"{name}.part", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(body)
        os.rename(f"{name}.part", f"{name}.json")
    return response


ses_v2.handle_request = handle_and_keep


# The checks of every request.
lambda_svc._presigned_code_url = vitae_access.code_link
vitae_access.protect(app)
