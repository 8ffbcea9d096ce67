/**
 * The example with AWS KMS. The local cloud has no asymmetric keys, so a server stands in for KMS: it has the documented requests,
 * and OpenSSL signs the digests. The client is the real one.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire, registerHooks } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { inFolder, p256, pem, rsa } from "./lib/keys.mjs";
import { entry, openssl } from "./lib/peers.mjs";
import { modules } from "./lib/settings.mjs";
import { verifies } from "./lib/signed_url.mjs";

const KEYS = {
  "ecc-key": { key: p256, SigningAlgorithms: ["ECDSA_SHA_256"] },
  "rsa-key": { key: rsa, SigningAlgorithms: ["RSASSA_PSS_SHA_256", "RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_512"] },
};

let server;

before(async () => {
  server = createServer(async (request, response) => {
    const { KeyId, ...input } = JSON.parse(Buffer.concat(await request.toArray()));
    const { key, SigningAlgorithms } = KEYS[KeyId];
    if (request.headers["x-amz-target"] === "TrentService.GetPublicKey") {
      return response.end(JSON.stringify({ KeyId, SigningAlgorithms, KeyUsage: "SIGN_VERIFY" }));
    }
    assert.equal(request.headers["x-amz-target"], "TrentService.Sign");
    assert.equal(input.MessageType, "DIGEST");
    assert.ok(SigningAlgorithms.includes(input.SigningAlgorithm), input.SigningAlgorithm);
    const files = { "key.pem": pem(key.privateKey), digest: Buffer.from(input.Message, "base64") };
    const signature = inFolder(files, (folder) =>
      openssl(folder, "pkeyutl", "-sign", "-inkey", "key.pem", "-in", "digest", "-pkeyopt", "digest:sha256"));
    const { SigningAlgorithm } = input;
    response.end(JSON.stringify({ KeyId, Signature: signature.toString("base64"), SigningAlgorithm }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_KMS: `http://127.0.0.1:${server.address().port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
});

after(() => {
  server.close();
  server.closeAllConnections();
});

// The package has no dependencies, so its folder has no node_modules.
const require = createRequire(path.join(modules(), "package.json"));
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "@aws-sdk/client-kms"
      ? { url: pathToFileURL(require.resolve(specifier)).href, shortCircuit: true }
      : next(specifier, context),
});

for (const [KeyId, { key }] of Object.entries(KEYS)) {
  test(`kms.mjs signs a URL with ${KeyId}`, async (context) => {
    const log = context.mock.method(console, "log", () => {});
    process.argv.splice(2, Infinity, "https://d.example/cv.pdf", KeyId, "K2JCJMDEHXQW5F");
    await import(`${entry("examples/kms.mjs")}?${KeyId}`);
    const [[url]] = log.mock.calls.map((call) => call.arguments);
    log.mock.restore();
    assert.match(url, /^https:\/\/d\.example\/cv\.pdf\?Expires=\d+&Key-Pair-Id=K2JCJMDEHXQW5F&Signature=.*&Hash-Algorithm=SHA256$/);
    assert.ok(verifies(url, key.publicKey, "sha256"));
  });
}
