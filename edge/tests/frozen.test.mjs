// Environments that are frozen, as Lambda freezes them between requests: here by SIGSTOP, in the middle of a refresh.

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
  await ask(T0);
});

afterEach(async () => {
  environment.kill('SIGKILL');
  await store.stop();
});

function activate(id) {
  const words = ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const pem = execFileSync('openssl', words, { encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  const value = { key_pair_id: id, algorithm: 'ecdsa-p256', hash: 'sha256', private_key: pem };
  store.parameters.set(`${prefix}signer/active`, JSON.stringify(value));
}

/** Sends an event, or only loads, at a time; the result comes when the environment gets to it. */
async function ask(at, event) {
  const answered = new Promise((resolve) => {
    const hear = ({ result }) => {
      if (result === undefined) return;
      environment.off('message', hear);
      resolve(result);
    };
    environment.on('message', hear);
  });
  environment.send({ at, event });
  return answered;
}

const header = (key, value) => [{ key, value }];
const mint = {
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

/** Stops the environment in the middle of a refresh that was asked for at `at`, when the store has the question. */
async function freezeInRefresh(at) {
  store.mood = 'held';
  assert.equal(keyOf(await ask(at, mint)), 'K1');
  await store.holding();
  environment.kill('SIGSTOP');
  store.mood = 'well';
}

test('an answer that came while it was frozen is as old as its question', async () => {
  await freezeInRefresh(T0 + 2 * MINUTE);
  // K1's answer waits in the stopped process's socket; meanwhile K1 is retired.
  await store.release();
  activate('K2');
  const answer = ask(T0 + 12 * MINUTE, mint);
  environment.kill('SIGCONT');
  assert.equal(keyOf(await answer), 'K2');
  assert.equal(store.asked.length, 3);
  assert.deepEqual(lines.filter(({ level }) => level === 'error'), []);
});

test('a connection that died while it was frozen is given up for a new one', async () => {
  await freezeInRefresh(T0 + 2 * MINUTE);
  activate('K2');
  const answer = ask(T0 + 12 * MINUTE, mint);
  environment.kill('SIGCONT');
  assert.equal(keyOf(await answer), 'K2');
  assert.equal(store.asked.length, 3);
  assert.notEqual(store.asked[2].port, store.asked[1].port);
});

test('a connection that was cut while it was frozen is given up for a new one', async () => {
  await freezeInRefresh(T0 + 2 * MINUTE);
  store.cut();
  activate('K2');
  const answer = ask(T0 + 12 * MINUTE, mint);
  environment.kill('SIGCONT');
  assert.equal(keyOf(await answer), 'K2');
});

test('a short freeze costs nothing', async () => {
  await freezeInRefresh(T0 + 2 * MINUTE);
  await store.release();
  const answer = ask(T0 + 2 * MINUTE + 500, mint);
  environment.kill('SIGCONT');
  assert.equal(keyOf(await answer), 'K1');
  assert.equal(store.asked.length, 2);
});
