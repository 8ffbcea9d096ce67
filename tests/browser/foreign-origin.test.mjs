/** A page on another origin gets neither a count nor a CV: the edge refuses, and the browser would not have shown it. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { site } from "./lib/settings.mjs";
import { firstBytes, shownCount, visit } from "./lib/visitor.mjs";

const COUNT = `${site()}/api/count`;
const CV = `${site()}/api/cv`;

/**
 * Another site altogether: `127.0.0.1` and `localhost` are two sites to a browser, two ports of one host are not
 * (https://html.spec.whatwg.org/multipage/browsers.html#sites).
 */
const elsewhere = createServer((_request, response) => {
  response.setHeader("Content-Type", "text/html");
  response.end(`<!doctype html><title>Elsewhere</title><a href="${CV}">Free CV</a>
    <iframe sandbox="allow-scripts" srcdoc="<title>Nowhere</title>"></iframe>`);
});

let browser;
let page;
/** Every answer's method, URL and status, as the browser saw them. */
const answers = [];

before(async () => {
  await new Promise((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  browser = await launch();
  page = await (await browser.newContext()).newPage();
  page.on("response", (response) => answers.push(`${response.request().method()} ${response.url()} ${response.status()}`));
  await page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);
});
after(async () => {
  await browser?.close();
  elsewhere.close();
});

/** What a script gets that fetches: the status, the response's type, or the error's name. */
const attempt = (frame, url, init) =>
  frame.evaluate(
    ([url, init]) => fetch(url, init).then(({ status, type }) => `${type} ${status}`, (error) => error.name),
    [url, init],
  );

/** The count after one more visit by an honest visitor. */
async function honestVisit() {
  const honest = await visit(await browser.newContext());
  const count = await shownCount(honest);
  await honest.context().close();
  return count;
}

test("the site's own page is answered, so that a refusal elsewhere means something", async () => {
  const own = await visit(await browser.newContext());
  assert.equal(await attempt(own, COUNT, { method: "POST" }), "basic 200");
  assert.equal(await attempt(own, CV, { headers: { Accept: "application/json" } }), "basic 200");
  await own.context().close();
});

test("this browser checks CORS: another origin's file is out of a script's reach", async () => {
  assert.equal(await attempt(page, `${site()}/robots.txt`, {}), "TypeError");
  assert.equal(await attempt(page, `${site()}/robots.txt`, { mode: "no-cors" }), "opaque 0");
});

test("a foreign page cannot count, with or without a preflight", async () => {
  const start = await honestVisit();
  assert.equal(await attempt(page, COUNT, { method: "POST" }), "TypeError");
  assert.equal(await attempt(page, COUNT, { method: "POST", headers: { "Idempotency-Key": crypto.randomUUID() } }), "TypeError");
  await attempt(page, COUNT, { method: "POST", mode: "no-cors" });
  assert.ok(answers.includes(`POST ${COUNT} 403`), answers.join("\n"));
  assert.equal(await honestVisit(), start + 1);
});

test("a foreign page cannot mint", async () => {
  assert.equal(await attempt(page, CV, { headers: { Accept: "application/json" } }), "TypeError");
  // No CORS, no Origin: the fetch metadata alone tells the edge.
  await attempt(page, CV, { mode: "no-cors", headers: { Accept: "application/json" } });
  assert.ok(answers.includes(`GET ${CV} 403`), answers.join("\n"));
  assert.equal(answers.filter((answer) => answer.includes("/cv/")).length, 0, "a signed URL was followed");
});

test("an origin of null can neither count nor mint", async () => {
  const start = await honestVisit();
  const nowhere = page.frames().find((frame) => frame !== page.mainFrame());
  assert.equal(await nowhere.evaluate(() => self.origin), "null");
  assert.equal(await attempt(nowhere, COUNT, { method: "POST" }), "TypeError");
  assert.equal(await attempt(nowhere, CV, { headers: { Accept: "application/json" } }), "TypeError");
  assert.equal(await honestVisit(), start + 1);
});

test("a link from elsewhere leads to the page and its reason, not to the file", async () => {
  let downloads = 0;
  page.on("download", () => { downloads += 1; });
  await page.getByRole("link", { name: "Free CV" }).click();
  await page.getByText("The CV can only be fetched from this site’s own address.").waitFor();
  assert.equal(page.url(), `${site()}/#cv`);
  assert.equal(downloads, 0);

  // From here on the visitor is on the site and may have it.
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download CV" }).click()]);
  assert.equal(await firstBytes(download, 4), "%PDF");
});
