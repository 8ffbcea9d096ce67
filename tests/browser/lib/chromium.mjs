/** Chromium from the npm package `@sparticuz/chromium`, driven by playwright-core. */
import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { modules } from "./settings.mjs";

/**
 * Replaces the arguments of the package, which include `--single-process`, which crashes, and
 * `--disable-web-security`, which makes every test of CORS meaningless.
 */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--headless=shell",
  "--disable-background-networking",
  "--disable-component-update",
];

/**
 * Loads a package of `package.json`.
 *
 * @param {string} name
 */
export const load = (name) => createRequire(join(resolve(modules()), "_.cjs"))(name);

/**
 * Returns the path of Chromium and unpacks it next to the `node_modules` folder on first use. The package itself would
 * unpack it into the system's temporary folder, and reuse any version it finds there, even an incomplete one.
 *
 * @returns {Promise<string>}
 */
export async function chromium() {
  const home = join(resolve(modules()), "@sparticuz", "chromium");
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  const folder = join(dirname(resolve(modules())), `chromium-${version}`);
  const program = join(folder, "chromium");
  if (existsSync(program)) return program;

  mkdirSync(folder, { recursive: true });
  const partial = join(folder, `chromium.${process.pid}`);
  try {
    await pipeline(
      createReadStream(join(home, "bin", "chromium.br")),
      createBrotliDecompress(),
      createWriteStream(partial, { mode: 0o755 }),
    );
    renameSync(partial, program);
  } finally {
    rmSync(partial, { force: true });
  }
  return program;
}

/**
 * Starts a browser, which the caller closes.
 *
 * @param {string[]} [more] further command-line arguments
 */
export async function launch(more = []) {
  const playwright = load("playwright-core");
  const options = { executablePath: await chromium(), args: [...ARGUMENTS, ...more] };
  // Chromium crashed once at its start, on a loaded machine. No test is about its start, so a second crash is the error.
  return playwright.chromium.launch(options).catch(() => playwright.chromium.launch(options));
}
