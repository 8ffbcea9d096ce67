/** A visitor's eyes: what a page shows, and what went wrong on the way. */
import { site } from "./settings.mjs";

/**
 * Opens the site in a page of its own.
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
 * The number of visits that the page shows, once it shows one.
 *
 * @param {any} page
 * @returns {Promise<number>}
 */
export async function shownCount(page) {
  await page.locator('#visits:not([value=""])').waitFor();
  return Number(await page.locator("#visits").getAttribute("value"));
}

/**
 * Notes every error that the browser would print to its console.
 *
 * @param {any} page before it goes anywhere
 * @returns {string[]} grows while the page lives
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
 * Notes every URL that is asked for.
 *
 * @param {any} page before it goes anywhere
 * @returns {string[]} grows while the page lives
 */
export function requests(page) {
  /** @type {string[]} */
  const urls = [];
  page.on("request", (request) => urls.push(request.url()));
  return urls;
}

/**
 * Moves a page's installed clock on until something is so, instead of waiting for it.
 *
 * @param {any} page whose `clock` is installed
 * @param {() => boolean | Promise<boolean>} until
 */
export async function hurry(page, until) {
  const deadline = performance.now() + 20_000;
  while (!(await until())) {
    if (performance.now() > deadline) throw new Error(`after 20 s it was still not so: ${until}`);
    await page.clock.runFor(1_000);
  }
}

/**
 * The first bytes of a download, as text.
 *
 * @param {any} download playwright's
 * @param {number} length
 */
export async function firstBytes(download, length) {
  for await (const chunk of await download.createReadStream()) return chunk.subarray(0, length).toString("latin1");
  return "";
}
