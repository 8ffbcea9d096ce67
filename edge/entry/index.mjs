// The Node side of the edge function. It reads the clock, calls Parameter Store and passes events to the WASM, which has
// all the rules. It decides one thing: what happens when the WASM traps.
//
// A Lambda@Edge function has no environment variables of its own and, at 128 MB, one fourteenth of a processor. So
// everything slow happens while this module loads.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html

import { readFileSync } from 'node:fs';
import { send } from './http.mjs';
import { Handler, __wbg_reset_state, initSync } from './vitae_edge.js';

/** @import { HandlerOutput, HttpResponse, Line, RefreshResult } from './vitae_edge.js' */

/**
 * How long Parameter Store may take, in milliseconds, while a request waits and while this module loads. A viewer-request
 * function may run for 5 s. After a crash or a timeout, loading and the request share them.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
const REQUEST_DEADLINE_MS = 3000;
const LOADING_DEADLINE_MS = 1500;

const bundle = readFileSync(new URL('bundle.json', import.meta.url), 'utf8');
initSync({ module: new WebAssembly.Module(readFileSync(new URL('vitae_edge_bg.wasm', import.meta.url))) });
/** What computes the signatures. It is not imported: an import touches all its exports, which loads more of Node. */
const crypto = process.getBuiltinModule('node:crypto');
let edge = new Handler(bundle, crypto);

/** The response to a request whose handling trapped. */
const internalError = JSON.parse(Handler.internalError());

/** @type {(HttpResponse & { startedAt: number }) | undefined} The last response with every required parameter. */
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
  return send(JSON.parse(signed), signal);
}

/** @param {any} error */
function reason(error) {
  return typeof error === 'string' ? error : String(error?.cause?.name ?? error?.code ?? error?.message ?? error?.name);
}

/**
 * Starts the refresh that the WASM requested, in place of one that it has abandoned.
 * @param {number} now
 * @param {number} deadlineMs
 */
function refresh(now, deadlineMs) {
  latest?.abort();
  latest = new AbortController();
  const signal = AbortSignal.any([latest.signal, AbortSignal.timeout(deadlineMs)]);
  const accept = (/** @type {HttpResponse} */ response) => {
    /** @type {RefreshResult} */
    const result = JSON.parse(edge.acceptParameters(response.status, response.body, now));
    if (result.accepted) lastGood = { ...response, startedAt: now };
    log(result.log);
  };
  const fail = (/** @type {unknown} */ error) => log(JSON.parse(edge.refreshFailed(reason(error), now)).log);
  refreshing = getParameters(now, signal).then(accept, fail).catch((error) => replace(error, now));
}

/**
 * Replaces the instance, whose state is unknown after a trap, and gives the new one the last good parameters.
 * @param {unknown} error
 * @param {number} now
 */
function replace(error, now) {
  const known = lastGood;
  // Cleared until the new instance has accepted it: if it caused the trap, the next instance starts without it.
  lastGood = undefined;
  __wbg_reset_state();
  edge = new Handler(bundle, crypto);
  log([JSON.parse(Handler.instanceReplaced(reason(error), now))]);
  if (!known) return;
  try {
    edge.startRefresh(known.startedAt);
    edge.acceptParameters(known.status, known.body, known.startedAt);
    lastGood = known;
  } catch (again) {
    replace(again, now);
  }
}

/**
 * @param {string} event
 * @param {number} now
 * @param {boolean} mayWait
 */
function handle(event, now, mayWait) {
  /** @type {HandlerOutput} */
  const { result, refresh: due, log: lines } = JSON.parse(edge.handle(event, now, mayWait));
  log(lines);
  if (due) refresh(now, REQUEST_DEADLINE_MS);
  return result;
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
    replace(error, now);
    return internalError;
  }
};

const loadedAt = Date.now();
try {
  if (edge.startRefresh(loadedAt)) refresh(loadedAt, LOADING_DEADLINE_MS);
  await refreshing;
  edge.warmUp(loadedAt);
} catch (error) {
  replace(error, loadedAt);
}
