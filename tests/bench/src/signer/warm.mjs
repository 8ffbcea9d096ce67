// Times signatures in one process, alternating between the cases. Prints `{name: [milliseconds per signature, ...]}`.
//
// Arguments: the folder of the npm package, the `node_modules` with the peers, the number of rounds.
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [packageFolder, modules, rounds] = process.argv.slice(2);
const load = (...names) => import(pathToFileURL(path.join(...names)));
const { getSignedUrl, Signer } = await load(packageFolder, "node.js");
const aws = createRequire(path.join(modules, "package.json"))("@aws-sdk/cloudfront-signer");
const { p256: noble } = await load(modules, "@noble/curves/nist.js");

const keyPairId = "K2JCJMDEHXQW5F";
const dateLessThan = new Date("2030-01-01T00:00:00Z");
const keys = {
  p256: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }),
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }),
};

// The number of signatures per measurement, so that it is long compared with the clock's resolution.
const TIMES = { p256: { host: 100, wasm: 20, pem: 10, object: 100 }, rsa: { host: 8, wasm: 1, pem: 4, object: 8 } };
const CASES = {};
for (const [name, pem] of Object.entries(keys)) {
  const times = TIMES[name];
  // Equal hashes: the AWS SDK's default is SHA-1 for both keys.
  const algorithm = "SHA256";
  const privateKey = createPrivateKey(pem);
  CASES[`aws.${name}.pem`] = [times.pem, (url) => aws.getSignedUrl({ url, dateLessThan, keyPairId, privateKey: pem, algorithm })];
  CASES[`aws.${name}.parsed`] = [times.object, (url) => aws.getSignedUrl({ url, dateLessThan, keyPairId, privateKey, algorithm })];
  for (const backend of ["host", "wasm"]) {
    const signer = new Signer({ keyPairId, privateKey: pem, algorithm, backend });
    const input = { keyPairId, privateKey: pem, algorithm, backend, dateLessThan };
    CASES[`${backend}.${name}.pem`] = [times[backend], (url) => getSignedUrl({ ...input, url })];
    CASES[`${backend}.${name}.parsed`] = [times[backend], (url) => signer.getSignedUrl({ url, dateLessThan })];
  }
}

// What a page without node:crypto would use. It signs the policy of the same URL; nothing checks or encodes it.
const scalar = Buffer.from(createPrivateKey(keys.p256).export({ format: "jwk" }).d, "base64url");
const encoder = new TextEncoder();
const policy = (url) =>
  encoder.encode(`{"Statement":[{"Resource":"${url}","Condition":{"DateLessThan":{"AWS:EpochTime":1893456000}}}]}`);
CASES["noble.p256.parsed"] = [5, (url) => noble.sign(policy(url), scalar, { format: "der" })];

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
