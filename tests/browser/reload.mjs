/** Opens the page, prints "open", waits until its title starts with VITAE_TITLE, and prints "reloaded". */
import { launch } from "./lib/chromium.mjs";
import { site } from "./lib/settings.mjs";
import { consoleErrors } from "./lib/visitor.mjs";

const browser = await launch();
try {
  const page = await (await browser.newContext()).newPage();
  const errors = consoleErrors(page);
  const connected = page.waitForResponse((response) => new URL(response.url()).pathname === "/.vitae/reload");
  await page.goto(site());
  await connected;
  console.log("open");
  await page.waitForFunction((title) => document.title.startsWith(title), process.env.VITAE_TITLE);
  if (errors.length > 0) throw new Error(errors.join("\n"));
  console.log("reloaded");
} finally {
  await browser.close();
}
