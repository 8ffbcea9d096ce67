/** Pictures of the four looks, for people to judge: into the folder that `VITAE_SCREENSHOTS` names. */
import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { LOOKS } from "./lib/looks.mjs";
import { screenshots } from "./lib/settings.mjs";
import { shownCount, visit } from "./lib/visitor.mjs";

const folder = screenshots();

let browser;
before(async () => { if (folder) browser = await launch(); });
after(() => browser?.close());

for (const { name, context } of LOOKS) {
  test(`a picture is taken: ${name}`, { skip: folder ? false : "VITAE_SCREENSHOTS is not set" }, async () => {
    mkdirSync(folder, { recursive: true });
    const page = await visit(await browser.newContext(context));
    await shownCount(page);
    await page.waitForLoadState("networkidle");
    const path = join(folder, `${name}.png`);
    await page.screenshot({ path, fullPage: true });
    assert.ok(statSync(path).size > 10_000);
    await page.context().close();
  });
}
