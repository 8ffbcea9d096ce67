/** A page on another origin can neither count nor fetch the CV: the edge refuses, and the browser hides the response. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { site } from "./lib/settings.mjs";
import { firstBytes, shownCount, visit } from "./lib/visitor.mjs";

const COUNT = `${site()}/api/count`;
const CV = `${site()}/api/cv`;

/**
 * A server on another site. To a browser `127.0.0.1` and `localhost` are two sites; two ports of one host are not
 * (https://html.spec.whatwg.org/multipage/browsers.html#sites).
 */
const foreignSite = createServer((_request, response) => {
  response.setHeader("Content-Type", "text/html");
  response.end(`<!doctype html><title>Foreign site</title><a href="${CV}">Free CV</a>
    <iframe sandbox="allow-scripts" srcdoc="<title>Null origin</title>"></iframe>`);
});

let browser;
let page;
/** Method, URL and status of every response that reached the browser. */
const responses = [];

before(async () => {
  await new Promise((resolve) => foreignSite.listen(0, "127.0.0.1", resolve));
  browser = await launch();
  page = await (await browser.newContext()).newPage();
  page.on("response", (response) => responses.push(`${response.request().method()} ${response.url()} ${response.status()}`));
  await page.goto(`http://127.0.0.1:${foreignSite.address().port}/`);
});
after(async () => {
  await browser?.close();
  foreignSite.close();
});

/** Runs `fetch` in a frame; returns the type and status of the response that its script sees, or the name of the error. */
const fetchIn = (frame, url, init) =>
  frame.evaluate(
    ([url, init]) => fetch(url, init).then(({ status, type }) => `${type} ${status}`, (error) => error.name),
    [url, init],
  );

/** Visits the site itself and returns the count. */
async function countAfterVisit() {
  const own = await visit(await browser.newContext());
  const count = await shownCount(own);
  await own.context().close();
  return count;
}

test("the site's own page can count and fetch the CV, which shows that the refusals below are due to the origin", async () => {
  const own = await visit(await browser.newContext());
  assert.equal(await fetchIn(own, COUNT, { method: "POST" }), "basic 200");
  assert.equal(await fetchIn(own, CV, { headers: { Accept: "application/json" } }), "basic 200");
  await own.context().close();
});

test("this browser enforces CORS: a script cannot read a file of another origin", async () => {
  assert.equal(await fetchIn(page, `${site()}/robots.txt`, {}), "TypeError");
  assert.equal(await fetchIn(page, `${site()}/robots.txt`, { mode: "no-cors" }), "opaque 0");
});

test("a foreign page cannot count, with or without a preflight", async () => {
  const start = await countAfterVisit();
  assert.equal(await fetchIn(page, COUNT, { method: "POST" }), "TypeError");
  assert.equal(await fetchIn(page, COUNT, { method: "POST", headers: { "Idempotency-Key": crypto.randomUUID() } }), "TypeError");
  await fetchIn(page, COUNT, { method: "POST", mode: "no-cors" });
  assert.ok(responses.includes(`POST ${COUNT} 403`), responses.join("\n"));
  assert.equal(await countAfterVisit(), start + 1);
});

test("a foreign page cannot fetch a link to the CV", async () => {
  assert.equal(await fetchIn(page, CV, { headers: { Accept: "application/json" } }), "TypeError");
  // Without CORS there is no Origin header: the edge has only the fetch metadata.
  await fetchIn(page, CV, { mode: "no-cors", headers: { Accept: "application/json" } });
  assert.ok(responses.includes(`GET ${CV} 403`), responses.join("\n"));
  assert.equal(responses.filter((response) => response.includes("/cv/")).length, 0, "a signed URL was followed");
});

test("a null origin can neither count nor fetch a link to the CV", async () => {
  const start = await countAfterVisit();
  const sandbox = page.frames().find((frame) => frame !== page.mainFrame());
  assert.equal(await sandbox.evaluate(() => self.origin), "null");
  assert.equal(await fetchIn(sandbox, COUNT, { method: "POST" }), "TypeError");
  assert.equal(await fetchIn(sandbox, CV, { headers: { Accept: "application/json" } }), "TypeError");
  assert.equal(await countAfterVisit(), start + 1);
});

test("a link on a foreign site leads to the page with a message, not to the file", async () => {
  let downloads = 0;
  page.on("download", () => { downloads += 1; });
  await page.getByRole("link", { name: "Free CV" }).click();
  await page.getByText("The CV can only be fetched from this site’s own address.").waitFor();
  assert.equal(page.url(), `${site()}/#cv`);
  assert.equal(downloads, 0);

  // The visitor is on the site now and can fetch the CV.
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download CV" }).click()]);
  assert.equal(await firstBytes(download, 4), "%PDF");
});
