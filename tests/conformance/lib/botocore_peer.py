"""Signs with botocore's CloudFrontSigner. Reads requests as JSON from stdin, writes results as JSON to stdout."""

import datetime
import json
import subprocess
import sys

from botocore.signers import CloudFrontSigner


def to_datetime(seconds):
    return seconds and datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def sign(signer, request):
    url, expires = request["url"], to_datetime(request["expires"])
    if not request.get("custom"):
        return {"url": signer.generate_presigned_url(url, date_less_than=expires)}
    policy = signer.build_policy(url, expires, to_datetime(request.get("start")), request.get("source_ip"))
    return {"policy": policy, "url": signer.generate_presigned_url(url, policy=policy)}


def main():
    data = json.load(sys.stdin)

    def rsa_sha1(message):
        command = ["openssl", "dgst", "-sha1", "-sign", data["key"]]
        return subprocess.run(command, input=message, capture_output=True, check=True).stdout

    signer = CloudFrontSigner("K2JCJMDEHXQW5F", rsa_sha1)
    json.dump([sign(signer, request) for request in data["requests"]], sys.stdout)


main()
