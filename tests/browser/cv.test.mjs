/** The CV button fetches the file or shows why it cannot. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { PROBLEMS, problem } from "./lib/problems.mjs";
import { site } from "./lib/settings.mjs";
import { firstBytes, visit } from "./lib/visitor.mjs";

const CV = `${site()}/api/cv`;

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

const button = (page) => page.getByRole("link", { name: "Download CV" });
const status = (page) => page.getByRole("status");

/** Presses the button and returns the message that the page shows. */
async function pressButton(page) {
  await button(page).click();
  await page.locator("#cv-link:not([aria-disabled])").waitFor();
  return status(page).textContent();
}

test("the button downloads the PDF through a signed URL", async () => {
  const page = await visit(await browser.newContext());
  const [response, download] = await Promise.all([
    page.waitForResponse(CV),
    page.waitForEvent("download"),
    button(page).click(),
  ]);
  assert.equal(response.request().headers().accept, "application/json");
  assert.equal(response.status(), 200);
  const url = new URL(download.url());
  assert.equal(url.origin, site());
  for (const parameter of ["Expires", "Signature", "Key-Pair-Id"]) assert.ok(url.searchParams.has(parameter), parameter);
  assert.equal(await firstBytes(download, 4), "%PDF");
  await page.context().close();
});

test("without JavaScript the plain link downloads the PDF", async () => {
  const page = await visit(await browser.newContext({ javaScriptEnabled: false }));
  const [download] = await Promise.all([page.waitForEvent("download"), button(page).click()]);
  assert.ok(new URL(download.url()).searchParams.has("Signature"));
  assert.equal(await firstBytes(download, 4), "%PDF");
  await page.context().close();
});

test("the PDF without its signature is refused", async () => {
  const page = await visit(await browser.newContext());
  const [download] = await Promise.all([page.waitForEvent("download"), button(page).click()]);
  const unsigned = new URL(download.url());
  unsigned.search = "";
  const response = await page.request.get(unsigned.href);
  assert.equal(response.status(), 403);
  assert.match(await response.text(), /MissingKey/);
  await page.context().close();
});

test("each code has its own message, which shows neither the code nor the server's text", async () => {
  const page = await visit(await browser.newContext());
  const messages = new Set();
  // With `request_required`, the form replaces the button: see links.test.mjs.
  const problems = Object.entries(PROBLEMS).filter(([code]) => code !== "request_required");
  for (const [code, number] of problems) {
    await page.route(CV, (route) => route.fulfill(problem(code, number)));
    const message = await pressButton(page);
    assert.match(message, /^[A-Z].{20,}\. .*ines@example\.com/, code);
    assert.ok(!message.includes("_") && !message.includes("<"), message);
    messages.add(message);
    await page.unroute(CV);
  }
  assert.equal(messages.size, problems.length, "two codes share a message");
  await page.context().close();
});

test("a lost response, an unexpected response and an unknown code each have a message", async () => {
  const page = await visit(await browser.newContext());
  const cases = [
    [(route) => route.abort(), /^The server did not respond\./],
    [(route) => route.fulfill({ status: 403, contentType: "text/html", body: "<h1>Request blocked</h1>" }), /^The CV could not be fetched\./],
    [(route) => route.fulfill(problem("brand_new_code", 418)), /^The CV could not be fetched\./],
    [(route) => route.fulfill({ json: { url: "https://elsewhere.example/cv.pdf" } }), /^The CV could not be fetched\./],
    [(route) => route.fulfill({ json: { url: "javascript:document.title='run'" } }), /^The CV could not be fetched\./],
    [(route) => route.fulfill({ json: {} }), /^The CV could not be fetched\./],
    [(route) => route.fulfill(problem("config_unavailable", 503, { "Retry-After": "5" })), /Try again in 5 seconds\./],
  ];
  for (const [respond, message] of cases) {
    await page.route(CV, respond);
    assert.match(await pressButton(page), message);
    await page.unroute(CV);
  }
  assert.equal(new URL(page.url()).origin, site());
  await page.context().close();
});

test("the button works again after a failure", async () => {
  const page = await visit(await browser.newContext());
  await page.route(CV, (route) => route.abort(), { times: 1 });
  await pressButton(page);
  const [download] = await Promise.all([page.waitForEvent("download"), button(page).click()]);
  assert.equal(await firstBytes(download, 4), "%PDF");
  await page.context().close();
});

test("the code of a refused navigation is shown as a message and removed from the address", async () => {
  const page = await visit(await browser.newContext(), "/?cv=config_unavailable#cv");
  assert.match(await status(page).textContent(), /cannot be signed just now/);
  assert.equal(await page.locator("#cv-refused").isVisible(), false);
  assert.equal(page.url(), `${site()}/#cv`);
  await page.context().close();
});

test("text from the address is not shown", async () => {
  const page = await visit(await browser.newContext(), "/?cv=%3Cb%3ECall%20this%20number%3C/b%3E#cv");
  assert.match(await status(page).textContent(), /^The CV could not be fetched\./);
  assert.ok(!(await page.locator("body").textContent()).includes("Call this number"));
  await page.context().close();
});

test("without JavaScript a refused navigation shows a note", async () => {
  const page = await visit(await browser.newContext({ javaScriptEnabled: false }), "/?cv=internal#cv");
  assert.equal(await page.locator("#cv-refused").isVisible(), true);
  await page.context().close();
});
