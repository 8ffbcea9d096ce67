/** What a visitor does and sees. */
import { site } from "./settings.mjs";

/**
 * Opens the site in a new page.
 *
 * @param {any} context playwright's browser context
 * @param {string} [path]
 * @returns {Promise<any>} playwright's page
 */
export async function visit(context, path = "/") {
  const page = await context.newPage();
  await page.goto(site() + path);
  return page;
}

/**
 * Waits until the page shows the number of visits, and returns it.
 *
 * @param {any} page
 * @returns {Promise<number>}
 */
export async function shownCount(page) {
  await page.locator('#visits:not([value=""])').waitFor();
  return Number(await page.locator("#visits").getAttribute("value"));
}

/**
 * Collects the errors and warnings of the browser's console.
 *
 * @param {any} page not navigated yet
 * @returns {string[]} grows as the page runs
 */
export function consoleErrors(page) {
  /** @type {string[]} */
  const errors = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  return errors;
}

/**
 * Collects the URL of every request.
 *
 * @param {any} page not navigated yet
 * @returns {string[]} grows as the page runs
 */
export function requests(page) {
  /** @type {string[]} */
  const urls = [];
  page.on("request", (request) => urls.push(request.url()));
  return urls;
}

/**
 * Advances the clock of a page until a condition holds, instead of waiting in real time.
 *
 * @param {any} page whose `clock` is installed
 * @param {() => boolean | Promise<boolean>} condition
 */
export async function advanceUntil(page, condition) {
  const deadline = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`condition not met within 20 s: ${condition}`);
    await page.clock.runFor(1_000);
  }
}

/**
 * Returns the first bytes of a download as text.
 *
 * @param {any} download playwright's
 * @param {number} length
 */
export async function firstBytes(download, length) {
  for await (const chunk of await download.createReadStream()) return chunk.subarray(0, length).toString("latin1");
  return "";
}
