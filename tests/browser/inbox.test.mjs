/** "Send me a brief": a real browser uploads a file, with the form that the function signed, and follows its status. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { site } from "./lib/settings.mjs";

/** The EICAR test file, in two parts, so that no scanner takes this source for it. */
const EICAR = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-` + "ANTIVIRUS-TEST-FILE!$H+H*";

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

/** Chooses a file and waits for a final sentence. */
async function send(name, content) {
  const page = await (await browser.newContext()).newPage();
  await page.goto(site());
  await page.setInputFiles("#brief-file", { name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });
  const status = page.locator("#brief-status");
  await page.waitForFunction(() => /arrived\. Thank|not accepted|could not|Only PDF|No such/.test(document.querySelector("#brief-status").textContent), null, { timeout: 60_000 });
  const text = await status.textContent();
  const isFormEnabled = await page.locator("#brief-file").isEnabled();
  await page.context().close();
  return { text, isFormEnabled };
}

test("a clean file is uploaded, scanned and has arrived", async () => {
  const { text, isFormEnabled } = await send("brief.md", "# An engineer\n\nBerlin\n");
  assert.match(text, /scanned and has arrived/);
  assert.ok(isFormEnabled);
});

test("the test file of scanners is not accepted", async () => {
  assert.match((await send("brief.txt", EICAR)).text, /not accepted/);
});

test("a file that is something else than its name says is not accepted", async () => {
  assert.match((await send("brief.docx", "%PDF-1.7\n%%EOF\n")).text, /not accepted/);
});

test("a file of another type is not sent at all", async () => {
  assert.match((await send("brief.exe", "MZ")).text, /Only PDF, DOCX, ODT, TXT and MD/);
});

test("without JavaScript the visitor sees an address and no form", async () => {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await page.goto(site());
  assert.ok(await page.locator("#brief-mail a").isVisible());
  assert.ok(!(await page.locator("#brief-form").isVisible()));
  await page.context().close();
});
