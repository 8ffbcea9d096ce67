/** "Send me a brief": a real browser uploads a file, with the form that the function signed, and follows its status. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { problem } from "./lib/problems.mjs";
import { SCREENS } from "./lib/screens.mjs";
import { screenshots, site } from "./lib/settings.mjs";

/** The EICAR test file, in two parts, so that no scanner takes this source for it. */
const EICAR = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-` + "ANTIVIRUS-TEST-FILE!$H+H*";
const BRIEF = "# An engineer\n\nBerlin\n";
const UPLOADS = `${site()}/.vitae/uploads`;

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

/** Opens the page and chooses a file; closes the page after `use`. */
async function withFile(name, content, use, context = {}) {
  const page = await (await browser.newContext(context)).newPage();
  await page.goto(site());
  if (name !== undefined) {
    // Browsers know no media type for some extensions: the page declares the type by the name.
    await page.setInputFiles("#brief-file", { name, mimeType: "", buffer: Buffer.from(content) });
  }
  await use(page);
  await page.context().close();
}

const button = (page) => page.locator("#brief-send");
const says = (page, text) => page.locator("#brief-status").filter({ hasText: text }).waitFor({ timeout: 60_000 });
const chosen = (page) => page.evaluate(() => document.querySelector("#brief-file").files.length);

test("a clean file is sent with the keyboard alone, and the focus stays where it is", async () => {
  await withFile("brief.md", BRIEF, async (page) => {
    await page.focus("#brief-file");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.id), "brief-send");
    await page.keyboard.press("Enter");
    await says(page, "is being scanned");
    await says(page, "scanned and has arrived");
    assert.equal(await page.evaluate(() => document.activeElement.id), "brief-send");
    // The form is empty again, and the button can be used.
    assert.equal(await chosen(page), 0);
    assert.equal(await button(page).getAttribute("aria-disabled"), null);
  });
});

test("each sentence is announced, and the progress has a name", async () => {
  await withFile(undefined, "", async (page) => {
    assert.equal(await page.locator("#brief-status").getAttribute("aria-live"), "polite");
    assert.equal(await page.locator("#brief-progress").getAttribute("aria-label"), "Upload");
    assert.ok(await page.getByLabel(/Choose a file, or drop it here/).isVisible());
    await button(page).click();
    await says(page, "Choose a file first.");
    assert.equal(await page.evaluate(() => document.activeElement.id), "brief-file");
  });
});

test("a file is dropped", async () => {
  await withFile(undefined, "", async (page) => {
    const transfer = await page.evaluateHandle((content) => {
      const data = new DataTransfer();
      data.items.add(new File([content], "dropped.txt"));
      return data;
    }, BRIEF);
    await page.dispatchEvent("#brief-form", "dragover", { dataTransfer: transfer });
    assert.ok(await page.locator("#brief-form.is-over").isVisible());
    await page.dispatchEvent("#brief-form", "drop", { dataTransfer: transfer });
    assert.equal(await page.locator("#brief-form.is-over").count(), 0);
    assert.equal(await chosen(page), 1);
    await button(page).click();
    await says(page, "scanned and has arrived");
  });
});

test("the progress of an upload is shown", async () => {
  await withFile("large.txt", "a word \n".repeat(100_000), async (page) => {
    const network = await page.context().newCDPSession(page);
    const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 };
    await network.send("Network.enable");
    await network.send("Network.emulateNetworkConditions", conditions);
    await button(page).click();
    await page.waitForFunction(() => {
      const progress = document.querySelector("#brief-progress");
      return !progress.hidden && progress.value > 0 && progress.value < 1;
    });
    assert.equal(await button(page).getAttribute("aria-disabled"), "true");
    await says(page, "scanned and has arrived");
    assert.ok(await page.locator("#brief-progress").isHidden());
  });
});

test("the test file of scanners is not accepted", async () => {
  await withFile("brief.txt", EICAR, async (page) => {
    await button(page).click();
    await says(page, "not accepted");
    await says(page, "ines@example.com");
  });
});

test("a file that is something else than its name says is not accepted", async () => {
  await withFile("brief.docx", "%PDF-1.7\n%%EOF\n", async (page) => {
    await button(page).click();
    await says(page, "not accepted");
  });
});

test("a file of another type is not sent at all", async () => {
  await withFile("brief.exe", "MZ", async (page) => {
    page.on("request", (request) => assert.equal(new URL(request.url()).pathname.startsWith("/inbox"), false));
    await button(page).click();
    await says(page, "Only PDF, DOCX, ODT, TXT and MD");
  });
});

/** Counts the requests of a page for a new upload. */
function countCreated(page) {
  const created = { count: 0 };
  page.on("request", (request) => {
    created.count += Number(request.method() === "POST" && request.url() === `${site()}/inbox`);
  });
  return created;
}

test("a file whose upload is interrupted is sent again with the same form", async () => {
  await withFile("brief.txt", BRIEF, async (page) => {
    const created = countCreated(page);
    await page.route(UPLOADS, (route) => route.abort("connectionreset"), { times: 1 });
    await button(page).click();
    await says(page, "The server did not respond.");
    assert.equal(await button(page).textContent(), "Try again");
    assert.equal(await chosen(page), 1);
    await button(page).click();
    await says(page, "scanned and has arrived");
    assert.equal(created.count, 1);
    assert.equal(await button(page).textContent(), "Send");
  });
});

test("a file that arrived although the response was lost is not sent twice", async () => {
  await withFile("brief.txt", BRIEF, async (page) => {
    const created = countCreated(page);
    let posts = 0;
    await page.route(UPLOADS, async (route) => {
      posts += 1;
      await route.fetch();
      await route.abort("connectionreset");
    });
    await button(page).click();
    await says(page, "The server did not respond.");
    await page.waitForTimeout(2_000);
    await button(page).click();
    await says(page, "scanned and has arrived");
    assert.deepEqual([created.count, posts], [1, 1]);
  });
});

test("a limit says when to try again, and what else to do", async () => {
  await withFile("brief.txt", BRIEF, async (page) => {
    const response = problem("too_many_requests", 429, { "Retry-After": "43200" });
    await page.route(`${site()}/inbox`, (route) => route.fulfill(response));
    await button(page).click();
    await says(page, "Try again in 12 hours. You can also write to ines@example.com.");
  });
});

test("without JavaScript the visitor sees an address and no form", async () => {
  await withFile(undefined, "", async (page) => {
    assert.ok(await page.locator("#brief-mail a").isVisible());
    assert.ok(!(await page.locator("#brief-form").isVisible()));
  }, { javaScriptEnabled: false });
});

for (const { name, context } of SCREENS) {
  test(`the form renders: ${name}`, async () => {
    await withFile("Job description, platform engineer.pdf", "%PDF-1.7\n", async (page) => {
      const response = problem("too_many_requests", 429, { "Retry-After": "600" });
      await page.route(`${site()}/inbox`, (route) => route.fulfill(response));
      await button(page).click();
      await says(page, "Try again in 10 minutes.");
      const width = await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
      assert.ok(width, "the page scrolls sideways");
      const folder = screenshots();
      if (folder === undefined) return;
      mkdirSync(folder, { recursive: true });
      await page.locator("#brief").screenshot({ path: join(folder, `${name}-inbox.png`) });
    }, context);
  });
}
