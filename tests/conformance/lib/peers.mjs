/** Our package, and those it is compared with. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { modules, python, signerPackage } from "./settings.mjs";

/** The entry of our package; a second copy, if a test needs one that nothing has started. */
export const entry = (file = "index.js") => pathToFileURL(path.join(signerPackage(), file)).href;

export const ours = await import(entry());

export const aws = createRequire(path.join(modules(), "package.json"))("@aws-sdk/cloudfront-signer");

/** What `openssl` prints. */
export function openssl(folder, ...args) {
  return execFileSync("openssl", args, { cwd: folder });
}

/** What botocore makes of each request, `{url, expires, starts, source, custom}` with seconds: `{url, policy}`. */
export function botocore(keyFile, requests) {
  const script = fileURLToPath(new URL("botocore_peer.py", import.meta.url));
  const input = JSON.stringify({ key: keyFile, requests });
  return JSON.parse(execFileSync(python(), [script], { input, encoding: "utf8" }));
}
