/** The package itself: its contents, and where it runs. */
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { p256, withP256 } from "./lib/keys.mjs";
import { entry } from "./lib/peers.mjs";
import { signerPackage } from "./lib/settings.mjs";

const file = (name) => path.join(signerPackage(), name);
const manifest = JSON.parse(readFileSync(file("package.json"), "utf8"));

/** The budget of a package that browsers load, in bytes. */
const MAX_WASM = 250_000;
const MAX_WASM_GZIPPED = 110_000;

test("the WASM is small", () => {
  const wasm = readFileSync(file("vitae_signer_bg.wasm"));
  assert.ok(wasm.length <= MAX_WASM, `${wasm.length} bytes`);
  assert.ok(gzipSync(wasm, { level: 9 }).length <= MAX_WASM_GZIPPED, `${gzipSync(wasm).length} bytes gzipped`);
});

test("the package contains every file it lists, and has no dependencies", () => {
  for (const name of [...manifest.files, manifest.types, manifest.exports["."].default, manifest.exports["./bare"].default]) {
    assert.ok(statSync(file(name)), name);
  }
  assert.equal(manifest.dependencies, undefined);
  assert.equal(manifest.type, "module");
});

test("no module of the package imports a module of Node or reads a file, except for node.js, which only Node loads", () => {
  assert.deepEqual(Object.keys(manifest.exports["."]), ["types", "node", "default"]);
  for (const name of manifest.files.filter((name) => name.endsWith(".js") && name !== "node.js")) {
    const text = readFileSync(file(name), "utf8");
    assert.doesNotMatch(text, /from\s+["'](?!\.\/)|import\(|require\(|import\.meta|\bprocess\b/, name);
  }
});

test("the WASM contains no path of the build machine", () => {
  const text = readFileSync(file("vitae_signer_bg.wasm"), "latin1");
  assert.doesNotMatch(text, /\.cargo|\/home\/|\/root\/|\/usr\/|\.rs\b/);
});

test("the package runs in a worker", async () => {
  const script = `
    import { parentPort, workerData } from "node:worker_threads";
    const { getSignedUrl } = await import(workerData.entry);
    parentPort.postMessage(getSignedUrl(workerData.input));`;
  const input = { ...withP256, url: "https://d.example/cv.pdf", dateLessThan: Date.parse("2026-01-01T18:00:00Z") };
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), {
    workerData: { entry: entry(), input },
  });
  const url = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  assert.match(url, /^https:\/\/d\.example\/cv\.pdf\?Expires=1767290400&/);
});

test("the bare package requires init, with bytes or a module", async () => {
  const wasm = readFileSync(file("vitae_signer_bg.wasm"));
  const script = `
    import { parentPort, workerData } from "node:worker_threads";
    const { init, Signer } = await import(workerData.entry);
    const result = {};
    try { new Signer(workerData.input); } catch (error) { result.error = error.message; }
    init(workerData.wasm);
    init(workerData.wasm);
    result.algorithm = new Signer(workerData.input).algorithm;
    parentPort.postMessage(result);`;
  for (const source of [wasm, new WebAssembly.Module(wasm)]) {
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), {
      workerData: { entry: entry("signer.js"), input: withP256, wasm: source },
    });
    const result = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
    assert.match(result.error, /call init\(\) first/);
    assert.equal(result.algorithm, "ecdsa-p256");
  }
});

test("a Signer has an algorithm and can be disposed", async () => {
  const { Signer } = await import(entry());
  const signer = new Signer({ ...withP256, privateKey: p256.privateKey.export({ type: "sec1", format: "pem" }) });
  assert.equal(signer.algorithm, "ecdsa-p256");
  if (Symbol.dispose) {
    signer[Symbol.dispose]();
    assert.throws(() => signer.algorithm, /freed/);
  }
});
