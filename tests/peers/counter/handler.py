"""A typical visit counter: one item, one UpdateItem, and a client created when the module loads."""

import json
import os

import boto3

dynamodb = boto3.client("dynamodb")
TABLE = os.environ["TABLE_NAME"]


def handler(event, context):
    output = dynamodb.update_item(
        TableName=TABLE,
        Key={"pk": {"S": "visits"}, "sk": {"S": "total"}},
        UpdateExpression="SET n = if_not_exists(n, :zero) + :one",
        ExpressionAttributeValues={":zero": {"N": "0"}, ":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"},
        "body": json.dumps({"count": int(output["Attributes"]["n"]["N"])}),
    }
