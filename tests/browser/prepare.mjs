/** Unpacks Chromium ahead of the tests and starts it once, so that a missing library of the system is named here. */
import { chromium, launch } from "./lib/chromium.mjs";

console.log(await chromium());
const browser = await launch();
console.log(`Chromium ${browser.version()}`);
await browser.close();
