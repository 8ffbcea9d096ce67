"""Access control for ministack: a request must come from a program, and be signed.

Any web page can send requests to the ports of 127.0.0.1, and functions run as processes of the developer. ministack itself
accepts every signature of its root user, every host and every origin. Here:

- the root user has a random access key, whose signature is verified as that of any other user;
- `Host` must be a name of this server, which prevents DNS rebinding;
- requests of browsers are rejected, except for rules in `UNSIGNED`;
- a request is signed (Signature Version 4, header or query), or one of `UNSIGNED`;
- the credentials of functions are random.

`corrections.py` imports this module before it imports any service, because services import names from the modules that are
changed here.
"""

import contextvars
import hashlib
import hmac
import http.server
import json
import os
import re
import secrets
import time
from dataclasses import dataclass
from urllib.parse import parse_qs, quote

from ministack.core import iam_evaluator, lambda_runtime, sigv4
from ministack.core.iam_evaluator import AuthError, CredentialResolutionError, ResolvedCredential

PORT = os.environ["GATEWAY_PORT"]
ACCOUNT = "000000000000"
HOSTS = {f"{name}:{PORT}" for name in ("127.0.0.1", "localhost", "[::1]")}
# A function URL's host has no port, which a browser would send, and its requests may carry the headers of a viewer: the
# local edge forwards them, and signs them.
FUNCTION_URL_HOST = re.compile(r"[a-z0-9]+\.lambda-url\.[a-z0-9-]+\.on\.aws")

# Rust writes it before each start. It is deleted here, so that functions cannot read it.
_file = os.path.join(os.path.dirname(os.path.abspath(__file__)), "root.json")
with open(_file, encoding="utf-8") as _text:
    _root = json.load(_text)
os.unlink(_file)
ROOT_KEY_ID, ROOT_SECRET = _root["access_key_id"], _root["secret_access_key"]


# The root user.

resolve_credential = iam_evaluator.resolve_credential


def is_root_access_key(access_key_id):
    return access_key_id == ROOT_KEY_ID


def resolve_credential_or_root(access_key_id, account_id=None, session_token=iam_evaluator._SESSION_TOKEN_NOT_CHECKED):
    if not is_root_access_key(access_key_id):
        return resolve_credential(access_key_id, account_id, session_token)
    if session_token is not iam_evaluator._SESSION_TOKEN_NOT_CHECKED and session_token:
        return iam_evaluator._invalid_session_token()
    return ResolvedCredential(
        access_key_id=ROOT_KEY_ID,
        secret_access_key=ROOT_SECRET,
        account_id=ACCOUNT,
        principal_arn=f"arn:aws:iam::{ACCOUNT}:root",
        principal_id=ACCOUNT,
        principal_type="Root",
        source_access_key_id=ROOT_KEY_ID,
    )


iam_evaluator.is_root_access_key = is_root_access_key
# ministack verifies the signatures of all but these.
iam_evaluator._is_root_key = lambda access_key_id: False
iam_evaluator.resolve_credential = resolve_credential_or_root


# The credentials of functions. ministack derives them from the names of function and role, which are not secret.

_random_key = secrets.token_bytes(32)


def _derive(*parts):
    return hmac.new(_random_key, "\n".join(parts).encode(), hashlib.sha256).hexdigest()


def execution_credentials(config):
    from ministack.services import sts

    account, _region = lambda_runtime._account_region_from_function_config(config)
    arn, role = config.get("FunctionArn", ""), config.get("Role", "")
    role_name, session_name = role.rsplit("/", 1)[-1], config.get("FunctionName", "ministack-lambda")[:64]
    key_id = f"ASIA{_derive('id', arn, role)[:16].upper()}"
    secret, token = _derive("secret", arn, role), _derive("token", arn, role)
    sts.register_session(key_id, {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{role_name}/{session_name}",
        "UserId": f"{role_name}:{session_name}",
        "SecretAccessKey": secret,
        "SessionToken": token,
    })
    return {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}


lambda_runtime.execution_credentials = execution_credentials


# The link to a function's code, which is a presigned URL at AWS.

_CODE = "/_ministack/lambda-code/"
_CODE_LINK_S = 600


def _code_token(path, expires):
    return _derive("code", path, str(expires))


def code_link(function_name):
    from ministack.core.responses import get_account_id, get_region

    path = f"{_CODE}{get_account_id()}/{get_region()}/{function_name}"
    expires = int(time.time()) + _CODE_LINK_S
    return f"http://127.0.0.1:{PORT}{path}?expires={expires}&token={_code_token(path, expires)}"


def _is_code_link(request):
    expires, token = request.parameter("expires"), request.parameter("token")
    return (
        expires.isascii()
        and expires.isdigit()
        and int(expires) >= time.time()
        and hmac.compare_digest(token.encode(), _code_token(request.path, int(expires)).encode())
    )


# The form of an upload. S3 checks its signed policy, with the permissions of the one who signed it. Before that, ministack
# authorizes the request itself, which has no caller.

_has_signed_form = contextvars.ContextVar("has_signed_form", default=False)
enforce = iam_evaluator.enforce


def enforce_unless_form(access_key_id, iam_action, service, region, *arguments, **named):
    if _has_signed_form.get() and not access_key_id and iam_action == "s3:PutObject":
        return None
    return enforce(access_key_id, iam_action, service, region, *arguments, **named)


iam_evaluator.enforce = enforce_unless_form


def is_signed_form(request, body):
    from ministack.services import s3

    parts = s3._parse_multipart_form(request.headers["content-type"], body)
    return any(name.lower() == "x-amz-signature" for name, *_ in parts)


def _is_form(request):
    is_multipart = request.headers.get("content-type", "").startswith("multipart/form-data;")
    # Nothing but the form may name the caller.
    return is_multipart and not request.query and "authorization" not in request.headers


# The rules.


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    raw_path: str
    query: dict
    headers: dict

    def parameter(self, name):
        values = self.query.get(name, [])
        return values[0] if len(values) == 1 else ""


@dataclass(frozen=True)
class Rule:
    """A request that is accepted without a signature."""

    methods: frozenset
    path: re.Pattern
    # A further condition.
    accepts: object = None
    # Whether a browser may send it.
    browser: bool = False
    # Whether its body must be a form with a signed policy.
    signed_form: bool = False

    def matches(self, request):
        return (
            request.method in self.methods
            and self.path.fullmatch(request.path) is not None
            and (self.accepts is None or self.accepts(request))
        )


UNSIGNED = (
    Rule(frozenset({"GET"}), re.compile(r"/_ministack/(health|ready)")),
    # A custom resource sends its result to this address, whose last segment is a random secret.
    Rule(frozenset({"PUT"}), re.compile(r"/_ministack/cfn-response/[0-9a-f-]{36}")),
    # The form of an upload, whose signed policy S3 checks. The local edge sends it; a browser may not.
    Rule(frozenset({"POST"}), re.compile(r"/[a-z0-9-]+-inbox-uploadbucket-[a-z0-9]+/?"), _is_form,
         signed_form=True),
    Rule(frozenset({"GET"}), re.compile(_CODE + r"[^/]+/[^/]+/[^/]+"), _is_code_link),
)

# Paths of ministack itself, which are not part of AWS: they reset and configure the server, and read its mail.
INTERNAL_PATHS = re.compile(r"/(_ministack|_localstack|health)(/.*)?", re.DOTALL)

# Sent once, or the rule and the service could read different values.
SINGLE = ("host", "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "x-amz-target", "origin")
QUERY_CREDENTIALS = {
    "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-security-token", "x-amz-signature",
    "x-amz-signedheaders",
}


class Rejection(Exception):
    """A request that is not served, with the code and the message of an AWS error."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


def parse(scope):
    headers = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), sigv4.decode_header_value(raw_value)
        if name in headers and name in SINGLE:
            raise Rejection("AccessDenied", f"The header {name} is repeated.")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    query = parse_qs(scope.get("query_string", b"").decode("utf-8", "replace"), keep_blank_values=True)
    raw_path = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
    return Request(scope["method"], scope["path"], raw_path, query, headers)


def is_of_browser(headers, method):
    if "origin" in headers:
        return True
    site = headers.get("sec-fetch-site")
    if site is None:
        return False
    # The user's own navigation only reads.
    return site not in ("none", "same-origin") or method not in ("GET", "HEAD")


def unsigned_rule(request):
    """Returns the rule for a request without signature, `None` if it must be signed, or raises `Rejection`."""
    host = request.headers.get("host", "").lower()
    if FUNCTION_URL_HOST.fullmatch(host):
        return None
    if host not in HOSTS:
        raise Rejection("AccessDenied", "The Host is not a name of the local cloud.")
    rule = next((rule for rule in UNSIGNED if rule.matches(request)), None)
    if is_of_browser(request.headers, request.method) and not (rule and rule.browser):
        raise Rejection("AccessDenied", "The local cloud does not accept requests of web pages.")
    if rule is None and INTERNAL_PATHS.fullmatch(request.path):
        raise Rejection("AccessDenied", "This path of the local cloud is disabled.")
    return rule


def parse_signature(request):
    """Returns the signature of the request and whether it is in the query."""
    authorization = request.headers.get("authorization", "")
    if any(len(values) > 1 for name, values in request.query.items() if name.lower() in QUERY_CREDENTIALS):
        raise Rejection("IncompleteSignature", "A parameter of the signature is repeated.")
    presigned = not authorization and bool(request.parameter("X-Amz-Algorithm"))
    if not authorization and not presigned:
        raise Rejection("MissingAuthenticationToken", "The request is not signed.")
    algorithm = request.parameter("X-Amz-Algorithm") if presigned else authorization.partition(" ")[0]
    if algorithm != "AWS4-HMAC-SHA256":
        raise Rejection("IncompleteSignature", "The algorithm must be AWS4-HMAC-SHA256.")
    parse_parts, parts = (
        (sigv4.parse_query_signature, request.query) if presigned else (sigv4.parse_header_signature, request.headers))
    signature = parse_parts(parts)
    if isinstance(signature, tuple):
        raise Rejection(*signature)
    if "host" not in signature.signed_headers.split(";"):
        raise Rejection("SignatureDoesNotMatch", "Host must be a signed header.")
    return signature, presigned


def check_time(request, signature, presigned):
    if sigv4._amz_datetime(signature.amz_date) is None:
        raise Rejection("IncompleteSignature", "The date must be YYYYMMDDTHHMMSSZ.")
    expires = request.parameter("X-Amz-Expires")
    if not presigned or not expires:
        if failure := sigv4.request_time_failure(signature):
            raise Rejection(*failure)
        return
    # Services other than S3 ignore a longer lifetime; a week is the limit of S3.
    if not (expires.isascii() and expires.isdigit() and len(expires) <= 6 and int(expires) <= 604_800):
        raise Rejection("AuthorizationQueryParametersError", "X-Amz-Expires must be at most a week.")
    if sigv4.presigned_request_is_expired(signature.amz_date, expires):
        raise Rejection("AccessDenied", "Request has expired")


def credential_of(request, signature, presigned):
    from ministack.core.responses import _account_from_sts_session
    from ministack.core.router import extract_access_key_id

    key_id = signature.access_key_id
    # ministack takes the identity of the caller from here: it must be the one that signed.
    if not key_id or extract_access_key_id(request.headers, request.query) != key_id:
        raise Rejection("IncompleteSignature", "The access key id is ambiguous.")
    if presigned:
        token = request.parameter("X-Amz-Security-Token")
    else:
        token = request.headers.get("x-amz-security-token", "")
    account = _account_from_sts_session(key_id) or iam_evaluator.find_iam_access_key_account(key_id) or ACCOUNT
    credential = resolve_credential_or_root(key_id, account, token)
    if isinstance(credential, CredentialResolutionError):
        raise Rejection(credential.code, credential.message)
    return credential


def check_signature(request, body, signature, presigned, credential):
    claimed = request.headers.get("x-amz-content-sha256", "")
    if re.fullmatch(r"[0-9a-f]{64}", claimed) and claimed != hashlib.sha256(body).hexdigest():
        raise Rejection("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
    failure = sigv4.header_signature_failure(
        signature, credential.secret_access_key, request.method, request.raw_path, request.query, request.headers, body,
        presigned=presigned,
    )
    if failure:
        raise Rejection(*failure)


async def read_body(receive):
    """Returns the body, or `None` if the client has disconnected."""
    chunks = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def replay(body, receive):
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again():
        return pending.pop() if pending else await receive()

    return receive_again


def without_wildcard_cors(send):
    """Removes the permission for every origin, which ministack adds to responses that have none."""

    async def send_checked(message):
        if message["type"] == "http.response.start":
            headers = [(name, value) for name, value in message.get("headers", [])
                       if not (name.lower() == b"access-control-allow-origin" and value.strip() == b"*")]
            if not any(name.lower() == b"access-control-allow-origin" for name, _ in headers):
                headers = [pair for pair in headers if not pair[0].lower().startswith(b"access-control-")]
            message = {**message, "headers": headers}
        await send(message)

    return send_checked


async def send_rejection(app_module, request, rejection, send):
    """Sends the error in the protocol of the service."""
    try:
        service = app_module.detect_service(request.method, request.path, request.headers, request.query)
        failure = AuthError(rejection.code, rejection.message)
        status, headers, body = app_module._credential_failure(service, "", secrets.token_hex(16), failure, request.headers)
        headers, body = app_module._asgi_header_list(headers), body if isinstance(body, bytes) else body.encode()
    except Exception:
        status, headers = 403, [(b"content-type", b"application/json")]
        body = json.dumps({"__type": rejection.code, "message": rejection.message}).encode()
    headers = [pair for pair in headers if pair[0].lower() != b"content-length"]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status if status >= 400 else 403, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})


async def send_forbidden(rejection, send):
    body = json.dumps({"__type": rejection.code, "message": rejection.message}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def protect(app_module):
    """Replaces the ASGI application of ministack by one that checks each request first."""
    app = app_module.app

    async def protected(scope, receive, send):
        if scope["type"] == "lifespan":
            return await app(scope, receive, send)
        if scope["type"] != "http":
            # WebSockets: AWS services of this project have none.
            await receive()
            return await send({"type": "websocket.close", "code": 1008})
        send = without_wildcard_cors(send)
        try:
            request = parse(scope)
            rule = unsigned_rule(request)
        except Rejection as rejection:
            return await send_forbidden(rejection, send)
        if rule is not None and not rule.signed_form:
            return await app(scope, receive, send)
        if rule is not None:
            body = await read_body(receive)
            if body is None:
                return None
            if not is_signed_form(request, body):
                return await send_forbidden(Rejection("AccessDenied", "The form has no signed policy."), send)
            token = _has_signed_form.set(True)
            try:
                return await app(scope, replay(body, receive), send)
            finally:
                _has_signed_form.reset(token)
        try:
            signature, presigned = parse_signature(request)
            check_time(request, signature, presigned)
            credential = credential_of(request, signature, presigned)
            body = await read_body(receive)
            if body is None:
                return None
            check_signature(request, body, signature, presigned, credential)
        except Rejection as rejection:
            return await send_rejection(app_module, request, rejection, send)
        return await app(scope, replay(body, receive), send)

    app_module.app = protected


# The Runtime API of functions, which ministack serves on further ports.

parse_request = http.server.BaseHTTPRequestHandler.parse_request


def parse_request_of_program(handler):
    if not parse_request(handler):
        return False
    hosts = handler.headers.get_all("host", [])
    port = handler.server.server_address[1]
    is_own = len(hosts) == 1 and hosts[0].lower() in (f"127.0.0.1:{port}", f"localhost:{port}")
    if not is_own or "origin" in handler.headers or "sec-fetch-site" in handler.headers:
        handler.send_error(403)
        return False
    return True


http.server.BaseHTTPRequestHandler.parse_request = parse_request_of_program
