/** The CV button: the file, or a sentence that says why not. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { CODES, problem } from "./lib/problems.mjs";
import { site } from "./lib/settings.mjs";
import { firstBytes, visit } from "./lib/visitor.mjs";

const CV = `${site()}/api/cv`;

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

const button = (page) => page.getByRole("link", { name: "Download CV" });
const status = (page) => page.getByRole("status");

/** Presses the button and waits for what the page has to say. */
async function refusal(page) {
  await button(page).click();
  await page.locator("#cv-link:not([aria-disabled])").waitFor();
  return status(page).textContent();
}

test("the button yields the PDF through a signed URL", async () => {
  const page = await visit(await browser.newContext());
  const [minted, download] = await Promise.all([
    page.waitForResponse(CV),
    page.waitForEvent("download"),
    button(page).click(),
  ]);
  assert.equal(minted.request().headers().accept, "application/json");
  assert.equal(minted.status(), 200);
  const url = new URL(download.url());
  assert.equal(url.origin, site());
  for (const parameter of ["Expires", "Signature", "Key-Pair-Id"]) assert.ok(url.searchParams.has(parameter), parameter);
  assert.equal(await firstBytes(download, 4), "%PDF");
  await page.context().close();
});

test("without JavaScript the plain link yields the PDF too", async () => {
  const page = await visit(await browser.newContext({ javaScriptEnabled: false }));
  const [download] = await Promise.all([page.waitForEvent("download"), button(page).click()]);
  assert.ok(new URL(download.url()).searchParams.has("Signature"));
  assert.equal(await firstBytes(download, 4), "%PDF");
  await page.context().close();
});

test("the PDF without its signature is refused", async () => {
  const page = await visit(await browser.newContext());
  const [download] = await Promise.all([page.waitForEvent("download"), button(page).click()]);
  const bare = new URL(download.url());
  bare.search = "";
  const response = await page.request.get(bare.href);
  assert.equal(response.status(), 403);
  assert.match(await response.text(), /MissingKey/);
  await page.context().close();
});

test("each code has a sentence, and none shows the code or what the server wrote", async () => {
  const page = await visit(await browser.newContext());
  const said = new Set();
  for (const [code, number] of Object.entries(CODES)) {
    await page.route(CV, (route) => route.fulfill(problem(code, number)));
    const sentence = await refusal(page);
    assert.match(sentence, /^[A-Z].{20,}\. .*ines@example\.com/, code);
    assert.ok(!sentence.includes("_") && !sentence.includes("<"), sentence);
    said.add(sentence);
    await page.unroute(CV);
  }
  assert.equal(said.size, Object.keys(CODES).length, "two codes share a sentence");
  await page.context().close();
});

test("no answer, a strange answer and a stranger's refusal each get a sentence", async () => {
  const page = await visit(await browser.newContext());
  const cases = [
    [(route) => route.abort(), /^No answer came\./],
    [(route) => route.fulfill({ status: 403, contentType: "text/html", body: "<h1>Request blocked</h1>" }), /^The CV could not be fetched\./],
    [(route) => route.fulfill(problem("brand_new_code", 418)), /^The CV could not be fetched\./],
    [(route) => route.fulfill({ json: { url: "https://elsewhere.example/cv.pdf" } }), /^The CV could not be fetched\./],
    [(route) => route.fulfill({ json: { url: "javascript:document.title='run'" } }), /^The CV could not be fetched\./],
    [(route) => route.fulfill({ json: {} }), /^The CV could not be fetched\./],
    [(route) => route.fulfill(problem("config_unavailable", 503, { "Retry-After": "5" })), /Try again in 5 seconds\./],
  ];
  for (const [answer, sentence] of cases) {
    await page.route(CV, answer);
    assert.match(await refusal(page), sentence);
    await page.unroute(CV);
  }
  assert.equal(new URL(page.url()).origin, site());
  await page.context().close();
});

test("after a refusal the button works again", async () => {
  const page = await visit(await browser.newContext());
  await page.route(CV, (route) => route.abort(), { times: 1 });
  await refusal(page);
  const [download] = await Promise.all([page.waitForEvent("download"), button(page).click()]);
  assert.equal(await firstBytes(download, 4), "%PDF");
  await page.context().close();
});

test("a refused navigation's code in the address is put in words and taken out of the address", async () => {
  const page = await visit(await browser.newContext(), "/?cv=config_unavailable#cv");
  assert.match(await status(page).textContent(), /cannot be signed just now/);
  assert.equal(await page.locator("#cv-refused").isVisible(), false);
  assert.equal(page.url(), `${site()}/#cv`);
  await page.context().close();
});

test("words that someone else put in the address are not shown", async () => {
  const page = await visit(await browser.newContext(), "/?cv=%3Cb%3ECall%20this%20number%3C/b%3E#cv");
  assert.match(await status(page).textContent(), /^The CV could not be fetched\./);
  assert.ok(!(await page.locator("body").textContent()).includes("Call this number"));
  await page.context().close();
});

test("without JavaScript a refused navigation lands on a note", async () => {
  const page = await visit(await browser.newContext({ javaScriptEnabled: false }), "/?cv=internal#cv");
  assert.equal(await page.locator("#cv-refused").isVisible(), true);
  await page.context().close();
});
