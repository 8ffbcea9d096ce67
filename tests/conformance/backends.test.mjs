/** What computes the signatures: `node:crypto` or the WASM. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { KEY_PAIR_ID, p256, rsa, withP256, withRsa } from "./lib/keys.mjs";
import { entry, vitaeSigner } from "./lib/peers.mjs";
import { verifies } from "./lib/signed_url.mjs";

const crypto = process.getBuiltinModule("node:crypto");
const { getSignedUrl, Signer } = vitaeSigner;
const request = { url: "https://d.example/cv.pdf", dateLessThan: "2026-01-01T18:00:00Z" };

/** Calls `body` while a function of `node:crypto` is replaced. */
function replaced(name, replacement, body) {
  const original = crypto[name];
  crypto[name] = replacement;
  try {
    return body(original);
  } finally {
    crypto[name] = original;
  }
}

/** How many times `node:crypto` signs while `body` runs. */
function countSignatures(body) {
  let count = 0;
  replaced("sign", (...args) => {
    count += 1;
    return original(...args);
  }, body);
  return count;
}
const original = crypto.sign;

test("under Node, node:crypto signs unless the WASM is chosen", () => {
  for (const key of [withP256, withRsa]) {
    assert.equal(countSignatures(() => getSignedUrl({ ...key, ...request })), 1);
    assert.equal(countSignatures(() => getSignedUrl({ ...key, ...request, backend: "host" })), 1);
    assert.equal(countSignatures(() => getSignedUrl({ ...key, ...request, backend: "wasm" })), 0);
    assert.equal(countSignatures(() => new Signer({ ...key, backend: "wasm" }).getSignedUrl(request)), 0);
  }
});

test("a KeyObject is made once for a Signer and for repeated calls", () => {
  let made = 0;
  replaced("createPrivateKey", (options) => {
    made += 1;
    return createPrivateKey(options);
  }, () => {
    const signer = new Signer({ ...withP256, keyPairId: "K1" });
    for (let i = 0; i < 5; i += 1) signer.getSignedUrl(request);
    assert.equal(made, 1);
    for (let i = 0; i < 5; i += 1) getSignedUrl({ ...withP256, ...request, keyPairId: "K2" });
    assert.equal(made, 2);
    const key = { keyPairId: "K3", privateKey: p256.privateKey };
    for (let i = 0; i < 5; i += 1) getSignedUrl({ ...key, ...request });
    assert.equal(made, 3);
  });
});
const { createPrivateKey } = crypto;

test("signatures of both backends verify, and those of RSA are the same bytes", () => {
  for (const [key, publicKey, isRsa] of [[withP256, p256.publicKey, false], [withRsa, rsa.publicKey, true]]) {
    for (const hashAlgorithm of ["SHA1", "SHA256"]) {
      const sign = (backend) => getSignedUrl({ ...key, ...request, hashAlgorithm, backend });
      const urls = [sign("wasm"), sign("wasm"), sign("host"), sign("host")];
      for (const url of urls) assert.ok(verifies(url, publicKey, hashAlgorithm), url);
      assert.equal(urls[0], urls[1], "the WASM is deterministic");
      assert.equal(urls[1] === urls[2], isRsa);
      assert.equal(urls[2] === urls[3], isRsa, "the host's P-256 signatures are random");
    }
  }
});

/** Results of a broken host, each with its error. */
const JUNK = [
  [() => undefined, /other than bytes/],
  [() => null, /other than bytes/],
  [() => "a signature", /other than bytes/],
  [() => ({ length: 256 }), /other than bytes/],
  [() => Buffer.alloc(0), /did not return a valid signature/],
  [() => Buffer.alloc(64, 1), /did not return a valid signature/],
  [() => Buffer.alloc(256, 1), /did not return a valid signature/],
  [() => new DataView(new ArrayBuffer(256)), /did not return a valid signature/],
  [() => new Float64Array(256), /did not return a valid signature/],
  [() => new Uint8Array(2 ** 24), /16777216 bytes/],
  [() => {
    throw Object.assign(new Error(withP256.privateKey), { code: "ERR_OSSL_UNSUPPORTED" });
  }, /exception with ERR_OSSL_UNSUPPORTED/],
  [() => {
    throw Object.assign(new Error("x"), { code: withP256.privateKey });
  }, /exception with no code/],
  [() => {
    throw undefined;
  }, /exception with no code/],
  [(hash, message, key) => original(hash === "sha1" ? "sha256" : "sha1", message, key), /did not return a valid signature/],
  [(hash, message, key) => original(hash, message.subarray(1), key), /did not return a valid signature/],
];

test("a host that throws or returns something else than a signature is an error, and never a URL", () => {
  for (const key of [withP256, withRsa]) {
    for (const [replacement, reason] of JUNK) {
      // A new Signer each time: the first signature of a P-256 key is verified.
      const signer = new Signer(key);
      replaced("sign", replacement, () =>
        assert.throws(() => signer.getSignedUrl(request), (error) => {
          assert.match(error.message, reason, String(replacement));
          assert.match(error.message, /^the signature backend /);
          assert.ok(!error.message.includes(withP256.privateKey.split("\n")[1]));
          return true;
        }));
      assert.ok(signer.getSignedUrl(request), "the next signature is not affected");
      signer.free();
    }
  }
});

test("a host that does not accept a valid key is an error by name", () => {
  const fails = () => {
    throw Object.assign(new Error(withRsa.privateKey), { code: "ERR_OSSL_X" });
  };
  replaced("createPrivateKey", fails, () => {
    assert.throws(() => new Signer({ ...withRsa, keyPairId: "K9" }), /does not accept the key.*ERR_OSSL_X/);
  });
});

test("the host does not see a key that Rust rejects", () => {
  const never = () => assert.fail("the host must not be called");
  replaced("createPrivateKey", never, () => {
    const { privateKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 4096 });
    assert.throws(() => getSignedUrl({ keyPairId: KEY_PAIR_ID, privateKey, ...request }), /4096 bits/);
  });
});

test("without node:crypto the WASM signs, and the host backend is an error", async () => {
  const script = `
    import { parentPort, workerData } from "node:worker_threads";
    const { getSignedUrl } = await import(workerData.entry);
    const result = { url: getSignedUrl(workerData.input) };
    try { getSignedUrl({ ...workerData.input, backend: "host" }); } catch (error) { result.error = error.message; }
    parentPort.postMessage(result);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), {
    workerData: { entry: entry("index.js"), input: { ...withP256, ...request } },
  });
  const result = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  assert.equal(result.url, getSignedUrl({ ...withP256, ...request, backend: "wasm" }));
  assert.match(result.error, /needs node:crypto/);
});
