/** Invalid input: an `Error` that says what is wrong and never quotes a key. The WASM keeps working. */
import assert from "node:assert/strict";
import { generateKeyPairSync, generateKeySync } from "node:crypto";
import { test } from "node:test";
import { inFolder, p256, pem, withP256 } from "./lib/keys.mjs";
import { openssl, ours } from "./lib/peers.mjs";

const EXPIRES = Date.parse("2026-01-01T18:00:00Z");
const valid = { ...withP256, url: "https://d.example/cv.pdf", dateLessThan: EXPIRES };

function isRejected(input, reason) {
  for (const sign of [ours.getSignedUrl, ours.getSignedCookies]) {
    assert.throws(() => sign(input), (error) => {
      assert.ok(error instanceof Error && !(error instanceof WebAssembly.RuntimeError), String(error));
      assert.match(error.message, reason);
      return true;
    });
  }
  assert.ok(ours.getSignedUrl(valid), "the next signature is not affected");
}

test("invalid keys are rejected", () => {
  const { publicKey, privateKey } = p256;
  const encrypted = privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" });
  const certificate = inFolder({ "key.pem": pem(privateKey) }, (folder) =>
    openssl(folder, "req", "-x509", "-key", "key.pem", "-subj", "/CN=x", "-days", "1").toString());
  const key = withP256.privateKey;
  for (const [privateKey, reason] of [
    ["", /empty/],
    [" \n", /empty/],
    [new Uint8Array(), /empty/],
    ["not a key", /not PEM/],
    [certificate, /certificate/],
    [encrypted, /encrypted/],
    [publicKey.export({ type: "spki", format: "pem" }), /public key/],
    [publicKey.export({ type: "spki", format: "der" }), /public key/],
    ["A".repeat(2 ** 20), /1048576 bytes/],
    [`-----BEGIN PRIVATE KEY-----\n${"A".repeat(2 ** 20)}\n-----END PRIVATE KEY-----`, /bytes long/],
    ["A".repeat(2 ** 22), /the maximum is/],
    [key.slice(0, 100), /truncated/],
    [key.replaceAll("M", "?"), /base64/],
    [key + key, /more than one/],
    [new Uint8Array([0xff, 0xfe]), /not PEM/],
    [generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }), /Ed25519/],
    [undefined, /privateKey.*undefined/],
    [null, /privateKey.*null/],
    [42, /privateKey.*number/],
    [{}, /privateKey.*object/],
    [p256.publicKey, /KeyObject of a public key/],
    [generateKeySync("hmac", { length: 256 }), /KeyObject of a secret key/],
    [generateKeyPairSync("rsa", { modulusLength: 4096 }).privateKey, /4096 bits/],
    [generateKeyPairSync("ed25519").privateKey, /Ed25519/],
    [generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey, /P-384/],
  ]) {
    isRejected({ ...valid, privateKey }, reason);
  }
});

test("invalid dates are rejected", () => {
  for (const [dateLessThan, reason] of [
    [Number.NaN, /not a valid date/],
    [new Date(Number.NaN), /not a valid date.*Invalid Date/],
    ["tomorrow", /not a valid date.*tomorrow/],
    ["", /not a valid date/],
    ["1767290400", /not a valid date|before the year 2000|after the year 2100/],
    [-1, /not a valid date/],
    [0, /before the year 2000/],
    [Number.POSITIVE_INFINITY, /not a valid date/],
    [undefined, /dateLessThan.*undefined/],
    [null, /dateLessThan.*null/],
    [true, /dateLessThan.*boolean/],
    [[EXPIRES], /dateLessThan.*array/],
    [10n, /dateLessThan.*bigint/],
  ]) {
    isRejected({ ...valid, dateLessThan }, reason);
  }
});

test("invalid URLs are rejected", () => {
  for (const [url, reason] of [
    ["", /http/],
    ["/cv.pdf", /http/],
    ["https://", /host/],
    ["https:///cv.pdf", /host/],
    ["https://?a=1", /host/],
    ["https://d example/", /host/],
    ["https://[2001:db8::1]/", /IPv6/],
    [undefined, /url.*undefined/],
    [new URL("https://d.example/"), /url.*object/],
    ["x".repeat(2 ** 22), /characters/],
  ]) {
    isRejected({ ...valid, url }, reason);
  }
});

test("invalid addresses are rejected", () => {
  for (const [ipAddress, reason] of [["2001:db8::1", /IPv6/], ["", /source address/], ["192.0.2.0/33", /source/], [42, /number/]]) {
    isRejected({ ...valid, ipAddress }, reason);
  }
});

test("invalid arguments are rejected", () => {
  for (const input of [undefined, null, 42, "https://d.example/"]) {
    isRejected(input, /one object/);
  }
  isRejected({ ...valid, hashAlgorithm: "MD5" }, /"MD5" is not a hash/);
  isRejected({ ...valid, hashAlgorithm: "SHA1", algorithm: "SHA256" }, /one of them/);
  isRejected({ ...valid, keyPairId: "" }, /key pair ID/);
  isRejected({ ...valid, backend: "openssl" }, /backend is "openssl"/);
  isRejected({ ...valid, allowEverything: "yes" }, /allowEverything.*string/);
  isRejected({ ...valid, passphrase: "x" }, /decrypt the key first/);
  isRejected({ ...valid, url: undefined, dateLessThan: undefined, policy: 42 }, /policy.*number/);
});

test("no error quotes any part of the key", () => {
  const body = withP256.privateKey.split("\n")[1];
  for (const privateKey of [body, `-----BEGIN ${body}-----`, `-----BEGIN PRIVATE KEY-----\n${body}`, [body], { body }]) {
    assert.throws(() => ours.getSignedUrl({ ...valid, privateKey }), (error) => !error.message.includes(body.slice(0, 12)));
  }
});

test("the error for a freed Signer says so", () => {
  const signer = new ours.Signer(withP256);
  signer.free();
  signer.free();
  assert.throws(() => signer.getSignedUrl({ url: valid.url, dateLessThan: EXPIRES }), /freed/);
});
