/** Bad input: an `Error` that says what is wrong and never shows a key; the WASM lives on. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { inFolder, p256, pem, withP256 } from "./lib/keys.mjs";
import { openssl, ours } from "./lib/peers.mjs";

const END = Date.parse("2026-01-01T18:00:00Z");
const good = { ...withP256, url: "https://d.example/cv.pdf", dateLessThan: END };

function refused(input, why) {
  for (const sign of [ours.getSignedUrl, ours.getSignedCookies]) {
    assert.throws(() => sign(input), (error) => {
      assert.ok(error instanceof Error && !(error instanceof WebAssembly.RuntimeError), String(error));
      assert.match(error.message, why);
      return true;
    });
  }
  assert.ok(ours.getSignedUrl(good), "the next signature is made as if nothing had been");
}

test("keys that are none", () => {
  const { publicKey, privateKey } = p256;
  const sealed = privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" });
  const certificate = inFolder({ "key.pem": pem(privateKey) }, (folder) =>
    openssl(folder, "req", "-x509", "-key", "key.pem", "-subj", "/CN=x", "-days", "1").toString());
  const key = withP256.privateKey;
  for (const [privateKey, why] of [
    ["", /empty/],
    [" \n", /empty/],
    [new Uint8Array(), /empty/],
    ["not a key", /not PEM/],
    [certificate, /certificate/],
    [sealed, /encrypted/],
    [publicKey.export({ type: "spki", format: "pem" }), /public key/],
    [publicKey.export({ type: "spki", format: "der" }), /public key/],
    ["A".repeat(2 ** 20), /1048576 bytes/],
    [`-----BEGIN PRIVATE KEY-----\n${"A".repeat(2 ** 20)}\n-----END PRIVATE KEY-----`, /bytes long/],
    ["A".repeat(2 ** 22), /no key has/],
    [key.slice(0, 100), /cut off/],
    [key.replaceAll("M", "?"), /base64/],
    [key + key, /more than one/],
    [new Uint8Array([0xff, 0xfe]), /not PEM/],
    [generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }), /Ed25519/],
    [undefined, /privateKey.*undefined/],
    [null, /privateKey.*null/],
    [42, /privateKey.*number/],
    [{}, /privateKey.*object/],
    [privateKeyOf(p256), /privateKey.*object/],
  ]) {
    refused({ ...good, privateKey }, why);
  }
});

/** A `KeyObject`, which is Node's alone. */
function privateKeyOf(pair) {
  return pair.privateKey;
}

test("dates that are none", () => {
  for (const [dateLessThan, why] of [
    [Number.NaN, /no date/],
    [new Date(Number.NaN), /no date.*Invalid Date/],
    ["tomorrow", /no date.*tomorrow/],
    ["", /no date/],
    ["1767290400", /no date|before the year 2000|past the year 2100/],
    [-1, /no date/],
    [0, /before the year 2000/],
    [Number.POSITIVE_INFINITY, /no date/],
    [undefined, /dateLessThan.*undefined/],
    [null, /dateLessThan.*null/],
    [true, /dateLessThan.*boolean/],
    [[END], /dateLessThan.*array/],
    [10n, /dateLessThan.*bigint/],
  ]) {
    refused({ ...good, dateLessThan }, why);
  }
});

test("URLs that are none", () => {
  for (const [url, why] of [
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
    refused({ ...good, url }, why);
  }
});

test("addresses that are none", () => {
  for (const [ipAddress, why] of [["2001:db8::1", /IPv6/], ["", /source address/], ["192.0.2.0/33", /source/], [42, /number/]]) {
    refused({ ...good, ipAddress }, why);
  }
});

test("arguments that are none", () => {
  for (const input of [undefined, null, 42, "https://d.example/"]) {
    refused(input, /one object/);
  }
  refused({ ...good, hashAlgorithm: "MD5" }, /"MD5" is not a hash/);
  refused({ ...good, hashAlgorithm: "SHA1", algorithm: "SHA256" }, /one of them/);
  refused({ ...good, keyPairId: "" }, /key pair id/);
  refused({ ...good, url: undefined, dateLessThan: undefined, policy: 42 }, /policy.*number/);
});

test("no error shows any of the key", () => {
  const body = withP256.privateKey.split("\n")[1];
  for (const privateKey of [body, `-----BEGIN ${body}-----`, `-----BEGIN PRIVATE KEY-----\n${body}`, [body], { body }]) {
    assert.throws(() => ours.getSignedUrl({ ...good, privateKey }), (error) => !error.message.includes(body.slice(0, 12)));
  }
});

test("a signer that was freed says so", () => {
  const signer = new ours.Signer(withP256);
  signer.free();
  signer.free();
  assert.throws(() => signer.getSignedUrl({ url: good.url, dateLessThan: END }), /freed/);
});
