/** axe (https://github.com/dequelabs/axe-core) finds no violation in any state of the page, on any kind of screen. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, load } from "./lib/chromium.mjs";
import { SCREENS } from "./lib/screens.mjs";
import { problem } from "./lib/problems.mjs";
import { namedLink, site } from "./lib/settings.mjs";
import { shownCount } from "./lib/visitor.mjs";

const axe = load("axe-core");

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

/** The violations that axe finds, one line for each rule and element. */
async function axeViolations(page) {
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help}: ${target}`));
}

/** Opens a page with axe loaded as an init script: the site's content security policy does not apply to those. */
async function pageWithAxe(context) {
  const page = await (await browser.newContext(context)).newPage();
  await page.addInitScript(axe.source);
  return page;
}

for (const { name, context } of SCREENS) {
  test(`axe finds no violation on the page: ${name}`, async () => {
    const page = await pageWithAxe(context);
    const days = Array.from({ length: 30 }, (_, day) => ({ day: `2026-11-${String(day + 1).padStart(2, "0")}`, count: day }));
    await page.route(`${site()}/api/count?days=30`, (route) => route.fulfill({ json: { count: 1, days } }));
    await page.goto(site());
    await shownCount(page);
    await page.locator("#days").waitFor();
    assert.deepEqual(await axeViolations(page), []);
    await page.context().close();
  });

  test(`axe finds no violation with an error message shown: ${name}`, async () => {
    const page = await pageWithAxe(context);
    await page.route(`${site()}/api/cv`, (route) => route.fulfill(problem("internal", 500)));
    await page.goto(site());
    await page.getByRole("link", { name: "Download CV" }).click();
    await page.getByText("Something broke on the server.").waitFor();
    await page.locator("#cv-link:not([aria-disabled])").waitFor();
    assert.deepEqual(await axeViolations(page), []);
    await page.context().close();
  });

  test(`axe finds no violation on the page of a named link: ${name}`, async () => {
    const page = await pageWithAxe(context);
    await page.goto(namedLink());
    assert.deepEqual(await axeViolations(page), []);
    await page.context().close();
  });

  test(`axe finds no violation with the gate and after a request: ${name}`, async () => {
    const page = await pageWithAxe(context);
    await page.goto(`${site()}/?cv=request_required#cv-request`);
    assert.deepEqual(await axeViolations(page), []);
    await page.goto(`${site()}/#cv-requested`);
    assert.deepEqual(await axeViolations(page), []);
    await page.context().close();
  });

  test(`axe finds no violation on the 404 page: ${name}`, async () => {
    const page = await pageWithAxe(context);
    await page.goto(`${site()}/no/such/page`);
    assert.deepEqual(await axeViolations(page), []);
    await page.context().close();
  });
}
