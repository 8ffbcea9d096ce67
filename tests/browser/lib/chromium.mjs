/** Chromium out of the npm package `@sparticuz/chromium`, driven by playwright-core. */
import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { modules } from "./settings.mjs";

/**
 * The package's own arguments are not used: among them are `--single-process`, which crashes, and
 * `--disable-web-security`, which makes every test of CORS meaningless.
 */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--headless=shell",
  "--disable-background-networking",
  "--disable-component-update",
];

/** @param {string} name a package of `package.json` */
export const load = (name) => createRequire(join(resolve(modules()), "_.cjs"))(name);

/**
 * Path of the Chromium program, unpacked beside the `node_modules` folder on first use. The package would unpack it to
 * the system's temporary folder and reuse whatever version, or half of one, it finds there.
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
  const half = join(folder, `chromium.${process.pid}`);
  try {
    await pipeline(
      createReadStream(join(home, "bin", "chromium.br")),
      createBrotliDecompress(),
      createWriteStream(half, { mode: 0o755 }),
    );
    renameSync(half, program);
  } finally {
    rmSync(half, { force: true });
  }
  return program;
}

/** A fresh browser; the caller closes it. */
export async function launch() {
  const playwright = load("playwright-core");
  return playwright.chromium.launch({ executablePath: await chromium(), args: ARGUMENTS });
}
