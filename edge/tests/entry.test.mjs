// The bundle as it is deployed, in the Node versions that it may be deployed to. Each test loads its own copy, as each
// environment does, and sets the clock.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, afterEach, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ParameterStore } from './parameter-store.mjs';
import { viewerRequest as event } from './viewer-request.mjs';

const BUNDLE = process.env.VITAE_EDGE_BUNDLE;
const T0 = 1_767_290_400_000;
const MINUTE = 60_000;
/** The memory limit of the instance, from `edge/build.rs`. */
const MEMORY_BYTES = 16 * 1024 * 1024;
const { prefix } = JSON.parse(readFileSync(join(BUNDLE, 'bundle.json'), 'utf8'));
const scratch = mkdtempSync(join(tmpdir(), 'vitae-entry-'));
after(() => rmSync(scratch, { recursive: true }));

const openssl = (...args) => execFileSync('openssl', args, { encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
const P256 = openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
const RSA = openssl('genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');

let now;
let store;
let lines;
const realNow = Date.now;
const realWrite = process.stdout.write;

beforeEach(async () => {
  now = T0;
  Date.now = () => now;
  lines = [];
  store = await new ParameterStore().start();
  set('config', { names: ['example.com'] });
  setKey('K1', 'ecdsa-p256', 'sha256', P256);
  process.env.AWS_ENDPOINT_URL_SSM = store.url;
  process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = 'not-a-secret';
  process.env.AWS_SESSION_TOKEN = 'session';
  // The entry logs to stdout, where the test runner reports too; its own lines are objects.
  process.stdout.write = function (chunk, ...rest) {
    if (typeof chunk !== 'string' || !chunk.startsWith('{"')) return realWrite.call(process.stdout, chunk, ...rest);
    assert.ok(chunk.endsWith('\n') && chunk.indexOf('\n') === chunk.length - 1, 'one line each');
    lines.push(JSON.parse(chunk));
    return true;
  };
});

afterEach(async () => {
  Date.now = realNow;
  process.stdout.write = realWrite;
  await store.stop();
  const logged = JSON.stringify(lines);
  for (const secret of ['203.0.113.178', 'not-a-secret', P256.split('\n')[1], RSA.split('\n')[1]]) {
    assert.ok(!logged.includes(secret), `logged: ${logged}`);
  }
});

function set(name, value) {
  store.parameters.set(prefix + name, typeof value === 'string' ? value : JSON.stringify(value));
}

function setKey(id, algorithm, hash, pem) {
  set('signer/active', { key_pair_id: id, algorithm, hash, private_key: pem });
}

let copies = 0;
async function load() {
  const folder = join(scratch, `${(copies += 1)}`);
  cpSync(BUNDLE, folder, { recursive: true });
  const url = (name) => pathToFileURL(join(folder, name)).href;
  const { handler } = await import(url('index.mjs'));
  return { handler, glue: await import(url('vitae_edge.js')) };
}

const OWN = { origin: 'https://example.com', accept: 'application/json' };
const linkRequest = () => event('GET', '/api/cv', OWN);
const code = (response) => JSON.parse(response.body).code;
const keyOf = (response) => new URL(JSON.parse(response.body).url).searchParams.get('Key-Pair-Id');

/** Whether Node's OpenSSL verifies the link's signature with this key. */
function isSigned(url, pem, hash) {
  const { searchParams } = new URL(url);
  const resource = url.split('?')[0];
  const expires = Number(searchParams.get('Expires'));
  const policy = `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
  const base64 = /[?&]Signature=([^&]*)/.exec(url)[1].replace(/[-_~]/g, (one) => ({ '-': '+', _: '=', '~': '/' })[one]);
  return verify(hash, Buffer.from(policy), createPublicKey(pem), Buffer.from(base64, 'base64'));
}

test('the first link needs only what the module loaded', async () => {
  const { handler } = await load();
  assert.equal(store.requests.length, 1);
  const response = await handler(linkRequest());
  assert.equal(response.status, '200');
  const { url, expires } = JSON.parse(response.body);
  assert.equal(expires, T0 / 1000 + 60);
  assert.ok(url.startsWith(`https://example.com/cv/resume.pdf?Expires=${expires}&Key-Pair-Id=K1&Signature=`), url);
  assert.ok(isSigned(url, P256, 'sha256'));
  assert.ok(!isSigned(url.replace('resume', 'other'), P256, 'sha256'));
  assert.equal(store.requests.length, 1);
});

test('the handler is one that every runtime of Node.js accepts', async () => {
  const { handler } = await load();
  // From Node.js 24 on, Lambda rejects handlers with a callback, which is the third parameter.
  // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
  assert.equal(handler.constructor.name, 'AsyncFunction');
  assert.ok(handler.length <= 2);
});

test('an RSA key signs with SHA-1', async () => {
  setKey('K2', 'rsa-2048', 'sha1', RSA);
  const { handler } = await load();
  const { url } = JSON.parse((await handler(linkRequest())).body);
  assert.ok(!url.includes('Hash-Algorithm'));
  assert.ok(isSigned(url, RSA, 'sha1'));
});

test('a host that does not sign is an error that is logged, and never a link', async () => {
  const crypto = process.getBuiltinModule('node:crypto');
  const { sign } = crypto;
  const junk = [
    () => {
      throw Object.assign(new Error(P256), { code: 'ERR_OSSL_EVP_DECODE_ERROR' });
    },
    () => undefined,
    () => 'a signature',
    () => Buffer.alloc(0),
    () => Buffer.alloc(256, 1),
    () => new Float64Array(70),
    () => ({ length: 2 ** 40 }),
    () => new Uint8Array(2 ** 20),
    (hash, message, key) => sign(hash, Buffer.concat([message, message]), key),
    (hash, message, key) => sign('sha512', message, key),
  ];
  try {
    for (const [algorithm, hash, pem] of [['ecdsa-p256', 'sha256', P256], ['rsa-2048', 'sha1', RSA]]) {
      setKey('K1', algorithm, hash, pem);
      for (const replacement of junk) {
        crypto.sign = replacement;
        const { handler } = await load();
        lines = [];
        const response = await handler(linkRequest());
        assert.deepEqual([response.status, code(response)], ['500', 'internal'], String(replacement));
        assert.deepEqual(lines.map((line) => line.event), ['signing_failed']);
        assert.match(lines[0].reason, /^the signature backend /);
        crypto.sign = sign;
        assert.equal((await handler(linkRequest())).status, '200', 'the instance is not affected');
      }
    }
  } finally {
    crypto.sign = sign;
  }
});

test('a key that the host rejects is rejected, and the old key stays active', async () => {
  const crypto = process.getBuiltinModule('node:crypto');
  const { createPrivateKey } = crypto;
  const { handler } = await load();
  try {
    crypto.createPrivateKey = () => {
      throw new Error(RSA);
    };
    setKey('K2', 'rsa-2048', 'sha1', RSA);
    now += 2 * MINUTE;
    lines = [];
    await handler(linkRequest());
    await until(() => lines.some((line) => line.event === 'parameter_rejected'));
    assert.deepEqual([lines[0].parameter, lines[0].reason], ['signer/active', 'backend_key']);
    assert.equal(keyOf(await handler(linkRequest())), 'K1');
  } finally {
    crypto.createPrivateKey = createPrivateKey;
  }
});

test('one signed request fetches every parameter', async () => {
  await load();
  const [{ method, headers, names }] = store.requests;
  assert.equal(method, 'POST');
  assert.deepEqual(names, ['config', 'origins/dev', 'origins/prod', 'signer/active'].map((name) => prefix + name));
  assert.equal(headers['x-amz-target'], 'AmazonSSM.GetParameters');
  assert.equal(headers['x-amz-date'], '20260101T180000Z');
  assert.equal(headers['x-amz-security-token'], 'session');
  assert.match(headers.authorization, /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260101\/us-east-1\/ssm\/aws4_request, /);
});

test('the clock is read once for each request', async () => {
  const { handler } = await load();
  let reads = 0;
  Date.now = () => {
    reads += 1;
    return now;
  };
  const requests = [linkRequest(), event('POST', '/api/count', OWN), event('OPTIONS', '/api/count', OWN), event('GET', '/api/x'), null];
  for (const request of requests) await handler(request);
  assert.equal(reads, requests.length);
});

test('a visit is forwarded with what the counter needs', async () => {
  const { handler } = await load();
  const body = { inputTruncated: false, action: 'read-only', encoding: 'base64', data: 'YWJj' };
  const sent = event('POST', '/api/count', { ...OWN, 'x-vitae-allow-origin': 'https://evil.example' }, body);
  const request = await handler(sent);
  assert.deepEqual(request.body, body);
  assert.equal(request.headers['x-vitae-allow-origin'][0].value, OWN.origin);
  assert.match(request.headers['idempotency-key'][0].value, /^[0-9a-f]{32}$/);
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  assert.equal(request.headers['x-amz-content-sha256'][0].value, abc);
  assert.deepEqual(lines.filter((line) => line.level !== 'INFO'), []);
});

test('a preflight of an allowed origin is accepted and a foreign one is rejected', async () => {
  const { handler } = await load();
  const requested = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'idempotency-key' };
  const accepted = await handler(event('OPTIONS', '/api/count', { ...OWN, ...requested }));
  assert.equal(accepted.status, '204');
  assert.equal(accepted.body, undefined);
  assert.equal(accepted.headers['access-control-allow-origin'][0].value, OWN.origin);
  const rejected = await handler(event('OPTIONS', '/api/count', { origin: 'https://evil.example', ...requested }));
  assert.equal(rejected.status, '403');
  assert.equal(rejected.headers['access-control-allow-origin'], undefined);
});

test('bad input gets a response and one log line', async () => {
  const { handler } = await load();
  const large = { inputTruncated: true, action: 'read-only', encoding: 'base64', data: 'YWJj' };
  for (const [sent, status, expected] of [
    [undefined, '500', 'internal'],
    [null, '500', 'internal'],
    [{}, '500', 'internal'],
    [{ Records: [] }, '500', 'internal'],
    ['text', '500', 'internal'],
    [event('GET', '/api/count', { origin: 'https://\ud800.example' }), '403', 'origin_not_allowed'],
    [event('GET', '/api/count', { origin: 'https://\ufffd.example' }), '403', 'origin_not_allowed'],
    [event('GET', '/api/count', { origin: '' }), '403', 'origin_not_allowed'],
    [event('GET', '/api/count', { origin: [OWN.origin, OWN.origin] }), '403', 'origin_not_allowed'],
    [event('GET', `/api/${'a'.repeat(9000)}`, OWN), '400', 'not_found'],
    [event('POST', '/api/count', OWN, large), '413', 'body_too_large'],
    [event('DELETE', '/api/cv', OWN), '405', 'method_not_allowed'],
    [event('GET', '/api/cv', { ...OWN, host: 'evil.example' }), '421', 'host_unknown'],
  ]) {
    lines = [];
    const response = await handler(sent);
    assert.equal(response.status, status);
    assert.equal(code(response), expected);
    assert.equal(lines.length, 1);
    assert.ok(JSON.stringify(lines).length < 500);
  }
});

test('a stale configuration is refreshed once, while requests are served', async () => {
  const { handler } = await load();
  setKey('K2', 'rsa-2048', 'sha1', RSA);
  now += 2 * MINUTE;
  const responses = await Promise.all([handler(linkRequest()), handler(linkRequest()), handler(linkRequest())]);
  assert.deepEqual(responses.map(keyOf), ['K1', 'K1', 'K1']);
  await until(() => lines.some((line) => line.event === 'signer_changed' && line.keyPairId === 'K2'));
  assert.equal(store.requests.length, 2);
  assert.equal(keyOf(await handler(linkRequest())), 'K2');
});

test('after a freeze a link waits for Parameter Store and has the new key', async () => {
  const { handler } = await load();
  setKey('K2', 'rsa-2048', 'sha1', RSA);
  now += 6 * MINUTE;
  assert.equal(keyOf(await handler(linkRequest())), 'K2');
});

test('a frozen refresh is abandoned and repeated on a new connection', async () => {
  const { handler } = await load();
  store.mood = 'never';
  now += 2 * MINUTE;
  assert.equal(keyOf(await handler(linkRequest())), 'K1');
  await until(() => store.requests.length === 2);
  // The environment is frozen here, in the middle of the refresh, for ten minutes.
  store.mood = 'well';
  setKey('K2', 'rsa-2048', 'sha1', RSA);
  now += 10 * MINUTE;
  assert.equal(keyOf(await handler(linkRequest())), 'K2');
  assert.equal(store.requests.length, 3);
  assert.notEqual(store.requests[2].port, store.requests[1].port);
});

/** Failures of Parameter Store, and the logged reason of each. */
const FAILURES = [
  ['throttled', 'ThrottlingException (400)'],
  ['denied', 'AccessDeniedException (400)'],
  ['broken', 'InternalServerError (500)'],
  ['unavailable', 'unnamed (503)'],
  ['garbage', 'malformed'],
  ['long', 'response too long'],
  ['reset', 'ECONNRESET'],
];

for (const [mood, reason] of FAILURES) {
  test(`while Parameter Store is ${mood}, links fail closed and visits are counted`, async () => {
    const { handler } = await load();
    now += 6 * MINUTE;
    store.mood = mood;
    lines = [];
    const response = await handler(linkRequest());
    assert.equal(response.status, '503');
    assert.equal(code(response), 'config_unavailable');
    assert.equal(response.headers['retry-after'][0].value, '5');
    const [failed, rejected] = lines;
    assert.deepEqual([failed.event, failed.level, failed.reason], ['refresh_failed', 'ERROR', reason]);
    assert.deepEqual([counts(failed), counts(rejected)], [['RefreshFailed'], ['ConfigUnavailable']]);
    assert.equal((await handler(event('POST', '/api/count', OWN))).uri, '/api/count');
    store.mood = 'well';
    now += MINUTE;
    assert.equal(keyOf(await handler(linkRequest())), 'K1');
  });
}

test('an outage of Parameter Store is logged and ends when it is up again', async () => {
  const { handler } = await load();
  const port = await store.down();
  now += 6 * MINUTE;
  assert.equal(code(await handler(linkRequest())), 'config_unavailable');
  const failed = lines.filter((line) => line.event === 'refresh_failed');
  assert.deepEqual(failed.map((line) => line.reason), ['ECONNREFUSED']);
  await store.start(port);
  now += MINUTE;
  assert.equal(keyOf(await handler(linkRequest())), 'K1');
});

test('a request waits for a slow Parameter Store', async () => {
  store.mood = 'slow';
  const { handler } = await load();
  assert.equal(keyOf(await handler(linkRequest())), 'K1');
  setKey('K2', 'ecdsa-p256', 'sha256', P256);
  now += 6 * MINUTE;
  assert.equal(keyOf(await handler(linkRequest())), 'K2');
  assert.deepEqual(lines.filter((line) => line.level !== 'INFO'), []);
});

for (const name of ['config', 'signer/active']) {
  test(`a ${name} that was deleted is logged, and the old value is used until it expires`, async () => {
    const { handler } = await load();
    store.parameters.delete(prefix + name);
    now += 2 * MINUTE;
    assert.equal(keyOf(await handler(linkRequest())), 'K1');
    await until(() => lines.some((line) => line.event === 'parameter_rejected'));
    const [line] = lines.filter((one) => one.event === 'parameter_rejected');
    assert.deepEqual([line.parameter, line.reason, counts(line)], [name, 'missing', ['ParameterRejected']]);
    now += 4 * MINUTE;
    assert.equal(code(await handler(linkRequest())), 'config_unavailable');
  });
}

test('without any valid value the refresh is repeated with backoff, and responses carry Retry-After', async () => {
  store.mood = 'throttled';
  const { handler } = await load();
  const refreshes = [];
  for (let second = 0; second < 60; second += 1) {
    const before = store.requests.length;
    for (let client = 0; client < 3; client += 1) {
      const response = await handler(linkRequest());
      assert.equal(code(response), 'config_unavailable');
      assert.equal(response.headers['retry-after'][0].value, '5');
    }
    if (store.requests.length > before) refreshes.push(second);
    assert.ok(store.requests.length <= before + 1, 'at most once a second, for any number of clients');
    now += 1000;
  }
  assert.deepEqual(refreshes, [1, 3, 7, 15, 31]);
  store.mood = 'well';
  now += 5000;
  assert.equal(keyOf(await handler(linkRequest())), 'K1');
});

test('after hours of freezing a retired key signs nothing, in every mood of Parameter Store', async () => {
  const { handler } = await load();
  setKey('K2', 'ecdsa-p256', 'sha256', P256);
  now += 5 * 60 * MINUTE;
  for (const mood of ['throttled', 'garbage', 'reset', 'never']) {
    store.mood = mood;
    const response = await handler(linkRequest());
    assert.equal(code(response), 'config_unavailable', mood);
    now += MINUTE;
  }
  store.mood = 'well';
  assert.equal(keyOf(await handler(linkRequest())), 'K2');
});

test('a Parameter Store that never responds delays loading and links only until their deadlines', async (context) => {
  store.mood = 'never';
  const timeout = context.mock.method(AbortSignal, 'timeout');
  const deadlines = () => timeout.mock.calls.map((call) => call.arguments[0]);
  const { handler } = await load();
  assert.deepEqual(deadlines(), [1500], 'loading shares the 5 s of a request after a crash');
  assert.deepEqual(lines.map((line) => line.reason), ['TimeoutError']);
  assert.equal(code(await handler(linkRequest())), 'config_unavailable');
  assert.equal(store.requests.length, 1, 'not repeated at once');
  now += 5000;
  assert.equal(code(await handler(linkRequest())), 'config_unavailable');
  assert.deepEqual(deadlines(), [1500, 3000]);
  store.mood = 'well';
  now += 5000;
  assert.equal(keyOf(await handler(linkRequest())), 'K1');
});

test('without credentials no request is sent and the reason is logged', async () => {
  delete process.env.AWS_ACCESS_KEY_ID;
  const { handler } = await load();
  assert.equal(store.requests.length, 0);
  assert.deepEqual(lines.map((line) => line.reason), ['AWS credentials are missing in the environment']);
  assert.equal(code(await handler(linkRequest())), 'config_unavailable');
});

test('credentials are read again for each refresh', async () => {
  const { handler } = await load();
  process.env.AWS_ACCESS_KEY_ID = 'AKIDROTATED';
  now += 6 * MINUTE;
  await handler(linkRequest());
  assert.match(store.requests[1].headers.authorization, /Credential=AKIDROTATED\//);
});

test('a trap costs one request, and the new instance has the last parameters', async () => {
  const { handler } = await load();
  const before = await handler(linkRequest());
  lines = [];
  // More than the instance's memory limit, so its allocator fails.
  const response = await handler(event('GET', '/api/count', { ...OWN, 'x-large': 'x'.repeat(MEMORY_BYTES) }));
  assert.equal(response.status, '500');
  assert.equal(code(response), 'internal');
  assert.equal(response.headers['content-type'][0].value, 'application/problem+json');
  assert.equal(response.headers.vary[0].value, 'Origin');
  const [{ event: logged, reason, code: problem }] = lines;
  assert.deepEqual([logged, reason, problem], ['instance_replaced', 'unreachable', 'internal']);
  assert.deepEqual(lines.map(counts), [['InternalError']]);
  // Signed again, by node:crypto, whose P-256 signatures are random.
  const withoutSignature = ({ body }) => body.replace(/Signature=[^&]*/, '');
  assert.equal(withoutSignature(await handler(linkRequest())), withoutSignature(before));
  assert.equal(store.requests.length, 1);
  now += 6 * MINUTE;
  assert.equal((await handler(linkRequest())).status, '200', 'restored values keep their age');
  assert.equal(store.requests.length, 2);
});

test('consecutive traps cost only their own requests', async () => {
  const { handler } = await load();
  const large = event('GET', '/api/count', { 'x-large': 'x'.repeat(MEMORY_BYTES) });
  for (let turn = 0; turn < 5; turn += 1) {
    assert.equal((await handler(large)).status, '500');
    assert.equal((await handler(linkRequest())).status, '200');
  }
  assert.equal(store.requests.length, 1);
});

test('an instance that trapped on an invalid pointer is replaced too', async () => {
  const { handler, glue } = await load();
  const { handle } = glue.Handler.prototype;
  glue.Handler.prototype.handle = function (...args) {
    glue.Handler.prototype.handle = handle;
    // Out of the bounds of the instance's memory.
    this.__wbg_ptr = 0xfffffff0;
    return handle.apply(this, args);
  };
  lines = [];
  assert.equal((await handler(linkRequest())).status, '500');
  assert.deepEqual(lines.map((line) => line.reason), ['memory access out of bounds']);
  assert.equal((await handler(linkRequest())).status, '200');
});

test('every preflight is decided by the current configuration', async () => {
  const { handler } = await load();
  const requested = { ...OWN, 'access-control-request-method': 'POST' };
  const preflight = (headers) => event('OPTIONS', '/api/count', { ...requested, ...headers });
  const first = await handler(preflight());
  assert.equal(first.status, '204');
  for (let turn = 0; turn < 5; turn += 1) assert.deepEqual(await handler(preflight({ 'user-agent': `${turn}` })), first);
  for (const [headers, status] of [
    [{ origin: 'https://evil.example' }, '403'],
    [{ origin: [OWN.origin, OWN.origin] }, '403'],
    [{ Origin: 'https://evil.example' }, '403'],
    [{ host: 'evil.example' }, '421'],
    [{ 'access-control-request-method': 'DELETE' }, '403'],
    [{ 'access-control-request-headers': 'authorization' }, '403'],
  ]) {
    for (let turn = 0; turn < 2; turn += 1) assert.equal((await handler(preflight(headers))).status, status);
  }
  set('config', { names: ['other.example'] });
  now += 2 * MINUTE;
  await handler(preflight());
  await until(() => store.requests.length === 2);
  await until(() => handler(preflight()).then((response) => response.status === '421'));
});

test('a link is the same within its window, and another one after it and for a new key', async () => {
  const { handler } = await load();
  now += 1;
  const first = await handler(linkRequest());
  assert.deepEqual(await handler(linkRequest()), first);
  now += 9_999;
  assert.deepEqual(await handler(linkRequest()), first);
  now += 1;
  assert.notDeepEqual(await handler(linkRequest()), first);
  const navigation = { 'sec-fetch-site': 'none', accept: 'text/html' };
  assert.equal((await handler(event('GET', '/api/cv', navigation))).status, '303');
  assert.equal((await handler(event('GET', '/api/cv', { ...navigation, 'sec-fetch-site': 'cross-site' }))).headers.location[0].value, '/?cv=origin_not_allowed#cv');
  assert.equal((await handler(event('HEAD', '/api/cv', OWN))).body, undefined);
  setKey('K2', 'rsa-2048', 'sha1', RSA);
  now += 2 * MINUTE;
  assert.equal(keyOf(await handler(linkRequest())), 'K1');
  await until(() => lines.some((line) => line.keyPairId === 'K2'));
  assert.equal(keyOf(await handler(linkRequest())), 'K2', 'used at once, in the same window');
});

test('distinct paths, origins and hosts do not grow the memory of the instance', async () => {
  const { handler, glue } = await load();
  const size = () => glue.initSync().memory.buffer.byteLength;
  const flood = async (from, to) => {
    for (let turn = from; turn < to; turn += 1) {
      const origin = `https://${turn}.example`;
      await handler(event('GET', `/api/${turn}`, { origin }));
      await handler(event('OPTIONS', '/api/count', { origin, 'access-control-request-method': 'POST' }));
      await handler(event('GET', '/api/cv', { ...OWN, host: `${turn}.example` }));
      lines = [];
      now += 10;
    }
  };
  await flood(0, 500);
  const before = size();
  await flood(500, 4000);
  assert.equal(size(), before);
});

test('the bundle contains no path of the build machine', () => {
  const suspects = [homedir(), process.cwd(), resolve(import.meta.dirname, '../..'), '/.cargo/registry', '/rustlib/'];
  for (const name of readdirSync(BUNDLE)) {
    const bytes = readFileSync(join(BUNDLE, name));
    for (const suspect of suspects) {
      assert.ok(suspect.length < 5 || !bytes.includes(suspect), `${name} contains ${suspect}`);
    }
  }
});

test('the bundle contains exactly what the entry needs', () => {
  const names = ['bundle.json', 'http.mjs', 'index.mjs', 'package.json', 'vitae_edge.js', 'vitae_edge_bg.wasm'];
  assert.deepEqual(readdirSync(BUNDLE).sort(), names);
});

/** The metrics that a line counts. */
function counts(line) {
  const metrics = line._aws?.CloudWatchMetrics[0].Metrics ?? [];
  assert.ok(metrics.every(({ Name }) => line[Name] === 1));
  return metrics.map(({ Name }) => Name);
}

/** Waits for a condition. */
async function until(condition) {
  for (let turn = 0; !(await condition()); turn += 1) {
    assert.ok(turn < 2000, 'the condition did not become true');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
