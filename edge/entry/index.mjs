// The Node side of the edge function: it reads the clock, asks Parameter Store and hands events to the WASM, where every
// rule is. Nothing is decided here but what to do when the WASM traps.
//
// Lambda@Edge has no environment variables of ours, and at 128 MB one fourteenth of a processor; so everything that takes
// long happens while this module loads. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html

import { readFileSync } from 'node:fs';
import { Answers } from './answers.mjs';
import { exchange } from './exchange.mjs';
import { Edge, __wbg_reset_state, initSync } from './vitae_edge.js';

/** @import { Acceptance, Answer, Line, Outcome } from './vitae_edge.js' */

/** How long Parameter Store may take, in milliseconds. A viewer-request function has 5 s in all. */
const DEADLINE_MS = 3000;

const bundle = readFileSync(new URL('bundle.json', import.meta.url), 'utf8');
initSync({ module: new WebAssembly.Module(readFileSync(new URL('vitae_edge_bg.wasm', import.meta.url))) });
let edge = new Edge(bundle);

/** What a request is answered whose handling trapped. */
const internal = JSON.parse(Edge.internalAnswer());
const answers = new Answers(Edge.decidingHeaders().split(','));

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
 * @param {number} now
 * @param {AbortSignal} signal
 */
async function getParameters(now, signal) {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = process.env;
  const signed = edge.getParametersRequest(id ?? '', secret ?? '', token, process.env.AWS_ENDPOINT_URL_SSM, now);
  return exchange(JSON.parse(signed), signal);
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
    answers.forget();
    /** @type {Acceptance} */
    const taken = JSON.parse(edge.acceptParameters(answer.status, answer.body, now));
    if (taken.accepted) lastGood = { ...answer, askedAt: now };
    log(taken.log);
  };
  const fail = (/** @type {unknown} */ error) => log(JSON.parse(edge.refreshFailed(reason(error), now)).log);
  refreshing = getParameters(now, signal).then(take, fail).catch((error) => replace(error, now));
}

/**
 * A trap leaves the instance in an unknown state, so it gets a new one, which is told what the old one knew.
 * @param {unknown} error
 * @param {number} now
 */
function replace(error, now) {
  const known = lastGood;
  // Forgotten until it is taken in again: if it is what trapped, the next instance must do without.
  lastGood = undefined;
  __wbg_reset_state();
  edge = new Edge(bundle);
  log([JSON.parse(Edge.instanceReplaced(reason(error), now))]);
  if (!known) return;
  try {
    edge.startRefresh(known.askedAt);
    edge.acceptParameters(known.status, known.body, known.askedAt);
    lastGood = known;
  } catch (again) {
    replace(again, now);
  }
}

/**
 * @param {string} event
 * @param {number} now
 * @param {boolean} mayWait
 * @param {string | undefined} key
 */
function handle(event, now, mayWait, key) {
  /** @type {Outcome} */
  const { result, refresh: due, holds_until_ms: until, log: lines } = JSON.parse(edge.handle(event, now, mayWait));
  log(lines);
  if (due) refresh(now);
  if (key && result && until !== null) answers.remember(key, { answer: result, from: now, until });
  return result;
}

/** @param {unknown} event */
export const handler = async (event) => {
  const now = Date.now();
  try {
    const key = answers.key(event);
    const held = key && answers.recall(key, now);
    if (held) return held;
    const json = JSON.stringify(event) ?? '';
    const result = handle(json, now, true, key);
    if (result) return result;
    await refreshing;
    return handle(json, now, false, key);
  } catch (error) {
    replace(error, now);
    return internal;
  }
};

const loadedAt = Date.now();
try {
  if (edge.startRefresh(loadedAt)) refresh(loadedAt);
  await refreshing;
  edge.rehearse(loadedAt);
} catch (error) {
  replace(error, loadedAt);
}
