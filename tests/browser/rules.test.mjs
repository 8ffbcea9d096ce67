/** The functions of the page that need no browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { describe, parseDays } from "../../site/js/chart.mjs";
import { codeFromQuery } from "../../site/js/cv.mjs";
import { isKnown, messageFor } from "../../site/js/messages.mjs";
import { readProblem, retryAfterSeconds } from "../../site/js/problem.mjs";
import { ATTEMPT_TIMEOUT_MS, MAX_ATTEMPTS, MAX_DELAY_MS, retryDelay } from "../../site/js/retry.mjs";
import { PROBLEMS } from "./lib/problems.mjs";

/** How long DynamoDB remembers a token, in milliseconds. */
const TOKEN_LIFETIME_MS = 10 * 60_000;

test("a lost response and a 5xx are retried, anything else is not", () => {
  assert.notEqual(retryDelay(1, { code: "network" }, 0), null);
  for (const status of [500, 502, 503, 504]) assert.notEqual(retryDelay(1, { code: "unknown", status }, 0), null);
  for (const status of [400, 403, 404, 405, 413, 421, 429]) assert.equal(retryDelay(1, { code: "unknown", status }, 0), null);
});

test("delays grow, have jitter, and end", () => {
  const problem = { code: "network" };
  assert.deepEqual([1, 2, 3].map((attempt) => retryDelay(attempt, problem, 0)), [500, 1000, 2000]);
  assert.ok(retryDelay(1, problem, 1) > retryDelay(1, problem, 0));
  assert.equal(retryDelay(MAX_ATTEMPTS, problem, 0), null);
});

test("the server's Retry-After is honoured, or there is no other attempt", () => {
  assert.equal(retryDelay(1, { code: "internal", status: 503, retryAfter: 9 }, 0), 9_000);
  assert.equal(retryDelay(1, { code: "internal", status: 503, retryAfter: MAX_DELAY_MS / 1000 + 1 }, 0), null);
});

test("all attempts together end long before DynamoDB forgets the token", () => {
  assert.ok(MAX_ATTEMPTS * ATTEMPT_TIMEOUT_MS + (MAX_ATTEMPTS - 1) * MAX_DELAY_MS < TOKEN_LIFETIME_MS / 2);
});

test("Retry-After is parsed as seconds or as a date", () => {
  const now = Date.parse("2026-11-21T07:00:00Z");
  assert.equal(retryAfterSeconds(null, now), undefined);
  assert.equal(retryAfterSeconds("120", now), 120);
  assert.equal(retryAfterSeconds("Sat, 21 Nov 2026 07:00:30 GMT", now), 30);
  assert.equal(retryAfterSeconds("Sat, 21 Nov 2026 06:00:00 GMT", now), 0);
  assert.equal(retryAfterSeconds("soon", now), undefined);
});

test("a code is read from problem+json only", async () => {
  const response = (body, type) => new Response(body, { status: 503, headers: { "Content-Type": type, "Retry-After": "3" } });
  const body = JSON.stringify({ code: "internal" });
  assert.deepEqual(await readProblem(response(body, "application/problem+json")), { code: "internal", status: 503, retryAfter: 3 });
  assert.equal((await readProblem(response(body, "text/html"))).code, "unknown");
  assert.equal((await readProblem(response("<h1>", "application/problem+json"))).code, "unknown");
  assert.equal((await readProblem(response("null", "application/problem+json"))).code, "unknown");
  assert.equal((await readProblem(response('{"code":7}', "application/problem+json"))).code, "unknown");
});

test("every code of the API has its own message", () => {
  for (const code of Object.keys(PROBLEMS)) assert.ok(isKnown(code), code);
  const messages = new Set(Object.keys(PROBLEMS).map((code) => messageFor({ code }, "")));
  assert.equal(messages.size, Object.keys(PROBLEMS).length);
});

test("an unknown code in the address is read as unknown", () => {
  assert.equal(codeFromQuery("?cv=internal"), "internal");
  assert.equal(codeFromQuery("?cv=__proto__"), "unknown");
  assert.equal(codeFromQuery("?cv="), "unknown");
  assert.equal(codeFromQuery("?other=internal"), null);
});

test("days are sorted, and malformed days are discarded", () => {
  const [late, early] = [{ day: "2026-11-20", count: 2 }, { day: "2026-11-19", count: 0 }];
  assert.deepEqual(parseDays([late, early]), [early, late]);
  for (const malformed of [undefined, null, "2026-11-20", [{ day: "yesterday", count: 1 }], [{ day: "2026-99-99", count: 1 }],
    [{ day: "2026-11-20", count: -1 }], [{ day: "2026-11-20", count: 0.5 }], [null]]) {
    assert.deepEqual(parseDays(malformed), []);
  }
});

test("the description of days without a visit names no best day", () => {
  assert.equal(describe([{ day: "2026-11-20", count: 0 }]), "Visits per day, 0 in all over 1 day.");
});
