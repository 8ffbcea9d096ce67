"""Signs with botocore's CloudFrontSigner. Reads requests as JSON from stdin, writes answers as JSON to stdout."""

import datetime
import json
import subprocess
import sys

from botocore.signers import CloudFrontSigner


def when(seconds):
    return seconds and datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def answer(signer, request):
    url, expires = request["url"], when(request["expires"])
    if not request.get("custom"):
        return {"url": signer.generate_presigned_url(url, date_less_than=expires)}
    policy = signer.build_policy(url, expires, when(request.get("starts")), request.get("source"))
    return {"policy": policy, "url": signer.generate_presigned_url(url, policy=policy)}


def main():
    given = json.load(sys.stdin)

    def rsa_sha1(message):
        command = ["openssl", "dgst", "-sha1", "-sign", given["key"]]
        return subprocess.run(command, input=message, capture_output=True, check=True).stdout

    signer = CloudFrontSigner("K2JCJMDEHXQW5F", rsa_sha1)
    json.dump([answer(signer, request) for request in given["requests"]], sys.stdout)


main()
