/** Named links and the form that requests one, with and without JavaScript. The mail is read from the local system's own pages. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { problem } from "./lib/problems.mjs";
import { namedLink, site } from "./lib/settings.mjs";
import { firstBytes, visit } from "./lib/visitor.mjs";

const REQUEST = `${site()}/l/request`;
const CV = `${site()}/api/cv`;

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

const field = (page) => page.getByLabel("Your e-mail address");
const send = (page) => page.getByRole("button", { name: "Send me the CV by e-mail" });
const status = (page) => page.getByRole("status");

/** An address that no other test uses: one address has one outstanding request. */
let addresses = 0;
const address = () => `visitor-${process.pid}-${(addresses += 1)}@example.org`;

/** Presses the button and returns the sentence that the page shows. */
async function request(page, email) {
  await field(page).fill(email);
  await send(page).click();
  await page.locator("#cv-request button:not([aria-disabled])").waitFor();
  return status(page).textContent();
}

/** Waits for the message to an address, opens its page and returns it. */
async function openMail(context, email) {
  const page = await context.newPage();
  const link = page.getByRole("listitem").filter({ hasText: email }).getByRole("link");
  for (let attempt = 0; attempt < 50; attempt += 1) {
    await page.goto(`${site()}/.vitae/mail`);
    if ((await link.count()) > 0) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await link.click();
  await page.getByText(email).waitFor();
  return page;
}

/** Clicks Open and returns the first bytes of the document. */
async function open(page) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /Open/ }).click()]);
  assert.ok(new URL(download.url()).searchParams.has("Signature"), "a signed URL");
  return firstBytes(download, 4);
}

for (const javaScriptEnabled of [true, false]) {
  const mode = javaScriptEnabled ? "with" : "without";

  test(`a click on Open opens the document of a named link, ${mode} JavaScript`, async () => {
    const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
    const response = await page.goto(namedLink());
    assert.equal(response.status(), 200);
    assert.equal(response.headers()["referrer-policy"], "same-origin");
    assert.match(await page.locator("body").textContent(), /resume\.pdf/);
    assert.ok(!(await page.content()).includes("Acme"), "the label is only for the owner");
    assert.equal(await open(page), "%PDF");
    await page.context().close();
  });

  test(`a visitor requests the CV and opens it from the message, ${mode} JavaScript`, async () => {
    const context = await browser.newContext({ javaScriptEnabled });
    const page = await visit(context);
    const email = address();
    if (javaScriptEnabled) {
      assert.match(await request(page, email), /^Your request has arrived\./);
      assert.equal(await field(page).inputValue(), "");
    } else {
      await field(page).fill(email);
      await send(page).click();
      await page.waitForURL(`${site()}/#cv-requested`);
      assert.equal(await page.locator("#cv-requested").isVisible(), true);
    }
    const mail = await openMail(context, email);
    const text = await mail.locator("pre").textContent();
    const links = text.match(/http:\/\/localhost:\d+\/l\/[\w-]{22}/g) ?? [];
    assert.equal(links.length, 1, "one link");
    await mail.frameLocator("iframe").getByRole("link").first().click();
    await mail.waitForURL(links[0]);
    assert.equal(await open(mail), "%PDF");
    await context.close();
  });
}

test("the form works by keyboard, and the result is announced", async () => {
  const page = await visit(await browser.newContext());
  await page.locator("#cv-link").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.type(address());
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "Your request has arrived." }).waitFor();
  await page.context().close();
});

test("an address that the server rejects has a message, and the form works again", async () => {
  const page = await visit(await browser.newContext());
  assert.match(await request(page, "jane@localhost"), /^This is not a valid e-mail address\. Check it/);
  assert.match(await request(page, address()), /^Your request has arrived\./);
  await page.context().close();
});

test("without JavaScript an address that the server rejects gets a page", async () => {
  const page = await visit(await browser.newContext({ javaScriptEnabled: false }));
  await field(page).fill("jane@localhost");
  const [response] = await Promise.all([page.waitForResponse(REQUEST), send(page).click()]);
  assert.equal(response.status(), 400);
  assert.match(response.headers()["content-type"], /^text\/html/);
  await page.context().close();
});

test("a lost response, an unavailable function and a foreign response each have a message", async () => {
  const page = await visit(await browser.newContext());
  // No waits between attempts.
  await page.addInitScript(() => { globalThis.setTimeout = /** @type {any} */ ((run) => { run(); return 0; }); });
  await page.reload();
  for (const [respond, message] of [
    [(route) => route.abort(), /^The server did not respond\./],
    [(route) => route.fulfill(problem("links_unavailable", 503, { "Retry-After": "2" })), /^The CV cannot be sent just now\. Try again in 2 seconds\./],
    [(route) => route.fulfill({ status: 403, contentType: "text/html", body: "<h1>Request blocked</h1>" }), /^The CV could not be fetched\./],
  ]) {
    await page.route(REQUEST, respond);
    assert.match(await request(page, address()), message);
    await page.unroute(REQUEST);
  }
  await page.context().close();
});

test("with the gate the form replaces the button and gets the focus", async () => {
  const page = await visit(await browser.newContext());
  await page.route(CV, (route) => route.fulfill(problem("request_required", 403)));
  await page.locator("#cv-link").click();
  await page.getByText("The CV is sent by e-mail. Enter your address, and a link follows.").and(status(page)).waitFor();
  assert.equal(await page.locator("#cv-link").isVisible(), false);
  assert.equal(await page.evaluate(() => document.activeElement.id), "cv-email");
  await page.context().close();
});

test("a navigation that the gate refuses leads to the form, with and without JavaScript", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await visit(await browser.newContext({ javaScriptEnabled }), "/?cv=request_required#cv-request");
    const note = page.getByText("The CV is sent by e-mail. Enter your address, and a link follows.");
    assert.equal(await note.filter({ visible: true }).count(), 1);
    assert.equal(await field(page).isVisible(), true);
    await page.context().close();
  }
});

test("a link that was cut off leads to the page with a message", async () => {
  const page = await visit(await browser.newContext(), "/l/AAAAAAAAAA");
  assert.match(await status(page).textContent(), /a link incomplete/);
  await page.context().close();
});

test("a page of another site cannot read the mail", async () => {
  const page = await (await browser.newContext()).newPage();
  await page.route("https://evil.example/", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>x</title>" }));
  await page.goto("https://evil.example/");
  const read = await page.evaluate(
    (url) => fetch(url, { mode: "no-cors" }).then(({ type, status }) => `${type} ${status}`, (error) => error.name),
    `${site()}/.vitae/mail`,
  );
  assert.equal(read, "TypeError", "Cross-Origin-Resource-Policy hides even the opaque response");
  await page.context().close();
});
