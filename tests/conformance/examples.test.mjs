/** The examples in the package work. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { registerHooks } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { inFolder, KEY_PAIR_ID, p256, withP256 } from "./lib/keys.mjs";
import { entry } from "./lib/peers.mjs";
import { signerPackage } from "./lib/settings.mjs";
import { verifies } from "./lib/signed_url.mjs";

const script = path.join(signerPackage(), "examples/sign-url.mjs");
const run = (...args) => execFileSync(process.execPath, [script, ...args], { encoding: "utf8" }).trim();

test("sign-url.mjs signs with a generated key", () => {
  assert.match(run(), /^https:\/\/d111111abcdef8\.cloudfront\.net\/cv\/resume\.pdf\?Expires=\d+&Key-Pair-Id=/);
});

test("sign-url.mjs signs with a key from a file", () => {
  const url = inFolder({ "key.pem": withP256.privateKey }, (folder) =>
    run("https://d.example/cv.pdf", path.join(folder, "key.pem"), KEY_PAIR_ID));
  assert.ok(verifies(url, p256.publicKey, "sha256"));
});

test("worker.mjs redirects to the signed URL of the path", async () => {
  // Workers import a WASM file as a compiled module; Node needs a hook for that.
  registerHooks({
    load(url, context, next) {
      if (!url.endsWith(".wasm")) return next(url, context);
      const source = `import { readFileSync } from "node:fs";
        export default new WebAssembly.Module(readFileSync(new URL(${JSON.stringify(url)})));`;
      return { format: "module", source, shortCircuit: true };
    },
  });
  const { default: worker } = await import(entry("examples/worker.mjs"));
  const env = { SITE: "https://d.example", KEY_PAIR_ID, PRIVATE_KEY: withP256.privateKey };
  const response = await worker.fetch(new Request("https://worker.example//e.example/cv.pdf?a=1"), env);
  const location = response.headers.get("Location");
  assert.equal(response.status, 302);
  assert.ok(location.startsWith("https://d.example//e.example/cv.pdf?Expires="), location);
  assert.ok(verifies(location, p256.publicKey, "sha256"));
});
