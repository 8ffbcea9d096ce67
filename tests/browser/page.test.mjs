/** The page loads without errors, from one origin, under a strict policy, and works on a phone and by keyboard. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { SCREENS } from "./lib/screens.mjs";
import { site } from "./lib/settings.mjs";
import { consoleErrors, requests, shownCount, visit } from "./lib/visitor.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

test("the page loads without a console error and requests only its own origin", async () => {
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

/** The directives of a content security policy by name. */
const directives = (/** @type {string} */ policy) =>
  new Map(policy.split(";").map((part) => part.trim().split(/ (.*)/s)).map(([name, value]) => [name, value]));

test("every page has a policy that allows the site's own files and nothing inline", async () => {
  const page = await (await browser.newContext()).newPage();
  for (const [path, framing] of [["/", "DENY"], ["/no-such-page", "SAMEORIGIN"]]) {
    const headers = (await page.goto(site() + path)).headers();
    // No function runs for an error: the policy of that page is in its <meta>, which cannot have frame-ancestors.
    const meta = page.locator('meta[http-equiv="Content-Security-Policy"]');
    const text = headers["content-security-policy"] ?? (await meta.getAttribute("content"));
    const policy = directives(text);
    assert.equal(policy.get("default-src"), "'none'", path);
    if (path === "/") assert.equal(policy.get("frame-ancestors"), "'none'");
    for (const [name, value] of policy) assert.match(value, /^'(none|self)'$/, `${path}: ${name}`);
    assert.equal(headers["x-content-type-options"], "nosniff", path);
    assert.equal(headers["x-frame-options"], framing, path);
    assert.equal(headers["referrer-policy"], "strict-origin-when-cross-origin", path);
    assert.match(headers["strict-transport-security"], /^max-age=31536000/, path);
  }
  await page.context().close();
});

test("a visit violates no policy, and the policy is enforced", async () => {
  const page = await (await browser.newContext({ acceptDownloads: true })).newPage();
  /** @type {string[]} */
  const violations = [];
  await page.exposeFunction("reportViolation", (/** @type {string} */ violation) => violations.push(violation));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
      /** @type {any} */ (globalThis).reportViolation(`${effectiveDirective}: ${blockedURI}`));
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

  // The policy is enforced: an inline style is blocked and reported.
  await page.goto(site());
  await page.evaluate(() => { document.body.setAttribute("style", "color: red"); });
  const deadline = performance.now() + 20_000;
  while (violations.length === 0 && performance.now() < deadline) await page.evaluate(() => 1);
  assert.deepEqual(violations, ["style-src-attr: inline"]);
  await page.context().close();
});

for (const { name, context } of SCREENS.filter(({ name }) => name.endsWith("light"))) {
  for (const width of [context.viewport.width, 320]) {
    test(`the page does not scroll sideways: ${name} at ${width} pixels`, async () => {
      const narrowed = await browser.newContext({ ...context, viewport: { ...context.viewport, width } });
      const page = await visit(narrowed);
      const [pageWidth, windowWidth] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      assert.ok(pageWidth <= windowWidth, `the page is ${pageWidth} pixels wide in a window of ${windowWidth}`);
      await narrowed.close();
    });
  }
}

test("the Tab key reaches the skip link, the address and the button in this order, with a visible focus", async () => {
  const page = await visit(await browser.newContext());
  const focused = [];
  for (let step = 0; step < 3; step += 1) {
    await page.keyboard.press("Tab");
    focused.push(await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return [document.activeElement.textContent, outlineStyle, parseFloat(outlineWidth) >= 2];
    }));
  }
  assert.deepEqual(focused, [
    ["Skip to work history", "solid", true],
    ["ines@example.com", "solid", true],
    ["Download CV", "solid", true],
  ]);
  await page.context().close();
});

test("the skip link moves the focus to the work history", async () => {
  const page = await visit(await browser.newContext());
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.id === "work");
  await page.context().close();
});

test("without JavaScript the page is complete and the counter shows a dash", async () => {
  const page = await visit(await browser.newContext({ javaScriptEnabled: false }));
  assert.equal(await page.locator("#visits").textContent(), "—");
  assert.equal(await page.locator("article").count(), 5);
  assert.equal(await page.locator("#cv-refused").isVisible(), false);
  await page.context().close();
});

test("a missing page is a 404 with a link to the front page", async () => {
  const page = await (await browser.newContext()).newPage();
  const response = await page.goto(`${site()}/no/such/page`);
  assert.equal(response.status(), 404);
  await page.getByRole("link", { name: "Back to the start" }).click();
  await page.getByRole("heading", { level: 1, name: "Ines Varnholt" }).waitFor();
  await page.context().close();
});
