// The Node side of the edge function: it reads the clock, asks Parameter Store and hands events to the WASM, where every
// rule is. Nothing is decided here but what to do when the WASM traps.
//
// Lambda@Edge has no environment variables of ours, and at 128 MB one fourteenth of a processor; so everything that takes
// long happens while this module loads. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html

import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { Edge, __wbg_reset_state, initSync } from './vitae_edge.js';

/** @import { Acceptance, Answer, Line, Outcome, SignedRequest } from './vitae_edge.js' */

/** How long Parameter Store may take, in milliseconds. A viewer-request function has 5 s in all. */
const DEADLINE_MS = 3000;

/** The longest answer that is read, in characters: more than four parameters of the advanced tier. */
const ANSWER_CHARACTERS = 65_536;

const bundle = readFileSync(new URL('bundle.json', import.meta.url), 'utf8');
initSync({ module: new WebAssembly.Module(readFileSync(new URL('vitae_edge_bg.wasm', import.meta.url))) });
let edge = new Edge(bundle);

/** What a request is answered whose handling trapped. */
const internal = JSON.parse(Edge.internalAnswer());

/** @type {(Answer & { askedAt: number }) | undefined} The last answer that held all that is required. */
let lastGood;
/** @type {AbortController | undefined} */
let latest;
let refreshing = Promise.resolve();

/** @param {Line[]} lines */
function log(lines) {
  for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`);
}

/**
 * One exchange, on a connection of its own: one that was kept would be dead after a freeze.
 * @param {number} now
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 */
async function getParameters(now, signal) {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = process.env;
  const signed = edge.getParametersRequest(id ?? '', secret ?? '', token, process.env.AWS_ENDPOINT_URL_SSM, now);
  /** @type {SignedRequest} */
  const { method, url, headers, body } = JSON.parse(signed);
  return new Promise((resolve, reject) => {
    const client = url.startsWith('http:') ? http : https;
    const options = { method, agent: false, signal, headers: Object.fromEntries(headers) };
    const request = client.request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (chunk) => {
        text += chunk;
        if (text.length > ANSWER_CHARACTERS) request.destroy(new Error('answer too long'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** @param {any} error */
function reason(error) {
  return typeof error === 'string' ? error : String(error?.cause?.name ?? error?.code ?? error?.message ?? error?.name);
}

/**
 * Starts the refresh that the WASM asked for, in place of one that it has given up.
 * @param {number} now
 */
function refresh(now) {
  latest?.abort();
  latest = new AbortController();
  const signal = AbortSignal.any([latest.signal, AbortSignal.timeout(DEADLINE_MS)]);
  const take = (/** @type {Answer} */ answer) => {
    /** @type {Acceptance} */
    const taken = JSON.parse(edge.acceptParameters(answer.status, answer.body, now));
    if (taken.accepted) lastGood = { ...answer, askedAt: now };
    log(taken.log);
  };
  const fail = (/** @type {unknown} */ error) => log(JSON.parse(edge.refreshFailed(reason(error), now)).log);
  refreshing = getParameters(now, signal).then(take, fail).catch(replace);
}

/**
 * A trap leaves the instance in an unknown state, so it gets a new one, which is told what the old one knew.
 * @param {unknown} error
 */
function replace(error) {
  const trap = error instanceof WebAssembly.RuntimeError ? error.message : reason(error);
  log([{ level: 'error', event: 'instance_replaced', code: 'internal', reason: trap }]);
  const known = lastGood;
  // Forgotten until it is taken in again: if it is what trapped, the next instance must do without.
  lastGood = undefined;
  __wbg_reset_state();
  edge = new Edge(bundle);
  if (!known) return;
  try {
    edge.startRefresh(known.askedAt);
    edge.acceptParameters(known.status, known.body, known.askedAt);
    lastGood = known;
  } catch (again) {
    replace(again);
  }
}

/**
 * @param {string} event
 * @param {number} now
 * @param {boolean} mayWait
 */
function handle(event, now, mayWait) {
  /** @type {Outcome} */
  const outcome = JSON.parse(edge.handle(event, now, mayWait));
  log(outcome.log);
  if (outcome.refresh) refresh(now);
  return outcome.result;
}

/** @param {unknown} event */
export const handler = async (event) => {
  const now = Date.now();
  try {
    const json = JSON.stringify(event) ?? '';
    const result = handle(json, now, true);
    if (result) return result;
    await refreshing;
    return handle(json, now, false);
  } catch (error) {
    replace(error);
    return internal;
  }
};

const loadedAt = Date.now();
try {
  if (edge.startRefresh(loadedAt)) refresh(loadedAt);
  await refreshing;
  edge.rehearse(loadedAt);
} catch (error) {
  replace(error);
}
