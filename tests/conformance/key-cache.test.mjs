/** One-shot calls keep the last few keys for ten minutes. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mock, test } from "node:test";
import { p256, pem, withP256, withRsa } from "./lib/keys.mjs";
import { ours } from "./lib/peers.mjs";
import { backend } from "./lib/settings.mjs";

const MINUTE = 60_000;
const url = "https://d.example/cv.pdf";
const dateLessThan = "2026-01-01T18:00:00Z";

/** How many times a KeyObject is exported while `body` runs. */
function countExports(body) {
  const spy = mock.method(p256.privateKey.constructor.prototype, "export");
  try {
    body();
    return spy.mock.callCount();
  } finally {
    spy.mock.restore();
  }
}

test("a KeyObject is exported for the first call only", () => {
  const input = { keyPairId: "K1", privateKey: p256.privateKey, url, dateLessThan };
  assert.ok(countExports(() => ours.getSignedUrl(input)) > 0);
  assert.equal(countExports(() => ours.getSignedUrl(input)), 0);
  assert.ok(countExports(() => ours.getSignedUrl({ ...input, keyPairId: "K2" })) > 0);
});

test("ten minutes after it was read, a key is read again", () => {
  mock.timers.enable({ apis: ["Date", "setTimeout"], now: Date.parse("2026-01-01") });
  try {
    const input = { keyPairId: "K3", privateKey: p256.privateKey, url, dateLessThan };
    ours.getSignedUrl(input);
    mock.timers.tick(10 * MINUTE - 1);
    assert.equal(countExports(() => ours.getSignedUrl(input)), 0, "using it does not extend its time");
    mock.timers.tick(1);
    assert.ok(countExports(() => ours.getSignedUrl(input)) > 0);
    mock.timers.setTime(Date.parse("2025-01-01"));
    assert.ok(countExports(() => ours.getSignedUrl(input)) > 0, "the clock was set back");
  } finally {
    mock.timers.reset();
  }
});

test("another key, hash or key pair ID never gets the signature of a kept key", () => {
  const other = pem(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
  const signer = (privateKey) => new ours.Signer({ ...withP256, privateKey, backend: "wasm" });
  for (const privateKey of [withP256.privateKey, other, withRsa.privateKey, withP256.privateKey]) {
    const once = ours.getSignedUrl({ keyPairId: withP256.keyPairId, privateKey, url, dateLessThan, backend: "wasm" });
    assert.equal(once, signer(privateKey).getSignedUrl({ url, dateLessThan }));
  }
  const sha1 = ours.getSignedUrl({ ...withP256, url, dateLessThan, hashAlgorithm: "SHA1" });
  assert.ok(!sha1.includes("Hash-Algorithm"));
  assert.ok(ours.getSignedUrl({ ...withP256, url, dateLessThan, keyPairId: "K7" }).includes("Key-Pair-Id=K7&"));
});

test("one invalid character makes a key another key", () => {
  const input = { ...withP256, url, dateLessThan };
  assert.ok(ours.getSignedUrl(input), backend());
  const position = withP256.privateKey.indexOf("\n") + 40;
  const character = withP256.privateKey[position] === "A" ? "B" : "A";
  const changed = withP256.privateKey.slice(0, position) + character + withP256.privateKey.slice(position + 1);
  assert.throws(() => ours.getSignedUrl({ ...input, privateKey: changed }), /private key is not valid|SEC1|PKCS#8/);
});
