// Times signatures in one process, alternating between the cases. Prints `{name: [milliseconds per signature, ...]}`.
//
// Arguments: the folder of the npm package, the `node_modules` with the AWS SDK, the number of rounds.
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [packageFolder, modules, rounds] = process.argv.slice(2);
const { getSignedUrl, Signer } = await import(pathToFileURL(path.join(packageFolder, "index.js")));
const aws = createRequire(path.join(modules, "package.json"))("@aws-sdk/cloudfront-signer");

const keyPairId = "K2JCJMDEHXQW5F";
const dateLessThan = new Date("2030-01-01T00:00:00Z");
const pem = (type, options) =>
  generateKeyPairSync(type, options).privateKey.export({ type: "pkcs8", format: "pem" });
const p256 = { keyPairId, privateKey: pem("ec", { namedCurve: "P-256" }) };
const rsa = { keyPairId, privateKey: pem("rsa", { modulusLength: 2048 }) };
const [p256Signer, rsaSigner] = [new Signer(p256), new Signer(rsa)];
const [p256Key, rsaKey] = [createPrivateKey(p256.privateKey), createPrivateKey(rsa.privateKey)];

// Plain `node:crypto` signs the policy of the same URL.
const policy = (url) => Buffer.from(`{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":1893456000}}}]}`);

// The number of signatures per measurement, so that it is long compared with the clock's resolution.
const CASES = {
  "signer.p256": [20, (url) => p256Signer.getSignedUrl({ url, dateLessThan })],
  "once.p256": [10, (url) => getSignedUrl({ ...p256, url, dateLessThan })],
  "aws.rsa": [4, (url) => aws.getSignedUrl({ ...rsa, url, dateLessThan })],
  "node.p256": [100, (url) => sign("sha256", policy(url), p256Key)],
  "signer.rsa": [1, (url) => rsaSigner.getSignedUrl({ url, dateLessThan })],
  "once.rsa": [1, (url) => getSignedUrl({ ...rsa, url, dateLessThan })],
  "node.rsa": [10, (url) => sign("sha1", policy(url), rsaKey)],
};

let count = 0;
const measured = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]));
// The first rounds warm up the JIT compiler and are discarded.
const WARM_UP_ROUNDS = 10;
for (let round = -WARM_UP_ROUNDS; round < Number(rounds); round += 1) {
  for (const [name, [times, sign]] of Object.entries(CASES)) {
    const started = performance.now();
    for (let i = 0; i < times; i += 1) {
      count += 1;
      sign(`https://d111111abcdef8.cloudfront.net/cv/${count}.pdf`);
    }
    if (round >= 0) measured[name].push((performance.now() - started) / times);
  }
}
console.log(JSON.stringify(measured));
