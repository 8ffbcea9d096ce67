/** The counter: one per page view, whatever the network does, and a dash when there is nothing to say. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { problem } from "./lib/problems.mjs";
import { site } from "./lib/settings.mjs";
import { hurry, shownCount, visit } from "./lib/visitor.mjs";
import { TRIES } from "../../site/js/retry.mjs";

const COUNT = `${site()}/api/count`;

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

/** A page that has not gone anywhere yet, in a context of its own, whose clock the test moves. */
async function freshPage() {
  const page = await (await browser.newContext()).newPage();
  await page.clock.install();
  return page;
}

/** The count after one more ordinary visit. */
async function visitAgain() {
  const page = await visit(await browser.newContext());
  const count = await shownCount(page);
  await page.context().close();
  return count;
}

test("each new visit raises the count by one", async () => {
  const first = await visitAgain();
  assert.equal(await visitAgain(), first + 1);
  assert.equal(await visitAgain(), first + 2);
});

test("a reload is a page view of its own", async () => {
  const page = await visit(await browser.newContext());
  const first = await shownCount(page);
  await page.reload();
  assert.equal(await shownCount(page), first + 1);
  await page.context().close();
});

test("an answer lost on its way back is asked for again with the same key and counted once", async () => {
  const start = await visitAgain();
  const page = await freshPage();
  const keys = [];
  await page.route(COUNT, async (route) => {
    const headers = await route.request().allHeaders();
    keys.push(headers["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    // The server has counted; the visitor never hears of it.
    const response = await route.fetch({ headers: { ...headers, origin: site() } });
    assert.equal(response.status(), 200);
    await route.abort("connectionreset");
  });
  await page.goto(site());
  await hurry(page, () => keys.length === 2);
  assert.equal(await shownCount(page), start + 1);
  assert.match(keys[0], /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(keys[1], keys[0]);
  await page.context().close();
  assert.equal(await visitAgain(), start + 2);
});

test("a busy server is asked again no sooner than it says", async () => {
  const page = await freshPage();
  const asked = [];
  await page.route(COUNT, async (route) => {
    asked.push(await page.evaluate(() => Date.now()));
    await route.fulfill(asked.length === 1 ? problem("counter_unavailable", 503, { "Retry-After": "7" }) : { json: { count: 1234567 } });
  });
  await page.goto(site());
  await hurry(page, () => asked.length === 2);
  assert.ok(asked[1] - asked[0] >= 7_000, `asked again after ${asked[1] - asked[0]} ms`);
  assert.equal(await shownCount(page), 1234567);
  assert.match(await page.locator("#visits").textContent(), /^1.234.567$/);
  await page.context().close();
});

test("a refusal is not repeated, and the page keeps its dash", async () => {
  const page = await freshPage();
  let asked = 0;
  await page.route(COUNT, (route) => { asked += 1; return route.fulfill(problem("origin_not_allowed", 403)); });
  const answered = page.waitForResponse(COUNT);
  await page.goto(site());
  await answered;
  await page.clock.runFor(120_000);
  assert.equal(asked, 1);
  assert.equal(await page.locator("#visits").textContent(), "—");
  assert.equal(await page.locator("#days").isVisible(), false);
  await page.context().close();
});

test("with the API down the page tries a few times, then keeps its dash", async () => {
  const page = await freshPage();
  let asked = 0;
  await page.route(`${site()}/api/**`, (route) => { asked += 1; return route.abort(); });
  await page.goto(site());
  await hurry(page, () => asked === TRIES);
  await page.clock.runFor(120_000);
  assert.equal(asked, TRIES);
  assert.equal(await page.locator("#visits").textContent(), "—");
  assert.equal(await page.locator("#days").isVisible(), false);
  await page.context().close();
});

test("days in the answer become a chart that says in words what it draws", async () => {
  const page = await (await browser.newContext({ locale: "en-GB" })).newPage();
  const days = [["2026-11-19", 4], ["2026-11-20", 10], ["2026-11-21", 0]].map(([day, count]) => ({ day, count }));
  await page.route(`${COUNT}?days=30`, (route) => route.fulfill({ json: { count: 14, days } }));
  await page.goto(site());
  const chart = page.getByRole("img", { name: "Visits per day, 14 in all over 3 days. Most on 20 November: 10." });
  await chart.waitFor();
  assert.equal(await chart.locator("rect").count(), 2);
  await page.context().close();
});

test("without days in the answer there is no chart", async () => {
  const page = await (await browser.newContext()).newPage();
  const answered = page.waitForResponse(`${COUNT}?days=30`);
  await page.route(`${COUNT}?days=30`, (route) => route.fulfill({ json: { count: 14 } }));
  await page.goto(site());
  await (await answered).finished();
  assert.equal(await page.locator("#days").isVisible(), false);
  await page.context().close();
});
