/** axe (https://github.com/dequelabs/axe-core) finds nothing, in every look and in every state of the page. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, load } from "./lib/chromium.mjs";
import { LOOKS } from "./lib/looks.mjs";
import { problem } from "./lib/problems.mjs";
import { site } from "./lib/settings.mjs";
import { shownCount } from "./lib/visitor.mjs";

const axe = load("axe-core");

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

/** What axe objects to, a line per rule and element. */
async function objections(page) {
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help}: ${target}`));
}

/** A page with axe in it: an init script is not subject to the site's content security policy. */
async function pageWithAxe(context) {
  const page = await (await browser.newContext(context)).newPage();
  await page.addInitScript(axe.source);
  return page;
}

for (const { name, context } of LOOKS) {
  test(`axe has no objection to the page: ${name}`, async () => {
    const page = await pageWithAxe(context);
    const days = Array.from({ length: 30 }, (_, day) => ({ day: `2026-11-${String(day + 1).padStart(2, "0")}`, count: day }));
    await page.route(`${site()}/api/count?days=30`, (route) => route.fulfill({ json: { count: 1, days } }));
    await page.goto(site());
    await shownCount(page);
    await page.locator("#days").waitFor();
    assert.deepEqual(await objections(page), []);
    await page.context().close();
  });

  test(`axe has no objection to a refusal: ${name}`, async () => {
    const page = await pageWithAxe(context);
    await page.route(`${site()}/api/cv`, (route) => route.fulfill(problem("internal", 500)));
    await page.goto(site());
    await page.getByRole("link", { name: "Download CV" }).click();
    await page.getByText("Something broke on the server.").waitFor();
    await page.locator("#cv-link:not([aria-disabled])").waitFor();
    assert.deepEqual(await objections(page), []);
    await page.context().close();
  });

  test(`axe has no objection to the 404 page: ${name}`, async () => {
    const page = await pageWithAxe(context);
    await page.goto(`${site()}/no/such/page`);
    assert.deepEqual(await objections(page), []);
    await page.context().close();
  });
}
