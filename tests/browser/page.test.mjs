/** The page itself: it loads cleanly, from one origin, under a strict policy, on a phone and by keyboard. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { LOOKS } from "./lib/looks.mjs";
import { site } from "./lib/settings.mjs";
import { consoleErrors, requests, shownCount, visit } from "./lib/visitor.mjs";

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

/** The parts of a content security policy by their names. */
const directives = (/** @type {string} */ policy) =>
  new Map(policy.split(";").map((part) => part.trim().split(/ (.*)/s)).map(([name, value]) => [name, value]));

test("every page is sent with a policy that lets in its own files and nothing inline", async () => {
  const page = await (await browser.newContext()).newPage();
  for (const path of ["/", "/no-such-page"]) {
    const headers = (await page.goto(site() + path)).headers();
    const policy = directives(headers["content-security-policy"]);
    assert.equal(policy.get("default-src"), "'none'", path);
    assert.equal(policy.get("frame-ancestors"), "'none'", path);
    for (const [name, value] of policy) assert.match(value, /^'(none|self)'$/, `${path}: ${name}`);
    assert.equal(headers["x-content-type-options"], "nosniff", path);
    assert.equal(headers["x-frame-options"], "DENY", path);
    assert.equal(headers["referrer-policy"], "strict-origin-when-cross-origin", path);
    assert.match(headers["strict-transport-security"], /^max-age=31536000/, path);
  }
  await page.context().close();
});

test("nothing that a visitor does on the site goes against its policy, which is in force", async () => {
  const page = await (await browser.newContext({ acceptDownloads: true })).newPage();
  /** @type {string[]} */
  const violations = [];
  await page.exposeFunction("violated", (/** @type {string} */ what) => violations.push(what));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
      /** @type {any} */ (globalThis).violated(`${effectiveDirective}: ${blockedURI}`));
  });
  const errors = consoleErrors(page);
  await page.goto(site());
  await shownCount(page);
  await page.waitForLoadState("networkidle");
  const download = page.waitForEvent("download");
  await page.locator("#cv-link").click();
  await download;
  assert.deepEqual(errors, []);
  await page.goto(site() + "/no-such-page");
  await page.waitForLoadState("networkidle");
  assert.deepEqual(violations, []);

  // It is in force: an inline style is refused, and told of.
  await page.goto(site());
  await page.evaluate(() => { document.body.setAttribute("style", "color: red"); });
  const until = performance.now() + 20_000;
  while (violations.length === 0 && performance.now() < until) await page.evaluate(() => 1);
  assert.deepEqual(violations, ["style-src-attr: inline"]);
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
