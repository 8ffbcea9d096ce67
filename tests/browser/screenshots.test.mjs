/** Screenshots of the page for people to look at, in the folder `VITAE_SCREENSHOTS`. */
import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { SCREENS } from "./lib/screens.mjs";
import { namedLink, screenshots } from "./lib/settings.mjs";
import { shownCount, visit } from "./lib/visitor.mjs";

const folder = screenshots();

let browser;
before(async () => { if (folder) browser = await launch(); });
after(() => browser?.close());

for (const { name, context } of SCREENS) {
  test(`the page renders: ${name}`, { skip: folder ? false : "VITAE_SCREENSHOTS is not set" }, async () => {
    mkdirSync(folder, { recursive: true });
    const page = await visit(await browser.newContext(context));
    await shownCount(page);
    await page.waitForLoadState("networkidle");
    const path = join(folder, `${name}.png`);
    await page.screenshot({ path, fullPage: true });
    assert.ok(statSync(path).size > 10_000);
    await page.context().close();
  });

  test(`the message and the page of a named link render: ${name}`, { skip: folder ? false : "VITAE_SCREENSHOTS is not set" }, async () => {
    mkdirSync(folder, { recursive: true });
    const page = await visit(await browser.newContext(context), "/#cv-requested");
    await page.screenshot({ path: join(folder, `${name}-requested.png`) });
    await page.goto(namedLink());
    const path = join(folder, `${name}-link.png`);
    await page.screenshot({ path, fullPage: true });
    assert.ok(statSync(path).size > 5_000);
    await page.context().close();
  });
}
