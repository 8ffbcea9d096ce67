"""Evaluates calls against policies with the local cloud's IAM.

Reads {"policies": [...], "calls": [{"action": ..., "resource": ..., "context": {...}}]} and writes a list of decisions.
"""

import json
import sys

from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document


def decide(call, policies):
    context = EvalContext(
        principal_arn="arn:aws:sts::000000000000:assumed-role/deploy/run",
        principal_type="AssumedRole",
        principal_account="000000000000",
        action=call["action"],
        resource_arn=call["resource"],
        region="us-east-1",
        source_ip="127.0.0.1",
        secure_transport=True,
        service_context={key.lower(): value for key, value in call["context"].items()},
    )
    return evaluate(context, policies).decision


request = json.load(sys.stdin)
parsed = [parse_policy_document(policy) for policy in request["policies"]]
json.dump([decide(call, parsed) for call in request["calls"]], sys.stdout)
