/** URLs and cookies whose signature is computed elsewhere. */
import assert from "node:assert/strict";
import { createHash, sign } from "node:crypto";
import { test } from "node:test";
import { plain, policies, restricted } from "./lib/cases.mjs";
import { KEY_PAIR_ID, p256, pem, rsa, withRsa } from "./lib/keys.mjs";
import { ours, vitaeSigner } from "./lib/peers.mjs";
import { policy, verifies } from "./lib/signed_url.mjs";

const { prepareSignedCookies, prepareSignedUrl } = vitaeSigner;
const request = { keyPairId: KEY_PAIR_ID, url: "https://d.example/cv.pdf", dateLessThan: "2026-01-01T18:00:00Z" };

test("with a signature of the same key, the result is the one of getSignedUrl and getSignedCookies", () => {
  for (const hashAlgorithm of ["SHA1", "SHA256"]) {
    for (const { name, source, ...each } of [...plain, ...restricted, ...policies]) {
      for (const [prepare, direct] of [[prepareSignedUrl, ours.getSignedUrl], [prepareSignedCookies, ours.getSignedCookies]]) {
        const prepared = prepare({ keyPairId: KEY_PAIR_ID, hashAlgorithm, ...each });
        const signature = sign(hashAlgorithm, prepared.message, rsa.privateKey);
        assert.deepEqual(prepared.finish(signature), direct({ ...withRsa, hashAlgorithm, ...each }), name);
      }
    }
  }
});

test("the message is the policy, and the digest its hash, by default SHA-256", () => {
  const prepared = prepareSignedUrl(request);
  const url = prepared.finish(sign("sha256", prepared.message, p256.privateKey));
  assert.equal(Buffer.from(prepared.message).toString(), policy(url));
  assert.deepEqual(Buffer.from(prepared.digest), createHash("sha256").update(prepared.message).digest());
  assert.ok(url.endsWith("&Hash-Algorithm=SHA256"));
  assert.ok(verifies(url, p256.publicKey, "sha256"));
});

test("a signature in another format is rejected", () => {
  const prepared = prepareSignedUrl(request);
  const raw = sign("sha256", prepared.message, { key: p256.privateKey, dsaEncoding: "ieee-p1363" });
  for (const signature of [raw, new Uint8Array(), new Uint8Array(512), Buffer.from("c2lnbmF0dXJl")]) {
    assert.throws(() => prepared.finish(signature), /are not a signature that CloudFront accepts/);
  }
  for (const signature of [undefined, "c2lnbmF0dXJl", [1, 2]]) {
    assert.throws(() => prepared.finish(signature), /must be a Uint8Array/);
  }
});

test("invalid arguments are rejected as by getSignedUrl, and a private key is not an argument", () => {
  for (const [more, reason] of [
    [{ url: "https://me@d.example/" }, /user info/],
    [{ dateLessThan: "soon" }, /not a valid date/],
    [{ keyPairId: "" }, /key pair ID/],
    [{ hashAlgorithm: "MD5" }, /not a hash/],
    [{ privateKey: pem(p256.privateKey) }, /"privateKey" is not an argument/],
  ]) {
    assert.throws(() => prepareSignedUrl({ ...request, ...more }), reason);
  }
});
