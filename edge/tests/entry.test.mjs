// The bundle as it is deployed, in the Node that it is deployed to. Each test loads a copy of its own, as each
// environment would; the clock is the tests'.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ParameterStore } from './parameter-store.mjs';

const BUNDLE = process.env.VITAE_EDGE_BUNDLE;
const T0 = 1_767_290_400_000;
const MINUTE = 60_000;
const { prefix } = JSON.parse(readFileSync(join(BUNDLE, 'bundle.json'), 'utf8'));
const scratch = mkdtempSync(join(tmpdir(), 'vitae-entry-'));
after(() => rmSync(scratch, { recursive: true }));

const openssl = (...words) => execFileSync('openssl', words, { encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
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

function event(method, uri, headers = {}, body = undefined) {
  const [path, querystring = ''] = uri.split('?');
  const fields = {};
  for (const [key, value] of Object.entries({ host: 'example.com', ...headers })) {
    fields[key] = [value].flat().map((one) => ({ key, value: one }));
  }
  const request = { clientIp: '203.0.113.178', headers: fields, method, querystring, uri: path };
  if (body) request.body = body;
  const config = {
    distributionDomainName: 'd111111abcdef8.cloudfront.net',
    distributionId: 'EDFDVBD6EXAMPLE',
    eventType: 'viewer-request',
    requestId: '4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==',
  };
  return { Records: [{ cf: { config, request } }] };
}

const OWN = { origin: 'https://example.com', accept: 'application/json' };
const mint = () => event('GET', '/api/cv', OWN);
const code = (response) => JSON.parse(response.body).code;
const keyOf = (response) => new URL(JSON.parse(response.body).url).searchParams.get('Key-Pair-Id');

/** Whether a link is signed by this key, in the judgement of Node's own OpenSSL. */
function isSigned(url, pem, hash) {
  const { searchParams } = new URL(url);
  const resource = url.split('?')[0];
  const expires = Number(searchParams.get('Expires'));
  const policy = `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
  const base64 = /[?&]Signature=([^&]*)/.exec(url)[1].replace(/[-_~]/g, (one) => ({ '-': '+', _: '=', '~': '/' })[one]);
  return verify(hash, Buffer.from(policy), createPublicKey(pem), Buffer.from(base64, 'base64'));
}

test('the first link needs no more than what the module loaded', async () => {
  const { handler } = await load();
  assert.equal(store.asked.length, 1);
  const response = await handler(mint());
  assert.equal(response.status, '200');
  const { url, expires } = JSON.parse(response.body);
  assert.equal(expires, T0 / 1000 + 60);
  assert.ok(url.startsWith(`https://example.com/cv/resume.pdf?Expires=${expires}&Key-Pair-Id=K1&Signature=`), url);
  assert.ok(isSigned(url, P256, 'sha256'));
  assert.ok(!isSigned(url.replace('resume', 'other'), P256, 'sha256'));
  assert.equal(store.asked.length, 1);
});

test('an RSA key signs with SHA-1', async () => {
  setKey('K2', 'rsa-2048', 'sha1', RSA);
  const { handler } = await load();
  const { url } = JSON.parse((await handler(mint())).body);
  assert.ok(!url.includes('Hash-Algorithm'));
  assert.ok(isSigned(url, RSA, 'sha1'));
});

test('Parameter Store is asked once, signed, for everything', async () => {
  await load();
  const [{ method, headers, names }] = store.asked;
  assert.equal(method, 'POST');
  assert.deepEqual(names, ['config', 'origins/dev', 'origins/prod', 'signer/active'].map((name) => prefix + name));
  assert.equal(headers['x-amz-target'], 'AmazonSSM.GetParameters');
  assert.equal(headers['x-amz-date'], '20260101T180000Z');
  assert.equal(headers['x-amz-security-token'], 'session');
  assert.match(headers.authorization, /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20260101\/us-east-1\/ssm\/aws4_request, /);
});

test('a visit goes on with what the counter needs', async () => {
  const { handler } = await load();
  const body = { inputTruncated: false, action: 'read-only', encoding: 'base64', data: 'YWJj' };
  const sent = event('POST', '/api/count', { ...OWN, 'x-vitae-allow-origin': 'https://evil.example' }, body);
  const request = await handler(sent);
  assert.deepEqual(request.body, body);
  assert.equal(request.headers['x-vitae-allow-origin'][0].value, OWN.origin);
  assert.match(request.headers['idempotency-key'][0].value, /^[0-9a-f]{32}$/);
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  assert.equal(request.headers['x-amz-content-sha256'][0].value, abc);
  assert.deepEqual(lines.filter((line) => line.level !== 'info'), []);
});

test('a preflight is answered and another origin is not', async () => {
  const { handler } = await load();
  const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'idempotency-key' };
  const granted = await handler(event('OPTIONS', '/api/count', { ...OWN, ...asked }));
  assert.equal(granted.status, '204');
  assert.equal(granted.body, undefined);
  assert.equal(granted.headers['access-control-allow-origin'][0].value, OWN.origin);
  const refused = await handler(event('OPTIONS', '/api/count', { origin: 'https://evil.example', ...asked }));
  assert.equal(refused.status, '403');
  assert.equal(refused.headers['access-control-allow-origin'], undefined);
});

test('bad input is answered and logged once', async () => {
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
    [event('GET', `/api/${'a'.repeat(9000)}`, OWN), '404', 'not_found'],
    [event('POST', '/api/count', OWN, large), '413', 'body_too_large'],
    [event('DELETE', '/api/cv', OWN), '405', 'method_not_allowed'],
    [event('GET', '/api/cv', { ...OWN, host: 'evil.example' }), '421', 'host_unknown'],
  ]) {
    lines = [];
    const response = await handler(sent);
    assert.equal(response.status, status);
    assert.equal(code(response), expected);
    assert.equal(lines.length, 1);
    assert.ok(JSON.stringify(lines).length < 400);
  }
});

test('a stale configuration is refreshed once, while requests are served', async () => {
  const { handler } = await load();
  setKey('K2', 'rsa-2048', 'sha1', RSA);
  now += 2 * MINUTE;
  const responses = await Promise.all([handler(mint()), handler(mint()), handler(mint())]);
  assert.deepEqual(responses.map(keyOf), ['K1', 'K1', 'K1']);
  await until(() => lines.some((line) => line.event === 'signer_changed' && line.key_pair_id === 'K2'));
  assert.equal(store.asked.length, 2);
  assert.equal(keyOf(await handler(mint())), 'K2');
});

test('after a freeze a link waits for Parameter Store and has the new key', async () => {
  const { handler } = await load();
  setKey('K2', 'rsa-2048', 'sha1', RSA);
  now += 6 * MINUTE;
  assert.equal(keyOf(await handler(mint())), 'K2');
});

test('a refresh that froze is given up and tried again on a new connection', async () => {
  const { handler } = await load();
  store.mood = 'never';
  now += 2 * MINUTE;
  assert.equal(keyOf(await handler(mint())), 'K1');
  await until(() => store.asked.length === 2);
  // The environment is frozen here, in the middle of the refresh, for ten minutes.
  store.mood = 'well';
  setKey('K2', 'rsa-2048', 'sha1', RSA);
  now += 10 * MINUTE;
  assert.equal(keyOf(await handler(mint())), 'K2');
  assert.equal(store.asked.length, 3);
  assert.notEqual(store.asked[2].port, store.asked[1].port);
});

test('while Parameter Store fails, links fail closed and visits are counted', async () => {
  const { handler } = await load();
  now += 6 * MINUTE;
  for (const [mood, said] of [['throttled', 'ThrottlingException (400)'], ['garbage', 'garbage'], ['reset', 'ECONNRESET']]) {
    store.mood = mood;
    lines = [];
    const response = await handler(mint());
    assert.equal(response.status, '503');
    assert.equal(code(response), 'config_unavailable');
    assert.equal(response.headers['retry-after'][0].value, '5');
    assert.deepEqual(lines.filter((line) => line.event === 'refresh_failed').map((line) => line.reason), [said]);
    assert.equal((await handler(event('POST', '/api/count', OWN))).uri, '/api/count');
    now += MINUTE;
  }
  store.mood = 'well';
  assert.equal(keyOf(await handler(mint())), 'K1');
});

test('a Parameter Store that never answers ends the load by the deadline, and a link later', async () => {
  store.mood = 'never';
  const started = performance.now();
  const { handler } = await load();
  assert.ok(performance.now() - started < 4500);
  assert.deepEqual(lines.map((line) => line.reason), ['TimeoutError']);
  assert.equal(code(await handler(mint())), 'config_unavailable');
  assert.equal(store.asked.length, 1, 'not asked again at once');
  store.mood = 'well';
  now += 5000;
  assert.equal(keyOf(await handler(mint())), 'K1');
});

test('without credentials nothing is asked and the log says why', async () => {
  delete process.env.AWS_ACCESS_KEY_ID;
  const { handler } = await load();
  assert.equal(store.asked.length, 0);
  assert.deepEqual(lines.map((line) => line.reason), ['there are no AWS credentials in the environment']);
  assert.equal(code(await handler(mint())), 'config_unavailable');
});

test('credentials are read anew for each refresh', async () => {
  const { handler } = await load();
  process.env.AWS_ACCESS_KEY_ID = 'AKIDROTATED';
  now += 6 * MINUTE;
  await handler(mint());
  assert.match(store.asked[1].headers.authorization, /Credential=AKIDROTATED\//);
});

test('a trap costs one request, and the next one knows what was known', async () => {
  const { handler, glue } = await load();
  const before = await handler(mint());
  const { handle } = glue.Edge.prototype;
  glue.Edge.prototype.handle = function (...words) {
    glue.Edge.prototype.handle = handle;
    // Out of the bounds of the instance's memory: a trap like any other.
    this.__wbg_ptr = 0xfffffff0;
    return handle.apply(this, words);
  };
  lines = [];
  const response = await handler(mint());
  assert.equal(response.status, '500');
  assert.equal(code(response), 'internal');
  assert.equal(response.headers.vary[0].value, 'Origin');
  assert.deepEqual(lines.map((line) => line.event), ['instance_replaced']);
  assert.deepEqual(await handler(mint()), before);
  assert.equal(store.asked.length, 1);
  now += 6 * MINUTE;
  assert.equal((await handler(mint())).status, '200', 'what was restored ages as before');
  assert.equal(store.asked.length, 2);
});

/** Waits for what happens by itself within a moment. */
async function until(happened) {
  for (let turn = 0; !happened(); turn += 1) {
    assert.ok(turn < 2000, 'it did not happen');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
