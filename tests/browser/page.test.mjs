/** The page itself: it loads cleanly, from one origin, under a strict policy, on a phone and by keyboard. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { LOOKS } from "./lib/looks.mjs";
import { site } from "./lib/settings.mjs";
import { consoleErrors, requests, shownCount, visit } from "./lib/visitor.mjs";

/** What the stack will send; `'unsafe-inline'` is not in it. */
const POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

test("the page loads without a console error and asks nobody but its own origin", async () => {
  const page = await (await browser.newContext()).newPage();
  const errors = consoleErrors(page);
  const urls = requests(page);
  await page.goto(site());
  await shownCount(page);
  await page.waitForLoadState("networkidle");
  assert.deepEqual(errors, []);
  assert.deepEqual(urls.filter((url) => new URL(url).origin !== site()), []);
  await page.context().close();
});

test("the page works under a policy without unsafe-inline", async () => {
  const page = await (await browser.newContext()).newPage();
  const errors = consoleErrors(page);
  await page.route("**/*", async (route) => {
    if (route.request().resourceType() !== "document") return route.continue();
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": POLICY } });
  });
  await page.goto(site());
  await shownCount(page);
  await page.waitForLoadState("networkidle");
  assert.deepEqual(errors, []);

  // The policy is in force: an inline style is refused.
  const refused = page.waitForEvent("console", (message) => /Content Security Policy/.test(message.text()));
  await page.evaluate(() => { document.body.setAttribute("style", "color: red"); });
  await refused;
  await page.context().close();
});

for (const { name, context } of LOOKS.filter(({ name }) => name.endsWith("light"))) {
  for (const width of [context.viewport.width, 320]) {
    test(`nothing is cut off sideways: ${name} at ${width} pixels`, async () => {
      const looking = await browser.newContext({ ...context, viewport: { ...context.viewport, width } });
      const page = await visit(looking);
      const [wide, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      assert.ok(wide <= seen, `${wide} pixels of page in ${seen} pixels of window`);
      await looking.close();
    });
  }
}

test("the keyboard reaches the skip link first, then everything that can be used, and focus is seen", async () => {
  const page = await visit(await browser.newContext());
  const reached = [];
  for (let step = 0; step < 3; step += 1) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return [document.activeElement.textContent, outlineStyle, parseFloat(outlineWidth) >= 2];
    }));
  }
  assert.deepEqual(reached, [
    ["Skip to the work", "solid", true],
    ["ines@example.com", "solid", true],
    ["Download CV", "solid", true],
  ]);
  await page.context().close();
});

test("the skip link moves the focus to the work", async () => {
  const page = await visit(await browser.newContext());
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.id === "work");
  await page.context().close();
});

test("without JavaScript the page is whole and the counter a dash", async () => {
  const page = await visit(await browser.newContext({ javaScriptEnabled: false }));
  assert.equal(await page.locator("#visits").textContent(), "—");
  assert.equal(await page.locator("article").count(), 5);
  assert.equal(await page.locator("#cv-refused").isVisible(), false);
  await page.context().close();
});

test("a page that does not exist is a 404 with a way back", async () => {
  const page = await (await browser.newContext()).newPage();
  const response = await page.goto(`${site()}/no/such/page`);
  assert.equal(response.status(), 404);
  await page.getByRole("link", { name: "Back to the start" }).click();
  await page.getByRole("heading", { level: 1, name: "Ines Varnholt" }).waitFor();
  await page.context().close();
});
