/** Requests to this site's own API, answered with JSON or with a {@link Problem}. */
import { problemOf } from "./problem.mjs";
import { TRY_TIMEOUT_MS, waitAfter } from "./retry.mjs";

/**
 * @typedef {import("./problem.mjs").Problem} Problem
 * @typedef {{ ok: true, body: any } | { ok: false, problem: Problem }} Answer
 */

/**
 * One request, one answer; never throws.
 *
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Answer>}
 */
export async function ask(path, init = {}) {
  try {
    const headers = { Accept: "application/json", ...init.headers };
    const response = await fetch(path, { ...init, headers, signal: AbortSignal.timeout(TRY_TIMEOUT_MS) });
    if (!response.ok) return { ok: false, problem: await problemOf(response) };
    return { ok: true, body: await response.json() };
  } catch (error) {
    // A 200 that is no JSON came from something between us and the API: as good as no answer.
    return { ok: false, problem: { code: "network" } };
  }
}

/**
 * As {@link ask}, and again while {@link waitAfter} allows it: the very same request each time.
 *
 * @param {string} path
 * @param {RequestInit} init
 * @returns {Promise<Answer>}
 */
export async function askAgain(path, init) {
  for (let tried = 1; ; tried += 1) {
    const answer = await ask(path, init);
    if (answer.ok) return answer;
    const wait = waitAfter(tried, answer.problem, Math.random());
    if (wait === null) return answer;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
