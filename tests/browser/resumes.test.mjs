/** Resumes of different shapes with each theme: axe finds no violation, nothing scrolls sideways, and the policy is not violated. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { launch, load } from "./lib/chromium.mjs";
import { SCREENS } from "./lib/screens.mjs";
import { resumes, screenshots, site } from "./lib/settings.mjs";

const axe = load("axe-core");
const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".mjs": "text/javascript", ".svg": "image/svg+xml", ".jpg": "image/jpeg" };

/** A server of one built site, with the policy of the running one. @param {string} folder @param {string} policy */
async function serve(folder, policy) {
  const server = createServer((request, response) => {
    const path = request.url.endsWith("/") ? `${request.url}index.html` : request.url;
    try {
      const body = readFileSync(join(folder, decodeURI(path)));
      response.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "text/plain", "Content-Security-Policy": policy });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  return { address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

let browser;
let policy;
before(async () => {
  browser = await launch();
  policy = (await fetch(site())).headers.get("content-security-policy");
});
after(() => browser?.close());

const isWide = (page) => page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);

for (const name of readdirSync(resumes()).sort()) {
  test(`a resume looks right on every screen: ${name}`, async () => {
    const server = await serve(join(resumes(), name), policy);
    try {
      for (const screen of SCREENS) {
        const page = await (await browser.newContext(screen.context)).newPage();
        /** @type {string[]} */
        const violations = [];
        await page.exposeFunction("reportViolation", (/** @type {string} */ violation) => violations.push(violation));
        await page.addInitScript(() => {
          document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
            /** @type {any} */ (globalThis).reportViolation(`${effectiveDirective}: ${blockedURI}`));
        });
        await page.addInitScript(axe.source);
        await page.goto(server.address);
        const { violations: found } = await page.evaluate(() => globalThis.axe.run());
        const lines = found.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help}: ${target}`));
        assert.deepEqual(lines, [], screen.name);
        assert.equal(await isWide(page), false, `${screen.name} scrolls sideways`);
        assert.deepEqual(violations, [], screen.name);
        if (screenshots()) {
          mkdirSync(join(screenshots(), "resumes"), { recursive: true });
          await page.screenshot({ path: join(screenshots(), "resumes", `${name}-${screen.name}.png`), fullPage: true });
        }
        await page.setViewportSize({ width: 320, height: 640 });
        assert.equal(await isWide(page), false, `${screen.name} scrolls sideways at 320 pixels`);
        await page.context().close();
      }
    } finally {
      server.close();
    }
  });
}
