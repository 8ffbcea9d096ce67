/** The page's rules that need no browser. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readDays, summary } from "../../site/js/chart.mjs";
import { refusalIn } from "../../site/js/cv.mjs";
import { isKnown, messageFor } from "../../site/js/messages.mjs";
import { problemOf, retryAfterSeconds } from "../../site/js/problem.mjs";
import { LONGEST_WAIT_MS, TRIES, TRY_TIMEOUT_MS, waitAfter } from "../../site/js/retry.mjs";
import { CODES } from "./lib/problems.mjs";

/** How long DynamoDB remembers a token, in milliseconds. */
const TOKEN_LIFE_MS = 10 * 60_000;

test("silence and 5xx are worth another try, anything else is not", () => {
  assert.notEqual(waitAfter(1, { code: "network" }, 0), null);
  for (const status of [500, 502, 503, 504]) assert.notEqual(waitAfter(1, { code: "unknown", status }, 0), null);
  for (const status of [400, 403, 404, 405, 413, 421, 429]) assert.equal(waitAfter(1, { code: "unknown", status }, 0), null);
});

test("waits grow, spread by chance, and end", () => {
  const problem = { code: "network" };
  assert.deepEqual([1, 2, 3].map((tried) => waitAfter(tried, problem, 0)), [500, 1000, 2000]);
  assert.ok(waitAfter(1, problem, 1) > waitAfter(1, problem, 0));
  assert.equal(waitAfter(TRIES, problem, 0), null);
});

test("a server's wish to wait is granted, or nothing is asked any more", () => {
  assert.equal(waitAfter(1, { code: "internal", status: 503, retryAfter: 9 }, 0), 9_000);
  assert.equal(waitAfter(1, { code: "internal", status: 503, retryAfter: LONGEST_WAIT_MS / 1000 + 1 }, 0), null);
});

test("all tries together end long before the token is forgotten", () => {
  assert.ok(TRIES * TRY_TIMEOUT_MS + (TRIES - 1) * LONGEST_WAIT_MS < TOKEN_LIFE_MS / 2);
});

test("Retry-After is read as seconds and as a date", () => {
  const now = Date.parse("2026-11-21T07:00:00Z");
  assert.equal(retryAfterSeconds(null, now), undefined);
  assert.equal(retryAfterSeconds("120", now), 120);
  assert.equal(retryAfterSeconds("Sat, 21 Nov 2026 07:00:30 GMT", now), 30);
  assert.equal(retryAfterSeconds("Sat, 21 Nov 2026 06:00:00 GMT", now), 0);
  assert.equal(retryAfterSeconds("soon", now), undefined);
});

test("a code is read from problem+json and from nothing else", async () => {
  const answer = (body, type) => new Response(body, { status: 503, headers: { "Content-Type": type, "Retry-After": "3" } });
  const refusal = JSON.stringify({ code: "internal" });
  assert.deepEqual(await problemOf(answer(refusal, "application/problem+json")), { code: "internal", status: 503, retryAfter: 3 });
  assert.equal((await problemOf(answer(refusal, "text/html"))).code, "unknown");
  assert.equal((await problemOf(answer("<h1>", "application/problem+json"))).code, "unknown");
  assert.equal((await problemOf(answer("null", "application/problem+json"))).code, "unknown");
  assert.equal((await problemOf(answer('{"code":7}', "application/problem+json"))).code, "unknown");
});

test("every code of the API has a sentence of its own", () => {
  for (const code of Object.keys(CODES)) assert.ok(isKnown(code), code);
  const sentences = new Set(Object.keys(CODES).map((code) => messageFor({ code }, "")));
  assert.equal(sentences.size, Object.keys(CODES).length);
});

test("a code in the address is known or unknown, never repeated", () => {
  assert.equal(refusalIn("?cv=internal"), "internal");
  assert.equal(refusalIn("?cv=__proto__"), "unknown");
  assert.equal(refusalIn("?cv="), "unknown");
  assert.equal(refusalIn("?other=internal"), null);
});

test("a chart is drawn from sound days in their order, or not at all", () => {
  const [late, early] = [{ day: "2026-11-20", count: 2 }, { day: "2026-11-19", count: 0 }];
  assert.deepEqual(readDays([late, early]), [early, late]);
  for (const unsound of [undefined, null, "2026-11-20", [{ day: "yesterday", count: 1 }], [{ day: "2026-99-99", count: 1 }],
    [{ day: "2026-11-20", count: -1 }], [{ day: "2026-11-20", count: 0.5 }], [null]]) {
    assert.deepEqual(readDays(unsound), []);
  }
});

test("days without a visit have no best day", () => {
  assert.equal(summary([{ day: "2026-11-20", count: 0 }]), "Visits per day, 0 in all over 1 day.");
});
