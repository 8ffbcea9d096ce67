/** Requests to the site's own API. */
import { readProblem } from "./problem.mjs";
import { ATTEMPT_TIMEOUT_MS, retryDelay } from "./retry.mjs";

/**
 * @typedef {import("./problem.mjs").Problem} Problem
 * @typedef {{ ok: true, body: any } | { ok: false, problem: Problem }} Result
 */

/**
 * Sends one request and reads the JSON of its response. Never throws.
 *
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Result>}
 */
export async function send(path, init = {}) {
  try {
    const headers = { Accept: "application/json", ...init.headers };
    const response = await fetch(path, { ...init, headers, signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS) });
    if (!response.ok) return { ok: false, problem: await readProblem(response) };
    return { ok: true, body: await response.json() };
  } catch (error) {
    // A 200 that is not JSON comes from a proxy in between, not from the API: treat it like a lost response.
    return { ok: false, problem: { code: "network" } };
  }
}

/**
 * Like {@link send}, but repeats the same request as long as {@link retryDelay} allows it.
 *
 * @param {string} path
 * @param {RequestInit} init
 * @returns {Promise<Result>}
 */
export async function sendWithRetries(path, init) {
  for (let attempt = 1; ; attempt += 1) {
    const result = await send(path, init);
    if (result.ok) return result;
    const delay = retryDelay(attempt, result.problem, Math.random());
    if (delay === null) return result;
    await new Promise((resolve) => setTimeout(resolve, delay));
  }
}
