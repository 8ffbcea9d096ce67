// Times the import of a package and its first signed URL, in a new process. Prints `{name: [milliseconds]}`.
//
// Arguments: the type of key, and `host` or `wasm` with the folder of the npm package, or `aws` with the `node_modules` of the AWS
// SDK.
import { generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [type, subject, folder] = process.argv.slice(2);
const options = { p256: ["ec", { namedCurve: "P-256" }], rsa: ["rsa", { modulusLength: 2048 }] };
const privateKey = generateKeyPairSync(...options[type]).privateKey.export({ type: "pkcs8", format: "pem" });
const input = {
  keyPairId: "K2JCJMDEHXQW5F",
  privateKey,
  algorithm: "SHA256",
  url: "https://d111111abcdef8.cloudfront.net/cv/resume.pdf",
  dateLessThan: "2030-01-01T00:00:00Z",
};

const measured = {};
const started = performance.now();
if (subject === "aws") {
  const { getSignedUrl } = createRequire(path.join(folder, "package.json"))("@aws-sdk/cloudfront-signer");
  measured[`cold.${type}.aws.import`] = [performance.now() - started];
  getSignedUrl(input);
} else {
  const { getSignedUrl } = await import(pathToFileURL(path.join(folder, "node.js")));
  measured[`cold.${type}.${subject}.import`] = [performance.now() - started];
  getSignedUrl({ ...input, backend: subject });
}
measured[`cold.${type}.${subject}`] = [performance.now() - started];
console.log(JSON.stringify(measured));
