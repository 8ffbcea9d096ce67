/** The package in a browser: in a page, and in a worker of that page. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { after, before, test } from "node:test";
import { launch } from "../browser/lib/chromium.mjs";
import { p256, rsa, withP256, withRsa } from "./lib/keys.mjs";
import { signerPackage } from "./lib/settings.mjs";
import { verifies } from "./lib/signed_url.mjs";

const REQUEST = { url: "https://d.example/cv.pdf", dateLessThan: "2026-01-01T18:00:00Z" };

/** Imports the package from an address and signs. Runs in the page and in the worker. */
const sign = async ([entry, input]) => (await import(entry)).getSignedUrl(input);

let server, browser, page, entry;

before(async () => {
  // Serves the files of the package and an empty page, nothing else.
  server = createServer((request, response) => {
    const name = path.basename(new URL(request.url, "http://localhost").pathname);
    response.setHeader("Content-Type", name.endsWith(".js") ? "text/javascript" : "text/html");
    if (!name) return response.end("<!doctype html>");
    createReadStream(path.join(signerPackage(), name)).on("error", () => response.writeHead(404).end()).pipe(response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  entry = `${origin}/index.js`;
  browser = await launch();
  page = await browser.newPage();
  await page.goto(origin);
});

after(async () => {
  await browser?.close();
  server?.close();
});

test("a page loads the package and signs", async () => {
  assert.ok(verifies(await page.evaluate(sign, [entry, { ...withP256, ...REQUEST }]), p256.publicKey, "sha256"));
  assert.ok(verifies(await page.evaluate(sign, [entry, { ...withRsa, ...REQUEST }]), rsa.publicKey, "sha1"));
});

test("a worker of the page loads the package and signs", async () => {
  const script = `(${sign})(${JSON.stringify([entry, { ...withP256, ...REQUEST }])}).then(postMessage)`;
  const url = await page.evaluate(
    (script) =>
      new Promise((resolve, reject) => {
        const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
        const worker = new Worker(address, { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
      }),
    script,
  );
  assert.ok(verifies(url, p256.publicKey, "sha256"));
});
