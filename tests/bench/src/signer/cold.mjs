// Times the first signed URL of a new process. Prints `{name: [milliseconds]}`.
//
// Arguments: `ours` and the folder of the npm package, or `aws` and the `node_modules` with the AWS SDK.
import { generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [subject, folder] = process.argv.slice(2);
const keys = { ours: ["ec", { namedCurve: "P-256" }], aws: ["rsa", { modulusLength: 2048 }] };
const privateKey = generateKeyPairSync(...keys[subject]).privateKey.export({ type: "pkcs8", format: "pem" });
const credentials = { keyPairId: "K2JCJMDEHXQW5F", privateKey };
const request = { url: "https://d111111abcdef8.cloudfront.net/cv/resume.pdf", dateLessThan: "2030-01-01T00:00:00Z" };

const measured = {};
let last = performance.now();
const lap = (name) => {
  const now = performance.now();
  measured[name] = [now - last];
  last = now;
};

const started = last;
if (subject === "ours") {
  const { init, Signer } = await import(pathToFileURL(path.join(folder, "index.js")));
  lap("cold.import");
  init();
  lap("cold.instantiate");
  const signer = new Signer(credentials);
  lap("cold.parse");
  signer.getSignedUrl(request);
  lap("cold.first");
} else {
  const { getSignedUrl } = createRequire(path.join(folder, "package.json"))("@aws-sdk/cloudfront-signer");
  getSignedUrl({ ...credentials, ...request });
}
measured[`cold.${subject}`] = [performance.now() - started];
console.log(JSON.stringify(measured));
