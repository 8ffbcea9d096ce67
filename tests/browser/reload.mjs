/** A page that is open while its file is saved: says "open", waits for the title that VITAE_TITLE names, says "reloaded". */
import { launch } from "./lib/chromium.mjs";
import { site } from "./lib/settings.mjs";
import { consoleErrors } from "./lib/visitor.mjs";

const browser = await launch();
try {
  const page = await (await browser.newContext()).newPage();
  const errors = consoleErrors(page);
  const listens = page.waitForResponse((response) => new URL(response.url()).pathname === "/.vitae/reload");
  await page.goto(site());
  await listens;
  console.log("open");
  await page.waitForFunction((title) => document.title.startsWith(title), process.env.VITAE_TITLE);
  if (errors.length > 0) throw new Error(errors.join("\n"));
  console.log("reloaded");
} finally {
  await browser.close();
}
