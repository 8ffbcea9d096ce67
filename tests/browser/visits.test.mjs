/** The counter counts each page view once, whatever the network does, and shows a dash if it cannot. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { problem } from "./lib/problems.mjs";
import { site } from "./lib/settings.mjs";
import { advanceUntil, shownCount, visit } from "./lib/visitor.mjs";
import { MAX_ATTEMPTS } from "../../site/js/retry.mjs";

const COUNT = `${site()}/api/count`;

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

/** A new page in a new context, not navigated yet, whose clock the test controls. */
async function freshPage() {
  const page = await (await browser.newContext()).newPage();
  await page.clock.install();
  return page;
}

/** Visits the site once and returns the count. */
async function countAfterVisit() {
  const page = await visit(await browser.newContext());
  const count = await shownCount(page);
  await page.context().close();
  return count;
}

test("each new visit raises the count by one", async () => {
  const first = await countAfterVisit();
  assert.equal(await countAfterVisit(), first + 1);
  assert.equal(await countAfterVisit(), first + 2);
});

test("a reload is another page view", async () => {
  const page = await visit(await browser.newContext());
  const first = await shownCount(page);
  await page.reload();
  assert.equal(await shownCount(page), first + 1);
  await page.context().close();
});

test("a request whose response is lost is repeated with the same key and counted once", async () => {
  const start = await countAfterVisit();
  const page = await freshPage();
  const keys = [];
  await page.route(COUNT, async (route) => {
    const headers = await route.request().allHeaders();
    keys.push(headers["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    // The server counts the visit, and the response is lost.
    const response = await route.fetch({ headers: { ...headers, origin: site() } });
    assert.equal(response.status(), 200);
    await route.abort("connectionreset");
  });
  await page.goto(site());
  await advanceUntil(page, () => keys.length === 2);
  assert.equal(await shownCount(page), start + 1);
  assert.match(keys[0], /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(keys[1], keys[0]);
  await page.context().close();
  assert.equal(await countAfterVisit(), start + 2);
});

test("the page waits as long as Retry-After says", async () => {
  const page = await freshPage();
  const times = [];
  await page.route(COUNT, async (route) => {
    times.push(await page.evaluate(() => Date.now()));
    await route.fulfill(times.length === 1 ? problem("counter_unavailable", 503, { "Retry-After": "7" }) : { json: { count: 1234567 } });
  });
  await page.goto(site());
  await advanceUntil(page, () => times.length === 2);
  assert.ok(times[1] - times[0] >= 7_000, `retried after ${times[1] - times[0]} ms`);
  assert.equal(await shownCount(page), 1234567);
  assert.match(await page.locator("#visits").textContent(), /^1.234.567$/);
  await page.context().close();
});

test("a rejected request is not repeated, and the page keeps its dash", async () => {
  const page = await freshPage();
  let attempts = 0;
  await page.route(COUNT, (route) => { attempts += 1; return route.fulfill(problem("origin_not_allowed", 403)); });
  const responded = page.waitForResponse(COUNT);
  await page.goto(site());
  await responded;
  await page.clock.runFor(120_000);
  assert.equal(attempts, 1);
  assert.equal(await page.locator("#visits").textContent(), "—");
  assert.equal(await page.locator("#days").isVisible(), false);
  await page.context().close();
});

test("with the API down the page makes a few attempts and keeps its dash", async () => {
  const page = await freshPage();
  let attempts = 0;
  await page.route(`${site()}/api/**`, (route) => { attempts += 1; return route.abort(); });
  await page.goto(site());
  await advanceUntil(page, () => attempts === MAX_ATTEMPTS);
  await page.clock.runFor(120_000);
  assert.equal(attempts, MAX_ATTEMPTS);
  assert.equal(await page.locator("#visits").textContent(), "—");
  assert.equal(await page.locator("#days").isVisible(), false);
  await page.context().close();
});

test("days in the response become a chart with a text alternative", async () => {
  const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
  const days = [["2026-11-19", 4], ["2026-11-20", 10], ["2026-11-21", 0]].map(([day, count]) => ({ day, count }));
  await page.route(`${COUNT}?days=30`, (route) => route.fulfill({ json: { count: 14, days } }));
  await page.goto(site());
  const chart = page.getByRole("img", { name: "Visits per day, 14 in all over 3 days. Most on 20 November: 10." });
  await chart.waitFor();
  assert.equal(await chart.locator("rect").count(), 2);
  await page.context().close();
});

test("without days in the response there is no chart", async () => {
  const page = await (await browser.newContext()).newPage();
  const responded = page.waitForResponse(`${COUNT}?days=30`);
  await page.route(`${COUNT}?days=30`, (route) => route.fulfill({ json: { count: 14 } }));
  await page.goto(site());
  await (await responded).finished();
  assert.equal(await page.locator("#days").isVisible(), false);
  await page.context().close();
});
