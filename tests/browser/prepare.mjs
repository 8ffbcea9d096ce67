/** Unpacks Chromium and starts it once, so that a missing system library fails here and not in a test. */
import { chromium, launch } from "./lib/chromium.mjs";

console.log(await chromium());
const browser = await launch();
console.log(`Chromium ${browser.version()}`);
await browser.close();
