// Environments that are frozen during a refresh, here by SIGSTOP, as Lambda freezes them between requests.

import assert from 'node:assert/strict';
import { execFileSync, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ParameterStore } from './parameter-store.mjs';

const BUNDLE = process.env.VITAE_EDGE_BUNDLE;
const T0 = 1_767_290_400_000;
const MINUTE = 60_000;
const { prefix } = JSON.parse(readFileSync(join(BUNDLE, 'bundle.json'), 'utf8'));

let store;
let environment;
let lines;

beforeEach(async () => {
  store = await new ParameterStore().start();
  store.parameters.set(`${prefix}config`, JSON.stringify({ names: ['example.com'] }));
  activate('K1');
  lines = [];
  environment = fork(join(import.meta.dirname, 'environment.mjs'), [pathToFileURL(join(BUNDLE, 'index.mjs')).href], {
    env: { ...process.env, AWS_ENDPOINT_URL_SSM: store.url, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'x' },
  });
  environment.on('message', ({ line }) => line && lines.push(line));
  await send(T0);
});

afterEach(async () => {
  environment.kill('SIGKILL');
  await store.stop();
});

function activate(id) {
  const args = ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const pem = execFileSync('openssl', args, { encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  const value = { key_pair_id: id, algorithm: 'ecdsa-p256', hash: 'sha256', private_key: pem };
  store.parameters.set(`${prefix}signer/active`, JSON.stringify(value));
}

/** Sends an event, or only loads the module, at a time of the clock. */
async function send(at, event) {
  const response = new Promise((resolve) => {
    const listener = ({ result }) => {
      if (result === undefined) return;
      environment.off('message', listener);
      resolve(result);
    };
    environment.on('message', listener);
  });
  environment.send({ at, event });
  return response;
}

const header = (key, value) => [{ key, value }];
const linkRequest = {
  Records: [{ cf: {
    config: { distributionDomainName: 'd111111abcdef8.cloudfront.net', eventType: 'viewer-request', requestId: 'id' },
    request: {
      clientIp: '203.0.113.178',
      headers: {
        accept: header('Accept', 'application/json'),
        host: header('Host', 'example.com'),
        origin: header('Origin', 'https://example.com'),
      },
      method: 'GET',
      querystring: '',
      uri: '/api/cv',
    },
  } }],
};
const keyOf = (response) => new URL(JSON.parse(response.body).url).searchParams.get('Key-Pair-Id');

/** Stops the environment during a refresh that started at `at`, once the store has received the request. */
async function freezeInRefresh(at) {
  store.mood = 'held';
  assert.equal(keyOf(await send(at, linkRequest)), 'K1');
  await store.holding();
  environment.kill('SIGSTOP');
  store.mood = 'well';
}

test('a response that arrived during a freeze is as old as its request', async () => {
  await freezeInRefresh(T0 + 2 * MINUTE);
  // The response with K1 waits in the stopped process's socket; meanwhile K1 is retired.
  await store.release();
  activate('K2');
  const response = send(T0 + 12 * MINUTE, linkRequest);
  environment.kill('SIGCONT');
  assert.equal(keyOf(await response), 'K2');
  assert.equal(store.requests.length, 3);
  assert.deepEqual(lines.filter(({ level }) => level === 'ERROR'), []);
});

test('a connection that died during a freeze is replaced', async () => {
  await freezeInRefresh(T0 + 2 * MINUTE);
  activate('K2');
  const response = send(T0 + 12 * MINUTE, linkRequest);
  environment.kill('SIGCONT');
  assert.equal(keyOf(await response), 'K2');
  assert.equal(store.requests.length, 3);
  assert.notEqual(store.requests[2].port, store.requests[1].port);
});

test('a connection that was reset during a freeze is replaced', async () => {
  await freezeInRefresh(T0 + 2 * MINUTE);
  store.cut();
  activate('K2');
  const response = send(T0 + 12 * MINUTE, linkRequest);
  environment.kill('SIGCONT');
  assert.equal(keyOf(await response), 'K2');
});

test('a short freeze needs no second request', async () => {
  await freezeInRefresh(T0 + 2 * MINUTE);
  await store.release();
  const response = send(T0 + 2 * MINUTE + 500, linkRequest);
  environment.kill('SIGCONT');
  assert.equal(keyOf(await response), 'K1');
  assert.equal(store.requests.length, 2);
});
